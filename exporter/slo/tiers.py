"""Alert tiers: how fast an error budget may go before somebody is woken or a ticket is due.

Windows are fixed and factors follow the SLO's own window, so that a tier always
stands for the same share of the budget (Google SRE Workbook, "Alerting on SLOs").
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from exporter.slo.ratio import Ratio

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

BURN_WINDOWS = (
    ("5m", 5 * MINUTE),
    ("30m", 30 * MINUTE),
    ("1h", HOUR),
    ("2h", 2 * HOUR),
    ("6h", 6 * HOUR),
    ("1d", DAY),
    ("3d", 3 * DAY),
)
"""Name and milliseconds of every window that a burn rate is shown for, shortest first."""

LENGTHS = dict(BURN_WINDOWS)

WIDE_FROM = 14 * DAY
"""SLO windows from here on take the wide shares, shorter ones the narrow."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A tier before an SLO is known.

    Attributes:
        tier: The label `tier`.
        severity: `page` or `ticket`.
        long: Name of the window that decides.
        short: Name of the window that lets the alert end soon.
        wide: Share of the budget, for SLO windows of 14 days and more.
        narrow: The same for shorter ones.
    """

    tier: str
    severity: str
    long: str
    short: str
    wide: Fraction
    narrow: Fraction


PACES = (
    Pace("fast", "page", "1h", "5m", Fraction(2, 100), Fraction(8, 100)),
    Pace("medium", "page", "6h", "30m", Fraction(5, 100), Fraction(125, 1000)),
    Pace("slow", "ticket", "1d", "2h", Fraction(10, 100), Fraction(20, 100)),
    Pace("long", "ticket", "3d", "6h", Fraction(10, 100), Fraction(42, 100)),
)


class Why(Enum):
    """Why a tier can never fire for an SLO."""

    WINDOW = "its long window is more than half of the SLO's window"
    OBJECTIVE = "even a full outage burns no faster than its threshold"
    SPARSE = "its short window may hold no interval, slice or step that is known"


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier that can fire for an SLO.

    It fires while the burn rate is strictly above `factor` over both windows and the
    bad time of the long one is more than `guard_ms`.

    Attributes:
        pace: Its name, severity and windows.
        factor: The threshold, >= 1.
        numerator: Of `factor`.
        denominator: Of `factor`.
        long: Milliseconds of the long window.
        long_at: Index of the long window in `BURN_WINDOWS`.
        short_at: Likewise of the short one.
        guard: Bad beats that the long window needs, >= 1.
        guard_ms: Bad milliseconds that it must have more than.
        failures: Failed beats after which it fires in a full outage that follows a clean past.
        fires_after: Milliseconds of such an outage that it takes, which begins with a beat or a slice; it fires
            strictly after them, and of slices at them.
    """

    pace: Pace
    factor: Fraction
    numerator: int
    denominator: int
    long: int
    long_at: int
    short_at: int
    guard: int
    guard_ms: int
    failures: int
    fires_after: Fraction


@dataclass(frozen=True, slots=True)
class NoTier:
    """A tier that an SLO does not have.

    Attributes:
        pace: Its name, severity and windows.
        factor: The threshold that it would have had.
        why: What keeps it from firing.
    """

    pace: Pace
    factor: Fraction
    why: Why


def factor(share: Fraction, window: int, long: int) -> Fraction:
    """Burn rate at which `share` of the budget of `window` goes within `long` (both milliseconds)."""
    return share * window / long


def tier(  # noqa: PLR0917 -- as many as there are
    pace: Pace,
    objective: Fraction,
    window: int,
    interval: int,
    min_bad: int,
    method: str = "time",
    *,
    spacing: Fraction | None = None,
    lag: int = 0,
) -> Tier | NoTier:
    """Fit a tier to an SLO.

    Args:
        pace: The tier.
        objective: 0 < objective < 1.
        window: Milliseconds of the SLO's window.
        interval: The largest interval among its endpoints, milliseconds, > 0.
        min_bad: Bad beats that the long window needs, >= 1.
        method: `time`, which is everywhere; or `events` or `timeslices`, of which a short window may hold none.
        spacing: Milliseconds from one event to the next on average, where several endpoints have them; the
            interval if not given.
        lag: Milliseconds by which the latest step may be behind, of events that somebody else has counted: many
            in each step, so that one step may have as many bad ones as the guard wants.
    """
    long = LENGTHS[pace.long]
    share = pace.wide if window >= WIDE_FROM else pace.narrow
    threshold = max(factor(share, window, long), Fraction(1))
    if 2 * long > window:
        return NoTier(pace, threshold, Why.WINDOW)
    if threshold * (1 - objective) >= 1:
        return NoTier(pace, threshold, Why.OBJECTIVE)
    if method != "time" and LENGTHS[pace.short] < max(interval, lag):
        return NoTier(pace, threshold, Why.SPARSE)
    guard = max(1, min(min_bad, long // interval))
    guard_ms = (guard - 1) * interval
    needed = threshold * (1 - objective) * long
    apart = spacing or Fraction(interval)
    failures = int(max(needed // apart + 1, 1 if lag else guard))
    fires_after = {
        "time": max(needed, Fraction(guard_ms)),
        "events": (failures - 1) * apart,  # the first is that of its beginning
        "timeslices": Fraction(failures * interval),  # a slice counts once it has ended
    }[method]
    names = list(LENGTHS)
    return Tier(
        pace=pace,
        factor=threshold,
        numerator=threshold.numerator,
        denominator=threshold.denominator,
        long=long,
        long_at=names.index(pace.long),
        short_at=names.index(pace.short),
        guard=guard,
        guard_ms=guard_ms,
        failures=failures,
        fires_after=fires_after,
    )


TIERS = tuple(pace.tier for pace in PACES)
"""The names of all tiers, fastest first."""


def tiers(
    objective: Fraction,
    window: int,
    interval: int,
    min_bad: int,
    *,
    method: str = "time",
    wanted: Collection[str] = TIERS,
    spacing: Fraction | None = None,
    lag: int = 0,
) -> tuple[Tier | NoTier, ...]:
    """Fit the wanted tiers to an SLO, fastest first; the other arguments are those of `tier`."""
    return tuple(
        tier(pace, objective, window, interval, min_bad, method, spacing=spacing, lag=lag)
        for pace in PACES
        if pace.tier in wanted
    )


def alert(tier: Tier, long: Ratio, short: Ratio, *, guarded: bool) -> Ratio:
    """How near a tier is to firing; it fires strictly above 1.

    Args:
        tier: The tier.
        long: Burn rate over its long window.
        short: Burn rate over its short one.
        guarded: Whether the long one has as many bad beats as the guard wants.

    Returns:
        The lesser burn rate by the threshold, at most 1 while the guard is not met.
    """
    above, below = long if long[0] * short[1] <= short[0] * long[1] else short
    above *= tier.denominator
    below *= tier.numerator
    if not guarded and above > below:
        return 1, 1
    return above, below
