from fractions import Fraction

import pytest

from exporter.slo.figures import Figures, figures
from exporter.slo.measures import bounds_of
from exporter.slo.periods import closed_periods
from exporter.slo.ratio import fraction, number
from exporter.slo.tiers import DAY, HOUR, MINUTE
from exporter.timeline.tally import State
from tests.support.history import ListedHistory, Span, objective, put

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN
NOW = 1_800_000_000_000
MONTH = 30 * DAY
SECOND = 1000


def up_but(*down: Span, excluded: tuple[Span, ...] = (), unknown: tuple[Span, ...] = ()) -> ListedHistory:
    """Up for 100 days before NOW, but for spans told as (milliseconds before NOW, length)."""
    marks = [(NOW - 100 * DAY, UP)]
    for spans, state in ((down, DOWN), (unknown, UNKNOWN)):
        for ago, length in spans:
            marks += [(NOW - ago, state), (NOW - ago + length, UP)]
    return ListedHistory(sorted(marks), [(NOW - ago, NOW - ago + length) for ago, length in excluded])


def ask(
    history: ListedHistory, per_cent: str = "99.9", unknown: str = "ignore", window: int = MONTH
) -> Figures:
    return figures(put(objective(per_cent, window, unknown), history), NOW)


def burn(answer: Figures) -> list[Fraction | None]:
    return [fraction(rate) for rate in answer.burn]


def test_examples_1_and_2_fifty_failed_probes_of_thirty_seconds_in_a_month() -> None:
    answer = ask(up_but((10 * DAY, 1500 * SECOND)))
    assert number(answer.sli) == pytest.approx(0.999421, abs=1e-6)
    assert fraction(answer.remaining_ratio) == 1 - Fraction(1500, 2592)
    assert answer.allowed_ms == 2_592_000
    assert answer.remaining_ms == 1_092_000
    assert answer.met is True


def test_example_1_burn_over_the_whole_window() -> None:
    answer = ask(up_but((2 * DAY, 150 * SECOND)), window=3 * DAY)
    assert number(answer.burn[-1]) == pytest.approx(0.578704, abs=1e-6)


def test_example_10_a_burst_of_fifteen_per_cent_for_ten_minutes() -> None:
    answer = ask(up_but((HOUR, 90 * SECOND)))
    spent = 1 - number(answer.remaining_ratio)  # type: ignore[operator]
    assert spent == pytest.approx(0.034722, abs=1e-6)


def test_example_27_a_burn_rate_equal_to_the_factor_does_not_fire() -> None:
    at_limit = ask(up_but((10 * MINUTE, 47_520), (MINUTE, 4_320)))
    assert burn(at_limit)[0] == burn(at_limit)[2] == Fraction(144, 10)
    assert fraction(at_limit.alerts[0]) == 1
    above = ask(up_but((10 * MINUTE, 47_520), (MINUTE, 4_321)))
    assert fraction(above.alerts[0]) > 1  # type: ignore[operator]


def test_ruling_22_unknown_down_spares_the_time_before_the_first_result() -> None:
    young = ListedHistory([(NOW - DAY, UP)])
    answer = ask(young, unknown="down")
    assert fraction(answer.sli) == 1
    assert fraction(answer.remaining_ratio) == 1
    assert answer.tally.unknown == 29 * DAY
    assert bounds_of(answer.tally) == ((DAY, DAY), (DAY, DAY))


def test_ruling_22_watched_unknown_time_is_down_under_that_policy_only() -> None:
    gap = up_but(unknown=((DAY, HOUR),))
    ignored, down, up = (ask(gap, unknown=policy) for policy in ("ignore", "down", "up"))
    assert fraction(ignored.sli) == fraction(up.sli) == 1
    assert fraction(down.sli) == Fraction(719, 720)
    assert down.tally == ignored.tally
    assert ignored.tally == up.tally
    best, worst = map(fraction, bounds_of(down.tally))
    assert best == 1
    assert worst == Fraction(719, 720)


def test_ruling_23_coverage_of_a_day_old_slo_is_a_thirtieth() -> None:
    assert fraction(ask(ListedHistory([(NOW - DAY, UP)])).coverage) == Fraction(1, 30)


def test_ruling_23_coverage_is_measured_whatever_the_policy() -> None:
    gap = up_but(unknown=((DAY, HOUR),))
    assert {fraction(ask(gap, unknown=policy).coverage) for policy in ("ignore", "down", "up")} == {
        Fraction(719, 720)
    }


def test_ruling_23_coverage_leaves_exclusions_aside() -> None:
    answer = ask(up_but(unknown=((20 * DAY, 10 * DAY),), excluded=((20 * DAY, 5 * DAY),)))
    assert fraction(answer.coverage) == Fraction(20, 25)


def test_ruling_24_met_is_the_budgets_verdict_not_the_slis() -> None:
    history = ListedHistory([(NOW - 259_200 * SECOND, UP), (NOW - 1200 * SECOND, DOWN)])
    answer = ask(history)
    assert number(answer.sli) == pytest.approx(0.99537, abs=1e-5)
    assert number(answer.remaining_ratio) == pytest.approx(0.537, abs=1e-3)
    assert answer.met is True


def test_a_budget_spent_to_the_last_millisecond_is_met() -> None:
    spent, over = ask(up_but((DAY, 2_592_000))), ask(up_but((DAY, 2_592_001)))
    assert spent.met is True
    assert spent.remaining_ms == 0
    assert over.met is False
    assert over.remaining_ms == -1


def test_ruling_25_nothing_known_gives_no_value() -> None:
    answer = ask(ListedHistory([]))
    assert (answer.sli, *bounds_of(answer.tally), answer.met) == (None, None, None, None)
    assert (answer.remaining, answer.remaining_ratio) == (None, None)
    assert set(answer.burn) == set(answer.alerts) == {None}
    assert fraction(answer.coverage) == 0
    assert answer.allowed_ms == 2_592_000


def test_ruling_25_all_excluded_gives_no_value() -> None:
    answer = ask(up_but(excluded=((40 * DAY, 41 * DAY),)))
    assert (answer.sli, answer.coverage, answer.met, answer.remaining) == (None, None, None, None)
    assert answer.allowed_ms == 0
    assert set(answer.burn) == set(answer.alerts) == {None}


def test_ruling_25_a_burn_rate_has_a_value_only_where_its_window_knows_something() -> None:
    rates = burn(ask(up_but(unknown=((20 * MINUTE, 20 * MINUTE),))))
    assert rates[0] is None
    assert rates[1:] == [0] * 6


def test_ruling_32_burn_just_after_maintenance_is_of_the_whole_budget() -> None:
    length = 59 * MINUTE + 30 * SECOND
    answer = ask(up_but((30 * SECOND, 30 * SECOND), excluded=((HOUR, length),)))
    hour = number(answer.burn[2])
    assert hour == pytest.approx(8.3, abs=0.1)
    assert fraction(answer.burn[2]) == Fraction(30 * SECOND, 1) / answer.allowed_ms * MONTH / HOUR


def test_ruling_34_no_float_comes_near_a_comparison() -> None:
    answer = ask(up_but((HOUR, 30_240)), per_cent="99.9", window=7 * DAY)
    assert fraction(answer.burn[3]) == Fraction(30_240, 604_800) * 84


def test_an_alert_waits_for_its_guard() -> None:
    two_beats = ask(up_but((MINUTE, 30 * SECOND)), per_cent="99.99")
    assert burn(two_beats)[2] > Fraction(144, 10)  # type: ignore[operator]
    assert fraction(two_beats.alerts[0]) == 1
    more = ask(up_but((MINUTE, 30 * SECOND + 1)), per_cent="99.99")
    assert fraction(more.alerts[0]) > 1  # type: ignore[operator]


def test_an_alert_below_its_threshold_is_the_lesser_burn_by_the_factor() -> None:
    answer = ask(up_but((50 * MINUTE, 30 * SECOND), (2 * MINUTE, 1 * SECOND)))
    rates = burn(answer)
    assert fraction(answer.alerts[0]) == min(rates[0], rates[2]) / Fraction(144, 10)  # type: ignore[type-var, operator]


def test_burn_windows_longer_than_the_slo_are_left_out() -> None:
    question = objective("99.9", 6 * HOUR)
    answer = figures(put(question, up_but()), NOW)
    assert question.plan.windows == ("5m", "30m", "1h", "2h", "6h")
    assert len(answer.burn) == 5
    assert [tier.pace.tier for tier in question.plan.tiers] == ["fast"]


def test_another_window_moves_all_but_burn_rates_and_alerts() -> None:
    history = up_but((20 * DAY, HOUR), (HOUR, MINUTE), excluded=((25 * DAY, DAY),))
    own = ask(history)
    day = figures(put(objective("99.9", MONTH), history), NOW, window=DAY)
    assert (day.start, day.end) == (NOW - DAY, NOW)
    assert fraction(day.sli) == Fraction(1439, 1440)
    assert day.allowed_ms == 86_400
    assert day.met is True
    assert day.remaining_ms == 26_400
    assert (day.burn, day.alerts) == (own.burn, own.alerts)
    assert own.met is False


def test_ruling_31_a_rolling_window_has_no_periods_that_close() -> None:
    assert list(closed_periods(put(objective("99.9", MONTH), up_but()), NOW, 0)) == []
