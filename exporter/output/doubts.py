"""What is doubtful about an alert tier, and the number that would do."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from exporter.slo.objective import Objective
from exporter.slo.tiers import LENGTHS, NoTier, Tier, Why
from exporter.units import describe_duration

FEWEST = 4
"""Intervals that a short window should have."""

_PLACES = 10**4


def doubts(tier: Tier | NoTier, objective: Objective) -> Iterator[str]:
    """Say what is doubtful, a sentence each."""
    if isinstance(tier, NoTier):
        yield _never(tier, objective)
        return
    short, interval = LENGTHS[tier.pace.short], objective.interval
    noun = "slice" if objective.method == "timeslices" else "interval"
    if tier.failures == 1:
        yield f"one failed beat fires it; {_for_two(tier, objective)}"
    if FEWEST * interval > short:
        yield (
            f"its short window holds fewer than {FEWEST} {noun}s of {describe_duration(interval)}, so that a single "
            f"one decides; {noun}s of {describe_duration(short // FEWEST)} at most would do, or `tiers` without it"
        )


def _for_two(tier: Tier, objective: Objective) -> str:
    """Say what makes it need two."""
    if tier.long // objective.interval > 1:
        return "`min_bad: 2` would need two"
    return f"an interval of {describe_duration(tier.long // 2)} at most would need two, or `tiers` without it"


def _never(tier: NoTier, objective: Objective) -> str:
    if tier.why is Why.WINDOW:
        return f"a window of {describe_duration(2 * LENGTHS[tier.pace.long])} at least would do"
    if tier.why is Why.OBJECTIVE:
        least = 100 * (1 - 1 / Fraction(tier.factor))
        above = Fraction(ceil(least * _PLACES + (least * _PLACES == ceil(least * _PLACES))), _PLACES)
        return f"an objective of {float(above):g} % at least would do"
    what = "a slice" if objective.method == "timeslices" else "an interval"
    return f"{what} of {describe_duration(LENGTHS[tier.pace.short])} at most would do"
