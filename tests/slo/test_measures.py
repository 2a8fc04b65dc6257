"""Every figure of every method against a recount minute by minute and beat by beat (rules 4 to 7, rulings 22 to 32)."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.slo.figures import Figures, bounds, figures
from exporter.slo.objective import Objective, Periods
from exporter.slo.periods import closed_periods
from exporter.slo.ratio import fraction
from exporter.slo.tiers import LENGTHS
from exporter.timeline.calendar import Calendar
from exporter.timeline.rule import ALL, Kind, Rule
from exporter.timeline.spans import Span
from exporter.units import DAY, HOUR, MINUTE
from tests.support.lives import END, Act, lived, spans, told
from tests.support.minutes import DOWN, GAP, OUT, UP, Every, Recount, ask_of

WINDOWS: st.SearchStrategy[int | Periods] = st.one_of(
    st.sampled_from([20 * MINUTE, HOUR, 150 * MINUTE]),
    st.builds(Every, st.sampled_from([40 * MINUTE, 100 * MINUTE]), st.sampled_from([0, 7 * MINUTE])),
)
RATIOS = st.sampled_from(["0.5", "0.9", "0.99"]).map(Fraction)
POLICIES = st.sampled_from(["ignore", "down", "up"])
GUARDS = st.integers(1, 4)
INTERVAL = 5 * MINUTE
OBJECTIVES = st.one_of(
    st.builds(Objective, RATIOS, WINDOWS, POLICIES, st.just(INTERVAL), GUARDS),
    st.builds(Objective, RATIOS, WINDOWS, st.just("ignore"), st.just(INTERVAL), GUARDS, st.just("events")),
    st.builds(
        Objective,
        RATIOS,
        WINDOWS,
        POLICIES,
        st.just(INTERVAL),
        GUARDS,
        st.just("timeslices"),
        st.just(INTERVAL),
        st.sampled_from([Fraction(1, 2), Fraction(9, 10), Fraction(1)]),
    ),
)
RULES = st.sampled_from([ALL, Rule(Kind.ANY), Rule(Kind.WEIGHTED)])
Edges = tuple[int, int, int]
"""Minutes: start of the window, the instant asked about, end of what the budget is for."""


@settings(max_examples=200, deadline=None)
@given(told(2), RULES, spans, OBJECTIVES, st.integers(1, END))
def test_every_figure_of_every_method_equals_a_recount(
    members: tuple[list[list[Span]], list[Act]],
    rule: Rule,
    shared: list[Span],
    asked: Objective,
    at: int,
) -> None:
    lives = lived(*members)
    start, end = (edge // MINUTE for edge in asked.span(at * MINUTE))
    if end > END:
        at, end, start = END, END, END - (end - start)
        asked = replace(asked, window=(END - start) * MINUTE)
    rule = rule if asked.method != "events" else ALL
    put = ask_of(lives, rule, shared, asked)
    found, count = figures(put, at * MINUTE), Recount(lives, rule, shared, asked)
    assert (found.start, found.end) == (start * MINUTE, at * MINUTE)
    assert found.budget == (start * MINUTE, end * MINUTE)
    edges = start, at, end
    check_time(found, count, edges)
    for _ in range(2):  # slices are judged anew for the bounds once
        check_sli(found, count, edges, [fraction(bound) for bound in bounds(put, found)])
    check_budget(found, count, edges)
    check_burn(found, count, edges)


def check_time(found: Figures, count: Recount, edges: Edges) -> None:
    """Seconds are exact, measured, whatever the method and the policy; they are the window."""
    start, at, _ = edges
    up, down, out, gap = (count.time(start, at, each) for each in (UP, DOWN, OUT, GAP))
    unit = found.scale * MINUTE
    assert [Fraction(part, unit) for part in found.tally] == [
        up,
        down,
        out,
        at - start - up - down - out,
        gap,
    ]
    counted = at - start - out
    assert fraction(found.coverage) == ((up + down) / counted if counted else None)


def check_sli(found: Figures, count: Recount, edges: Edges, bounds: Sequence[Fraction | None]) -> None:
    """Good / (good + bad), enclosed by what it were if the unknown had been good, and bad."""
    start, at, _ = edges
    good, bad = count.amounts(start, at, count.objective.unknown)
    unit = found.scale * MINUTE if count.objective.method == "time" else 1
    assert (Fraction(found.good, unit), Fraction(found.bad, unit)) == (good, bad)
    sli = fraction(found.sli)
    assert sli == (good / (good + bad) if good + bad else None)
    for bound, unknown in zip(bounds, ("up", "down"), strict=True):
        above, below = count.amounts(start, at, unknown)
        assert bound == (above / (above + below) if above + below else None)
    best, worst = bounds
    assert sli is None or (best is not None and worst is not None and worst <= sli <= best)


def check_budget(found: Figures, count: Recount, edges: Edges) -> None:
    """Ruling 24: met where the bad fits into the budget; ruling 25: no value where that is empty or nothing is known."""
    start, at, end = edges
    good, bad = count.amounts(start, at, count.objective.unknown)
    share = 1 - count.objective.ratio
    allowed, seconds = share * count.base(start, end), share * (end - start - count.time(start, end, OUT))
    assert found.allowed_ms == seconds * MINUTE
    if not (allowed and good + bad):
        assert (found.met, found.remaining_ratio, found.remaining, found.pace) == (None, None, None, None)
        return
    assert found.met == (bad <= allowed)
    assert fraction(found.remaining_ratio) == 1 - bad / allowed
    assert found.remaining_ms == (1 - bad / allowed) * seconds * MINUTE
    assert fraction(found.pace) == bad / allowed / Fraction(at - start, end - start)


def check_burn(found: Figures, count: Recount, edges: Edges) -> None:
    """Rule 6: D(w) / A x W / w of the SLO's whole budget, whatever is excluded or unknown in w (ruling 32)."""
    start, at, end = edges
    objective = count.objective
    allowed = (1 - objective.ratio) * count.base(start, end)
    rates, bads = dict[str, Fraction | None](), dict[str, Fraction]()
    for name in objective.plan.windows:
        length = LENGTHS[name] // MINUTE
        good, bad = count.amounts(at - length, at, objective.unknown)
        bads[name] = bad
        rates[name] = bad / allowed * Fraction(end - start, length) if allowed and good + bad else None
    assert [fraction(rate) for rate in found.burn] == list(rates.values())
    for tier, alert in zip(objective.plan.tiers, found.alerts, strict=True):
        long, short, bad = rates[tier.pace.long], rates[tier.pace.short], bads[tier.pace.long]
        guarded = bad >= tier.guard if objective.method != "time" else bad * MINUTE > tier.guard_ms
        near = None if long is None or short is None else min(long, short) / tier.factor
        assert fraction(alert) == (near if near is None or guarded else min(near, Fraction(1)))


@settings(max_examples=60, deadline=None)
@given(told(2), RULES, spans, OBJECTIVES, st.integers(1, END), st.integers(1, 90))
def test_another_window_has_its_own_budget_and_the_burn_of_the_slos(  # noqa: PLR0917 -- as many as there are
    members: tuple[list[list[Span]], list[Act]],
    rule: Rule,
    shared: list[Span],
    asked: Objective,
    at: int,
    window: int,
) -> None:
    """It is rolling and ends at the instant, also where the SLO's own is a period."""
    rule = rule if asked.method != "events" else ALL
    lives = lived(*members)
    put = ask_of(lives, rule, shared, asked)
    found, own = figures(put, at * MINUTE, window * MINUTE), figures(put, at * MINUTE)
    count = Recount(lives, rule, shared, asked)
    edges = at - window, at, at
    assert found.budget == ((at - window) * MINUTE, at * MINUTE)
    check_time(found, count, edges)
    check_budget(found, count, edges)
    assert (found.burn, found.alerts) == (own.burn, own.alerts)


@settings(max_examples=30, deadline=None)
@given(told(1), spans, OBJECTIVES, st.integers(1, END))
def test_ruling_31_closed_periods_are_what_the_instants_of_their_ends_show(
    members: tuple[list[list[Span]], list[Act]], shared: list[Span], asked: Objective, at: int
) -> None:
    """Whole, the latest first; a rolling window has none."""
    put = ask_of(lived(*members), ALL, shared, asked)
    closed = list(closed_periods(put, at * MINUTE, 0))
    if isinstance(asked.window, int):
        assert closed == []
        return
    length, phase = asked.window.nominal, asked.window.period(1)[1] % asked.window.nominal
    ends = range(phase + length, at * MINUTE + 1, length)
    assert closed == [figures(put, end) for end in reversed(ends)]
    assert all((each.start, each.end) == each.budget for each in closed)


@pytest.mark.parametrize(
    ("per_cent", "window", "allowed"),
    [("99.95", 7 * DAY, 302_400), ("99.9", 30 * DAY, 2_592_000), ("99.9", Calendar("month"), 2_592_000)],
)
def test_example_15_the_budget_of_a_window_without_exclusions(
    per_cent: str, window: int | Periods, allowed: int
) -> None:
    """99.95 % of a week are 5 min 2.4 s; of a month those of its usual length."""
    asked = Objective(Fraction(per_cent) / 100, window, "ignore", INTERVAL, 3)
    assert asked.allowed_when_whole == allowed
