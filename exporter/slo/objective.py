"""What an SLO asks for, compiled once from the configuration."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, Protocol

from exporter.slo.tiers import BURN_WINDOWS, TIERS, NoTier, Tier, tiers
from exporter.timeline.spans import Span


class Periods(Protocol):
    """Calendar periods, such as months in a time zone; values are frozen and hashable."""

    @property
    def unit(self) -> str:
        """What one of them is called."""

    @property
    def label(self) -> str:
        """Unit and zone, as the label `slo_window` has them."""

    @property
    def nominal(self) -> int:
        """The usual length of a period, milliseconds."""

    def period(self, at: int) -> Span:
        """The period that holds the last millisecond before the instant `at`."""

    def closed(self, at: int, since: int) -> Iterator[Span]:
        """Periods that ended at or before `at` and started at or after `since`, the latest first."""


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
def _fitted(  # noqa: PLR0917 -- as many as there are
    ratio: Fraction,
    length: int,
    interval: int,
    min_bad: int,
    method: str,
    wanted: tuple[str, ...],
    spacing: Fraction | None,
    lag: int,
) -> tuple[Tier | NoTier, ...]:
    """Fit tiers once for all SLOs that are alike."""
    return tiers(ratio, length, interval, min_bad, method=method, wanted=wanted, spacing=spacing, lag=lag)


@lru_cache(maxsize=1024)
def plan(ratio: Fraction, length: int, fitted: tuple[Tier | NoTier, ...]) -> Plan:
    """Work out what depends on the objective alone.

    Args:
        ratio: The objective.
        length: Milliseconds of the window.
        fitted: Its tiers.
    """
    burn_windows = [(name, burn) for name, burn in BURN_WINDOWS if burn <= length]
    return Plan(
        (1 - ratio).numerator,
        (1 - ratio).denominator,
        tuple(name for name, _ in burn_windows),
        tuple(burn for _, burn in burn_windows),
        tuple(tier for tier in fitted if isinstance(tier, Tier)),
        tuple(tier for tier in fitted if isinstance(tier, NoTier)),
    )


@dataclass(frozen=True, slots=True)
class Objective:
    """The question that an SLO puts to a history.

    Attributes:
        ratio: 0 < ratio < 1.
        window: Milliseconds of the rolling window, or the periods of a calendar one.
        unknown: How watched unknown time counts: `ignore`, `down` or `up`.
        interval: The largest interval among its endpoints, milliseconds, or the length of a
            slice (for the alert guard).
        min_bad: Bad beats, or slices, that an alert's long window needs, >= 1.
        method: `time`, `events` or `timeslices`.
        slice: Milliseconds of a slice; 0 for other methods.
        slice_objective: The share of its known time that makes a slice good; 1 for other methods.
        lag: Milliseconds by which what is known may be behind: the latest state speaks for so long. 0
            for endpoints, whose states speak for themselves.
        tiers: Names of the alert tiers that it should have.
        spacing: Milliseconds from one event to the next on average; None for the interval.
        plan: What follows from these.
    """

    ratio: Fraction
    window: int | Periods
    unknown: str
    interval: int
    min_bad: int
    method: str = "time"
    slice: int = 0
    slice_objective: Fraction = Fraction(1)
    lag: int = 0
    tiers: tuple[str, ...] = TIERS
    spacing: Fraction | None = None
    plan: Plan = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plan", plan(self.ratio, self.length, self.fitted()))

    def fitted(self) -> tuple[Tier | NoTier, ...]:
        """Its tiers, those too that can never fire."""
        return _fitted(
            self.ratio,
            self.length,
            self.interval,
            self.min_bad,
            self.method,
            self.tiers,
            self.spacing,
            self.lag,
        )

    @property
    def length(self) -> int:
        """Milliseconds of the window: of a rolling one exactly, of a calendar one as it usually is."""
        return self.window if isinstance(self.window, int) else self.window.nominal

    def span(self, at: int) -> Span:
        """What the budget is for when asked at `at`: the rolling window that ends there, or the whole period."""
        return (at - self.window, at) if isinstance(self.window, int) else self.window.period(at)

    @property
    def allowed_when_whole(self) -> Fraction:
        """Milliseconds that may be bad in a window without exclusions; of a calendar one of usual length."""
        return (1 - self.ratio) * self.length
