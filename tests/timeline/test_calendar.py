"""Rule 7, ruling 31 and worked example 22: weeks, months, quarters and years, from their anchor, in any zone."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import islice, pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exporter.timeline.calendar import Calendar
from exporter.timeline.spans import FOREVER, Span
from exporter.timeline.zones import first_instant, local_of, zone
from exporter.units import DAY, EARLIEST, HOUR, LATEST, SECOND, parse_instant
from tests.support import clocks

MONTHS = {"month": 1, "quarter": 3, "year": 12}
UNITS = ["week", *MONTHS]
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Asia/Beirut",
    "Pacific/Apia",
]
WITH_ALL_DAYS = [name for name in ZONES if name != "Pacific/Apia"]  # which skipped 30 December 2011
USUAL = date(1970, 1, 1)

# Days that not every month, or year, has; and any other.
anchors = st.one_of(
    st.sampled_from([USUAL, date(2024, 1, 31), date(2024, 2, 29), date(2025, 11, 30), date(2011, 12, 30)]),
    st.dates(date(1900, 1, 1), date(2100, 12, 31)),
)
calendars = st.builds(Calendar, st.sampled_from(UNITS), st.sampled_from(ZONES), anchors)
instants = clocks.instants("1850-01-01", "2150-01-01")
ever = st.integers(EARLIEST - 400 * DAY, LATEST + 400 * DAY)

APIA = Calendar("month", "Pacific/Apia", date(2011, 1, 30))
ST_JOHNS = Calendar("month", "America/St_Johns", date(1999, 1, 31))


def at(text: str) -> int:
    return parse_instant(text)


def span(start: str, end: str) -> Span:
    return at(start), at(end)


def seconds(period: Span) -> Fraction:
    return Fraction(period[1] - period[0], SECOND)


def test_worked_example_22_february_2024_in_utc_is_2505600_s_and_allows_1252_8_s() -> None:
    february = Calendar("month").period(at("2024-03-01T00:00:00Z"))
    assert february == span("2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z")
    assert seconds(february) == 2_505_600
    assert seconds(february) * (1 - Fraction("0.9995")) == Fraction("1252.8")


def test_worked_example_22_the_first_quarter_of_2026_in_new_york_is_7772400_s() -> None:
    quarter = Calendar("quarter", "America/New_York").period(at("2026-02-01T00:00:00Z"))
    assert quarter == span("2026-01-01T00:00:00-05:00", "2026-04-01T00:00:00-04:00")
    assert seconds(quarter) == 7_772_400 == (90 * DAY - HOUR) // SECOND


@given(calendars, instants)
@example(APIA, at("2011-12-30T10:00:00Z"))
@example(APIA, at("2011-12-30T10:00:00.001Z"))
@example(ST_JOHNS, at("1999-10-31T02:30:00.001Z"))
@example(ST_JOHNS, at("1999-10-31T03:00:00Z"))
def test_a_period_holds_the_last_millisecond_before_the_instant(calendar: Calendar, asked: int) -> None:
    start, end = calendar.period(asked)
    assert start < asked <= end


@given(calendars, instants)
@example(APIA, at("2011-12-30T10:00:00Z"))
@example(ST_JOHNS, at("1999-10-31T03:00:00Z"))
def test_periods_follow_each_other_without_gap_or_overlap(calendar: Calendar, asked: int) -> None:
    start, end = calendar.period(asked)
    assert calendar.period(start)[1] == start
    assert calendar.period(start + 1) == calendar.period(end) == (start, end)
    assert calendar.period(end + 1)[0] == end


@given(calendars, instants)
@example(APIA, at("2011-12-31T00:00:00Z"))
@example(ST_JOHNS, at("1999-11-01T00:00:00Z"))
def test_a_period_starts_at_the_first_instant_of_a_local_day(calendar: Calendar, asked: int) -> None:
    start, _ = calendar.period(asked)
    where = zone(calendar.zone)
    day = local_of(start, where).date()
    assert start == first_instant(datetime.combine(day, time()), where)
    assert local_of(start - 1, where).date() < day


@given(st.sampled_from(list(MONTHS)), st.sampled_from(WITH_ALL_DAYS), anchors, instants)
def test_a_period_starts_on_the_anchor_day_clipped_to_the_last_of_its_month(
    unit: str, name: str, anchor: date, asked: int
) -> None:
    start, end = (local_of(edge, zone(name)) for edge in Calendar(unit, name, anchor).period(asked))
    for edge in (start, end):
        assert edge.day == min(anchor.day, monthrange(edge.year, edge.month)[1])
        assert ((edge.year - anchor.year) * 12 + edge.month - anchor.month) % MONTHS[unit] == 0
    assert (end.year - start.year) * 12 + end.month - start.month == MONTHS[unit]


@given(st.sampled_from(WITH_ALL_DAYS), anchors, instants)
def test_weeks_begin_on_monday_whatever_the_anchor(name: str, anchor: date, asked: int) -> None:
    start, end = (local_of(edge, zone(name)).date() for edge in Calendar("week", name, anchor).period(asked))
    assert start.weekday() == 0
    assert end - start == timedelta(days=7)
    assert Calendar("week", name, anchor).period(asked) == Calendar("week", name).period(asked)


@given(calendars, st.integers(-500, 500))
def test_the_anchor_is_a_day_on_which_a_period_starts(calendar: Calendar, years: int) -> None:
    day = calendar.anchor
    first = calendar.start_day(0)
    assert first == (day - timedelta(days=day.weekday()) if calendar.unit == "week" else day)
    later = calendar.start_day(years * 12 // MONTHS.get(calendar.unit, 12))
    assert later is not None
    if calendar.unit != "week":
        assert (later.year, later.month) == (day.year + years, day.month)


@pytest.mark.parametrize(
    ("unit", "anchor", "days"),
    [
        ("month", "2025-12-31", ["2025-12-31", "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        ("month", "2028-01-30", ["2028-01-30", "2028-02-29", "2028-03-30", "2028-04-30", "2028-05-30"]),
        ("quarter", "2025-08-31", ["2025-08-31", "2025-11-30", "2026-02-28", "2026-05-31", "2026-08-31"]),
        ("year", "2024-02-29", ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]),
        ("year", "2096-02-29", ["2096-02-29", "2097-02-28", "2098-02-28", "2099-02-28", "2100-02-28"]),
        ("week", "2026-01-01", ["2025-12-29", "2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26"]),
    ],
)
def test_each_period_is_counted_from_the_anchor(unit: str, anchor: str, days: list[str]) -> None:
    calendar = Calendar(unit, anchor=date.fromisoformat(anchor))
    assert [str(calendar.start_day(index)) for index in range(5)] == days
    edges = [at(f"{day}T00:00:00Z") for day in days]
    assert [calendar.period(edge) for edge in edges[1:]] == list(pairwise(edges))


def test_a_period_begins_with_its_day_where_midnight_does_not_exist() -> None:
    santiago = Calendar("month", "America/Santiago", date(2025, 1, 7))
    assert santiago.period(at("2025-09-08T00:00:00Z")) == span("2025-09-07T04:00:00Z", "2025-10-07T03:00:00Z")
    cairo = Calendar("month", "Africa/Cairo", date(2024, 1, 26))
    assert cairo.period(at("2024-05-01T00:00:00Z")) == span("2024-04-25T22:00:00Z", "2024-05-25T21:00:00Z")


def test_a_period_whose_first_day_does_not_exist_begins_with_the_next() -> None:
    change = at("2011-12-30T10:00:00Z")
    assert APIA.period(change) == (at("2011-11-30T00:00:00-10:00"), change)
    assert APIA.period(change + 1) == (change, at("2012-01-30T00:00:00+14:00"))


def test_a_period_has_begun_once_its_first_midnight_has_been_although_clocks_go_back_over_it() -> None:
    midnight = at("1999-10-31T02:30:00Z")  # a minute later clocks show 23:01 of the day before again
    assert ST_JOHNS.period(midnight) == (at("1999-09-30T02:30:00Z"), midnight)
    for asked in (midnight + 1, midnight + 60_001, midnight + HOUR, midnight + DAY):
        assert ST_JOHNS.period(asked) == (midnight, at("1999-11-30T03:30:00Z"))
    first = Calendar("month", "America/St_Johns", date(1999, 10, 31))
    november = Calendar("month", "America/St_Johns")
    assert first.period(midnight + HOUR) == ST_JOHNS.period(midnight + HOUR)
    assert november.period(midnight + HOUR) == span("1999-10-01T02:30:00Z", "1999-11-01T03:30:00Z")


def test_a_month_has_begun_although_clocks_show_the_last_day_of_the_one_before_again() -> None:
    midnight = at("2009-11-01T02:30:00Z")

    assert local_of(midnight + 11 * 60 * SECOND, zone("America/St_Johns")) == datetime(2009, 10, 31, 23, 11)  # noqa: DTZ001
    for asked in (midnight + 1, midnight + 11 * 60 * SECOND, midnight + HOUR):
        months = Calendar("month", "America/St_Johns")  # one that remembers no period
        assert months.period(asked) == (midnight, at("2009-12-01T03:30:00Z"))
        assert months.period(midnight)[1] == midnight


@pytest.mark.parametrize("anchor", [USUAL, date(1, 1, 1), date(9999, 12, 31)])
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/New_York"])
def test_before_the_first_period_and_after_the_last_is_one_without_an_end(
    unit: str, name: str, anchor: date
) -> None:
    calendar = Calendar(unit, name, anchor)
    start, end = calendar.period(FOREVER)
    assert end == FOREVER
    assert LATEST - 400 * DAY < start < LATEST
    assert calendar.period(LATEST + 400 * DAY) == (start, end)
    assert calendar.period(start)[1] == start
    start, end = calendar.period(-FOREVER + 1)
    assert start == -FOREVER
    assert EARLIEST - DAY < end < EARLIEST + 400 * DAY
    assert calendar.period(EARLIEST - 2 * DAY) == (start, end)
    assert calendar.period(end + 1)[0] == end


@given(st.builds(Calendar, st.sampled_from(UNITS), st.sampled_from(ZONES), st.dates()), ever)
@example(Calendar("week", anchor=date.min), EARLIEST)
@example(Calendar("year", "Pacific/Apia", date.max), LATEST)
def test_periods_tile_all_of_time_whatever_the_anchor(calendar: Calendar, asked: int) -> None:
    start, end = calendar.period(asked)
    assert start < asked <= end
    if start > -FOREVER:
        assert calendar.period(start)[1] == start
    if end < FOREVER:
        assert calendar.period(end + 1)[0] == end


@given(calendars, instants, st.integers(0, 1000 * DAY))
@example(Calendar("month"), at("2026-03-01T00:00:00Z"), 59 * DAY)
@example(Calendar("month"), at("2026-03-01T00:00:00Z"), 59 * DAY - 1)
def test_closed_are_the_periods_between_two_instants_the_latest_first(
    calendar: Calendar, asked: int, earlier: int
) -> None:
    since = asked - earlier
    expected = []
    edge = max(calendar.period(since)[1], since)
    while (following := calendar.period(edge + 1))[1] <= asked:
        expected.append(following)
        edge = following[1]
    assert list(calendar.closed(asked, since)) == expected[::-1]


def test_a_period_is_closed_at_the_instant_of_its_end_and_not_before() -> None:
    january = span("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")
    start, end = january
    assert list(Calendar("month").closed(end, start)) == [january]
    assert list(Calendar("month").closed(end - 1, start)) == []
    assert list(Calendar("month").closed(end, start + 1)) == []
    assert list(Calendar("month").closed(end, end)) == []
    assert list(Calendar("month").closed(start, end)) == []


@pytest.mark.parametrize(("name", "count"), [("UTC", 3), ("Europe/Berlin", 2), ("America/New_York", 3)])
@pytest.mark.parametrize("since", [-FOREVER, EARLIEST - 400 * DAY, EARLIEST])
def test_nothing_closed_starts_before_time_can_be_written(name: str, count: int, since: int) -> None:
    years = list(Calendar("year", name).closed(at("0004-06-01T00:00:00Z"), since))
    assert len(years) == count  # the year 1 begins too early east of Greenwich
    assert years[-1][0] >= EARLIEST
    assert all(later[0] == earlier[1] for later, earlier in pairwise(years))


def test_the_latest_closed_is_found_without_the_earlier_ones() -> None:
    latest = islice(Calendar("week").closed(at("2026-11-04T00:00:00Z"), -FOREVER), 2)
    assert list(latest) == [
        span("2026-10-26T00:00:00Z", "2026-11-02T00:00:00Z"),
        span("2026-10-19T00:00:00Z", "2026-10-26T00:00:00Z"),
    ]


@pytest.mark.parametrize(
    ("calendar", "label"),
    [
        (Calendar("month"), "month/UTC"),
        (Calendar("month", "Europe/Berlin"), "month/Europe/Berlin"),
        (Calendar("month", "UTC", date(2026, 5, 1)), "month/UTC"),
        (Calendar("month", "UTC", date(2026, 5, 31)), "month/UTC/2026-05-31"),
        (Calendar("quarter", "UTC", date(2026, 10, 1)), "quarter/UTC"),
        (Calendar("quarter", "UTC", date(2026, 11, 1)), "quarter/UTC/2026-11-01"),
        (Calendar("year", "Europe/Berlin", date(2031, 1, 1)), "year/Europe/Berlin"),
        (Calendar("year", "Europe/Berlin", date(1931, 4, 1)), "year/Europe/Berlin/1931-04-01"),
        (Calendar("week", "Asia/Beirut", date(2026, 11, 4)), "week/Asia/Beirut"),
        (Calendar("year", "UTC", date(1, 1, 1)), "year/UTC"),
        (Calendar("year", "UTC", date(9999, 12, 31)), "year/UTC/9999-12-31"),
    ],
)
def test_the_label_names_the_anchor_where_that_makes_a_difference(calendar: Calendar, label: str) -> None:
    assert calendar.label == label


@given(calendars, instants)
def test_without_the_anchor_in_its_label_a_calendar_is_the_usual_one(calendar: Calendar, asked: int) -> None:
    usual = Calendar(calendar.unit, calendar.zone)
    if calendar.label == usual.label:
        assert calendar.period(asked) == usual.period(asked)
    else:
        assert calendar.label == f"{usual.label}/{calendar.anchor}"
        assert calendar.start_day(0) == calendar.anchor


def test_a_length_stands_for_all_periods() -> None:
    assert [Calendar(unit).nominal // DAY for unit in UNITS] == [7, 30, 91, 365]


@pytest.mark.parametrize(
    ("unit", "name", "message"),
    [
        ("months", "UTC", "`months` is not a calendar period; did you mean `month`?"),
        ("Year", "UTC", "`Year` is not a calendar period; did you mean `year`?"),
        ("30d", "UTC", "`30d` is not a calendar period; write week, month, quarter, year"),
        ("mon\nth", "UTC", "`mon th` is not a calendar period; did you mean `month`?"),
        ("", "UTC", "`` is not a calendar period; write week, month, quarter, year"),
        ("month", "Berlin", "`Berlin` is not a time zone; did you mean `Europe/Berlin`?"),
        ("day", "Berlin", "`day` is not a calendar period; write week, month, quarter, year"),
    ],
)
def test_what_is_no_period_or_no_zone_is_refused(unit: str, name: str, message: str) -> None:
    with pytest.raises(ValueError, match="is not a") as refused:
        Calendar(unit, name)
    assert str(refused.value) == message


@given(calendars, st.lists(instants, min_size=2, max_size=6))
def test_asked_again_in_any_order_a_calendar_gives_the_same(calendar: Calendar, asked: list[int]) -> None:
    fresh = [Calendar(calendar.unit, calendar.zone, calendar.anchor).period(one) for one in asked]
    assert [calendar.period(one) for one in asked] == fresh
    assert [calendar.period(one) for one in reversed(asked)] == fresh[::-1]
    assert [calendar.period(one) for one in asked for _ in range(2)] == [
        one for one in fresh for _ in range(2)
    ]


def test_the_period_asked_for_last_is_given_again_up_to_its_edges() -> None:
    calendar = Calendar("month")
    january = start, end = span("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")
    first = calendar.period(end)
    assert first == january
    assert calendar.period(start + 1) is calendar.period(end) is first
    assert calendar.period(end + 1) == (end, at("2026-03-01T00:00:00Z"))
    assert calendar.period(start) == (at("2025-12-01T00:00:00Z"), start)


def test_what_was_asked_for_last_makes_no_difference_to_what_a_calendar_is() -> None:
    one, other = Calendar("month"), Calendar("month")
    one.period(at("2026-01-15T00:00:00Z"))
    assert one == other
    assert hash(one) == hash(other)
    assert repr(one) == repr(other) == "Calendar(unit='month', zone='UTC', anchor=datetime.date(1970, 1, 1))"
