"""What an SLO asks for, compiled once from the configuration."""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from exporter.slo.tiers import BURN_WINDOWS, NoTier, Tier, tiers


class Plan(NamedTuple):
    """What can be worked out before any history is asked; equal objectives share one.

    Attributes:
        budget: Numerator of (1 - objective).
        whole: Its denominator.
        windows: Names of the burn windows that are no longer than the SLO's.
        lengths: Their milliseconds.
        tiers: That can fire, fastest first.
        without: Tiers that cannot, and why.
    """

    budget: int
    whole: int
    windows: tuple[str, ...]
    lengths: tuple[int, ...]
    tiers: tuple[Tier, ...]
    without: tuple[NoTier, ...]


@lru_cache(maxsize=1024)
def plan(ratio: Fraction, window: int, interval: int, min_bad: int) -> Plan:
    """Work out what depends on the objective alone; arguments as of `Objective`."""
    burn_windows = [(name, length) for name, length in BURN_WINDOWS if length <= window]
    fitted = tiers(ratio, window, interval, min_bad)
    return Plan(
        (1 - ratio).numerator,
        (1 - ratio).denominator,
        tuple(name for name, _ in burn_windows),
        tuple(length for _, length in burn_windows),
        tuple(tier for tier in fitted if isinstance(tier, Tier)),
        tuple(tier for tier in fitted if isinstance(tier, NoTier)),
    )


@dataclass(frozen=True, slots=True)
class Objective:
    """The question that an SLO puts to a history.

    Attributes:
        ratio: 0 < ratio < 1.
        window: Milliseconds of the rolling window.
        unknown: How watched unknown time counts: `ignore`, `down` or `up`.
        interval: The largest interval among its endpoints, milliseconds (for the alert guard).
        min_bad: Bad beats that an alert's long window needs, >= 1.
        plan: What follows from these.
    """

    ratio: Fraction
    window: int
    unknown: str
    interval: int
    min_bad: int
    plan: Plan = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plan", plan(self.ratio, self.window, self.interval, self.min_bad))

    @property
    def allowed_when_whole(self) -> Fraction:
        """Milliseconds that may be bad in a window without exclusions."""
        return (1 - self.ratio) * self.window
