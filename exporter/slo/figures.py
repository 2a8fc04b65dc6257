"""Every figure of an SLO, from the question and an instant.

This is the only place where they are computed: the metrics, the pages, the commands
and the reports all call `figures`. Integers and exact ratios only; a figure without a
value is None. Methods differ in what they count (`measures`) and in nothing else.
"""

from fractions import Fraction
from typing import NamedTuple

from exporter.slo.question import Question
from exporter.slo.ratio import Ratio
from exporter.slo.tiers import DAY, alert
from exporter.timeline.spans import Span
from exporter.timeline.tally import Tally, between


class Figures(NamedTuple):
    """An SLO's answer for the window [start, end).

    Attributes:
        start: First instant of the window, milliseconds since the epoch.
        end: The instant that was asked about; the first one beyond the window.
        budget: What the budget is for: the window itself, or the whole calendar period.
        scale: `tally` is in units of 1/scale milliseconds.
        tally: What was measured, before the SLO's `unknown` policy.
        good: What counts as good, in the unit of the method: 1/scale milliseconds, beats or slices.
        bad: What counts as bad, likewise.
        sli: good / (good + bad); None where nothing that counts is known.
        coverage: Known time by the time that is not excluded; None where all is.
        met: Whether the bad amount fits into the budget; None where the budget is empty
            or nothing is known.
        allowed: The budget in milliseconds: (1 - objective) x (what it is for, less exclusions).
        remaining_ratio: The part of the budget that is left, negative where overspent; None as `met`.
        remaining: The same of `allowed`, milliseconds.
        burn: Burn rates over the objective's `plan.windows`, each None where nothing that
            counts is known in it; always of the budget of the SLO's own window.
        bads: Bad amounts over the objective's `plan.windows`, in the unit of `bad`.
        alerts: Of the objective's `plan.tiers`: how near each is to firing (strictly above 1).
        day_unknown: Watched time of the last day about which nothing is known, what is excluded aside, in the
            unit of `tally`. What is young is not held against it (ruling 23).
    """

    start: int
    end: int
    budget: Span
    scale: int
    tally: Tally
    good: int
    bad: int
    sli: Ratio | None
    coverage: Ratio | None
    met: bool | None
    allowed: Ratio
    remaining_ratio: Ratio | None
    remaining: Ratio | None
    burn: tuple[Ratio | None, ...]
    bads: tuple[int, ...]
    alerts: tuple[Ratio | None, ...]
    day_unknown: int

    @property
    def allowed_ms(self) -> Fraction:
        """The budget, exactly."""
        return Fraction(*self.allowed)

    @property
    def remaining_ms(self) -> Fraction | None:
        """What is left of it, exactly; None where there is no value."""
        return None if self.remaining is None else Fraction(*self.remaining)

    @property
    def pace(self) -> Ratio | None:
        """How fast the budget of a period is spent: its spent share by the share of the period that is over.

        1 spends it exactly by the end. None where it has no value, or nothing of the period is over.
        """
        elapsed, whole = self.end - self.budget[0], self.budget[1] - self.budget[0]
        if self.remaining_ratio is None or not elapsed:
            return None
        left, of = self.remaining_ratio
        return (of - left) * whole, of * elapsed


def figures(question: Question, at: int, window: int | None = None) -> Figures:
    """Answer an SLO at an instant.

    Args:
        question: The SLO and whom it asks.
        at: Milliseconds since the epoch; the window ends there.
        window: Milliseconds to ask about, > 0, in place of the SLO's own window; burn rates
            and alerts stay those of the SLO's own.
    """
    own = question.objective.span(at)
    budget = own if window is None else (at - window, at)
    objective, past, measure = question
    history, scale, start = past.history, past.history.scale, budget[0]
    first, last = history.sums(start), history.sums(at)
    tally = between(first, last, (at - start) * scale)
    good0, bad0 = measure.before(start)
    now = measure.before(at)
    good, bad = now[0] - good0, now[1] - bad0
    agreed = (budget[1] - start) * scale - (
        tally.excluded if budget[1] == at else history.sums(budget[1]).excluded - first.excluded
    )
    base = (agreed, 1) if objective.method == "time" else measure.base(*budget)
    met, ratio = _remaining(question, good, bad, base)
    allowed = objective.plan.budget * agreed, objective.plan.whole * scale
    own_base = base if own == budget else measure.base(*own)
    burn, bads = _burn(question, at, now, own, own_base)
    counted = (at - start) * scale - tally.excluded
    day = history.sums(at - DAY)
    return Figures(
        start,
        at,
        budget,
        scale,
        tally,
        good,
        bad,
        (good, good + bad) if good + bad else None,
        (tally.up + tally.down, counted) if counted else None,
        met,
        allowed,
        ratio,
        None if ratio is None else (ratio[0] * allowed[0], ratio[1] * allowed[1]),
        burn,
        bads,
        _alerts(question, burn, bads),
        last.watched - last.up - last.down - (day.watched - day.up - day.down),
    )


def bounds(question: Question, found: Figures) -> tuple[Ratio | None, Ratio | None]:
    """Best and worst SLI of an answer: as if its watched unknown time had been up, and down."""
    return question.measure.bounds(found.start, found.end)


def _remaining(question: Question, good: int, bad: int, base: Ratio) -> tuple[bool | None, Ratio | None]:
    """Whether bad <= allowed, and 1 - bad / allowed, where allowed is (1 - objective) x base."""
    budget, whole, *_ = question.objective.plan
    allowed, spent = budget * base[0], bad * whole * base[1]
    if not good + bad or not allowed:
        return None, None
    return spent <= allowed, (allowed - spent, allowed)


def _burn(
    question: Question, at: int, now: tuple[int, int], own: Span, base: Ratio
) -> tuple[tuple[Ratio | None, ...], tuple[int, ...]]:
    """Burn rates D(w) / A x W / w and the bad amounts D(w) of each burn window.

    Args:
        question: The SLO and whom it asks.
        at: End of every window.
        now: Good and bad before that instant.
        own: What the SLO's own budget is for.
        base: What that budget is a share of.
    """
    budget, whole, _, lengths, *_ = question.objective.plan
    before = question.measure.before
    good_now, bad_now = now
    above, below = whole * (own[1] - own[0]) * base[1], budget * base[0]
    burn: list[Ratio | None] = []
    bads: list[int] = []
    for length in lengths:
        good, bad = before(at - length)
        spent = bad_now - bad
        bads.append(spent)
        burn.append((spent * above, below * length) if below and (spent or good_now > good) else None)
    return tuple(burn), tuple(bads)


def _alerts(
    question: Question, burn: tuple[Ratio | None, ...], bads: tuple[int, ...]
) -> tuple[Ratio | None, ...]:
    alerts: list[Ratio | None] = []
    interval, guards = question.objective.interval, question.measure.guards
    for tier in question.objective.plan.tiers:
        long, short = burn[tier.long_at], burn[tier.short_at]
        if long is None or short is None:
            alerts.append(None)
        else:
            guarded = guards(bads[tier.long_at], tier.guard, interval)
            alerts.append(alert(tier, long, short, guarded=guarded))
    return tuple(alerts)
