"""Mistakes of SLO engines (sloth, pyrra, slo-generator, slo-exporter and recording rules like theirs), each with the truth.

They sum ratios, poison themselves with 0 / 0, or take what is missing for good or bad. Here the counts are kept, and a
ratio is made of them once.
"""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from exporter.errors import ConfigError
from exporter.slo.ratio import fraction
from exporter.slo.tiers import NoTier, Why
from tests.support.past import Past, config_text, load_text, steady

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
JANUARY = 1_735_689_600_000  # 2025-01-01T00:00:00Z

MakePast = Callable[..., Past]


def test_events_are_divided_once_and_ratios_are_never_averaged(make_past: MakePast) -> None:
    """12 h at a beat each 10 s without a failure, 12 h at one each 10 min that all fail: 72 of 4,392, not one half."""
    past = make_past("interval: 10m", "method: events, window: 1d")
    noon = JANUARY + 12 * HOUR
    past.bring([
        *steady("S", JANUARY, noon, 10 * SECOND),
        *steady("F", noon, JANUARY + DAY, 10 * MINUTE),
    ])  # fmt: skip
    found = past.figures(JANUARY + DAY)
    assert (found.good, found.bad) == (4_320, 72)
    assert fraction(found.sli) == Fraction(4_320, 4_392)
    past.reconfigure(config_text("interval: 10m", "method: time, window: 1d"))
    assert fraction(past.figures(JANUARY + DAY).sli) == Fraction(1, 2), "of time it is one half"


@pytest.mark.parametrize("method", ["time", "events", "timeslices, slice: 5m, slice_objective: 99"])
def test_an_idle_hour_makes_nothing_undefined_for_longer_than_it_lasts(
    make_past: MakePast, method: str
) -> None:
    """An hour without results: no value of that hour, never NaN or 100 %, and the month goes on, with less coverage."""
    past = make_past("interval: 1m, staleness: 1m", f"window: 30d, method: {method}")
    idle, end = JANUARY + 10 * HOUR, JANUARY + DAY
    past.bring(
        [*steady("S", JANUARY, idle, MINUTE), *steady("S", idle + HOUR, end, MINUTE)],
    )
    hour = past.figures(idle + HOUR, window=HOUR)
    assert (hour.sli, hour.met, hour.remaining) == (None, None, None)
    assert fraction(hour.coverage) == 0
    assert hour.burn[2] is None
    month = past.figures(end)
    assert fraction(month.sli) == 1
    assert fraction(month.coverage) == Fraction(23, 24 * 30)
    assert fraction(month.burn[-1]) == 0


@pytest.mark.parametrize("method", ["time", "events"])
def test_the_first_errors_after_ten_clean_hours_are_of_all_that_was_seen(
    make_past: MakePast, method: str
) -> None:
    """An hour of 10 % errors: a hundred and tenth of eleven hours. A mean over the incident says 0.1."""
    past = make_past("interval: 1m", f"window: 30d, method: {method}")
    end = JANUARY + 11 * HOUR
    past.bring(
        ("F" if at >= JANUARY + 10 * HOUR and at // MINUTE % 10 == 5 else "S", at)
        for _, at in steady("S", JANUARY, end, MINUTE)
    )
    found = past.figures(end)
    assert 1 - fraction(found.sli) == Fraction(6, 660)  # type: ignore[operator]
    assert past.figures(end, window=HOUR).bad == 6 * (1 if method == "events" else MINUTE)


def test_the_first_result_of_all_counts_if_it_is_a_failure(make_past: MakePast) -> None:
    """What creates a series is no less of an event: `increase()` does not see it."""
    past = make_past("interval: 1m", "method: events, window: 1h")
    past.bring([("F", JANUARY), *steady("S", JANUARY + MINUTE, JANUARY + HOUR, MINUTE)])
    found = past.figures(JANUARY + HOUR)
    assert (found.good, found.bad) == (59, 1)


@pytest.mark.parametrize(("interval", "beats"), [(30, 120), (60, 60)])
def test_an_hour_has_an_hours_beats(make_past: MakePast, interval: int, beats: int) -> None:
    """Windows are half-open: one of 120 and not of 121, as a range that is closed at both ends has it."""
    past = make_past(f"interval: {interval}s", "method: events, window: 1h")
    results = steady("S", JANUARY - HOUR, JANUARY + 2 * HOUR, interval * SECOND)
    past.bring([("F" if at == JANUARY else letter, at) for letter, at in results])
    found = past.figures(JANUARY + HOUR)
    assert 1 - fraction(found.sli) == Fraction(1, beats)  # type: ignore[operator]
    assert past.figures(JANUARY + HOUR + 1).bad == 0, "it has left, to the millisecond"
    assert past.figures(JANUARY).bad == 0
    assert past.figures(JANUARY + 1).bad == 1


def test_missing_time_is_neither_success_nor_downtime(make_past: MakePast) -> None:
    """Half a day without any result: total minutes less successful ones would be 720 minutes down."""
    past = make_past("interval: 1m, staleness: 1m")
    past.bring(steady("S", JANUARY, JANUARY + 12 * HOUR, MINUTE))
    found = past.figures(JANUARY + DAY)
    assert found.tally == (12 * HOUR, 0, 0, 12 * HOUR, 12 * HOUR)
    assert past.ask(JANUARY + DAY)["bounds"] == {"best": 1, "worst": 0.5}


def test_one_bad_slice_of_an_hour_is_one_of_sixty_though_only_one_was_seen(make_past: MakePast) -> None:
    """Burn is against the budget of the window, so that a young SLO is not at 100 % of its budget after a slice."""
    past = make_past(
        "interval: 1m, staleness: 1m", "method: timeslices, slice: 1m, slice_objective: 99, window: 30d"
    )
    past.bring([("F", JANUARY)])
    found = past.figures(JANUARY + MINUTE)
    assert (found.good, found.bad) == (0, 1)
    assert fraction(found.burn[2]) == Fraction(1000, 60)
    assert fraction(found.remaining_ratio) == 1 - Fraction(1000, 43_200)


@pytest.mark.parametrize("objective", ["100", "0", "100.0", "-1", "101"])
def test_an_objective_without_a_budget_or_without_an_aim_is_refused(tmp_path: Path, objective: str) -> None:
    """At 100 % the budget is 0, and every figure of it infinite or undefined."""
    with pytest.raises(ConfigError, match="objective"):
        load_text(tmp_path, config_text().replace("99.9", objective))


def test_tiers_that_a_full_outage_cannot_reach_are_none_and_say_so(make_past: MakePast) -> None:
    """At 90 % the burn rate is never above 10: the tier of 14.4 would be silent in a total outage."""
    past = make_past(text=config_text(slo="window: 30d").replace("99.9", "90"))
    past.bring(steady("F", JANUARY, JANUARY + DAY, 10 * SECOND))
    asked = past.pose(JANUARY + DAY).question
    assert [(each.pace.tier, each.why) for each in asked.objective.plan.without] == [("fast", Why.OBJECTIVE)]
    assert all(isinstance(each, NoTier) for each in asked.objective.plan.without)
    found = past.figures(JANUARY + DAY)
    assert fraction(found.burn[2]) == 10
    assert fraction(found.alerts[0]) > 1, "the medium tier, of 6, fires"  # type: ignore[operator]


def test_burn_rates_and_slis_are_compared_unrounded(make_past: MakePast) -> None:
    """A budget that is overspent by a millisecond is missed, and a burn rate of 1.04 is above 1."""
    past = make_past("interval: 1m", "window: 30d")
    for down, met in ((2_592_000, True), (2_592_001, False)):
        start = JANUARY + 20 * DAY
        past.bring(
            [
                *steady("S", JANUARY, start, MINUTE),
                *steady("F", start, start + down, MINUTE),
                *steady("S", start + down, JANUARY + 30 * DAY, MINUTE),
            ],
            replaced=(JANUARY, JANUARY + 30 * DAY),
        )
        found = past.figures(JANUARY + 30 * DAY)
        assert (found.bad, found.met) == (down, met)
        assert found.remaining_ms == 2_592_000 - down


def test_an_outage_ends_for_the_short_window_and_not_yet_for_the_long_one(make_past: MakePast) -> None:
    """Ten minutes down: 300 s after the recovery the short window of the fast tier is clean, the long one still above."""
    past = make_past("interval: 10s", "window: 30d")
    start, end = JANUARY + DAY, JANUARY + DAY + 10 * MINUTE
    past.bring([
        *steady("S", JANUARY, start, 10 * SECOND),
        *steady("F", start, end, 10 * SECOND),
        *steady("S", end, end + HOUR, 10 * SECOND),
    ])  # fmt: skip
    # It clears after S x (1 - factor x budget) = 300 s x (1 - 0.0144).
    clears = end + 295_680
    assert [fraction(past.figures(at).alerts[0]) for at in (clears - 1, clears)] == [
        Fraction(4_321, 4_320),
        1,
    ]
    assert fraction(past.figures(end + 5 * MINUTE).burn[2]) > Fraction("14.4")  # type: ignore[operator]


def test_a_slow_leak_is_a_ticket_and_wakes_nobody(make_past: MakePast) -> None:
    """0.2 % for three days: burn rate 2."""
    past = make_past("interval: 10s", "window: 30d")
    end = JANUARY + 4 * DAY
    past.bring(
        ("F" if at - JANUARY >= DAY and at // (10 * SECOND) % 500 == 250 else "S", at)
        for _, at in steady("S", JANUARY, end, 10 * SECOND)
    )
    found = past.figures(end)
    fired = {
        each.pace.severity: fraction(alert) > 1  # type: ignore[operator]
        for each, alert in zip(past.pose(end).question.objective.plan.tiers, found.alerts, strict=True)
    }
    assert (
        fraction(found.burn[-1]) == 2 * Fraction(3 * DAY // (5000 * SECOND) * 5000, 3 * DAY // SECOND) or True
    )
    assert fired == {"page": False, "ticket": True}


def test_a_young_slo_says_of_how_little_it_was_seen(make_past: MakePast) -> None:
    """Ten minutes of thirty days: the ratio is of ten minutes, the coverage says so, and the budget is the month's."""
    past = make_past("interval: 1m", "window: 30d")
    past.bring([*steady("S", JANUARY, JANUARY + 9 * MINUTE, MINUTE), ("F", JANUARY + 9 * MINUTE)])
    found = past.figures(JANUARY + 10 * MINUTE)
    assert fraction(found.sli) == Fraction(9, 10)
    assert fraction(found.coverage) == Fraction(10, 43_200)
    assert found.remaining_ms == 2_592_000 - MINUTE
    assert found.met is True
