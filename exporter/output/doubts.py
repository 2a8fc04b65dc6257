"""What is doubtful about an alert tier, and the number that would do."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from exporter.slo.objective import Objective
from exporter.slo.tiers import LENGTHS, MINUTE, NoTier, Tier, Why
from exporter.units import describe_duration

FEWEST = 4
"""Intervals that a short window should have."""

_PLACES = 10**4


def doubts(tier: Tier | NoTier, objective: Objective, *, heartbeat: bool = False) -> Iterator[str]:
    """Say what is doubtful, a sentence each.

    Args:
        tier: Of an SLO.
        objective: Of the same.
        heartbeat: Whether what it waits for longest is a job that tells of itself, between whose beats its
            state is known all the time.
    """
    noun = _noun(objective)
    if isinstance(tier, NoTier):
        yield _never(tier, noun)
        return
    short, interval = LENGTHS[tier.pace.short], objective.interval
    if tier.failures == 1:
        one = "missed heartbeat" if heartbeat else _BAD[noun]
        yield f"one {one} fires it; {'`tiers` without it would do' if heartbeat else _for_two(tier, objective, noun)}"
    if FEWEST * interval > short and not heartbeat:
        yield (
            f"its short window holds fewer than {FEWEST} {noun}s of {describe_duration(interval)}, so that a single "
            f"one decides; {noun}s of {describe_duration(short // FEWEST)} at most would do, or `tiers` without it"
        )


_BAD = {"interval": "failed beat", "slice": "bad slice", "step": "bad step"}


def _noun(objective: Objective) -> str:
    """What an SLO counts in."""
    if objective.lag:
        return "step"
    return "slice" if objective.method == "timeslices" else "interval"


def _for_two(tier: Tier, objective: Objective, noun: str) -> str:
    """Say what makes it need two."""
    if tier.long // objective.interval > 1 and noun != "step":
        return "`min_bad: 2` would need two"
    return f"{noun}s of {describe_duration(tier.long // 2)} at most would need two, or `tiers` without it"


def _never(tier: NoTier, noun: str) -> str:
    if tier.why is Why.WINDOW:
        return f"a window of {describe_duration(2 * LENGTHS[tier.pace.long])} at least would do"
    if tier.why is Why.OBJECTIVE:
        least = 100 * (1 - 1 / Fraction(tier.factor))
        above = Fraction(ceil(least * _PLACES + (least * _PLACES == ceil(least * _PLACES))), _PLACES)
        return f"an objective of {float(above):g} % at least would do"
    if noun == "step":
        return f"a `step`, twice, and its `delay` together of {describe_duration(LENGTHS[tier.pace.short] - MINUTE)} at most would do"
    return f"{noun}s of {describe_duration(LENGTHS[tier.pace.short])} at most would do"
