"""Every figure of an SLO, from its objective, a history and an instant.

This is the only place where they are computed: the metrics, the pages, the commands
and the reports all call `figures`. Integers and exact ratios only; a figure without a
value is None.
"""

from fractions import Fraction
from typing import NamedTuple

from exporter.slo.objective import Objective
from exporter.slo.ratio import Ratio
from exporter.slo.tiers import alert
from exporter.timeline.tally import Cumulative, Sums, Tally, between


class Figures(NamedTuple):
    """An SLO's answer for the window [start, end), all lengths in milliseconds.

    Attributes:
        start: First instant of the window, milliseconds since the epoch.
        end: The instant that was asked about; the first one beyond the window.
        tally: What was measured, before the SLO's `unknown` policy.
        good: Good time, after the policy.
        bad: Bad time, after the policy.
        sli: good / (good + bad); None where nothing that counts is known.
        best: The SLI if watched unknown time had been up.
        worst: The SLI if watched unknown time had been down.
        coverage: Known time by the time that is not excluded; None where all is.
        met: Whether the bad time fits into the budget; None where the budget is empty
            or nothing is known.
        allowed: The budget: (1 - objective) x (window less exclusions).
        remaining: Part of `allowed` that is left, negative where overspent; None as `met`.
        remaining_ratio: remaining / allowed, likewise.
        burn: Burn rates over the objective's `plan.windows`, each None where nothing that
            counts is known in it; always of the budget of the SLO's own window.
        alerts: Of the objective's `plan.tiers`: how near each is to firing (strictly above 1).
    """

    start: int
    end: int
    tally: Tally
    good: int
    bad: int
    sli: Ratio | None
    best: Ratio | None
    worst: Ratio | None
    coverage: Ratio | None
    met: bool | None
    allowed: Ratio
    remaining: Ratio | None
    remaining_ratio: Ratio | None
    burn: tuple[Ratio | None, ...]
    alerts: tuple[Ratio | None, ...]

    @property
    def allowed_ms(self) -> Fraction:
        """The budget, exactly."""
        return Fraction(*self.allowed)

    @property
    def remaining_ms(self) -> Fraction | None:
        """What is left of it, exactly; None where there is no value."""
        return None if self.remaining is None else Fraction(*self.remaining)


def figures(objective: Objective, cumulative: Cumulative, at: int, window: int | None = None) -> Figures:
    """Answer an SLO at an instant.

    Args:
        objective: The question.
        cumulative: The history's sums, e.g. `history.sums`.
        at: Milliseconds since the epoch; the window ends there.
        window: Milliseconds to ask about, > 0, in place of the SLO's own window; burn rates
            and alerts stay those of the SLO's own.
    """
    own = objective.window
    asked = own if window is None else window
    last = cumulative(at)
    first = cumulative(at - asked)
    excluded = last.excluded - (first if asked == own else cumulative(at - own)).excluded
    burn, bad = _burn(objective, cumulative, at, last, own - excluded)
    return _answer(objective, at, between(first, last, asked), burn, _alerts(objective, burn, bad))


def _answer(
    objective: Objective,
    at: int,
    tally: Tally,
    burn: tuple[Ratio | None, ...],
    alerts: tuple[Ratio | None, ...],
) -> Figures:
    up, down, excluded, unknown, watched_unknown = tally
    known = up + down
    watched = known + watched_unknown
    agreed = known + unknown
    best = (up + watched_unknown, watched) if watched else None
    worst = (up, watched) if watched else None
    if objective.unknown == "ignore":
        good, bad, sli = up, down, (up, known) if known else None
    elif objective.unknown == "down":
        good, bad, sli = up, down + watched_unknown, worst
    else:
        good, bad, sli = up + watched_unknown, down, best
    whole = objective.plan.whole
    allowed = objective.plan.budget * agreed
    met = remaining = ratio = None
    if sli and allowed:
        left = allowed - bad * whole
        met, remaining, ratio = left >= 0, (left, whole), (left, allowed)
    return Figures(
        at - agreed - excluded,
        at,
        tally,
        good,
        bad,
        sli,
        best,
        worst,
        (known, agreed) if agreed else None,
        met,
        (allowed, whole),
        remaining,
        ratio,
        burn,
        alerts,
    )


def _burn(
    objective: Objective, cumulative: Cumulative, at: int, last: Sums, agreed: int
) -> tuple[tuple[Ratio | None, ...], list[int]]:
    """Burn rates D(w) / A x W / w and the bad milliseconds D(w) of each burn window.

    Args:
        objective: The question.
        cumulative: The history's sums.
        at: End of every window.
        last: The sums at that instant.
        agreed: Milliseconds of the SLO's own window that are not excluded.
    """
    budget, whole, _, lengths, *_ = objective.plan
    policy = objective.unknown
    last_up, last_down, _, last_watched = last
    above, below = whole * objective.window, budget * agreed
    burn: list[Ratio | None] = []
    bads: list[int] = []
    for length in lengths:
        up, down, _, watched = cumulative(at - length)
        if policy == "ignore":
            bad = last_down - down
            counted = last_up - up + bad
        else:
            counted = last_watched - watched
            bad = last_down - down if policy == "up" else counted - last_up + up
        bads.append(bad)
        burn.append((bad * above, below * length) if counted and below else None)
    return tuple(burn), bads


def _alerts(
    objective: Objective, burn: tuple[Ratio | None, ...], bads: list[int]
) -> tuple[Ratio | None, ...]:
    alerts: list[Ratio | None] = []
    for tier in objective.plan.tiers:
        long, short = burn[tier.long_at], burn[tier.short_at]
        if long is None or short is None:
            alerts.append(None)
        else:
            alerts.append(alert(tier, long, short, bads[tier.long_at]))
    return tuple(alerts)
