"""Recurrences that are refused: each with one line that says what is wrong and what to write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.timeline.recurrence import recurring
from exporter.timeline.rrule import read
from exporter.units import DAY, HOUR
from tests.support.clocks import at_utc

AT_TWO = "BYHOUR=2;BYMINUTE=0;BYSECOND=0"
SUNDAYS = f"FREQ=WEEKLY;BYDAY=SU;{AT_TWO}"
SINCE = at_utc("2025-01-01")


def refusal(
    rule: str, duration: int = HOUR, zone: str = "UTC", since: int | None = SINCE, until: int | None = None
) -> str:
    with pytest.raises(ValueError, match=r".") as refused:
        recurring(rule, duration, zone, since, until)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("", "`` is no part of a rule; write FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=0;BYSECOND=0"),
        (
            "every sunday",
            "`EVERY SUNDAY` is no part of a rule; write FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=0;BYSECOND=0",
        ),
        (
            "FREQ=WEEKLY;",
            "`` is no part of a rule; write FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=0;BYSECOND=0",
        ),
        (
            "FREQ=WEEKLY;BYDAY=",
            "`BYDAY=` is no part of a rule; write FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=0;BYSECOND=0",
        ),
        ("FREQ=WEEKLY;BYDAYS=SU", "`BYDAYS` is no part of a rule; did you mean `BYDAY`?"),
        (
            "FREQ=WEEKLY;XX=1",
            "`XX` is no part of a rule; known are FREQ, INTERVAL, COUNT, UNTIL, WKST, BYDAY, BYMONTH, BYWEEKNO, BYYEARDAY, BYMONTHDAY, BYHOUR, BYMINUTE, BYSECOND, BYSETPOS",
        ),
        ("FREQ=WEEKLY;BYDAY=SU;BYDAY=SA", "BYDAY is there twice; write BYDAY=SU,SA for both"),
        ("BYDAY=SU", "a rule needs FREQ=YEARLY or MONTHLY or WEEKLY or DAILY or HOURLY or MINUTELY"),
        ("FREQ=WEKLY", "FREQ=WEKLY is unknown; did you mean `WEEKLY`?"),
        ("FREQ=7", "FREQ=7 is unknown; write YEARLY or MONTHLY or WEEKLY or DAILY or HOURLY or MINUTELY"),
        ("FREQ=SECONDLY", "FREQ=SECONDLY fires more than once a minute; FREQ=MINUTELY is the finest"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL=0: write a number from 1 to 10000"),
        ("FREQ=DAILY;INTERVAL=two", "INTERVAL=TWO: write a number from 1 to 10000"),
        ("FREQ=DAILY;COUNT=10001", "COUNT=10001: write a number from 1 to 10000"),
        ("FREQ=DAILY;BYHOUR=24", "BYHOUR=24: write a number from 0 to 23"),
        ("FREQ=DAILY;BYHOUR=1,", "BYHOUR=: write a number from 0 to 23"),
        ("FREQ=DAILY;BYSECOND=60", "BYSECOND=60: write a number from 0 to 59"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY=32: write a number from -31 to 31"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY=0: count from 1, or from -1 at the end"),
        ("FREQ=MONTHLY;BYMONTH=-1", "BYMONTH=-1: write a number from 1 to 12"),
        (
            "FREQ=WEEKLY;BYDAY=SUN",
            "BYDAY=SUN: write days of MO TU WE TH FR SA SU, or such as 1MO for the first Monday and -1FR for the last Friday",
        ),
        (
            "FREQ=MONTHLY;BYDAY=0MO",
            "BYDAY=0MO: write days of MO TU WE TH FR SA SU, or such as 1MO for the first Monday and -1FR for the last Friday",
        ),
        ("FREQ=WEEKLY;WKST=SUNDAY", "WKST=SUNDAY: write a day of MO TU WE TH FR SA SU"),
        (
            "FREQ=WEEKLY;BYDAY=1SU",
            "a number in BYDAY, such as 1MO, goes with FREQ=MONTHLY or YEARLY only, and not with BYWEEKNO",
        ),
        (
            "FREQ=YEARLY;BYWEEKNO=9;BYDAY=1SU",
            "a number in BYDAY, such as 1MO, goes with FREQ=MONTHLY or YEARLY only, and not with BYWEEKNO",
        ),
        ("FREQ=YEARLY;BYWEEKNO=9", "BYWEEKNO needs BYDAY"),
        ("FREQ=MONTHLY;BYWEEKNO=9;BYDAY=MO", "BYWEEKNO does not go with FREQ=MONTHLY, only with YEARLY"),
        (
            "FREQ=WEEKLY;BYMONTHDAY=1",
            "BYMONTHDAY does not go with FREQ=WEEKLY, only with YEARLY or MONTHLY or DAILY or HOURLY or MINUTELY",
        ),
        (
            "FREQ=HOURLY;BYSETPOS=1",
            "BYSETPOS does not go with FREQ=HOURLY, only with YEARLY or MONTHLY or WEEKLY or DAILY",
        ),
        (
            "FREQ=DAILY;COUNT=2;UNTIL=20260101T000000",
            "COUNT and UNTIL exclude each other; leave one of them out",
        ),
        (
            "FREQ=DAILY;UNTIL=20260101",
            "UNTIL=20260101: write the last start with its time, such as 20261231T235959, or 20261231T235959Z in UTC",
        ),
        (
            "FREQ=DAILY;UNTIL=20261301T000000",
            "UNTIL=20261301T000000: write the last start with its time, such as 20261231T235959, or 20261231T235959Z in UTC",
        ),
        (
            f"{SUNDAYS}\nEXDATE:20260101T000000",
            "EXDATE does not belong into the rule: dates cannot be taken out; end the rule with `to` and begin another",
        ),
        (
            "DTSTART:20260101T000000\nRRULE:FREQ=DAILY",
            "DTSTART does not belong into the rule: write the start as `from`",
        ),
        (
            "DTSTART;TZID=Europe/Berlin:20260101T000000",
            "DTSTART does not belong into the rule: write the start as `from`",
        ),
        ("FREQ=DAILY;TZID=Europe/Berlin", "TZID does not belong into the rule: write the zone as `timezone`"),
        (
            "FREQ=DAILY;RDATE=20260101",
            "RDATE does not belong into the rule: write the date as an exclusion of its own, with `from` and `to`",
        ),
        ("FREQ=DAILY\nFREQ=WEEKLY", "a rule is one line, parts with `;` between them"),
    ],
)
def test_a_mistake_in_the_rule_is_told(rule: str, says: str) -> None:
    assert refusal(rule) == says


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (
            "FREQ=WEEKLY;BYDAY=SU",
            "takes BYHOUR and BYMINUTE and BYSECOND from its start: write them, or give `from`",
        ),
        (
            "FREQ=WEEKLY;BYDAY=SU;BYHOUR=2",
            "takes BYMINUTE and BYSECOND from its start: write them, or give `from`",
        ),
        (f"FREQ=WEEKLY;{AT_TWO}", "takes BYDAY from its start: write it, or give `from`"),
        (f"FREQ=MONTHLY;{AT_TWO}", "takes BYMONTHDAY from its start: write it, or give `from`"),
        (f"FREQ=YEARLY;{AT_TWO}", "takes BYMONTH and BYMONTHDAY from its start: write them, or give `from`"),
        (f"FREQ=YEARLY;BYMONTH=3;{AT_TWO}", "takes BYMONTHDAY from its start: write it, or give `from`"),
        ("FREQ=HOURLY", "takes BYMINUTE and BYSECOND from its start: write them, or give `from`"),
        ("FREQ=MINUTELY", "takes BYSECOND from its start: write it, or give `from`"),
        (f"{SUNDAYS};INTERVAL=2", "counts from its start: give `from`"),
        (f"{SUNDAYS};COUNT=2", "counts from its start: give `from`"),
    ],
)
def test_ruling_41_a_rule_that_leans_on_its_start_needs_one(rule: str, says: str) -> None:
    assert refusal(rule, since=None) == f"{rule} {says}"
    assert recurring(rule, HOUR, "UTC", SINCE).since == SINCE


@pytest.mark.parametrize(
    "rule",
    [
        f"FREQ=YEARLY;BYYEARDAY=366;{AT_TWO}",
        f"FREQ=YEARLY;BYMONTHDAY=1;{AT_TWO}",
        f"FREQ=YEARLY;BYWEEKNO=53;BYDAY=SU;{AT_TWO}",
        f"FREQ=YEARLY;BYDAY=-1SU;{AT_TWO}",
        f"FREQ=MONTHLY;BYDAY=1SU;{AT_TWO}",
        f"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;{AT_TWO}",
        "FREQ=MINUTELY;BYSECOND=30",
        "FREQ=DAILY;BYHOUR=2;BYMINUTE=0;BYSECOND=0,30;BYSETPOS=1",
    ],
)
def test_a_rule_that_names_all_that_it_needs_does_without_a_start(rule: str) -> None:
    assert (
        recurring(rule, HOUR, "UTC").spans(SINCE, SINCE + 3000 * DAY if "YEARLY" in rule else SINCE + DAY)
        is not None
    )


@pytest.mark.parametrize(
    "rule",
    [
        f"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;{AT_TWO}",
        f"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;{AT_TWO}",
        "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30;BYSECOND=0",
        f"FREQ=MONTHLY;BYDAY=6MO;{AT_TWO}",
        f"FREQ=DAILY;{AT_TWO};BYSETPOS=2",
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=HOURLY;INTERVAL=6;BYHOUR=1",
        "FREQ=MINUTELY;INTERVAL=1440;BYHOUR=3",
        "FREQ=MINUTELY;INTERVAL=60;BYHOUR=3;BYMINUTE=1",
        "FREQ=HOURLY;INTERVAL=7;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MINUTELY;INTERVAL=1441;BYMONTH=6;BYMONTHDAY=31",
    ],
)
def test_a_rule_that_can_never_fire_is_refused(rule: str) -> None:
    assert refusal(rule) == f"{rule} never fires: no date is all that it asks for"


@pytest.mark.parametrize(
    ("rule", "until"),
    [
        (f"{SUNDAYS};UNTIL=20250104T235959", None),
        (f"{SUNDAYS};UNTIL=20200101T000000Z", None),
        (SUNDAYS, at_utc("2025-01-05T02:00")),
    ],
)
def test_a_rule_that_ends_before_its_first_time_is_refused(rule: str, until: int | None) -> None:
    assert refusal(rule, until=until) == f"{rule} never fires: it ends before its first time"
    assert recurring(SUNDAYS, HOUR, "UTC", SINCE, at_utc("2025-01-05T02:00") + 1).until is not None


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MINUTELY;BYSECOND=0,30",
        "FREQ=DAILY;BYHOUR=2;BYMINUTE=0;BYSECOND=0,1",
        "FREQ=DAILY;BYHOUR=2;BYMINUTE=0,1;BYSECOND=0,50;BYSETPOS=2,3",
    ],
)
def test_a_rule_that_fires_more_than_once_a_minute_is_refused(rule: str) -> None:
    assert refusal(rule) == f"{rule} fires more than once a minute; give BYSECOND one value"


def test_lengths_bounds_and_zones_are_checked() -> None:
    assert refusal(SUNDAYS, 0) == "the duration must be longer than nothing"
    assert refusal(SUNDAYS, -1) == "the duration must be longer than nothing"
    assert refusal(SUNDAYS, 365 * DAY + 1) == "the duration must not be longer than a year, 365d"
    assert refusal(SUNDAYS, until=SINCE) == "`to` must be later than `from`"
    assert refusal(SUNDAYS, since=at_utc("1899-12-31")) == "`from` must not lie before the year 1900"
    assert refusal(SUNDAYS, zone="Europe/Berln") == (
        "`Europe/Berln` is not a time zone; did you mean `Europe/Berlin`?"
    )
    assert recurring(SUNDAYS, 365 * DAY, "UTC").duration == 365 * DAY


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ("FREQ=HOURLY;BYHOUR=8,9;BYMINUTE=0;BYSECOND=0", "BYHOUR"),
        ("FREQ=HOURLY;BYDAY=SU;BYMINUTE=0;BYSECOND=0", "BYDAY"),
        ("FREQ=MINUTELY;BYMONTH=2;BYSECOND=0", "BYMONTH"),
    ],
)
def test_ruling_41_hours_and_days_of_a_rule_in_utc_are_refused_for_another_zone(rule: str, part: str) -> None:
    assert refusal(rule, zone="Europe/Berlin") == (
        f"FREQ={rule[5:].partition(';')[0]} counts in UTC, {part} too; for Europe/Berlin write FREQ=DAILY with"
        " BYHOUR, else `timezone: UTC`"
    )
    assert recurring(rule, HOUR, "UTC").rule == rule


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            ["FREQ", "=", ";", ",", "DAILY", "BYDAY", "UNTIL", "-1", "MO", "20260101T000000Z", "٣"]
        )
    ).map("".join)
)
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        assert read(text).frequency in text.upper()
    except ValueError as refused:
        assert "\n" not in str(refused)  # noqa: PT017 -- either is right
