"""Histories that other uptime monitors get wrong, and the exact truth; each test names its case."""

from fractions import Fraction

from exporter.slo.figures import Figures, figures
from exporter.slo.objective import Objective
from exporter.slo.ratio import fraction
from exporter.slo.tiers import DAY, HOUR, MINUTE
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.tally import State
from tests.support.history import ListedHistory, objective

JANUARY = 1_798_761_600_000  # 2027-01-01T00:00:00Z
SECOND = 1000


def policy(interval: int, down_after: int = 1) -> Policy:
    return Policy(interval, 5 * SECOND, 2 * interval + 5 * SECOND, down_after)


def series(start: int, end: int, vote: State, settings: Policy) -> Row:
    """A result each interval of [start, end)."""
    step = settings.interval
    return Row(start, step, start + (end - 1 - start) // step * step, vote, "", event=True, policy=settings)


def history(*rows: Row, absences: tuple[int, ...] = ()) -> EndpointHistory:
    made = EndpointHistory()
    made.load(rows, absences)
    return made


def outage(start: int, end: int, until: int) -> EndpointHistory:
    """Probed each 15 s since December, down from `start` to `end`."""
    settings = policy(15 * SECOND)
    return history(
        series(JANUARY - 31 * DAY, start, State.UP, settings),
        series(start, end, State.DOWN, settings),
        series(end, until, State.UP, settings),
    )


def ask(asked: EndpointHistory | ListedHistory, window: int, at: int, unknown: str = "ignore") -> Figures:
    return figures(Objective(Fraction(999, 1000), window, unknown, 15_000, 3), asked.sums, at)


def test_g1_a_window_of_24_hours_is_24_hours_whatever_the_minute() -> None:
    noon = JANUARY + 12 * HOUR
    now = noon + DAY + 59 * MINUTE + 30 * SECOND
    answer = ask(outage(noon, noon + HOUR, now), DAY, now)
    assert answer.tally.down == 30 * SECOND
    assert fraction(answer.sli) == 1 - Fraction(30, 86_400)


def test_g3_k4_a_window_of_30_days_keeps_its_oldest_part_of_a_day() -> None:
    now = JANUARY + 30 * DAY + 5 * MINUTE
    answer = ask(outage(JANUARY + 12 * HOUR, JANUARY + DAY, now), 30 * DAY, now)
    assert answer.tally == (30 * DAY - 12 * HOUR, 12 * HOUR, 0, 0, 0)
    assert fraction(answer.sli) == Fraction(59, 60)


def test_g4_no_data_is_no_value_and_not_0() -> None:
    stopped = JANUARY + DAY
    seen = history(series(JANUARY, stopped, State.UP, policy(15 * SECOND)), absences=(stopped,))
    answer = ask(seen, DAY, stopped + 4 * DAY)
    assert answer.tally == (0, 0, 0, DAY, DAY)
    assert (answer.sli, answer.met) == (None, None)
    assert fraction(answer.coverage) == 0
    assert fraction(answer.worst) == 0
    assert fraction(answer.best) == 1


def test_g5_k8_the_monitors_own_downtime_is_unknown() -> None:
    settings, off, on = policy(60 * SECOND), JANUARY + HOUR, JANUARY + 23 * HOUR
    seen = history(
        series(JANUARY, off, State.UP, settings),
        series(on, JANUARY + DAY, State.UP, settings),
        absences=(off,),
    )
    answer = ask(seen, DAY, JANUARY + DAY)
    assert answer.tally == (2 * HOUR, 0, 0, 22 * HOUR, 22 * HOUR)
    assert fraction(answer.sli) == 1
    assert fraction(answer.coverage) == fraction(answer.worst) == Fraction(1, 12)


def test_g6_k3_time_is_weighed_and_not_probes() -> None:
    slow, fast = policy(5 * MINUTE), policy(20 * SECOND)
    noon = JANUARY + 12 * HOUR
    seen = history(
        series(JANUARY, noon, State.DOWN, slow),
        series(noon, JANUARY + DAY, State.UP, fast),
    )
    assert fraction(ask(seen, DAY, JANUARY + DAY).sli) == Fraction(1, 2)


def test_g6_k3_results_further_apart_than_their_interval_says_leave_unknown_time() -> None:
    settings, noon = policy(20 * SECOND), JANUARY + 12 * HOUR
    sparse = Row(JANUARY, 5 * MINUTE, noon - 5 * MINUTE, State.DOWN, "", event=True, policy=settings)
    answer = ask(history(sparse, series(noon, JANUARY + DAY, State.UP, settings)), DAY, JANUARY + DAY)
    assert answer.tally.unknown == 36_720 * SECOND
    assert round(float(fraction(answer.sli) or 0), 6) == 0.869565


def test_k1_a_failed_attempt_is_no_outage() -> None:
    settings = policy(60 * SECOND, down_after=2)
    seen = EndpointHistory()
    for minute in range(24 * 60):
        at = JANUARY + minute * MINUTE
        if minute % 10 == 9:
            seen.add(at, State.DOWN, settings, event=True)
            seen.add(at + 5 * SECOND, State.UP, settings, event=False)
        else:
            seen.add(at, State.UP, settings, event=True)
    answer = ask(seen, DAY, JANUARY + DAY)
    assert answer.tally == (DAY, 0, 0, 0, 0)
    assert fraction(answer.sli) == 1


def test_k6_a_day_of_maintenance_is_excluded_and_has_no_value() -> None:
    now = JANUARY + 10 * DAY
    seen = ListedHistory([(JANUARY, State.UP), (now - DAY, State.DOWN)], [(now - DAY, now)])
    answer = figures(objective("99.9", DAY), seen.sums, now)
    assert answer.tally == (0, 0, DAY, 0, 0)
    assert (answer.sli, answer.coverage, answer.met) == (None, None, None)
    assert fraction(ask(seen, 10 * DAY, now).sli) == 1
