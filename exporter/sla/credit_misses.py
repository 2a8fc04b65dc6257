"""What each incident costs that was not answered in time, and each group of which too little was reached."""

from dataclasses import dataclass
from fractions import Fraction

from exporter.sla.credit_rule import NOTHING_OWED, NextStep, Outcome, Owed


@dataclass(frozen=True, slots=True)
class PerMiss:
    """For each case that missed what was promised, once the target is missed.

    Attributes:
        credit: Share of the fee for each, > 0.
    """

    credit: Fraction

    def owed(self, outcome: Outcome) -> Owed:
        """As many times the credit."""
        if not outcome.missed:
            return NOTHING_OWED
        missed = outcome.result.misses
        return Owed(missed * self.credit, f"{missed} missed of {outcome.result.base}")

    def next_step(self, outcome: Outcome) -> NextStep | None:  # noqa: ARG002 -- as all rules have it
        """Nothing that downtime decides."""
        return None
