"""The columns of what SLOs show."""

from typing import NamedTuple

from exporter.engine.live import LiveSlo
from exporter.output import names
from exporter.output.column import Column, Shape, children
from exporter.output.ranks import Answer, left_seconds
from exporter.output.style import Words, WordsById, labels
from exporter.output.words import window_text
from exporter.slo.figures import Figures
from exporter.slo.objective import Plan
from exporter.slo.ratio import number
from exporter.slo.status import Status
from exporter.slo.tiers import Tier

STATUS_SHAPE = children("state", list(Status))
ONE_HOT = {status: tuple(int(status is other) for other in Status) for status in Status}


class SloColumns:
    """Takes SLOs one by one, each at the same instant.

    Args:
        users: Names of the labels that the configuration gives to any SLO.
        words: Label texts that are known from an earlier time; what is missing is added.
    """

    def __init__(self, users: tuple[str, ...], words: WordsById) -> None:
        self.users = users
        self._words = words
        self.info = Column(names.SLO_INFO)
        self.objective = Column(names.SLO_OBJECTIVE)
        self.window = Column(names.SLO_WINDOW)
        self.period_end = Column(names.SLO_PERIOD_END)
        self.sli = Column(names.SLO_SLI)
        self.coverage = Column(names.SLO_COVERAGE)
        self.day_unknown = Column(names.SLO_DAY_UNKNOWN)
        self.remaining_ratio = Column(names.SLO_REMAINING_RATIO)
        self.remaining_seconds = Column(names.SLO_REMAINING_SECONDS)
        self.burn = Column(names.SLO_BURN)
        self.bad_seconds = Column(names.SLO_BAD_SECONDS)
        self.bad_events = Column(names.SLO_BAD_EVENTS)
        self.state = Column(names.SLO_STATE)
        self.alert = Column(names.SLO_ALERT)
        self.threshold = Column(names.SLO_THRESHOLD)
        self._shapes: dict[int, _Shapes] = {}

    def columns(self) -> list[Column]:
        """In the order in which they are shown."""
        return [column for column in vars(self).values() if isinstance(column, Column)]

    def take(self, slo: LiveSlo, answer: Answer) -> None:
        """Add all that the SLO shows, by its answer at the one instant."""
        words = self._words.get(id(slo))
        if words is None:
            words = self._words[id(slo)] = self._worded(slo)
        text, info = words
        self.info.add(info, 1)
        question = slo.question
        ratio = question.objective.ratio
        self.objective.add(text, ratio.numerator / ratio.denominator)
        found = answer.figures
        self.window.add(text, (found.budget[1] - found.budget[0]) / 1000)
        if not isinstance(question.objective.window, int):
            self.period_end.add(text, found.budget[1] / 1000)
        self._take_answer(slo, text, found)
        self.state.extend(text, STATUS_SHAPE, ONE_HOT[answer.status])

    def _worded(self, slo: LiveSlo) -> Words:
        config = slo.config
        text = labels((names.SERVICE, slo.service.name), (names.SLO, config.name))
        info = labels(
            ("title", config.title),
            ("objective", config.objective_text),
            ("method", config.method),
            ("slo_window", window_text(config.window)),
            ("owner", slo.service.owner),
        )
        if self.users:
            given = {**dict(slo.service.labels), **dict(config.labels)}
            info = f"{info},{labels(*((name, given.get(name, '')) for name in self.users))}"
        return text, f"{text},{info}"

    def _take_answer(self, slo: LiveSlo, text: str, answer: Figures) -> None:
        for column, ratio in (
            (self.sli, answer.sli),
            (self.coverage, answer.coverage),
            (self.remaining_ratio, answer.remaining_ratio),
        ):
            if ratio is not None:
                column.add(text, ratio[0] / ratio[1])
        self.day_unknown.add(text, answer.day_unknown / (answer.scale * 1000))
        left = left_seconds(answer)
        if left is not None:
            self.remaining_seconds.add(text, left)
        objective, _, measure = slo.question
        shapes = self._shape(objective.plan)
        self.burn.extend_known(text, shapes.burn, [number(rate) for rate in answer.burn])
        if not shapes.factors:
            return
        self.alert.extend_known(text, shapes.alert, [number(ratio) for ratio in answer.alerts])
        self.threshold.extend(text, shapes.threshold, shapes.factors)
        bad = self.bad_seconds if objective.method == "time" else self.bad_events
        one, bads = measure.one, answer.bads
        bad.extend(text, shapes.bad, [bads[tier.long_at] / one for tier in objective.plan.tiers])

    def _shape(self, plan: Plan) -> "_Shapes":
        """Children of what is shown by window or tier, once for all SLOs that share a plan."""
        known = self._shapes.get(id(plan))
        if known is None:
            known = self._shapes[id(plan)] = _Shapes(
                plan,
                children("window", plan.windows),
                children("window", [tier.pace.long for tier in plan.tiers]),
                tuple(("", _alert_labels(tier)) for tier in plan.tiers),
                tuple(
                    ("", labels(("tier", tier.pace.tier), ("window", tier.pace.long))) for tier in plan.tiers
                ),
                tuple(tier.numerator / tier.denominator for tier in plan.tiers),
            )
        return known


class _Shapes(NamedTuple):
    """Children of what all SLOs of a plan show.

    Attributes:
        plan: Keeps the plan alive, by whose identity these are found.
        burn: A window each.
        bad: A tier's long window each.
        alert: A tier each.
        threshold: Likewise.
        factors: The thresholds.
    """

    plan: Plan
    burn: Shape
    bad: Shape
    alert: Shape
    threshold: Shape
    factors: tuple[float, ...]


def _alert_labels(tier: Tier) -> str:
    pace = tier.pace
    return labels(
        ("tier", pace.tier), ("severity", pace.severity), ("long", pace.long), ("short", pace.short)
    )
