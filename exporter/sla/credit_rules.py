"""What a miss costs by how much of something it was: of downtime, of a shortfall, of days."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from exporter.sla.credit_rule import NOTHING_OWED, NextStep, NoStep, Outcome, Owed
from exporter.sla.judge import Verdict
from exporter.timeline.spans import Span, Spans
from exporter.units import DAY, describe_duration, format_percent


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
class PerShortfall(NoStep):
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
class ProRata(NoStep):
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
class PerClock(NoStep):
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
