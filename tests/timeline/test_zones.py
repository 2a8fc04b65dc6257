"""Time zones: nights in which clocks skip or repeat an hour, names that are none, and the ends of time."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.timeline.spans import FOREVER
from exporter.timeline.zones import days_of, first_instant, instant_of, local_of, zone
from exporter.units import DAY, EARLIEST, HOUR, LATEST, MINUTE, SECOND, parse_instant

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Africa/Monrovia",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Pacific/Apia",
)

zones = st.sampled_from(ZONES)
instants = st.integers(parse_instant("1850-01-01T00:00:00Z"), parse_instant("2100-01-01T00:00:00Z"))

FIRST = datetime.fromisoformat("0001-01-01T00:00:00")
LAST = datetime.fromisoformat("9999-12-31T23:59:59.999999")

# Zone, what clocks show before they skip or repeat, what they show then, and when they do.
CHANGES = [
    ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T03:00", "2026-03-29T01:00:00Z"),
    ("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00", "2026-10-25T01:00:00Z"),
    ("America/New_York", "2026-03-08T02:00", "2026-03-08T03:00", "2026-03-08T07:00:00Z"),
    ("America/New_York", "2026-11-01T02:00", "2026-11-01T01:00", "2026-11-01T06:00:00Z"),
    # Half an hour.
    ("Australia/Lord_Howe", "2025-10-05T02:00", "2025-10-05T02:30", "2025-10-04T15:30:00Z"),
    ("Australia/Lord_Howe", "2025-04-06T02:00", "2025-04-06T01:30", "2025-04-05T15:00:00Z"),
    # Midnight does not exist; or clocks are back on the day before when they reach it.
    ("America/Santiago", "2025-09-07T00:00", "2025-09-07T01:00", "2025-09-07T04:00:00Z"),
    ("America/Santiago", "2025-04-06T00:00", "2025-04-05T23:00", "2025-04-06T03:00:00Z"),
    ("Africa/Cairo", "2024-04-26T00:00", "2024-04-26T01:00", "2024-04-25T22:00:00Z"),
    ("Africa/Cairo", "2024-11-01T00:00", "2024-10-31T23:00", "2024-10-31T21:00:00Z"),
    ("Asia/Beirut", "2024-03-31T00:00", "2024-03-31T01:00", "2024-03-30T22:00:00Z"),
    ("Asia/Beirut", "2024-10-27T00:00", "2024-10-26T23:00", "2024-10-26T21:00:00Z"),
    # Midnight is passed twice.
    ("America/St_Johns", "1999-10-31T00:01", "1999-10-30T23:01", "1999-10-31T02:31:00Z"),
    # A whole day does not exist.
    ("Pacific/Apia", "2011-12-30T00:00", "2011-12-31T00:00", "2011-12-30T10:00:00Z"),
    # By 44 minutes and a half.
    ("Africa/Monrovia", "1972-01-07T00:00:00", "1972-01-07T00:44:30", "1972-01-07T00:44:30Z"),
]
NIGHTS = [
    (name, datetime.fromisoformat(before), datetime.fromisoformat(then), parse_instant(at))
    for name, before, then, at in CHANGES
]
GAPS = [night for night in NIGHTS if night[1] < night[2]]
FOLDS = [night for night in NIGHTS if night[1] > night[2]]
MS = timedelta(milliseconds=1)


def milliseconds(length: timedelta) -> int:
    return length // MS


@pytest.mark.parametrize(("name", "before", "then", "at"), NIGHTS)
def test_clocks_show_one_time_up_to_a_change_and_another_from_it_on(
    name: str, before: datetime, then: datetime, at: int
) -> None:
    assert local_of(at - 1, zone(name)) == before - MS
    assert local_of(at, zone(name)) == then


@pytest.mark.parametrize(("name", "before", "then", "at"), GAPS)
def test_a_time_that_does_not_exist_is_taken_with_the_offset_before_the_gap(
    name: str, before: datetime, then: datetime, at: int
) -> None:
    where, gap = zone(name), then - before
    for since in (timedelta(0), MS, gap / 2, gap - MS):
        assert instant_of(before + since, where) == at + milliseconds(since)
        assert local_of(instant_of(before + since, where), where) == then + since


@pytest.mark.parametrize(("name", "before", "then", "at"), GAPS)
def test_all_that_begins_while_clocks_skip_begins_when_they_do(
    name: str, before: datetime, then: datetime, at: int
) -> None:
    where, gap = zone(name), then - before
    assert {first_instant(before + since, where) for since in (timedelta(0), MS, gap / 2, gap - MS, gap)} == {
        at
    }
    assert first_instant(before - MS, where) == instant_of(before - MS, where) == at - 1
    assert first_instant(then + MS, where) == instant_of(then + MS, where) == at + 1


@pytest.mark.parametrize(("name", "before", "then", "at"), FOLDS)
def test_of_a_time_that_exists_twice_the_first_is_taken(
    name: str, before: datetime, then: datetime, at: int
) -> None:
    where, fold = zone(name), before - then
    for left in (fold, fold / 2, MS):
        first = at - milliseconds(left)
        assert instant_of(before - left, where) == first_instant(before - left, where) == first
        assert local_of(first, where) == local_of(first + milliseconds(fold), where) == before - left


@pytest.mark.parametrize(("name", "before", "then", "at"), FOLDS)
def test_what_follows_a_repeated_time_exists_once(
    name: str, before: datetime, then: datetime, at: int
) -> None:
    where, end = zone(name), at + milliseconds(before - then)
    assert instant_of(before, where) == first_instant(before, where) == end
    assert local_of(end, where) == before


def test_half_past_two_in_the_night_without_it_is_half_past_three() -> None:
    berlin, half_past = zone("Europe/Berlin"), datetime.fromisoformat("2026-03-29T02:30")
    assert instant_of(half_past, berlin) == parse_instant("2026-03-29T03:30:00+02:00")
    assert first_instant(half_past, berlin) == parse_instant("2026-03-29T03:00:00+02:00")


def test_the_day_that_apia_skipped_begins_and_ends_at_once() -> None:
    apia = zone("Pacific/Apia")
    days = [datetime.fromisoformat(f"2011-12-{day}") for day in (29, 30, 31)]
    assert [first_instant(day, apia) for day in days] == [
        parse_instant(f"2011-12-{at}:00:00Z") for at in ("29T10", "30T10", "30T10")
    ]


def test_the_days_of_a_span_leave_no_gap_know_none_that_was_skipped_and_are_cut_by_it() -> None:
    start, skipped, end = (
        parse_instant(text)
        for text in ("2011-12-29T20:00:00Z", "2011-12-30T10:00:00Z", "2012-01-01T00:00:00Z")
    )
    days = [(start, skipped), (skipped, skipped + DAY), (skipped + DAY, end)]
    assert days_of((start, end), "Pacific/Apia") == days
    assert days_of((start, start), "Pacific/Apia") == []


@given(zones, instants, st.integers(0, 1))
def test_the_fold_of_a_local_time_means_nothing(name: str, at: int, fold: int) -> None:
    where = zone(name)
    local = local_of(at, where)
    assert local.fold == 0
    assert local.tzinfo is None
    assert instant_of(local.replace(fold=fold), where) == instant_of(local, where)
    assert first_instant(local.replace(fold=fold), where) == first_instant(local, where)


@given(zones, instants)
def test_a_time_that_clocks_have_shown_leads_back_to_the_first_instant_that_they_did(
    name: str, at: int
) -> None:
    where = zone(name)
    local = local_of(at, where)
    first = first_instant(local, where)
    assert first == instant_of(local, where) <= at
    assert local_of(first, where) == local


@given(st.sampled_from(NIGHTS), st.integers(-2 * HOUR, 26 * HOUR), st.integers(0, 2 * DAY))
def test_from_the_first_instant_on_and_never_before_clocks_show_a_time_or_a_later_one(
    night: tuple[str, datetime, datetime, int], after: int, earlier: int
) -> None:
    name, before, _, _ = night
    where, local = zone(name), before + after * MS
    first = first_instant(local, where)
    assert local_of(first, where) >= local
    assert local_of(first - 1, where) < local
    assert local_of(first - 1 - earlier, where) < local
    assert first <= instant_of(local, where)


@given(zones, instants, st.integers(0, 2 * DAY))
def test_a_later_time_never_begins_before_an_earlier_one(name: str, at: int, later: int) -> None:
    where = zone(name)
    local = local_of(at, where)
    assert first_instant(local, where) <= first_instant(local + later * MS, where)


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("beyond", [1, 15 * HOUR, 400 * 365 * DAY, FOREVER])
def test_beyond_what_can_be_written_clocks_show_the_first_or_last_time(name: str, beyond: int) -> None:
    assert local_of(EARLIEST - beyond, zone(name)) == FIRST
    assert local_of(LATEST - 1 + beyond, zone(name)) == LAST


def test_where_the_zone_is_beyond_it_clocks_show_the_first_or_last_time_a_little_earlier() -> None:
    berlin, new_york = zone("Europe/Berlin"), zone("America/New_York")
    assert local_of(LATEST - HOUR, berlin) == LAST
    assert local_of(LATEST - HOUR - 1, berlin) == LAST.replace(microsecond=999_000)
    assert local_of(EARLIEST, new_york) == FIRST
    assert local_of(LATEST - 1, new_york) == LAST.replace(hour=18, microsecond=999_000)


@pytest.mark.parametrize("name", ZONES)
def test_the_first_and_the_last_local_time_have_instants_within_a_day_of_both_ends(name: str) -> None:
    where = zone(name)
    for of in (instant_of, first_instant):
        assert abs(of(FIRST, where) - EARLIEST) < DAY
        assert abs(of(LAST, where) - LATEST) < DAY
    assert instant_of(FIRST, zone("UTC")) == EARLIEST
    assert instant_of(LAST, zone("UTC")) == LATEST - 1


def test_less_than_a_millisecond_is_floored() -> None:
    noon = datetime.fromisoformat("2026-06-01T12:00:00.001999")
    assert instant_of(noon, zone("UTC")) == first_instant(noon, zone("UTC"))
    assert instant_of(noon, zone("UTC")) == parse_instant("2026-06-01T12:00:00.001Z")
    assert instant_of(datetime.fromisoformat("1969-12-31T23:59:59.998999"), zone("UTC")) == -2


def test_zones_of_the_past_were_off_by_minutes_and_seconds() -> None:
    berlin = zone("Europe/Berlin")
    at = parse_instant("1890-01-01T00:00:00Z")
    assert local_of(at, berlin) == datetime.fromisoformat("1890-01-01T00:53:28")
    assert instant_of(datetime.fromisoformat("1890-01-01T00:53:28"), berlin) == at
    assert at - instant_of(datetime.fromisoformat("1890-01-01"), berlin) == 53 * MINUTE + 28 * SECOND


@pytest.mark.parametrize("name", [*ZONES, "Etc/GMT+12", "Pacific/Kiritimati", "America/Argentina/Ushuaia"])
def test_a_zone_is_found_by_its_name(name: str) -> None:
    assert zone(name).key == name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Europe/Berln", "`Europe/Berln` is not a time zone; did you mean `Europe/Berlin`?"),
        ("America/NewYork", "`America/NewYork` is not a time zone; did you mean `America/New_York`?"),
        ("utc+1", "`utc+1` is not a time zone; did you mean `UTC`?"),
        # A city alone, in any case, with spaces.
        ("Berlin", "`Berlin` is not a time zone; did you mean `Europe/Berlin`?"),
        ("lord howe", "`lord howe` is not a time zone; did you mean `Australia/Lord_Howe`?"),
        (" Apia ", "`Apia` is not a time zone; did you mean `Pacific/Apia`?"),
        ("ushuaia", "`ushuaia` is not a time zone; did you mean `America/Argentina/Ushuaia`?"),
        # Days of zones with leap seconds are not 86,400 s long, whether or not the machine has them.
        ("right/Europe/Berlin", "`right/Europe/Berlin` is not a time zone; did you mean `Europe/Berlin`?"),
        # Paths that are no names, and a directory.
        ("../etc/passwd", "`../etc/passwd` is not a time zone; write an IANA name such as Europe/Berlin"),
        ("/etc/hosts", "`/etc/hosts` is not a time zone; write an IANA name such as Europe/Berlin"),
        (
            "America/Argentina",
            "`America/Argentina` is not a time zone; did you mean `America/Argentina/Salta`?",
        ),
        ("tzdata.zi", "`tzdata.zi` is not a time zone; write an IANA name such as Europe/Berlin"),
        # Files that are another zone on each machine.
        ("localtime", "`localtime` is not a time zone; write an IANA name such as Europe/Berlin"),
        ("posixrules", "`posixrules` is not a time zone; write an IANA name such as Europe/Berlin"),
        # A message is one line.
        ("Europe/\nBerlin", "`Europe/ Berlin` is not a time zone; did you mean `Europe/Berlin`?"),
        # Nothing that a zone is called.
        ("", "`` is not a time zone; write an IANA name such as Europe/Berlin"),
        ("Nowhere at all", "`Nowhere at all` is not a time zone; write an IANA name such as Europe/Berlin"),
        ("\0", "`\0` is not a time zone; write an IANA name such as Europe/Berlin"),
        ("z" * 300, f"`{'z' * 300}` is not a time zone; write an IANA name such as Europe/Berlin"),
    ],
)
def test_what_is_no_zone_is_refused_with_the_one_that_was_meant(name: str, message: str) -> None:
    with pytest.raises(ValueError, match="is not a time zone") as refused:
        zone(name)
    assert str(refused.value) == message
    assert type(refused.value) is ValueError
