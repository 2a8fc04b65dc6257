"""Figures by time, events and timeslices, over rolling windows and calendar weeks, against a recount by hour."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.slo.figures import bounds, figures
from exporter.slo.objective import Objective
from exporter.slo.question import Question, question
from exporter.slo.ratio import fraction
from exporter.slo.tiers import DAY, HOUR, MINUTE
from exporter.timeline.calendar import Calendar
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.past import Member, Past
from exporter.timeline.policy import Policy
from exporter.timeline.spans import NOTHING, Spans
from exporter.timeline.tally import State
from tests.support.brute import Probe
from tests.support.grid import HOURS, MONDAY, WEEK, Counted, Endpoint, Grid, share
from tests.support.recount import Span

votes = st.sampled_from([State.UP] * 4 + [State.DOWN, State.UNKNOWN])
spans = st.lists(
    st.tuples(st.integers(0, HOURS), st.integers(1, 60)).map(lambda each: (each[0], sum(each))), max_size=3
)
weeks = st.sampled_from(["UTC", "Europe/Berlin"]).map(lambda zone: Calendar("week", zone))
windows = st.one_of(st.sampled_from([5 * HOUR, DAY, 3 * DAY, 12 * DAY]), weeks)
asked = st.integers(310, 430)


@st.composite
def endpoints(draw: st.DrawFn) -> Endpoint:
    at, probes = draw(st.integers(0, 300)), list[Probe]()
    gaps = st.tuples(st.integers(1, 12), votes, st.sampled_from([1, 2, 6]), st.booleans())
    for gap, vote, interval, event in draw(st.lists(gaps, max_size=16)):
        at += gap
        probes.append(Probe(at, vote, Policy(interval, 1, 2 * interval + 1), event=event))
    return Endpoint([probe for probe in probes if probe.at < HOURS], draw(spans))


grids = st.builds(Grid, st.lists(endpoints(), min_size=1, max_size=2), spans)


@st.composite
def objectives(draw: st.DrawFn) -> Objective:
    method = draw(st.sampled_from(["time", "events", "timeslices"]))
    return Objective(
        ratio=draw(st.sampled_from(["0.5", "0.9", "0.99", "0.999"]).map(Fraction)),
        window=draw(windows),
        unknown="ignore" if method == "events" else draw(st.sampled_from(["ignore", "down", "up"])),
        interval=HOUR,
        min_bad=draw(st.integers(1, 3)),
        method=method,
        slice=draw(st.sampled_from([1, 4, 6])) * HOUR if method == "timeslices" else 0,
        slice_objective=draw(st.sampled_from([Fraction(1), Fraction(2, 3)])),
    )


def counted(grid: Grid, objective: Objective) -> Counted:
    return Counted(
        grid, objective.method, objective.unknown, max(1, objective.slice // HOUR), objective.slice_objective
    )


def budget_of(objective: Objective, at: int) -> Span:
    """Hours that the budget is for; a week in Berlin begins an hour earlier."""
    if isinstance(objective.window, int):
        return at - objective.window // HOUR, at
    first = MONDAY - (objective.window.label == "week/Europe/Berlin")
    start = first + (at - 1 - first) // WEEK * WEEK
    return start, start + WEEK


@settings(max_examples=250, deadline=None)
@given(grids, objectives(), asked)
def test_every_figure_of_every_method_equals_a_recount(grid: Grid, objective: Objective, at: int) -> None:
    """Rulings 24, 25, 27, 30 and 31: seconds and SLI so far, the budget of the whole period less all exclusions."""
    found, count = figures(grid.put(objective), at * HOUR), counted(grid, objective)
    start, end = budget_of(objective, at)
    assert (found.start, found.end, found.budget) == (start * HOUR, at * HOUR, (start * HOUR, end * HOUR))
    good, bad = count.amounts(start, at)
    unit = HOUR if objective.method == "time" else 1
    assert (found.good, found.bad) == (good * unit, bad * unit)
    assert fraction(found.sli) == share(good, bad)
    allowed = (1 - objective.ratio) * count.base(start, end)
    valued = good + bad > 0 and allowed > 0
    assert found.met == (bad <= allowed if valued else None)
    assert fraction(found.remaining_ratio) == (1 - bad / allowed if valued else None)
    agreed = (1 - objective.ratio) * Counted(grid, "time").base(start, end) * HOUR
    assert found.allowed_ms == agreed
    assert found.remaining_ms == (agreed * (1 - bad / allowed) if valued else None)
    assert fraction(found.pace) == (bad / allowed * (end - start) / (at - start) if valued else None)
    assert sum(found.tally[:4]) == (at - start) * HOUR


@settings(max_examples=250, deadline=None)
@given(grids, objectives(), asked)
def test_bounds_and_burn_rates_of_every_method_equal_a_recount(
    grid: Grid, objective: Objective, at: int
) -> None:
    """And the bounds enclose the SLI."""
    put, count = grid.put(objective), counted(grid, objective)
    found, (start, end) = figures(put, at * HOUR), budget_of(objective, at)
    best, worst = map(fraction, bounds(put, found))
    assert (best, worst) == count.bounds(start, at)
    sli = fraction(found.sli)
    if sli is not None:
        assert best is not None
        assert worst is not None
        assert worst <= sli <= best
    allowed = (1 - objective.ratio) * count.base(start, end)
    for length, burn in zip(objective.plan.lengths, found.burn, strict=True):
        hours = length // HOUR
        if not hours:
            continue
        good, bad = count.amounts(at - hours, at)
        expected = bad / allowed * (end - start) / hours if good + bad and allowed else None
        assert fraction(burn) == expected
    for tier, alert in zip(objective.plan.tiers, found.alerts, strict=True):
        long, short = (fraction(found.burn[place]) for place in (tier.long_at, tier.short_at))
        if long is None or short is None:
            assert alert is None
            continue
        _, bad = count.amounts(at - tier.long // HOUR, at)
        guarded = bad >= tier.guard
        nearest = min(long, short) / tier.factor
        assert fraction(alert) == (nearest if guarded else min(nearest, Fraction(1)))


def asking(objective: Objective, history: EndpointHistory, excluded: Spans = NOTHING) -> Question:
    return question(objective, Past(history, [Member(history, history)], excluded))


def results(end: int, step: int, interval: int, bad: range) -> EndpointHistory:
    """A beat each `step` until `end`; failures by their numbers."""
    history, policy = EndpointHistory(), Policy(interval, 5_000, interval + step)
    for number, at in enumerate(range(0, end, step)):
        history.add(at, State.DOWN if number in bad else State.UP, policy, event=True)
    return history


@pytest.mark.parametrize("bad", [10, 11])
def test_ruling_27_rows_each_10_seconds_at_an_interval_of_15_spend_the_budget_exactly(bad: int) -> None:
    """SLI exactly 0.999 at 99.9: met, and exactly 0 remains; one more is not met."""
    end = 100_000_000
    asked = asking(
        Objective(Fraction(999, 1000), end, "ignore", 15_000, 3, "events"),
        results(end, 10_000, 15_000, range(500, 500 + bad)),
    )
    found = figures(asked, end)
    assert fraction(found.sli) == 1 - Fraction(bad, 10_000)
    assert found.met is (bad == 10)
    assert fraction(found.remaining_ratio) == 1 - Fraction(bad, 10)


@pytest.mark.parametrize("method", ["time", "timeslices"])
def test_ruling_32_burn_just_after_maintenance_is_8_3_and_silent(method: str) -> None:
    """An hour of which 59 m 30 s are excluded and 30 s down: divided by the 30 s alone it would be 1000 and page."""
    month = 30 * DAY
    history, policy = EndpointHistory(), Policy(MINUTE, 5_000, 2 * month)
    history.add(0, State.UP, policy, event=True)
    history.add(month - MINUTE // 2, State.DOWN, policy, event=True)
    slices = method == "timeslices"
    objective = Objective(
        Fraction(999, 1000), month, "ignore", MINUTE // 4, 3, method, MINUTE // 2 if slices else 0
    )
    found = figures(asking(objective, history, Spans([(month - HOUR, month - MINUTE // 2)])), month)
    hour = objective.plan.windows.index("1h")
    assert float(fraction(found.burn[hour]) or 0) == pytest.approx(8.33, abs=0.02)
    assert all(alert is None or fraction(alert) <= 1 for alert in found.alerts)  # type: ignore[operator]


@pytest.mark.parametrize("method", ["time", "events", "timeslices"])
def test_ruling_31_the_instant_of_a_periods_end_shows_it_whole_and_the_next_one_begins_anew(
    method: str,
) -> None:
    """A week with an hour down of its last, asked at its end and a minute later."""
    week = 7 * DAY
    end = MONDAY * HOUR + week
    down = range((end - HOUR) // MINUTE, end // MINUTE)
    objective = Objective(
        Fraction(99, 100),
        Calendar("week"),
        "ignore",
        MINUTE,
        3,
        method,
        MINUTE if method == "timeslices" else 0,
    )
    asked = asking(objective, results(end + HOUR, MINUTE, MINUTE, down))
    whole, young, new = figures(asked, end), figures(asked, end + MINUTE), figures(asked, end - week + MINUTE)
    assert (whole.start, whole.end, whole.budget) == (end - week, end, (end - week, end))
    assert fraction(whole.remaining_ratio) == 1 - Fraction(100, 168)
    assert fraction(whole.pace) == Fraction(100, 168)
    for found in (young, new):
        assert fraction(found.remaining_ratio) == 1
        assert (found.end - found.start, found.allowed_ms) == (MINUTE, Fraction(week, 100))
