"""What a rule of a credit looks at, and what it says: a share of a fee, and when the next one is owed.

More downtime never gives less, and none of a rule is given where nothing can be said of its target.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple, Protocol

from exporter.sla.judge import Verdict
from exporter.sla.result import TargetResult
from exporter.timeline.spans import Span


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


class NoStep:
    """Of which nobody can say what comes next: it depends on when the period ends, or on the clock."""

    __slots__ = ()

    def next_step(self, _outcome: Outcome) -> NextStep | None:
        """Nothing that is known."""
        return None
