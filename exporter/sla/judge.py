"""Figures of a target, and what they say of what was promised."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

NEARLY = Fraction(3, 4)
"""Share of the allowance from which on a running period is at risk."""


FIGURES = ("raw", "claimed", "agreed", "best", "worst")
"""Attributes of `Figures`, in the order in which they are shown."""


class Verdict(StrEnum):
    """What can be said of a target."""

    MET = "met"
    AT_RISK = "at_risk"
    MISSED = "missed"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of what was promised; None where there is nothing to say it of.

    Attributes:
        raw: As measured: of the time that is known, without any rule.
        claimed: As if every exclusion that was claimed counted.
        agreed: By the terms.
        best: As agreed, were all that is unknown up.
        worst: As agreed, were all that is unknown down.
    """

    raw: Fraction | None
    claimed: Fraction | None
    agreed: Fraction | None
    best: Fraction | None
    worst: Fraction | None


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may go wrong in the whole period, and what has; of time in milliseconds, of slices in sums of error rates.

    Attributes:
        whole: All that may, >= 0.
        best: What has, were all that is unknown up.
        worst: Were it down.
    """

    whole: Fraction
    best: Fraction
    worst: Fraction


def verdict_at_end(
    figures: Figures, target: Fraction, coverage: Fraction | None, minimum: Fraction
) -> Verdict:
    """Judge a period that is over: nothing can be said where too little is known, or where the bounds lie on both sides of the target.

    Args:
        figures: Of the period.
        target: 0 < x <= 1; reached is met.
        coverage: Share of the agreed time that is known; None where none was agreed.
        minimum: That it must be.
    """
    if figures.best is None or figures.worst is None or coverage is None or coverage < minimum:
        return Verdict.UNDETERMINED
    if figures.best < target:
        return Verdict.MISSED
    return Verdict.MET if figures.worst >= target else Verdict.UNDETERMINED


def verdict_so_far(allowance: Allowance, coverage: Fraction | None, minimum: Fraction) -> Verdict:
    """Judge a period that runs: missed is what can no longer be reached, whatever comes; nothing can be said while too little is known.

    Args:
        allowance: Of the whole period.
        coverage: Share of what is over of the agreed time that is known; None where none is over.
        minimum: That it must be.
    """
    if coverage is not None and coverage < minimum:
        return Verdict.UNDETERMINED
    if allowance.best > allowance.whole:
        return Verdict.MISSED
    if allowance.worst > allowance.whole:
        return Verdict.UNDETERMINED
    at_risk = allowance.worst > NEARLY * allowance.whole
    return Verdict.AT_RISK if at_risk else Verdict.MET
