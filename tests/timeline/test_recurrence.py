"""Recurrences: right in nights in which clocks change, expanded by years, and equal to the slow way."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exporter.timeline.occurrences import LAST_YEAR, can_fire, plan, starts
from exporter.timeline.recurrence import Recurring, is_frequent, recurring
from exporter.timeline.spans import FOREVER, Span
from exporter.timeline.zones import instant_of, local_of
from exporter.units import DAY, HOUR, MINUTE, SECOND, YEAR
from tests.support.clocks import CHANGES, DAYS, Shown, at_utc, instants, lengths, minutes

SUNDAYS = "FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=0;BYSECOND=0"
NIGHTLY = "FREQ=DAILY;BYHOUR=2;BYMINUTE=30;BYSECOND=0"
BERLIN = "Europe/Berlin"


def some(name: str, low: int, high: int, *, negative: bool = False) -> st.SearchStrategy[str]:
    """Part of a rule with one to three values, or nothing."""
    numbers = st.integers(low, high)
    if negative:
        numbers |= st.integers(-high, -low)
    lists = st.lists(numbers, min_size=1, max_size=3, unique=True)
    return st.just("") | lists.map(lambda values: f";{name}=" + ",".join(map(str, values)))


weekdays = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])
numbered = st.builds(lambda number, day: f"{number}{day}", st.sampled_from([1, 2, -1, 5]), weekdays)


def by_day(days: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    lists = st.lists(days, min_size=1, max_size=3, unique=True)
    return st.just("") | lists.map(lambda values: ";BYDAY=" + ",".join(values))


interval = st.just("") | st.integers(2, 5).map(lambda number: f";INTERVAL={number}")
month_days = some("BYMONTHDAY", 1, 31, negative=True)
months = some("BYMONTH", 1, 12)
hour, minute, second = some("BYHOUR", 0, 23), some("BYMINUTE", 0, 59), some("BYSECOND", 0, 59)
week_start = st.just("") | weekdays.map(lambda day: f";WKST={day}")
chosen = st.just("") | st.sampled_from([";BYSETPOS=1", ";BYSETPOS=-1", ";BYSETPOS=2,-2"])


def joined(frequency: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda each: f"FREQ={frequency}" + "".join(each))


clock = (hour, minute, second)
rules = st.one_of(
    joined("YEARLY", interval, months, month_days, by_day(numbered | weekdays), *clock, chosen),
    joined("YEARLY", interval, some("BYYEARDAY", 1, 366, negative=True), by_day(weekdays), *clock, chosen),
    joined(
        "YEARLY",
        interval,
        some("BYWEEKNO", 1, 53, negative=True),
        st.just(";BYDAY=MO,SU"),
        *clock,
        week_start,
    ),
    joined("MONTHLY", interval, months, month_days, by_day(numbered | weekdays), *clock, chosen),
    joined("WEEKLY", interval, months, by_day(weekdays), *clock, week_start, chosen),
    joined("DAILY", interval, months, month_days, by_day(weekdays), *clock, chosen),
    joined("HOURLY", st.integers(1, 50).map(";INTERVAL={}".format), months, by_day(weekdays), *clock),
    joined("HOURLY", interval, minute, second),
    joined(
        "MINUTELY", st.integers(90, 5000).map(";INTERVAL={}".format), st.just("") | st.just(";BYSECOND=7")
    ),
    joined("MINUTELY", st.integers(90, 5000).map(";INTERVAL={}".format), by_day(weekdays), hour, minute),
)
zones = st.sampled_from(["UTC", *sorted({name for name, _ in CHANGES})])
sinces = instants("1999-01-01", "2012-12-31").map(lambda at: at // SECOND * SECOND)


def slowly(rule: str, zone: str, since: int, end: int) -> Iterator[int]:
    """The starts of a rule before an instant by a walk from its start, all of it left to the library."""
    in_utc = "HOURLY" in rule or "MINUTELY" in rule
    frame = ZoneInfo("UTC" if in_utc else zone)
    last = local_of(end + DAY, frame)
    for local in rrulestr(rule, dtstart=local_of(since, frame)):
        if last < local:
            break
        yield instant_of(local, frame)


windows = st.tuples(lengths(-10, 1500), lengths(0, 90))


@settings(max_examples=300, deadline=None)
@given(rules, zones, sinces, windows, lengths(0, 2).map(lambda length: length + 1))
def test_spans_equal_those_of_a_walk_from_the_start(
    rule: str, zone: str, since: int, window: tuple[int, int], duration: int
) -> None:
    assume(can_fire(plan(rule, zone, since)))
    start = since + window[0]
    end = start + window[1]
    walked = ((max(at, since), at + duration) for at in slowly(rule, zone, since, end))
    expected = sorted(span for span in walked if max(start, span[0]) < min(span[1], end))

    assert Recurring(rule, duration, zone, since).spans(start, end) == expected


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;INTERVAL=3",
        "FREQ=YEARLY;BYDAY=20MO;BYHOUR=2,14",
        "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=-1",
        "FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=-1",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=MO",
        "FREQ=DAILY;INTERVAL=11",
        "FREQ=HOURLY;INTERVAL=7",
        "FREQ=HOURLY;INTERVAL=7;BYHOUR=3,4;BYMINUTE=4",
        "FREQ=MINUTELY;INTERVAL=97;BYSECOND=5",
        "FREQ=MINUTELY;INTERVAL=97;BYDAY=MO,TU",
    ],
)
@pytest.mark.parametrize("day", ["2003-05-17", "2003-05-18", "2003-05-19"])  # Saturday to Monday
def test_a_start_that_lies_far_back_is_skipped_over_in_step(rule: str, day: str) -> None:
    since, start = at_utc(f"{day}T13:47:11"), at_utc("2026-02-20")
    end = start + 500 * DAY
    expected = [at for at in slowly(rule, BERLIN, since, end) if start < at < end]

    assert expected
    assert [at for at, _ in Recurring(rule, 1, BERLIN, since).spans(start, end)] == expected


@pytest.mark.parametrize("begun", range(7))
@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO,TH",
        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=2,-3",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2,-3",
        "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2,-3",
    ],
)
@pytest.mark.parametrize("week_start", ["MO", "SU", "TH"])
def test_weeks_are_skipped_over_whole_on_whatever_day_a_rule_begins(
    rule: str, week_start: str, begun: int
) -> None:
    rule, since = f"{rule};WKST={week_start}", at_utc("2015-05-11T10:00") + begun * DAY

    for year in range(2019, 2027):
        start, end = at_utc(f"{year - 1}-12-18"), at_utc(f"{year}-01-15")
        expected = [at for at in slowly(rule, "UTC", since, end) if start <= at < end]
        assert [at for at, _ in Recurring(rule, 1, "UTC", since).spans(start, end)] == expected


@pytest.mark.parametrize(("zone", "day"), CHANGES)
@pytest.mark.parametrize("time", [(0, 0), (0, 30), (1, 45), (2, 0), (2, 30), (3, 0), (23, 30)])
def test_ruling_41_nights_in_which_clocks_change_equal_a_walk_of_their_minutes(
    zone: str, day: str, time: tuple[int, int]
) -> None:
    start = at_utc(day)
    walk = list(minutes(zone, start, DAYS + 1))
    shown = Shown(walk)
    rule = f"FREQ=DAILY;BYHOUR={time[0]};BYMINUTE={time[1]};BYSECOND=0"
    first = walk[0][1].replace(hour=time[0], minute=time[1]) + timedelta(days=1)
    expected = {shown.at(first + timedelta(days=number)) for number in range(DAYS - 1)}

    found = Recurring(rule, HOUR, zone, at_utc("1900-01-02")).spans(start, start + DAYS * DAY)

    assert expected <= {at for at, _ in found}
    assert {end - at for at, end in found} == {HOUR}
    assert [at for at, _ in found] == sorted(at for at, _ in found)


def test_ruling_41_the_duration_is_elapsed_time_on_both_nights() -> None:
    made = recurring(SUNDAYS, 2 * HOUR, BERLIN)

    assert made.spans(at_utc("2026-03-29"), at_utc("2026-03-30")) == [
        (at_utc("2026-03-29T01:00"), at_utc("2026-03-29T03:00"))
    ]
    assert made.spans(at_utc("2026-10-25"), at_utc("2026-10-26")) == [
        (at_utc("2026-10-25T00:00"), at_utc("2026-10-25T02:00"))
    ]


def test_ruling_41_a_start_that_does_not_exist_and_one_that_exists_twice() -> None:
    made = recurring(NIGHTLY, HOUR, BERLIN)

    assert made.spans(at_utc("2026-03-29"), at_utc("2026-03-30"))[0][0] == at_utc("2026-03-29T01:30")
    assert [at for at, _ in made.spans(at_utc("2026-10-25"), at_utc("2026-10-25T12:00"))] == [
        at_utc("2026-10-25T00:30")
    ]


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("America/Santiago", "2026-09-06T04:00"),
        ("Africa/Cairo", "2026-04-23T22:00"),
        ("Asia/Beirut", "2026-03-28T22:00"),
    ],
)
def test_ruling_41_a_midnight_that_does_not_exist_is_the_first_instant_of_its_day(
    zone: str, start: str
) -> None:
    at = at_utc(start)
    made = recurring("FREQ=DAILY;BYHOUR=0;BYMINUTE=0;BYSECOND=0", HOUR, zone)

    assert made.spans(at, at + DAY - HOUR) == [(at, at + HOUR)]
    assert local_of(at - 1, ZoneInfo(zone)).date() < local_of(at, ZoneInfo(zone)).date()


def test_ruling_41_starts_that_clocks_skip_are_put_in_order() -> None:
    made = recurring("FREQ=DAILY;BYHOUR=2,3;BYMINUTE=15,45;BYSECOND=0", MINUTE, BERLIN)

    assert [at for at, _ in made.spans(at_utc("2026-03-29"), at_utc("2026-03-29T12:00"))] == [
        at_utc(f"2026-03-29T01:{minute}") for minute in (15, 15, 45, 45)
    ]


def test_ruling_41_rules_by_the_hour_run_in_utc() -> None:
    made = recurring("FREQ=HOURLY;BYMINUTE=0;BYSECOND=0", 5 * MINUTE, BERLIN)
    start, end = at_utc("2026-10-25"), at_utc("2026-10-26")

    assert [at for at, _ in made.spans(start, end)] == list(range(start, end, HOUR))


def test_ruling_41_a_rule_without_a_start_begins_in_1970_and_takes_nothing_from_the_time_of_asking() -> None:
    made = recurring(NIGHTLY, HOUR, BERLIN)

    assert made.spans(-YEAR, 2 * DAY)[0] == (90 * MINUTE, 150 * MINUTE)
    assert made.spans(at_utc("2026-06-01T00:41:23"), at_utc("2026-06-02T02:00")) == [
        (at_utc("2026-06-01T00:30"), at_utc("2026-06-01T01:30")),
        (at_utc("2026-06-02T00:30"), at_utc("2026-06-02T01:30")),
    ]


def test_ruling_41_an_interval_counts_from_the_start_and_keeps_its_phase() -> None:
    made = recurring("FREQ=WEEKLY;INTERVAL=2", HOUR, BERLIN, at_utc("2020-01-05T01:00"))
    found = made.spans(at_utc("2025-12-01"), at_utc("2026-02-01"))

    assert [datetime.fromtimestamp(at // SECOND, UTC).date().isoformat() for at, _ in found] == [
        "2025-12-14",
        "2025-12-28",
        "2026-01-11",
        "2026-01-25",
    ]
    assert all((at - at_utc("2020-01-05T01:00")) % (14 * DAY) == 0 for at, _ in found)


def test_a_rule_takes_from_its_start_what_it_leaves_out() -> None:
    since = at_utc("2024-02-29T14:07:09")
    found = recurring("FREQ=YEARLY", HOUR, "Asia/Tokyo", since).spans(since, at_utc("2033-01-01"))

    assert [at for at, _ in found] == [since, at_utc("2028-02-29T14:07:09"), at_utc("2032-02-29T14:07:09")]


@pytest.mark.parametrize("year", [1999, 2026, 2400, 9000])
def test_ruling_41_every_other_week_keeps_its_phase_whenever_it_is_asked(year: int) -> None:
    since = at_utc("1999-01-01T02:00")
    made = recurring("FREQ=WEEKLY;INTERVAL=2", HOUR, "UTC", since)
    day = at_utc(f"{year}-06-01")

    for start in range(day, day + 15 * DAY, DAY):
        later = start + (since - start) % (14 * DAY)
        assert made.spans(start, start + 14 * DAY) == [(later, later + HOUR)]


def test_a_count_is_over_after_as_many() -> None:
    made = recurring("FREQ=DAILY;COUNT=3", HOUR, BERLIN, at_utc("2026-01-01"))

    assert len(made.spans(at_utc("2025-01-01"), at_utc("2028-01-01"))) == 3
    assert made.spans(at_utc("2026-01-03T00:30"), at_utc("2030-01-01")) == [
        (at_utc("2026-01-03"), at_utc("2026-01-03T01:00"))
    ]
    assert made.spans(at_utc("2027-01-01"), at_utc("2028-01-01")) == []


@pytest.mark.parametrize(("frequency", "apart"), [("HOURLY", HOUR), ("MINUTELY", MINUTE)])
def test_a_count_of_hours_or_minutes_is_over_too(frequency: str, apart: int) -> None:
    since = at_utc("2025-12-31T23:59:07")
    made = recurring(f"FREQ={frequency};COUNT=3", SECOND, BERLIN, since)

    assert [at for at, _ in made.spans(since, since + 400 * DAY)] == [since, since + apart, since + 2 * apart]


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20260103T023000", "2026-01-03T01:30"),
        ("20260103T013000Z", "2026-01-03T01:30"),
        ("20260103T022959", "2026-01-02T01:30"),
        ("20260103T012959Z", "2026-01-02T01:30"),
    ],
)
def test_until_is_the_last_start_in_local_time_or_in_utc(until: str, last: str) -> None:
    found = recurring(f"{NIGHTLY};UNTIL={until}", HOUR, BERLIN).spans(
        at_utc("2026-01-01"), at_utc("2027-01-01")
    )

    assert found[-1] == (at_utc(last), at_utc(last) + HOUR)


def test_until_of_a_rule_by_the_hour_is_local_time_too() -> None:
    made = recurring("FREQ=HOURLY;BYMINUTE=0;BYSECOND=0;UNTIL=20260601T120000", MINUTE, BERLIN)

    assert made.spans(at_utc("2026-06-01T09:30"), at_utc("2026-07-01")) == [
        (at_utc("2026-06-01T10:00"), at_utc("2026-06-01T10:01"))
    ]


def test_ruling_42_nothing_is_covered_outside_of_from_and_to() -> None:
    made = recurring(NIGHTLY, 2 * HOUR, "UTC", at_utc("2026-01-02T03:00"), at_utc("2026-01-04T03:00"))

    assert made.spans(at_utc("2026-01-01"), at_utc("2026-02-01")) == [
        (at_utc("2026-01-03T02:30"), at_utc("2026-01-03T04:30")),
        (at_utc("2026-01-04T02:30"), at_utc("2026-01-04T03:00")),
    ]


def test_ruling_42_a_start_in_the_second_hour_that_is_there_twice_cuts_the_occurrence_in_the_first() -> None:
    second = at_utc("2026-10-25T01:30")
    day = (at_utc("2026-10-25"), at_utc("2026-10-26"))

    assert recurring(NIGHTLY, 90 * MINUTE, BERLIN, second).spans(*day) == [(second, second + 30 * MINUTE)]
    assert recurring(NIGHTLY, HOUR, BERLIN, second).spans(*day) == []


def test_a_span_that_reaches_into_the_time_asked_about_is_there_whole() -> None:
    made = recurring("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31;BYHOUR=12;BYMINUTE=0;BYSECOND=0", 30 * DAY, "UTC")
    span: Span = (at_utc("2025-12-31T12:00"), at_utc("2026-01-30T12:00"))

    assert made.spans(span[1] - 1, span[1]) == made.spans(span[0], span[0] + 1) == [span]
    assert made.spans(span[1], span[1] + DAY) == made.spans(span[0] - DAY, span[0]) == []
    assert made.spans(span[0] + DAY, span[0] + DAY) == []


def test_spans_may_overlap_and_are_in_order_of_their_starts() -> None:
    found = recurring(NIGHTLY, 2 * DAY, "UTC").spans(at_utc("2026-01-10"), at_utc("2026-01-11"))

    assert [at for at, _ in found] == [at_utc(f"2026-01-{day:02}T02:30") for day in (8, 9, 10)]


def test_a_week_that_a_zone_skipped_at_the_end_of_a_year_is_in_order_across_it() -> None:
    found = recurring("FREQ=DAILY;BYHOUR=2,20;BYMINUTE=0;BYSECOND=0", HOUR, "Pacific/Kiritimati").spans(
        at_utc("1994-12-25"), at_utc("1995-01-05")
    )

    assert found == sorted(found)
    # Two starts of the day that was left out lie on the one after it.
    assert [at for at, _ in found].count(at_utc("1994-12-31T12:00")) == 2
    assert len(found) == 24


def test_expansions_are_shared_by_what_has_the_same_rule_and_differs_otherwise() -> None:
    span = (at_utc("2021-01-01"), at_utc("2022-01-01"))
    rule = "FREQ=DAILY;BYHOUR=4;BYMINUTE=44;BYSECOND=4"
    recurring(rule, HOUR, BERLIN).spans(*span)
    before = starts.cache_info()

    recurring(rule, 2 * HOUR, BERLIN, None, at_utc("2030-01-01")).spans(*span)

    assert starts.cache_info().misses == before.misses
    assert starts.cache_info().hits > before.hits


def test_the_end_of_time_ends_a_recurrence() -> None:
    late = at_utc(f"{LAST_YEAR}-12-31T23:00")

    assert recurring(NIGHTLY, HOUR, "UTC").spans(late - DAY, FOREVER) == [
        (at_utc(f"{LAST_YEAR}-12-31T02:30"), at_utc(f"{LAST_YEAR}-12-31T03:30"))
    ]
    assert Recurring(NIGHTLY, HOUR, "UTC").spans(FOREVER - 1, FOREVER) == []
    assert Recurring(NIGHTLY, HOUR, "UTC", at_utc("0001-01-01")).spans(-FOREVER, at_utc("0001-01-02"))[0][
        0
    ] == (at_utc("0001-01-01T02:30"))


def test_recurrences_are_equal_where_their_rules_are_written_alike() -> None:
    one = recurring(" rrule:freq=weekly; byday=su;byhour=2;byminute=0;bysecond=0", HOUR, BERLIN)

    assert one == recurring(SUNDAYS, HOUR, BERLIN)
    assert hash(one) == hash(recurring(SUNDAYS, HOUR, BERLIN))
    assert one.rule == SUNDAYS


@pytest.mark.parametrize(
    ("rule", "until", "frequent"),
    [
        ("FREQ=MINUTELY;BYSECOND=0", None, True),
        ("FREQ=MINUTELY;BYSECOND=0", 30_000 * 60_000, False),
        ("FREQ=MINUTELY;BYHOUR=3;BYSECOND=0", None, False),
        ("FREQ=HOURLY;BYMINUTE=0,15,30,45;BYSECOND=0", None, False),
        ("FREQ=HOURLY;BYMINUTE=0,10,20,30,40,50;BYSECOND=0", None, True),
        ("FREQ=HOURLY;BYMONTH=2;BYMINUTE=0,10,20,30,40,50;BYSECOND=0", None, False),
        ("FREQ=DAILY;BYHOUR=2;BYMINUTE=0;BYSECOND=0", None, False),
    ],
)
def test_a_rule_that_starts_more_often_than_each_quarter_of_an_hour_is_frequent(
    rule: str, until: int | None, *, frequent: bool
) -> None:
    if until is not None:
        rule = f"{rule};UNTIL={datetime.fromtimestamp(until / 1000, UTC):%Y%m%dT%H%M%SZ}"
    assert is_frequent(recurring(rule, 1000, "UTC")) is frequent
