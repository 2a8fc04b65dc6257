"""Service hours: the time outside of them, against a clock that is read minute by minute."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.timeline.hours import Hours, Rest, hours
from exporter.timeline.spans import FOREVER, Spans
from exporter.timeline.zones import first_instant
from exporter.units import DAY, HOUR, MINUTE, parse_instant
from tests.support.clocks import CHANGES, DAYS, at_utc, instants, lengths, minutes, running

BERLIN = "Europe/Berlin"
OFFICE = {"mon-fri": "08:00-20:00"}
STATES = holidays.list_supported_countries()["DE"]
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def served(days: dict[str, str], is_holiday: Callable[[date], bool], local: datetime) -> bool:
    """Whether a local time is one of service, by the texts themselves."""
    if is_holiday(local.date()):
        return False
    now, midnight = f"{local:%H:%M}", "24:00"
    for back in (0, 1):
        text = days.get(NAMES[(local.weekday() - back) % 7])
        for part in text.split(", ") if text else ():
            opening, closing = part.split("-")
            if back == 0 and opening <= now < (closing if closing > opening else midnight):
                return True
            if back == 1 and closing <= opening and now < closing:
                return True
    return False


times = st.integers(0, 24 * 12 - 1).map(lambda number: f"{number // 12:02}:{number % 12 * 5:02}")


@st.composite
def days_of(draw: st.DrawFn) -> str:
    """One or two ranges of a day that do not overlap; the second may go over midnight."""
    first, second, third, last = sorted(draw(st.lists(times, min_size=4, max_size=4, unique=True)))
    over = draw(st.sampled_from(["", "24:00", f"{first[:2]}:00"]))
    texts = [f"{first}-{second}", f"{third}-{over or last}"]
    return ", ".join(draw(st.sampled_from([texts, texts[:1], texts[1:]])))


weeks = st.dictionaries(st.sampled_from(NAMES), days_of(), min_size=1)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(CHANGES), weeks)
def test_hours_equal_a_walk_of_the_minutes_of_a_week_in_which_clocks_change(
    change: tuple[str, str], days: dict[str, str]
) -> None:
    zone, start = change[0], at_utc(change[1])
    outside = Spans(hours(zone, days).spans(start, start + DAYS * DAY))

    for at, local in running(minutes(zone, start - DAY, DAYS + 1)):
        assert at < start or outside.covers(at) != served(days, lambda _: False, local), local


@settings(max_examples=20, deadline=None)
@given(
    weeks,
    st.sampled_from([("Europe/Berlin", "DE-BE"), ("America/New_York", "US-CA"), ("Europe/London", "GB")]),
    st.sampled_from(["2025-12-22", "2027-03-22"]),  # at Easter 2027 clocks change in Europe
)
def test_holidays_are_whole_local_days_without_service(
    days: dict[str, str], where: tuple[str, str], first: str
) -> None:
    zone, code = where
    country, _, part = code.partition("-")
    known = holidays.country_holidays(country, subdiv=part or None)
    start = at_utc(first)
    outside = Spans(hours(zone, days, code).spans(start, start + 14 * DAY))

    for at, local in minutes(zone, start, 14):
        assert outside.covers(at) != served(days, known.__contains__, local), local


@pytest.mark.parametrize(
    ("zone", "code", "start", "end"),
    [
        ("Europe/Berlin", "DE-BE", "2027-03-07T23:00", "2027-03-08T23:00"),  # in Berlin only
        ("Europe/Berlin", "DE-BE", "2027-03-27T23:00", "2027-03-29T22:00"),  # 23 hours, and Easter Monday
        (
            "America/Los_Angeles",
            "US-CA",
            "2026-07-03T07:00",
            "2026-07-05T07:00",
        ),  # of a Saturday, on Friday too
        ("Europe/London", "GB", "2026-05-03T23:00", "2026-05-04T23:00"),  # in summer time
    ],
)
def test_ruling_40_a_holiday_of_round_the_clock_service_is_one_local_day(
    zone: str, code: str, start: str, end: str
) -> None:
    days = {"daily": "00:00-24:00"} if "29" not in end else {"mon-sat": "00:00-24:00"}
    span = (at_utc(start), at_utc(end))

    assert hours(zone, days, code).spans(span[0] - 2 * DAY, span[1] + 2 * DAY)[-1] == span
    assert span not in hours(zone, days).spans(span[0] - 2 * DAY, span[1] + 2 * DAY)


@settings(max_examples=60, deadline=None)
@given(
    weeks,
    instants("2024-12-20", "2026-01-10"),
    lengths(0, 40),
    lengths(0, 500),
)
def test_a_span_is_the_same_whole_one_whatever_is_asked(
    days: dict[str, str], start: int, length: int, more: int
) -> None:
    asked, end = hours(BERLIN, days, "DE"), start + length + 1
    wide = asked.spans(start - more - 10 * DAY, end + more + 10 * DAY)

    found = asked.spans(start, end)
    assert found == [span for span in wide if max(span[0], start) < min(span[1], end)]
    assert found == list(Spans(found))


def test_a_day_is_wall_clock_time_on_both_sides_of_a_change() -> None:
    outside = hours(BERLIN, {"daily": "08:00-20:00"}).spans(
        at_utc("2026-03-28T12:00"), at_utc("2026-03-29T20:00")
    )

    assert outside == [
        (at_utc("2026-03-28T19:00"), at_utc("2026-03-29T06:00")),
        (at_utc("2026-03-29T18:00"), at_utc("2026-03-30T06:00")),
    ]


@pytest.mark.parametrize(
    ("day", "length"), [("2026-03-28", 7 * HOUR), ("2026-10-24", 9 * HOUR), ("2026-06-06", 8 * HOUR)]
)
def test_a_night_is_as_long_as_it_lasts(day: str, length: int) -> None:
    night = hours(BERLIN, {"sat": "22:00-06:00"}).spans(at_utc(day), at_utc(day) + 2 * DAY)

    assert night[1][0] - night[0][1] == length


def test_ruling_40_a_range_over_midnight_belongs_to_the_day_on_which_it_starts() -> None:
    outside = hours("UTC", {"sun": "22:00-06:00"}).spans(at_utc("2026-11-22"), at_utc("2026-11-24"))

    assert outside == [
        (at_utc("2026-11-16T06:00"), at_utc("2026-11-22T22:00")),
        (at_utc("2026-11-23T06:00"), at_utc("2026-11-29T22:00")),
    ]


def test_ruling_40_24_00_is_the_midnight_at_the_end_of_a_day() -> None:
    outside = hours("UTC", {"mon": "20:00-24:00", "tue": "0:00-04:00"}).spans(
        at_utc("2026-11-23"), at_utc("2026-11-25")
    )

    assert [(outside[0][1], outside[1][0])] == [(at_utc("2026-11-23T20:00"), at_utc("2026-11-24T04:00"))]


def test_ruling_40_a_holiday_ends_the_night_before_and_begins_the_night_after_at_its_midnights() -> None:
    nights = hours(BERLIN, {"daily": "22:00-06:00"}, "DE")  # the 25th and 26th of December are holidays
    outside = Spans(nights.spans(at_utc("2026-12-24"), at_utc("2026-12-28")))

    assert (at_utc("2026-12-24T23:00"), at_utc("2026-12-26T23:00")) in list(outside)
    assert not outside.covers(at_utc("2026-12-24T22:59"))
    assert not outside.covers(at_utc("2026-12-26T23:00"))
    assert outside.covers(at_utc("2026-12-27T05:00"))


def test_the_span_over_new_year_is_one() -> None:
    outside = hours(BERLIN, OFFICE, "DE-BE").spans(at_utc("2026-12-31T23:00"), at_utc("2026-12-31T23:01"))

    assert outside == [(at_utc("2026-12-31T19:00"), at_utc("2027-01-04T07:00"))]


def test_service_round_the_clock_has_no_time_outside_of_it() -> None:
    assert hours(BERLIN, {"daily": "00:00-24:00"}).spans(at_utc("2026-01-01"), at_utc("2028-01-01")) == []


def test_hours_that_no_day_has_are_never_there() -> None:
    """`hours` refuses them; one that lasts for years is cut at the edge of a year that is not asked about."""
    never = Hours("UTC", ((),) * 7)

    assert never.spans(at_utc("2025-06-01"), at_utc("2026-06-01")) == [
        (at_utc("2024-01-01"), at_utc("2028-01-01"))
    ]


def test_a_span_that_only_touches_what_is_asked_about_is_not_there() -> None:
    office, opens, closes = hours("UTC", OFFICE), at_utc("2026-11-24T08:00"), at_utc("2026-11-24T20:00")

    assert office.spans(opens, closes) == []
    assert [end for _, end in office.spans(opens - 1, closes)] == [opens]
    assert [start for start, _ in office.spans(opens, closes + 1)] == [closes]


def test_ranges_may_touch() -> None:
    split, whole = {"mon": "08:00-12:00, 12:00-20:00"}, {"mon": "08:00-20:00"}
    span = (at_utc("2026-11-01"), at_utc("2026-12-01"))

    assert hours(BERLIN, split).spans(*span) == hours(BERLIN, whole).spans(*span)


def test_nothing_is_asked_where_the_end_is_not_after_the_start() -> None:
    assert hours(BERLIN, OFFICE).spans(at_utc("2026-01-01"), at_utc("2026-01-01")) == []


def test_the_first_and_the_last_year_that_can_be_written_are_answered() -> None:
    office = hours(BERLIN, OFFICE)

    assert office.spans(at_utc("9999-06-01"), FOREVER) == []
    assert len(office.spans(-FOREVER, at_utc("0001-01-20"))) == 16


def test_a_day_that_a_zone_left_out_has_no_hours() -> None:
    outside = hours("Pacific/Apia", {"daily": "08:00-20:00"}).spans(
        at_utc("2011-12-30T06:00"), at_utc("2011-12-30T12:00")
    )
    day = datetime.fromisoformat("2011-12-29T20:00")
    apia = ZoneInfo("Pacific/Apia")

    assert outside == [(first_instant(day, apia), first_instant(day + timedelta(hours=36), apia))]
    assert outside[0][1] - outside[0][0] == 12 * HOUR


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("mon-fri", "01234"),
        ("sat-sun", "56"),
        ("mon,wed, fri", "024"),
        ("Tue", "1"),
        ("fri-mon", "0456"),
        ("mon-tue,sun", "016"),
        ("daily", "0123456"),
    ],
)
def test_days_are_named_by_ranges_lists_and_themselves(names: str, expected: str) -> None:
    made = hours("UTC", {names: "08:00-12:00, 13:00-17:00"})

    assert [day for day, ranges in enumerate(made.days) if ranges] == list(map(int, expected))
    assert made.days[int(expected[0])] == ((480, 720), (780, 1020))


def test_they_are_described_as_a_configuration_has_them() -> None:
    week = {"mon-thu": "13:00-17:00, 08:00-12:00", "fri": "08:00-24:00", "sun": "22:00-06:00"}
    told = "mon-thu 08:00-12:00 13:00-17:00, fri 08:00-24:00, sun 22:00-06:00 but public holidays of DE-BE"
    assert hours(BERLIN, week, "de-be").described() == told
    assert hours(BERLIN, {"daily": "00:00-24:00"}).described() == "daily 00:00-24:00"


def test_hours_are_equal_where_they_are_the_same() -> None:
    one = hours(BERLIN, {"mon-sun": "13:00-17:00, 08:00 - 12:00"}, " de-be ")
    other = hours(BERLIN, {"daily": "08:00-12:00,13:00-17:00"}, "DE-BE")

    assert one == other
    assert hash(one) == hash(other)
    assert one == Hours(BERLIN, (((480, 720), (780, 1020)),) * 7, "DE-BE")


@pytest.mark.parametrize("country", ["CN", "IN"])
@pytest.mark.parametrize("year", [1950, 2026, 2100])
def test_years_that_the_library_does_not_know_are_answered_without_a_warning(country: str, year: int) -> None:
    asked = hours("UTC", OFFICE, country)
    span = (at_utc(f"{year}-01-01"), at_utc(f"{year}-12-31"))

    assert len(asked.spans(*span)) <= len(hours("UTC", OFFICE).spans(*span))


@pytest.mark.parametrize(
    ("days", "says"),
    [
        ({}, 'service hours need a day, such as `mon-fri: "08:00-20:00"`'),
        ({"monday": "08:00-20:00"}, "`monday` is no day; did you mean `mon`?"),
        ({"mon-fry": "08:00-20:00"}, "`fry` is no day; did you mean `fri`?"),
        ({"mon-": "08:00-20:00"}, "`` is no day; write mon, mon-fri, `sat,sun` or daily"),
        ({"dayly": "08:00-20:00"}, "`dayly` is no day; did you mean `daily`?"),
        ({"daily-sun": "08:00-20:00"}, "`daily` is all days; write it without others"),
        ({"workdays": "08:00-20:00"}, "`workdays` is no day; write mon, mon-fri, `sat,sun` or daily"),
        ({"mon-fri": "08:00-20:00", "wed": "09:00-10:00"}, "wed is named twice"),
        ({"daily,sun": "08:00-20:00"}, "sun is named twice"),
        ({"mon\nfri": "08:00-20:00"}, "`mon fri` is no day; did you mean `mon`?"),
        ({"mon": "08:00 -\n20.00"}, "`08:00 - 20.00` is no range of times; write 08:00-20:00"),
        (
            {"mon": "08:00-12:00,\n11:00-17:00"},
            "`08:00-12:00, 11:00-17:00` has times that overlap",
        ),
        ({"mon,mon": "08:00-20:00"}, "mon is named twice"),
        ({"mon": ""}, "`` is no range of times; write 08:00-20:00"),
        ({"mon": "8-20"}, "`8-20` is no range of times; write 08:00-20:00"),
        ({"mon": "08:00-20:00,"}, "`` is no range of times; write 08:00-20:00"),
        (
            {"mon": "08:60-20:00"},
            "`08:60-20:00` has a time that does not exist; times are 00:00 to 23:59, and 24:00 at the end of a range",
        ),
        (
            {"mon": "08:00-20:61"},
            "`08:00-20:61` has a time that does not exist; times are 00:00 to 23:59, and 24:00 at the end of a range",
        ),
        (
            {"mon": "24:00-06:00"},
            "`24:00-06:00` has a time that does not exist; times are 00:00 to 23:59, and 24:00 at the end of a range",
        ),
        (
            {"mon": "08:00-24:01"},
            "`08:00-24:01` has a time that does not exist; times are 00:00 to 23:59, and 24:00 at the end of a range",
        ),
        ({"mon": "08:00-08:00"}, "`08:00-08:00` starts where it ends; write 00:00-24:00 for a whole day"),
        ({"mon": "08:00-12:00, 11:00-17:00"}, "`08:00-12:00, 11:00-17:00` has times that overlap"),
        ({"mon": "22:00-06:00, 23:00-24:00"}, "`22:00-06:00, 23:00-24:00` has times that overlap"),
    ],
)
def test_a_mistake_in_the_hours_is_told(days: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        hours("UTC", days)

    assert str(refused.value) == says


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("XX", "no holidays are known of `XX`; write a country such as GB, or a part of one such as DE-BE"),
        (
            "Germany",
            "no holidays are known of `Germany`; write a country such as GB, or a part of one such as DE-BE",
        ),
        (
            "Holiday\nBase",
            "no holidays are known of `Holiday Base`; write a country such as GB, or a part of one such as DE-BE",
        ),
        ("AF-X", "no holidays are known of `AF-X`; AF has no parts"),
        ("GB-ENGLAND", "no holidays are known of `GB-ENGLAND`; GB has ENG, NIR, SCT, WLS"),
        ("DE-", f"no holidays are known of `DE-`; DE has {', '.join(STATES)}"),
    ],
)
def test_an_unknown_country_or_part_of_one_is_told(code: str, says: str) -> None:
    with pytest.raises(ValueError, match="no holidays are known") as refused:
        hours("UTC", OFFICE, code)

    assert str(refused.value) == says


@pytest.mark.parametrize(
    ("written", "meant"),
    [("de-be", "DE-BE"), (" uk-Sct ", "UK-SCT"), ("DE-AUGSBURG", "DE-Augsburg"), ("", ""), (" ", "")],
)
def test_a_country_may_be_written_in_small_letters(written: str, meant: str) -> None:
    assert hours("UTC", OFFICE, written) == hours("UTC", OFFICE, meant)
    assert hours("UTC", OFFICE, written).holidays == meant


def test_an_unknown_zone_is_told() -> None:
    with pytest.raises(ValueError, match="did you mean `Europe/Berlin`"):
        hours("Europe/Berln", OFFICE)


def test_the_minutes_of_a_range_are_those_of_the_wall_clock() -> None:
    assert hours("UTC", {"mon": "22:15-06:45"}).days[0] == ((22 * 60 + 15, 30 * 60 + 45),)
    assert hours("UTC", OFFICE).spans(at_utc("2026-11-23T07:59"), at_utc("2026-11-23T08:00"))[0][1] == (
        at_utc("2026-11-23") + 480 * MINUTE
    )


def test_the_rest_is_what_none_of_some_hours_has() -> None:
    day, evening = hours("UTC", {"mon-fri": "08:00-18:00"}), hours("UTC", {"daily": "17:00-20:00"})
    monday = parse_instant("2026-11-02T00:00:00Z")
    rest = Rest((day, evening))
    assert rest.spans(monday, monday + DAY) == [(monday + 8 * HOUR, monday + 20 * HOUR)]
    assert rest.spans(monday + 9 * HOUR, monday + 9 * HOUR + 1) == [(monday + 8 * HOUR, monday + 20 * HOUR)]
    assert rest.spans(monday, monday) == rest.spans(monday, monday + 8 * HOUR) == []
