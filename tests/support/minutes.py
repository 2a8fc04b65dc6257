"""An SLO put to lives that are stretched so that each millisecond is a minute, beside a recount of all that it counts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from exporter.slo.objective import Objective
from exporter.slo.question import Question, question
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.past import Member, Past, combine
from exporter.timeline.rule import Kind, Rule
from exporter.timeline.spans import Span, Spans
from exporter.timeline.tally import Standing
from exporter.units import MINUTE
from tests.support.lives import Life, due, missing
from tests.support.recount import inside, judged, shares

UP, DOWN, GAP, OUT = Standing.UP, Standing.DOWN, Standing.UNKNOWN, Standing.EXCLUDED
WEIGHTS = (2, 1)
NONE = Fraction(0)


@dataclass(frozen=True)
class Every:
    """Periods of equal length."""

    nominal: int
    phase: int
    unit: str = "term"
    label: str = "term/UTC"

    def period(self, at: int) -> Span:
        start = (at - 1 - self.phase) // self.nominal * self.nominal + self.phase
        return start, start + self.nominal

    def closed(self, at: int, since: int) -> Iterator[Span]:
        end = self.period(at)[1]
        for start in range(end - self.nominal, since - 1, -self.nominal):
            if start + self.nominal <= at:
                yield start, start + self.nominal


def stretched(life: Life) -> EndpointHistory:
    """The same life, a minute for each of its milliseconds."""
    pruned = bool(life.probes) and life.probes[0].at < life.kept_from
    history = EndpointHistory(
        [(start * MINUTE, end * MINUTE) for start, end in life.removed],
        first=life.probes[0].at * MINUTE if pruned else None,
        kept_from=life.kept_from * MINUTE if life.kept_from else None,
    )
    rows = []
    for row in life.rows():
        interval, staleness = row.policy.interval * MINUTE, row.policy.staleness * MINUTE
        policy = replace(row.policy, interval=interval, staleness=staleness)
        at, step, last = row.at * MINUTE, row.step * MINUTE, row.last * MINUTE
        rows.append(row._replace(at=at, step=step, last=last, policy=policy))
    history.load(rows, [cut * MINUTE for cut in sorted(life.cuts)])
    return history


def ask_of(lives: Sequence[Life], rule: Rule, shared: Sequence[Span], objective: Objective) -> Question:
    """Put an SLO to them."""

    def spans(excluded: Sequence[Span]) -> Spans:
        return Spans((start * MINUTE, end * MINUTE) for start, end in excluded)

    histories = [stretched(life) for life in lives]
    members = [
        Member(history, history, spans(life.excluded)) for history, life in zip(histories, lives, strict=True)
    ]
    history = combine([member.standing() for member in members], rule, WEIGHTS[: len(members)])
    return question(objective, Past(history, members, spans(shared)))


class Recount:
    """What is good and bad in any minutes, as plainly as the rules are written."""

    def __init__(
        self, lives: Sequence[Life], rule: Rule, shared: Sequence[Span], objective: Objective
    ) -> None:
        self.lives = lives
        self.shared = shared
        self.objective = objective
        columns = zip(*[life.with_exclusions() for life in lives], strict=True)
        self.parts = [self._part(rule, at, each) for at, each in enumerate(columns)]

    def _part(self, rule: Rule, at: int, standings: Sequence[Standing]) -> Mapping[Standing, Fraction]:
        """What a minute is of."""
        if inside(self.shared, at):
            return {OUT: Fraction(1)}
        if rule.kind is Kind.WEIGHTED:
            return shares(WEIGHTS[: len(standings)], standings)
        return {judged(rule, standings): Fraction(1)}

    def time(self, start: int, end: int, standing: Standing) -> Fraction:
        """Minutes of a standing; before the first all are absent."""
        return sum((each.get(standing, NONE) for each in self.parts[max(0, start) : max(0, end)]), NONE)

    def amounts(self, start: int, end: int, unknown: str) -> tuple[Fraction, Fraction]:
        """Good and bad, in the method's unit; of beats those that unknown time stands for, where it counts."""
        if self.objective.method == "timeslices":
            kinds = [self.slice(number, unknown) for number in self._slices(start, end)]
            return Fraction(kinds.count(UP)), Fraction(kinds.count(DOWN))
        good, bad, gap = self._seen(start, end)
        return good + (gap if unknown == "up" else 0), bad + (gap if unknown == "down" else 0)

    def base(self, start: int, end: int) -> Fraction:
        """What the budget of those minutes is a share of."""
        if self.objective.method == "time":
            return end - start - self.time(start, end, OUT)
        if self.objective.method == "timeslices":
            kinds = [self.slice(number, self.objective.unknown) for number in self._slices(start, end)]
            return Fraction(len(kinds) - kinds.count(OUT))
        good, bad, _ = self._seen(start, end)
        return max(good + bad, due(self.lives, self.shared, start, end))

    def slice(self, number: int, unknown: str) -> Standing:
        """A slice by its own known part (ruling 30)."""
        length = self._length
        start, end = number * length, (number + 1) * length
        if self.time(start, end, OUT) == length:
            return OUT
        up, down, gap = (self.time(start, end, standing) for standing in (UP, DOWN, GAP))
        good, bad = up + (gap if unknown == "up" else 0), down + (gap if unknown == "down" else 0)
        if not good + bad:
            return GAP
        return UP if good / (good + bad) >= self.objective.slice_objective else DOWN

    @property
    def _length(self) -> int:
        return self.objective.slice // MINUTE

    def _slices(self, start: int, end: int) -> range:
        return range(start // self._length, end // self._length)

    def _seen(self, start: int, end: int) -> tuple[Fraction, Fraction, Fraction]:
        """Good, bad, and what unknown time stands for."""
        if self.objective.method == "time":
            return self.time(start, end, UP), self.time(start, end, DOWN), self.time(start, end, GAP)
        beats = [
            good
            for life in self.lives
            for at, good, counts in life.beats(self.shared)
            if counts and start <= at < end
        ]
        gap = missing(self.lives, self.shared, start, end)
        return Fraction(beats.count(True)), Fraction(beats.count(False)), gap
