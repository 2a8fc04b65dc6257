"""Targets of answers to incidents, and of what is written down."""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from exporter.config.agreements.sections import TargetSection
from exporter.config.report import Report
from exporter.config.tree import Map, find
from exporter.errors import nearest
from exporter.sla.incidents.answers import AnswerTerms, Task
from exporter.sla.terms import Ceiling, RecordedTerms, Take, Target

LIMITS = {"respond": Task.RESPOND, "update_every": Task.UPDATE, "repair": Task.REPAIR}
"""Keys of how long a task may take."""

_OF_ANSWERS = ("severity", "channel", "clock", *LIMITS)
_OF_DOWNTIME = ("combine", "round", "denominator", "unknown")
"""Keys of `measure` that say nothing of answers."""
_OF_RECORDED = ("recorded", "at_least", "at_most", "take", "groups")
OF_CASES = (*_OF_ANSWERS, *_OF_RECORDED, "suspended_above")
_OF_OTHERS = ("availability", "latency", "slices", "promql", "endpoints", "hours")
ALWAYS = "always"


def is_about_cases(section: TargetSection, node: Map, wrong: Collection[str]) -> bool:
    """Whether a target is about answers, or about something recorded; also where that is wrong."""
    keys = ("severity", "channel", "recorded", *LIMITS)
    return any(getattr(section, key) is not None or key in wrong or key in node for key in keys)


class Cases:
    """Reads such targets.

    Args:
        severities: Names of those that the agreement has.
        channels: Milliseconds for an answer, by the names of those that it has.
        hours: Names of its hours.
        report: Gets the problems.
    """

    def __init__(
        self, severities: Sequence[str], channels: Mapping[str, int], hours: Sequence[str], report: Report
    ) -> None:
        self._severities = severities
        self._channels = channels
        self._hours = hours
        self._report = report

    def read(self, section: TargetSection, node: Map, credit: str) -> Target:
        """Give one; with problems, it is of no use but to find more."""
        for key in _OF_OTHERS:
            if key in node:
                message = (
                    f"`{key}` does not go with answers, or with what is recorded; make two targets of it"
                )
                self._report.problem(node.mark_of(key), message)
        answers = recorded = None
        if section.recorded is None:
            answers = self._answers(section, node)
            self._alone(node, _OF_RECORDED, "`recorded`")
            self._measured(section.measure)
        else:
            recorded = self._recorded(section, node)
            self._alone(node, (*_OF_ANSWERS, "measure"), "answers")
        above = section.suspended_above
        return Target(
            section.name,
            section.service or "",
            (),
            Fraction(1) if section.share is None else section.share,
            self._clock(section, node),
            credit,
            answers=answers,
            recorded=recorded,
            ceiling=Ceiling(above.recorded, above.more_than) if above else None,
        )

    def _answers(self, section: TargetSection, node: Map) -> AnswerTerms:
        limits = {task: getattr(section, key) for key, task in LIMITS.items()}
        for number, name in enumerate(section.severity or ()):
            self._known(name, self._severities, "severities", find(node, ("severity", number)).mark)
        if section.channel is not None:
            self._known(section.channel, list(self._channels), "channels", node.mark_of("channel"))
            if limits[Task.RESPOND] is None:
                limits[Task.RESPOND] = self._channels.get(section.channel)
        given = tuple((task, limit) for task, limit in limits.items() if limit is not None)
        if not given and not {*LIMITS, "channel"} & {*node, *node.empty}:
            message = "the target promises nothing; write `respond: 15m`, `update_every: 30m` or `repair: 4h`"
            self._report.problem(node.mark, message)
        return AnswerTerms(section.severity or (), section.channel or "", given)

    def _recorded(self, section: TargetSection, node: Map) -> RecordedTerms:
        if section.at_least is None and section.at_most is None:
            message = "a recorded measure needs a bound; write `at_least: 70` or `at_most: 30`"
            self._report.problem(node.mark_of("recorded"), message)
        return RecordedTerms(
            section.recorded or "",
            section.at_least,
            section.at_most,
            Take(section.take or Take.MEAN),
            self._groups(section.groups or (), node),
        )

    def _groups(self, names: Sequence[str], node: Map) -> tuple[str, ...]:
        for number, name in enumerate(names):
            if name in names[:number]:
                mark = find(node, ("groups", number)).mark
                self._report.problem(mark, f"`{name}` is named twice; remove one")
        return tuple(dict.fromkeys(names))

    def _alone(self, node: Map, keys: Sequence[str], other: str) -> None:
        for key in keys:
            if key in node:
                self._report.problem(node.mark_of(key), f"`{key}` goes with {other}; make two targets of it")

    def _measured(self, measure: Map | None) -> None:
        if measure is None:
            return
        for key in _OF_DOWNTIME:
            if key in measure:
                message = f"`{key}` is of downtime; answers have `starts`, `pauses`, `written_within`, `smallest_outage` and `minimum_coverage`"
                self._report.problem(measure.mark_of(key), message)

    def _clock(self, section: TargetSection, node: Map) -> str:
        """The name of the hours; empty for always."""
        if section.clock in {None, ALWAYS}:
            return ""
        self._known(section.clock or "", self._hours, "hours", node.mark_of("clock"))
        return section.clock or ""

    def _known(self, name: str, known: Sequence[str], where: str, mark: int) -> None:
        if name not in known:
            hint = nearest(name, known) or f"; define it under `{where}`"
            self._report.problem(mark, f"there is no `{name}` under `{where}`{hint}")
