"""What an SLO asks for, compiled once from the configuration."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Objective:
    """The question that an SLO puts to a history.

    Attributes:
        ratio: 0 < ratio < 1.
        window: Milliseconds of the rolling window.
        unknown: How watched unknown time counts: `ignore`, `down` or `up`.
        interval: The largest interval among its endpoints, milliseconds (for the alert guard).
        min_bad: Bad beats that an alert's long window needs, >= 1.
    """

    ratio: Fraction
    window: int
    unknown: str
    interval: int
    min_bad: int
