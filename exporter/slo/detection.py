"""How long an alert takes: until somebody is told of an outage, and until it ends after it.

A tier with factor f and windows L and S fires once bad time in L exceeds f x (1 - objective) x L; at an error
ratio e that takes f x (1 - objective) x L / e, if it is not more than L. After the outage it ends once the
short window has forgotten enough of it: S x (1 - f x (1 - objective) / e).
"""

from dataclasses import dataclass
from fractions import Fraction

from exporter.slo.objective import Objective
from exporter.slo.tiers import LENGTHS, Tier

FULL = Fraction(1)
TENTH = Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class Waits:
    """What an alert waits for besides the burn; milliseconds, each at most.

    Attributes:
        probe: From the start of an outage to the first probe that sees it, where all of them do; where one in ten
            does, it takes ten times as long at most.
        verdict: From that probe to the one that makes the endpoint down.
        recovery: From the end of an outage to the probe that makes the endpoint up again.
        scrape: Until Prometheus has the figures.
        evaluation: Until it looks at its rules.
        group_wait: Until Alertmanager tells somebody.
    """

    probe: int
    verdict: int
    recovery: int
    scrape: int
    evaluation: int
    group_wait: int


def burns_for(tier: Tier, objective: Objective, error: Fraction) -> Fraction | None:
    """Milliseconds of an outage from a clean past until a tier fires, None where it never does.

    Args:
        tier: The tier.
        objective: Of its SLO.
        error: Share of the time, or of the events, that is bad; 0 < error <= 1.
    """
    if error * tier.long <= tier.factor * (1 - objective.ratio) * tier.long:
        return None
    if objective.method == "time":
        taken = tier.fires_after / error
        return taken if taken < tier.long else None
    events = objective.method == "events"
    apart = (objective.spacing if events else None) or Fraction(objective.interval)
    needed = tier.failures * apart / error
    return needed - events * apart if needed <= tier.long else None


def told_after(tier: Tier, objective: Objective, error: Fraction, waits: Waits) -> Fraction | None:
    """Milliseconds from the start of an outage until somebody is told at the latest, None where nobody is."""
    burnt = burns_for(tier, objective, error)
    if burnt is None:
        return None
    seen = max(burnt, Fraction(waits.verdict))
    return waits.probe / error + seen + waits.scrape + waits.evaluation + waits.group_wait


def clears_after(tier: Tier, objective: Objective, waits: Waits) -> Fraction:
    """Milliseconds from the end of a full outage until the alert ends at the latest."""
    short = LENGTHS[tier.pace.short]
    forgotten = short * (1 - tier.factor * (1 - objective.ratio))
    return waits.recovery + forgotten + waits.scrape + waits.evaluation
