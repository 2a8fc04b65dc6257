from fractions import Fraction

import pytest

from exporter.slo.tiers import DAY, HOUR, MINUTE, PACES, NoTier, Tier, Why, factor, tiers

PER_CENT = Fraction(1, 100)


def fitted(per_cent: str, window: int, interval: int = 15_000, min_bad: int = 3) -> dict[str, Tier]:
    all_tiers = tiers(Fraction(per_cent) / 100, window, interval, min_bad)
    return {tier.pace.tier: tier for tier in all_tiers if isinstance(tier, Tier)}


def missing(per_cent: str, window: int) -> dict[str, Why]:
    all_tiers = tiers(Fraction(per_cent) / 100, window, 15_000, 3)
    return {tier.pace.tier: tier.why for tier in all_tiers if isinstance(tier, NoTier)}


def test_tiers_are_named_paged_and_windowed_as_dashboards_expect() -> None:
    assert [(pace.tier, pace.severity, pace.long, pace.short) for pace in PACES] == [
        ("fast", "page", "1h", "5m"),
        ("medium", "page", "6h", "30m"),
        ("slow", "ticket", "1d", "2h"),
        ("long", "ticket", "3d", "6h"),
    ]


def test_example_4_factors_of_30_and_28_days() -> None:
    thirty = [tier.factor for tier in fitted("99.9", 30 * DAY).values()]
    assert thirty == [Fraction(144, 10), 6, 3, 1]
    raw = [factor(pace.wide, 28 * DAY, length) for pace, length in zip(PACES, (1, 6, 24, 72), strict=True)]
    assert [value / HOUR for value in raw] == [
        Fraction(1344, 100),
        Fraction(56, 10),
        Fraction(28, 10),
        Fraction(14, 15),
    ]


def test_example_4_a_factor_below_one_is_raised_to_one() -> None:
    assert fitted("99.9", 28 * DAY)["long"].factor == 1


def test_example_5_error_ratios_at_which_99_9_over_30_days_fires() -> None:
    ratios = [tier.factor * Fraction(1, 1000) for tier in fitted("99.9", 30 * DAY).values()]
    assert ratios == [Fraction(144, 10_000), Fraction(6, 1000), Fraction(3, 1000), Fraction(1, 1000)]


def test_example_6_shares_and_windows_of_others_give_their_factors() -> None:
    theirs = [(1, 30 * MINUTE), (2, 3 * HOUR), (5, 12 * HOUR), (5, 36 * HOUR)]
    factors = [factor(share * PER_CENT, 30 * DAY, long) for share, long in theirs]
    assert factors == [Fraction(144, 10), Fraction(48, 10), 3, 1]


def test_example_7_time_to_fire_in_a_full_outage() -> None:
    assert [tier.fires_after for tier in fitted("99.9", 30 * DAY).values()] == [
        51_840,
        129_600,
        259_200,
        259_200,
    ]


@pytest.mark.parametrize(
    ("interval", "per_cent", "failures"),
    [
        (10_000, "99", [52, 130, 260, 260]),
        (15_000, "99.9", [4, 9, 18, 18]),
        (15_000, "99.95", [3, 5, 9, 9]),
        (60_000, "99.9", [3, 3, 5, 5]),
        (10_000, "99.99", [3, 3, 3, 3]),
    ],
)
def test_failures_needed_are_those_of_the_long_window_and_never_fewer_than_the_guard(
    interval: int, per_cent: str, failures: list[int]
) -> None:
    assert [tier.failures for tier in fitted(per_cent, 30 * DAY, interval).values()] == failures


@pytest.mark.parametrize(
    ("days", "pace", "threshold"),
    [(30, 0, "14.4"), (30, 1, "6"), (30, 2, "3"), (28, 0, "13.44"), (28, 2, "2.8")],
)
def test_example_11_the_least_objective_that_a_tier_can_serve(days: int, pace: int, threshold: str) -> None:
    least = 100 * (1 - 1 / Fraction(threshold))
    name = PACES[pace].tier
    assert missing(str(least), days * DAY)[name] is Why.OBJECTIVE
    assert name in fitted(str(least + Fraction(1, 10**9)), days * DAY)


def test_a_tier_whose_long_window_is_over_half_of_the_slo_window_is_none() -> None:
    assert missing("99.9", 6 * DAY) == {}
    assert missing("99.9", 6 * DAY - 1) == {"long": Why.WINDOW}
    assert set(missing("99.9", HOUR)) == {"fast", "medium", "slow", "long"}


def test_windows_below_14_days_take_the_narrow_shares() -> None:
    assert fitted("99.9", 14 * DAY)["fast"].factor == 2 * PER_CENT * 14 * 24
    assert [tier.factor for tier in fitted("99.9", 7 * DAY).values()] == [
        8 * PER_CENT * 168,
        Fraction(125, 1000) * 28,
        20 * PER_CENT * 7,
        1,
    ]


def test_the_guard_fits_the_long_window() -> None:
    slow = fitted("99.9", 30 * DAY, interval=30 * MINUTE)
    assert [tier.guard for tier in slow.values()] == [2, 3, 3, 3]
    assert slow["fast"].guard_ms == 30 * MINUTE
    assert fitted("99.9", 30 * DAY, interval=2 * HOUR)["fast"].guard == 1


def test_the_guard_delays_an_alert_that_the_budget_alone_would_fire_earlier() -> None:
    assert fitted("99.99", 30 * DAY, interval=60_000)["fast"].fires_after == 120_000


def test_where_beats_or_slices_are_counted_a_tier_whose_short_window_may_hold_none_is_not_there() -> None:
    """Its alert would come and go in every interval of a full outage."""
    sparse = tiers(Fraction(999, 1000), 30 * DAY, 10 * MINUTE, 3, method="events")
    assert {each.pace.tier: each.why for each in sparse if isinstance(each, NoTier)} == {"fast": Why.SPARSE}
    dense = tiers(Fraction(999, 1000), 30 * DAY, 5 * MINUTE, 3, method="events")
    assert all(isinstance(each, Tier) for each in dense)
    by_time = tiers(Fraction(999, 1000), 30 * DAY, 10 * MINUTE, 3)
    assert all(isinstance(each, Tier) for each in by_time)


def test_events_fire_with_the_last_beat_that_is_needed_and_slices_once_it_has_ended() -> None:
    """99.9 % of 30 d: 51.84 s at least, which beats of 15 s exceed with the fourth, after 45 s."""
    asked = (Fraction(999, 1000), 30 * DAY, 15_000, 3)
    times = {method: tiers(*asked, method=method)[0] for method in ("time", "events", "timeslices")}
    found = {
        name: (each.failures, int(each.fires_after)) for name, each in times.items() if isinstance(each, Tier)
    }
    assert found == {"time": (4, 51_840), "events": (4, 45_000), "timeslices": (4, 60_000)}


def test_only_the_tiers_that_are_wanted_are_fitted() -> None:
    found = tiers(Fraction(999, 1000), 30 * DAY, 15_000, 3, wanted=("long", "fast"))
    assert [each.pace.tier for each in found] == ["fast", "long"]
