"""How much of a fee a miss costs: each kind of rule gives a share of what it is of.

More downtime never gives less, and none of a rule is given where nothing can be said of its target.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple, Protocol

from exporter.sla.judge import Verdict
from exporter.sla.result import TargetResult
from exporter.timeline.spans import Span, Spans
from exporter.units import DAY, describe_duration, format_percent


class Owed(NamedTuple):
    """What a rule gives.

    Attributes:
        share: Of the fee, >= 0.
        why: How it was worked out, for people.
    """

    share: Fraction
    why: str


NOTHING_OWED = Owed(Fraction(0), "")


class NextStep(NamedTuple):
    """What comes next in a period that runs.

    Attributes:
        after: Milliseconds of downtime from now on, more than which it takes; >= 0.
        share: Of the fee that is then owed.
    """

    after: int
    share: Fraction


class Outcome(NamedTuple):
    """What rules look at.

    Attributes:
        result: Of a target.
        days: The local days of the period, or of the part of one, in order.
    """

    result: TargetResult
    days: Sequence[Span]

    @property
    def missed(self) -> bool:
        """Whether the target is."""
        return self.result.verdict is Verdict.MISSED


class CreditRule(Protocol):
    """A rule, frozen."""

    def owed(self, outcome: Outcome) -> Owed:
        """What it gives; nothing where nothing can be said of the target."""

    def next_step(self, outcome: Outcome, /) -> NextStep | None:
        """What comes next in a period that runs; None where nothing more does, or nobody can say."""


class _NoStep:
    """Of which nobody can say what comes next: it depends on when the period ends, or on the clock."""

    __slots__ = ()

    def next_step(self, _outcome: Outcome) -> NextStep | None:
        """Nothing that is known."""
        return None


@dataclass(frozen=True, slots=True)
class Step:
    """A range of figures, and what it costs.

    Attributes:
        below: Its upper edge.
        credit: Share of the fee, > 0.
        reaches: Whether the upper edge is in it (`at_or_below`).
        above: Its lower edge, itself not in it; None for none.
        from_edge: Whether the lower edge is in it (`at_or_above`).
    """

    below: Fraction
    credit: Fraction
    reaches: bool = False
    above: Fraction | None = None
    from_edge: bool = False

    def has(self, figure: Fraction) -> bool:
        """Whether a figure is in it."""
        under = figure <= self.below if self.reaches else figure < self.below
        if self.above is None:
            return under
        return under and (figure >= self.above if self.from_edge else figure > self.above)

    def last_before(self, whole: int) -> int:
        """The most downtime of a whole with which the figure is not under its upper edge; -1 for none."""
        edge = (1 - self.below) * whole
        return ceil(edge) - 1 if self.reaches else floor(edge)


@dataclass(frozen=True, slots=True)
class Tiers:
    """Steps by the figure that was reached; where several have it, the one that gives most."""

    steps: tuple[Step, ...]

    def owed(self, outcome: Outcome) -> Owed:
        """What the step gives in which the figure is."""
        figure = outcome.result.figures.agreed
        if not outcome.missed or figure is None:
            return NOTHING_OWED
        found = max((step for step in self.steps if step.has(figure)), key=_credit, default=None)
        if found is None:
            return Owed(Fraction(0), f"{format_percent(figure, 6)} is in no step")
        edge = "at or below" if found.reaches else "below"
        return Owed(found.credit, f"{format_percent(figure, 6)} is {edge} {format_percent(found.below, 6)}")

    def next_step(self, outcome: Outcome) -> NextStep | None:
        """The first that gives more than is owed by now; none gives anything before the target is missed."""
        result = outcome.result
        if result.allowed is None or not result.whole:
            return None
        counted, allowed, whole = result.counted, result.allowed, result.whole
        by_now = self._gives(counted, whole) if counted > allowed else Fraction(0)
        edges = sorted({max(counted, allowed, step.last_before(whole)) for step in self.steps})
        coming = (NextStep(edge - counted, self._gives(edge + 1, whole)) for edge in edges)
        return next((step for step in coming if step.share > by_now), None)

    def _gives(self, counted: int, whole: int) -> Fraction:
        figure = max(Fraction(0), 1 - Fraction(counted, whole))
        return max((step.credit for step in self.steps if step.has(figure)), default=Fraction(0))


def _credit(step: Step) -> Fraction:
    return step.credit


@dataclass(frozen=True, slots=True)
class PerTime:
    """For each so much downtime.

    Attributes:
        per: Milliseconds > 0.
        begun: Whether one that has begun counts as a whole.
        credit: Share of the fee for each, > 0.
    """

    per: int
    begun: bool
    credit: Fraction

    def owed(self, outcome: Outcome) -> Owed:
        """As many times the credit as downtime has such pieces."""
        if not outcome.missed:
            return NOTHING_OWED
        counted = outcome.result.counted
        count = _pieces(Fraction(counted, self.per), begun=self.begun)
        begun = " begun" if self.begun else ""
        return Owed(
            count * self.credit,
            f"{count} x {describe_duration(self.per)}{begun} of {describe_duration(counted)}",
        )

    def next_step(self, outcome: Outcome) -> NextStep | None:
        """The next piece."""
        counted, allowed = outcome.result.counted, outcome.result.allowed or 0
        at_miss = self._pieces(allowed + 1)  # nothing is owed before; then for all that was down
        if counted <= allowed and at_miss:
            return NextStep(allowed - counted, at_miss * self.credit)
        owed = self._pieces(max(counted, allowed))
        edge = owed * self.per if self.begun else (owed + 1) * self.per - 1
        return NextStep(edge - counted, (owed + 1) * self.credit)

    def _pieces(self, length: int) -> int:
        return _pieces(Fraction(length, self.per), begun=self.begun)


@dataclass(frozen=True, slots=True)
class PerShortfall(_NoStep):
    """For each so much by which the figure falls short of the target.

    Attributes:
        step: Of the figure, > 0, as a ratio.
        begun: Whether one that has begun counts as a whole.
        credit: Share of the fee for each, > 0.
    """

    step: Fraction
    begun: bool
    credit: Fraction

    def owed(self, outcome: Outcome) -> Owed:
        """As many times the credit as the shortfall has such steps."""
        result, figure = outcome.result, outcome.result.figures.agreed
        if not outcome.missed or figure is None:
            return NOTHING_OWED
        short = result.target.agreed - figure
        count = _pieces(short / self.step, begun=self.begun)
        return Owed(
            count * self.credit, f"{count} x {format_percent(self.step, 6)} of {format_percent(short, 6)}"
        )


@dataclass(frozen=True, slots=True)
class ProRata(_NoStep):
    """The share of what was promised that is missing, so many times over.

    Attributes:
        times: > 0.
    """

    times: Fraction

    def owed(self, outcome: Outcome) -> Owed:
        """What the agreed figure lacks of all."""
        figure = outcome.result.figures.agreed
        if not outcome.missed or figure is None:
            return NOTHING_OWED
        lost = 1 - figure
        return Owed(self.times * lost, f"{format_percent(lost, 6)} of what was promised, {self.times} times")


@dataclass(frozen=True, slots=True)
class PerClock(_NoStep):
    """For each clock day, or hour, in which it was down for too long, whatever became of the target.

    Attributes:
        of_days: Whether of days; else of hours.
        longer_than: Milliseconds of downtime that one may have.
        credit: Share of the fee of the period for each; None for the fee of that day, or hour, itself.
    """

    of_days: bool
    longer_than: int
    credit: Fraction | None = None

    def owed(self, outcome: Outcome) -> Owed:
        """The credit for each that is over."""
        result = outcome.result
        clocks = list(outcome.days) if self.of_days else _hours(outcome.days)
        if result.verdict is Verdict.UNDETERMINED or not clocks:
            return NOTHING_OWED
        over = [span for span in clocks if (result.at & Spans([span])).lengths[-1] > self.longer_than]
        each = Fraction(1, len(clocks)) if self.credit is None else self.credit
        kind = "day" if self.of_days else "hour"
        said = f"{len(over)} {kind}{'' if len(over) == 1 else 's'} with more than {describe_duration(self.longer_than)}"
        return Owed(len(over) * each, said)


@dataclass(frozen=True, slots=True)
class DaysOfFee:
    """The fee of so many days for a miss.

    Attributes:
        count: > 0.
    """

    count: int

    def owed(self, outcome: Outcome) -> Owed:
        """So many days of those that the period has."""
        return Owed(self._share(outcome), self._said(outcome)) if outcome.missed else NOTHING_OWED

    def next_step(self, outcome: Outcome) -> NextStep | None:
        """The miss itself."""
        result = outcome.result
        if result.allowed is None or result.counted > result.allowed:
            return None
        return NextStep(result.allowed - result.counted, self._share(outcome))

    def _share(self, outcome: Outcome) -> Fraction:
        return Fraction(self.count, len(outcome.days))

    def _said(self, outcome: Outcome) -> str:
        return f"{self.count} of {len(outcome.days)} days"


def _pieces(count: Fraction, *, begun: bool) -> int:
    return ceil(count) if begun else floor(count)


def _hours(days: Sequence[Span]) -> list[Span]:
    """Clock hours of days: whole ones from their starts."""
    hour = DAY // 24
    return [(at, min(at + hour, end)) for start, end in days for at in range(start, end, hour)]
