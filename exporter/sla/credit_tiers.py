"""What a miss costs by the figure that was reached, in steps."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from exporter.sla.credit_rule import NOTHING_OWED, NextStep, Outcome, Owed
from exporter.units import format_percent


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
