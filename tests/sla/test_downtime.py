"""The rules in their order, and the bridge from what was measured to what counts."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.sla.evidence import Claim
from exporter.sla.result import TargetResult
from exporter.sla.terms import Measure, Rounding, Starts, Unknown
from exporter.timeline.exclusion import Category
from exporter.timeline.rule import Kind, Rule
from exporter.timeline.spans import Spans
from exporter.timeline.tally import Standing
from exporter.units import DAY, HOUR, MINUTE, SECOND
from tests.support.agreed import END, START, claim, judged, lane, six

LENGTH = END - START


def bridge(found: TargetResult) -> dict[str, int]:
    return dict(found.bridge)


def test_a_line_for_each_rule_from_raw_to_counted_downtime() -> None:
    found = judged(
        lane([(DAY, DAY + HOUR), (2 * DAY, 2 * DAY + 30 * SECOND)], [(3 * DAY, 3 * DAY + 90 * SECOND)]),
        measure=Measure(unknown=Unknown.DOWN, smallest_outage=MINUTE, rounding=Rounding.DOWN),
        claims=[claim(DAY + 50 * MINUTE, DAY + 2 * HOUR)],
        hours=Spans([(START + DAY + 10 * MINUTE, END)]),
    )
    assert bridge(found) == {
        "raw": HOUR + 30 * SECOND,
        "outside_hours": -10 * MINUTE,
        "maintenance": -10 * MINUTE,
        "unknown": 90 * SECOND,
        "smallest_outage": -30 * SECOND,
        "rounding": -30 * SECOND,
    }
    assert found.counted == 41 * MINUTE


def test_endpoints_are_combined_as_agreed() -> None:
    one, other = lane([(0, 2 * HOUR)]), lane([(HOUR, 3 * HOUR)])
    assert judged(one, other).counted == 3 * HOUR
    assert judged(one, other, measure=Measure(combine=Rule(Kind.ANY))).counted == HOUR


def test_an_exclusion_of_one_endpoint_lets_that_one_step_aside() -> None:
    one, other = lane([(0, 2 * HOUR)]), lane([(HOUR, 3 * HOUR)])
    found = judged(one, other, claims=[claim(0, 4 * HOUR, endpoints=frozenset(["web"]))])
    assert found.counted == 2 * HOUR
    assert found.base == LENGTH


def test_where_every_endpoint_is_excluded_nothing_is_promised() -> None:
    both = frozenset(["web", "web1"])
    found = judged(lane([(0, HOUR)]), lane(), claims=[claim(0, HOUR, endpoints=both)])
    assert (found.counted, found.base) == (0, LENGTH - HOUR)


def test_what_is_excluded_of_each_endpoint_is_no_time_of_the_period_either() -> None:
    claims = [claim(0, DAY, endpoints=frozenset([name])) for name in ("web", "web1")]
    found = judged(lane(), lane(), claims=claims)
    assert (found.base, found.whole, found.allowed) == (LENGTH - DAY, LENGTH - DAY, (LENGTH - DAY) // 1000)


@pytest.mark.parametrize("excluded", [59 * MINUTE + 30 * SECOND, 0])
def test_what_is_left_of_a_long_outage_is_no_small_one(excluded: int) -> None:
    measure = Measure(smallest_outage=MINUTE)
    found = judged(lane([(0, HOUR)]), measure=measure, claims=[claim(0, excluded)] if excluded else [])
    assert found.counted == HOUR - excluded


@pytest.mark.parametrize(("reported", "counted"), [((START + 10 * MINUTE,), 50 * MINUTE), ((), 0)])
def test_the_clock_may_start_at_the_report(reported: tuple[int, ...], counted: int) -> None:
    found = judged(lane([(0, HOUR)]), measure=Measure(starts=Starts.REPORTED), reported=reported)
    assert found.counted == counted
    assert [each.ignored for each in found.outages] == (["before_report"] if not reported else [""])


@pytest.mark.parametrize(("length", "counted"), [(MINUTE - 1, 0), (MINUTE, MINUTE)])
def test_an_outage_shorter_than_the_smallest_does_not_count(length: int, counted: int) -> None:
    found = judged(lane([(HOUR, HOUR + length)]), measure=Measure(smallest_outage=MINUTE))
    assert found.counted == counted
    assert [each.ignored for each in found.outages] == ([] if counted else ["smallest_outage"]) or counted


def test_an_outage_over_the_end_is_judged_whole_and_counted_by_what_lies_within() -> None:
    over = lane([(LENGTH - 3 * MINUTE, LENGTH + 3 * MINUTE)])
    assert judged(over, measure=Measure(smallest_outage=5 * MINUTE)).counted == 3 * MINUTE
    assert judged(over, measure=Measure(smallest_outage=7 * MINUTE)).counted == 0


def test_an_outage_is_whole_minutes_at_its_end() -> None:
    outage = lane([(HOUR, HOUR + 150 * SECOND)])
    assert judged(outage, measure=Measure(rounding=Rounding.DOWN)).counted == 2 * MINUTE
    assert judged(outage, measure=Measure(rounding=Rounding.UP)).counted == 3 * MINUTE
    assert judged(lane([(0, 59 * SECOND)]), measure=Measure(rounding=Rounding.DOWN)).counted == 0


def test_what_rounding_takes_off_beyond_the_end_is_not_taken_twice() -> None:
    """Five and a half minutes, of which the last two lie beyond: five are left, of which three and a half are within."""
    over = lane([(LENGTH - 210 * SECOND, LENGTH + 120 * SECOND)])
    assert judged(over, measure=Measure(rounding=Rounding.DOWN)).counted == 210 * SECOND


def test_outages_say_how_long_they_were_and_what_of_them_counts() -> None:
    found = judged(lane([(DAY, DAY + HOUR)]), claims=[claim(DAY + 10 * MINUTE, DAY + 20 * MINUTE)])
    (outage,) = found.outages
    assert outage.span == (START + DAY, START + DAY + HOUR)
    assert list(outage.counted) == [
        (START + DAY, START + DAY + 10 * MINUTE),
        (START + DAY + 20 * MINUTE, START + DAY + HOUR),
    ]


spans = st.lists(
    st.tuples(st.integers(-3, 40), st.integers(1, 9)).map(lambda at: (at[0] * MINUTE, sum(at) * MINUTE)),
    max_size=5,
)
measures = st.builds(
    Measure,
    unknown=st.sampled_from(Unknown),
    smallest_outage=st.sampled_from([0, 2 * MINUTE, 5 * MINUTE]),
    rounding=st.sampled_from(Rounding),
    starts=st.sampled_from(Starts),
)
claims = st.builds(
    lambda span, category, one: claim(
        span[0], span[1], category, endpoints=frozenset(["web"]) if one else None
    ),
    spans.filter(bool).map(lambda found: found[0]),
    st.sampled_from([Category.MAINTENANCE, Category.OTHER]),
    st.booleans(),
)


@given(spans, spans, measures, st.lists(claims, max_size=3), st.lists(st.integers(0, 40), max_size=2))
def test_the_bridge_adds_up(
    down: Sequence[tuple[int, int]],
    unknown: Sequence[tuple[int, int]],
    measure: Measure,
    excluded: Sequence[Claim],
    reported: Sequence[int],
) -> None:
    told = tuple(sorted(START + each * MINUTE for each in reported))
    found = judged(lane(down, unknown), measure=measure, claims=excluded, reported=told)
    assert sum(line.change for line in found.bridge) == found.counted
    assert found.counted == found.at.lengths[-1]
    assert 0 <= found.unknown <= found.base <= LENGTH


@given(spans, spans, spans, measures)
def test_more_downtime_never_raises_a_figure(
    down: Sequence[tuple[int, int]],
    more: Sequence[tuple[int, int]],
    unknown: Sequence[tuple[int, int]],
    measure: Measure,
) -> None:
    if measure.rounding is not Rounding.EXACT or measure.starts is Starts.REPORTED:
        measure = Measure(unknown=measure.unknown, smallest_outage=measure.smallest_outage)
    less, worse = (judged(lane(each, unknown), measure=measure) for each in (down, [*down, *more]))
    assert worse.figures.agreed is not None
    assert less.figures.agreed is not None
    if measure.unknown is not Unknown.IGNORE:  # else what is known instead may be up
        assert worse.figures.agreed <= less.figures.agreed


brief = st.lists(
    st.tuples(st.integers(0, 90), st.integers(1, 9)).map(
        lambda at: (at[0] * 10 * SECOND, sum(at) * 10 * SECOND)
    ),
    max_size=6,
)


@given(brief, brief, st.sampled_from(Rounding), st.sampled_from([0, MINUTE]))
def test_what_is_agreed_lies_between_the_bounds(
    down: Sequence[tuple[int, int]],
    unknown: Sequence[tuple[int, int]],
    rounding: Rounding,
    smallest: int,
) -> None:
    """Also where rounded outages come to less once unknown time joins them."""
    for how in (Unknown.UP, Unknown.DOWN):
        measure = Measure(unknown=how, rounding=rounding, smallest_outage=smallest)
        figures = judged(lane(down, unknown), measure=measure).figures
        assert figures.worst is not None
        assert figures.agreed is not None
        assert figures.best is not None
        assert figures.worst <= figures.agreed <= figures.best


def test_outages_that_unknown_time_joins_may_come_to_less() -> None:
    down, unknown = [(0, 30 * SECOND), (40 * SECOND, 55 * SECOND)], [(30 * SECOND, 40 * SECOND)]
    found = judged(lane(down, unknown), measure=Measure(rounding=Rounding.UP))
    assert found.counted == 2 * MINUTE
    assert six(found.figures.worst) == six(found.figures.agreed) == "99.995370"
    assert six(found.figures.best) == "99.997685"


def test_excluding_time_that_was_up_may_lower_a_figure() -> None:
    """There is less to divide by; also where an outage is excluded that was too small to count."""
    down, small = (DAY, DAY + HOUR), (5 * DAY, 5 * DAY + 59 * SECOND)
    measure = Measure(smallest_outage=MINUTE)
    without = judged(lane([down, small]), measure=measure).figures.agreed
    of_up = judged(lane([down, small]), measure=measure, claims=[claim(9 * DAY, 10 * DAY)]).figures.agreed
    of_small = judged(lane([down, small]), measure=measure, claims=[claim(*small)]).figures.agreed
    assert without is not None
    assert of_up is not None
    assert of_small is not None
    assert of_up < of_small < without


@given(brief)
def test_each_outage_is_rounded_by_itself(down: Sequence[tuple[int, int]]) -> None:
    found = judged(lane(down), measure=Measure(rounding=Rounding.UP))
    outages = Spans((START + first, START + beyond) for first, beyond in down)
    assert found.counted == sum(-(-(end - start) // MINUTE) * MINUTE for start, end in outages)
    assert [each.counted.lengths[-1] % MINUTE for each in found.outages] == [0] * len(outages)


@given(spans, spans, spans)
def test_excluding_downtime_never_lowers_a_figure(
    down: Sequence[tuple[int, int]], unknown: Sequence[tuple[int, int]], excluded: Sequence[tuple[int, int]]
) -> None:
    outages = Spans((START + first, START + beyond) for first, beyond in down)
    within = outages & Spans((START + first, START + beyond) for first, beyond in excluded)
    measured = lane(down, unknown)
    known = within & measured.spans(Standing.DOWN)
    excused = [claim(first - START, beyond - START) for first, beyond in known]
    before, after = judged(measured), judged(measured, claims=excused)
    assert before.figures.agreed is not None
    assert after.figures.agreed is None or after.figures.agreed >= before.figures.agreed
