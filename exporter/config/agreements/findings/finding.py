"""One finding, and what looking for them needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from exporter.config.agreements.build import Written
from exporter.config.model import Config
from exporter.sla.agreement import Agreement
from exporter.sla.terms import Denominator, Target
from exporter.timeline.spans import Spans
from exporter.units import DAY

PERIODS = 12
"""How many periods are looked at for the shortest one."""


class Kind(StrEnum):
    """What is weak."""

    PLACEHOLDER = "placeholder"
    VAGUE = "vague"
    DRAFT = "draft"
    FROZEN = "frozen"
    TERM = "term"
    REVIEW = "review"
    HOLE = "hole"
    FEE = "fee"
    ALLOWANCE = "allowance"
    CONSENT = "consent"
    RESOLUTION = "resolution"
    UNPROBED = "unprobed"
    SCOPE = "scope"
    UNUSED = "unused"
    CHAIN = "chain"


class Finding(NamedTuple):
    """Something that is allowed, but weak.

    Attributes:
        mark: Where it stands.
        kind: What is weak.
        message: What it is and what to do, in one line.
    """

    mark: int
    kind: Kind
    message: str


@dataclass(frozen=True, slots=True)
class Case:
    """An agreement, and what it is looked at with.

    Attributes:
        written: It, with its text.
        others: All agreements that are known, itself among them.
        now: Milliseconds since the epoch.
        config: The services; None where they are not known.
    """

    written: Written
    others: Sequence[Agreement]
    now: int
    config: Config | None

    @property
    def agreement(self) -> Agreement:
        """The agreement itself."""
        return self.written.agreement

    def allowance(self, target: Target) -> int:
        """Milliseconds of downtime that a target has in the shortest period, floored."""
        return int((1 - target.agreed) * self.shortest(target))

    def shortest(self, target: Target) -> Fraction:
        """What the shortest of the coming periods has of the time that a target is about."""
        agreement = self.agreement
        if agreement.terms.measure_of(target).denominator is Denominator.THIRTY_DAYS:
            return Fraction(30 * DAY)
        at, lengths = agreement.start + 1, list[int]()
        for _ in range(PERIODS):
            start, end = agreement.period.period(at)
            at = end + 1
            hours = agreement.hours.get(target.hours)
            promised = Spans([(start, end)]) - Spans(hours.spans(start, end) if hours else ())
            lengths.append(promised.lengths[-1])
        return Fraction(min(lengths))
