"""Published examples, to the last digit: what was measured, what counts, and what can be said of it."""

from fractions import Fraction

import pytest

from exporter.sla.evaluate import evaluate
from exporter.sla.evidence import Period, Slice
from exporter.sla.judge import Verdict
from exporter.sla.terms import Denominator, Judged, Measure, SliceTerms, Terms, Unknown
from exporter.timeline.spans import Spans
from exporter.units import DAY, HOUR, MINUTE, SECOND
from tests.support.agreed import (
    END,
    PERIOD,
    RECOGNISED,
    START,
    claim,
    evidence,
    judged,
    lane,
    of_slices,
    six,
    target,
)

DOWN_43 = lane([(DAY, DAY + 43 * MINUTE)])
MAINTENANCE = claim(2 * DAY, 2 * DAY + 20 * HOUR)
CALENDAR = Measure(denominator=Denominator.CALENDAR_TIME)


@pytest.mark.parametrize(
    ("measure", "figure", "verdict"),
    [(CALENDAR, "99.900462", Verdict.MET), (Measure(), "99.897619", Verdict.MISSED)],
)
def test_the_denominator_decides(measure: Measure, figure: str, verdict: Verdict) -> None:
    found = judged(DOWN_43, measure=measure, claims=[MAINTENANCE])
    assert (six(found.figures.agreed), found.verdict) == (figure, verdict)
    assert found.counted == 43 * MINUTE


def test_nothing_can_be_said_where_the_bounds_lie_on_both_sides() -> None:
    found = judged(lane([(DAY, DAY + 30 * MINUTE)], [(3 * DAY, 3 * DAY + 2 * HOUR)]))
    assert (six(found.figures.best), six(found.figures.worst)) == ("99.930555", "99.652777")
    assert found.verdict is Verdict.UNDETERMINED
    assert found.unknown == 2 * HOUR


def test_what_is_not_down_at_all_is_a_hundred_per_cent_of_what_was_agreed() -> None:
    found = judged(agreed="100")
    assert (found.figures.agreed, found.allowed, found.verdict) == (Fraction(1), 0, Verdict.MET)
    assert judged(lane([(DAY, DAY + 1)]), agreed="100").verdict is Verdict.MISSED


def test_too_little_coverage_says_nothing() -> None:
    known = lane(unknown=[(0, 15 * DAY)])
    strict = Measure(minimum_coverage=Fraction(99, 100))
    assert judged(known, agreed="40").verdict is Verdict.MET
    assert judged(known, agreed="40", measure=strict).verdict is Verdict.UNDETERMINED


def test_a_period_without_agreed_time_has_no_figure() -> None:
    found = judged(hours=Spans())
    assert found.figures.agreed is None
    assert (found.coverage, found.verdict) == (None, Verdict.UNDETERMINED)


@pytest.mark.parametrize(
    ("unknown", "figure"),
    [(Unknown.UP, "100.000000"), (Unknown.DOWN, "90.000000"), (Unknown.IGNORE, "100.000000")],
)
def test_unknown_time_counts_as_agreed(unknown: Unknown, figure: str) -> None:
    found = judged(lane(unknown=[(0, 3 * DAY)]), measure=Measure(unknown=unknown))
    assert six(found.figures.agreed) == figure
    assert found.base == (27 if unknown is Unknown.IGNORE else 30) * DAY


def test_a_fixed_month_has_thirty_days() -> None:
    measure = Measure(denominator=Denominator.THIRTY_DAYS)
    february = Period((START, START + 28 * DAY), START + 28 * DAY)
    assert six(judged(DOWN_43, measure=measure, period=february).figures.agreed) == "99.900462"
    part = Period((START, START + 10 * DAY), START + 10 * DAY, (START, END), Fraction(1, 3))
    assert (
        judged(DOWN_43, measure=measure, period=part).base == 10 * DAY
    )  # versions have one such month between them


FIVE_MINUTES = SliceTerms(5 * MINUTE, Judged.MEAN)


@pytest.mark.parametrize(
    ("hundredths", "figure", "verdict"),
    [(864, "99.900000", Verdict.MET), (865, "99.899884", Verdict.MISSED), (863, "99.900115", Verdict.MET)],
)
def test_the_mean_of_the_error_rates_of_slices(hundredths: int, figure: str, verdict: Verdict) -> None:
    """As of the storage service: 8,640 slices of five minutes."""
    bad = Slice(START, hundredths, 99, 1)
    good = Slice(START + hundredths * 5 * MINUTE, 8_640 - hundredths, 100, 0)
    found = of_slices(FIVE_MINUTES, bad, good)
    assert (six(found.figures.agreed), found.verdict, found.base) == (figure, verdict, 8_640)


def test_an_empty_slice_is_good_or_does_not_count() -> None:
    runs = Slice(START, 4_320, 99, 1), Slice(START + 15 * DAY, 4_320, 0, 0)
    assert six(of_slices(FIVE_MINUTES, *runs).figures.agreed) == "99.500000"
    ignored = SliceTerms(5 * MINUTE, Judged.MEAN, empty_is_good=False)
    found = of_slices(ignored, *runs)
    assert (six(found.figures.agreed), found.coverage) == ("99.000000", Fraction(1))


def test_slices_of_which_nothing_is_known_are_between_the_bounds() -> None:
    found = of_slices(FIVE_MINUTES, Slice(START, 4_320, 100, 0))
    assert (found.figures.best, found.figures.worst) == (Fraction(1), Fraction(1, 2))
    assert (found.coverage, found.unknown, found.verdict) == (Fraction(1, 2), 15 * DAY, Verdict.UNDETERMINED)


ONE_MINUTE = SliceTerms(MINUTE, Judged.BAD, above=Fraction(1, 10), minimum=100)


@pytest.mark.parametrize(
    ("minutes", "figure", "verdict"),
    [(216, "99.500000", Verdict.MET), (217, "99.497685", Verdict.MISSED)],
)
def test_minutes_with_too_many_errors_are_downtime(minutes: int, figure: str, verdict: Verdict) -> None:
    """As of functions: more than a tenth of at least a hundred executions."""
    bad = Slice(START, minutes, 89, 11)
    rest = Slice(START + minutes * MINUTE, 43_200 - minutes, 90, 10)
    found = of_slices(ONE_MINUTE, bad, rest, agreed="99.5")
    assert (six(found.figures.agreed), found.verdict) == (figure, verdict)
    assert found.counted == minutes * MINUTE


def test_a_minute_with_few_events_is_not_down() -> None:
    runs = Slice(START, 1, 0, 99), Slice(START + MINUTE, 43_199, 100, 0)
    assert of_slices(ONE_MINUTE, *runs).counted == 0


def test_a_minute_may_be_down_only_if_every_attempt_failed() -> None:
    every = SliceTerms(MINUTE, Judged.BAD, above=Fraction(1))
    runs = Slice(START, 1, 1, 3), Slice(START + MINUTE, 1, 0, 4), Slice(START + 2 * MINUTE, 43_198, 4, 0)
    assert of_slices(every, *runs).counted == MINUTE


def test_a_share_of_events() -> None:
    fast = SliceTerms(MINUTE, Judged.SHARE)
    found = of_slices(fast, Slice(START, 43_200, 99, 1), agreed="99")
    assert (six(found.figures.agreed), found.verdict, found.base) == ("99.000000", Verdict.MET, 4_320_000)


@pytest.mark.parametrize(
    ("down", "verdict"),
    [
        (0, Verdict.MET),
        (32 * MINUTE + 24 * SECOND, Verdict.MET),  # three quarters of 43.2 minutes
        (32 * MINUTE + 24 * SECOND + 1, Verdict.AT_RISK),
        (43 * MINUTE + 12 * SECOND, Verdict.AT_RISK),
        (43 * MINUTE + 12 * SECOND + 1, Verdict.MISSED),
    ],
)
def test_a_running_period_is_missed_once_its_allowance_is_gone(down: int, verdict: Verdict) -> None:
    running = Period((START, END), START + 2 * DAY)
    found = judged(lane([(DAY, DAY + down)] if down else []), period=running)
    assert found.verdict is verdict
    assert found.allowed == 43 * MINUTE + 12 * SECOND


def test_a_running_period_in_which_it_depends_on_what_is_unknown_is_undetermined() -> None:
    running = Period((START, END), START + 2 * DAY)
    assert judged(lane(unknown=[(DAY, DAY + HOUR)]), period=running).verdict is Verdict.UNDETERMINED


def test_a_target_may_have_a_measure_of_its_own() -> None:
    own = target("99.9", measure=CALENDAR)
    common = Terms(Measure(), (own,), RECOGNISED)
    found = evaluate(common, own, evidence(DOWN_43, claims=[MAINTENANCE]), PERIOD)
    assert (six(found.figures.agreed), found.verdict) == ("99.900462", Verdict.MET)
    assert common.measure_of(target("99.9")) == Measure()
