"""Durations, per cent, sizes and instants: exact, floored, and refused with a cure."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter import units

LENGTHS = st.integers(min_value=0, max_value=10_000 * units.DAY)
INSTANTS = st.integers(min_value=-62_135_596_800_000, max_value=253_402_300_799_999)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("250ms", 250),
        ("15s", 15_000),
        ("5m", 300_000),
        ("1h", 3_600_000),
        ("30d", 2_592_000_000),
        ("4w", 2_419_200_000),
        ("1y", 31_536_000_000),
        ("1h30m", 5_400_000),
        ("1d2h3m4s5ms", 93_784_005),
        (" 15s ", 15_000),
        ("0", 0),
        ("0s", 0),
        ("1.5h", 5_400_000),
        ("0.0019s", 1),
        ("0.29s", 290),
    ],
)
def test_reads_durations_as_prometheus_does(text: str, milliseconds: int) -> None:
    assert units.parse_duration(text) == milliseconds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("15", "`15` has no unit; write 15s for seconds"),
        ("", "`` is not a duration; write 250ms, 15s, 5m, 1h30m or 30d"),
        ("30m1h", "`30m1h` is not a duration; write 250ms, 15s, 5m, 1h30m or 30d"),
        ("1h1h", "`1h1h` is not a duration; write 250ms, 15s, 5m, 1h30m or 30d"),
        ("-5s", "`-5s` is not a duration; write 250ms, 15s, 5m, 1h30m or 30d"),
        ("5 minutes", "`5 minutes` is not a duration; write 250ms, 15s, 5m, 1h30m or 30d"),
        ("\u0661s", "`\u0661s` is not a duration; write 250ms, 15s, 5m, 1h30m or 30d"),
    ],
)
def test_refuses_what_is_no_duration_and_shows_how_to_write_one(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 -- the whole text is compared
        units.parse_duration(text)
    assert str(caught.value) == message


@given(LENGTHS)
def test_a_written_duration_reads_back_to_the_millisecond(length: int) -> None:
    assert units.parse_duration(units.format_duration(length)) == length


@given(LENGTHS)
def test_a_described_duration_is_exact_too(length: int) -> None:
    assert units.parse_duration(units.describe_duration(length).replace(" ", "")) == length


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "0s"),
        (999, "0s"),
        (-1, "-1s"),
        (59_999, "59s"),
        (-59_001, "-1m"),
        (200_000, "3m 20s"),
        (3_659_000, "1h"),
        (86_405_000, "1d"),
        (-86_405_000, "-1d 1h"),
        (-9_528_000, "-2h 39m"),
        (-3_599_001, "-1h"),
        (-86_399_999, "-1d"),
        (-82_800_001, "-23h 1m"),
        (400 * units.DAY, "400d"),
    ],
)
def test_a_length_is_said_briefly_in_its_largest_unit_and_the_next_floored(
    milliseconds: int, text: str
) -> None:
    assert units.describe_briefly(milliseconds) == text


@given(st.integers(min_value=-400 * units.DAY, max_value=400 * units.DAY))
def test_what_is_said_briefly_is_below_by_less_than_its_finer_unit(length: int) -> None:
    text = units.describe_briefly(length)
    said = units.parse_duration(text.lstrip("-").replace(" ", "")) * (-1 if text[0] == "-" else 1)
    whole = [units.SECOND, units.MINUTE, units.HOUR, units.DAY]
    largest = max((place for place, size in enumerate(whole) if abs(length) >= size), default=0)
    finer = whole[max(0, largest - 1)]
    assert said % finer == 0
    assert 0 <= length - said < finer
    assert 1 <= len(text.split()) <= 2


@given(st.decimals(min_value=0, max_value=10**9, places=6, allow_nan=False))
def test_decimals_are_floored_from_their_text(number: Decimal) -> None:
    assert units.parse_duration(f"{number:f}s") == floor(Fraction(number) * 1000)


@pytest.mark.parametrize(
    ("milliseconds", "short", "described"),
    [
        (0, "0s", "0s"),
        (2_592_000_000, "30d", "30d"),
        (604_800_000, "7d", "7d"),
        (2_592_000, "43m12s", "43m 12s"),
        (259_200, "4m19s200ms", "4m 19s 200ms"),
        (5_400_000, "1h30m", "1h 30m"),
    ],
)
def test_writes_lengths_for_prometheus_and_for_people(milliseconds: int, short: str, described: str) -> None:
    assert units.format_duration(milliseconds) == short
    assert units.describe_duration(milliseconds) == described


def test_a_spent_budget_is_described_with_its_sign_and_never_written_as_a_duration() -> None:
    assert units.describe_duration(-61_000) == "-1m 1s"
    with pytest.raises(ValueError, match="never negative"):
        units.format_duration(-1)


@pytest.mark.parametrize("text", ["99.9", "99.9%", " 99.9 % ", "99.90"])
def test_an_objective_is_an_exact_ratio(text: str) -> None:
    assert units.parse_percent(text) == Fraction(999, 1000)


def test_what_is_shown_of_an_objective_is_what_was_written_without_the_sign() -> None:
    assert [units.percent_text(text) for text in ("99.90", "99.9 %", "99.9%")] == ["99.90", "99.9", "99.9"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0.999", "`0.999` looks like a ratio; objectives are per cent: did you mean 99.9?"),
        ("100", "`100` is not between 0 and 100 per cent, both excluded"),
        ("100%", "`100%` is not between 0 and 100 per cent, both excluded"),
        ("0", "`0` is not between 0 and 100 per cent, both excluded"),
        ("-1", "`-1` is not between 0 and 100 per cent, both excluded"),
        ("1e1", "`1e1` is not a number; write per cent, such as 99.9"),
        ("nan", "`nan` is not a number; write per cent, such as 99.9"),
        ("three nines", "`three nines` is not a number; write per cent, such as 99.9"),
    ],
)
def test_refuses_objectives_that_are_not_per_cent(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 -- the whole text is compared
        units.parse_percent(text)
    assert str(caught.value) == message


def test_a_sign_makes_a_small_objective_unambiguous() -> None:
    assert units.parse_percent("0.5%") == Fraction(1, 200)


def test_a_share_may_be_100_per_cent_where_that_is_said() -> None:
    assert units.parse_percent("100 %", whole=True) == 1
    with pytest.raises(ValueError, match="`0%` is not between 0 and 100 per cent, 0 excluded"):
        units.parse_percent("0%", whole=True)


@pytest.mark.parametrize(
    ("text", "length"), [("300ms", 300_000_000), ("2.5ms", 2_500_000), ("0.0000001ms", 0)]
)
def test_nanoseconds_keep_what_milliseconds_would_drop(text: str, length: int) -> None:
    assert units.parse_nanoseconds(text) == length


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (Fraction("0.999951"), "99.99 %"),
        (Fraction(1), "100 %"),
        (1 - Fraction(1, 10**15), "99.99 %"),
        (Fraction(0), "0 %"),
        (Fraction(1, 10**15), "0.00 %"),
        (Fraction(-1, 10**15), "-0.01 %"),
        (Fraction(-3, 2), "-150.00 %"),
        (Fraction(1, 2), "50.00 %"),
    ],
)
def test_per_cent_is_floored_and_never_rounds_up_to_all(ratio: Fraction, text: str) -> None:
    assert units.format_percent(ratio) == text


@given(st.fractions(min_value=-10, max_value=10), st.integers(min_value=0, max_value=6))
def test_shown_per_cent_is_below_the_ratio_by_less_than_its_last_place(ratio: Fraction, places: int) -> None:
    shown = Fraction(units.format_percent(ratio, places).removesuffix(" %"))
    assert 0 <= ratio * 100 - shown < Fraction(1, 10**places)


@pytest.mark.parametrize(
    ("text", "size"),
    [("1MiB", 1_048_576), ("64kB", 64_000), ("1024", 1024), ("1.5 KiB", 1536), ("10B", 10), ("2gib", 2**31)],
)
def test_reads_sizes(text: str, size: int) -> None:
    assert units.parse_size(text) == size


@pytest.mark.parametrize("text", ["", "1Mi B", "MiB", "-1", "1TB", "one"])
def test_refuses_what_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size; write 1024, 64KiB or 1MiB"):
        units.parse_size(text)


@given(st.integers(min_value=0, max_value=2**50))
def test_a_written_size_reads_back(size: int) -> None:
    assert units.parse_size(units.format_size(size)) == size


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-01T00:00:00Z", 1_793_491_200_000),
        ("2026-11-01T01:00:00+01:00", 1_793_491_200_000),
        ("2026-10-31 19:00:00.5-05:00", 1_793_491_200_500),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ("2016-12-31T23:59:59.9999Z", 1_483_228_799_999),
        ("1969-12-31T23:59:59.9Z", -100),
        ("1793491200", 1_793_491_200_000),
        ("1793491200.1239", 1_793_491_200_123),
        ("-0.0001", -1),
    ],
)
def test_reads_instants_floored_to_the_millisecond(text: str, milliseconds: int) -> None:
    assert units.parse_instant(text) == milliseconds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "2026-11-01 00:00:00",
            "`2026-11-01 00:00:00` has no time zone; write 2026-11-01T00:00:00Z for UTC, or +01:00",
        ),
        ("2026-02-29T00:00:00Z", "`2026-02-29T00:00:00Z` has a day that does not exist"),
        ("2026-02-01T24:00:00Z", "`2026-02-01T24:00:00Z` has a time of day that does not exist"),
        ("2026-02-01T00:00:61Z", "`2026-02-01T00:00:61Z` has a time of day that does not exist"),
        ("2026-02-01T00:00:00+24:00", "`2026-02-01T00:00:00+24:00` has a time zone that does not exist"),
        ("2026-02-01", "`2026-02-01` is not a time; write 2026-11-01T00:00:00Z or seconds since 1970"),
        ("yesterday", "`yesterday` is not a time; write 2026-11-01T00:00:00Z or seconds since 1970"),
        ("inf", "`inf` is not a time; write 2026-11-01T00:00:00Z or seconds since 1970"),
        (
            "9999-12-31T23:59:59-01:00",
            "`9999-12-31T23:59:59-01:00` is beyond the year 9999; write an earlier one",
        ),
        ("0001-01-01T00:00:00+01:00", "`0001-01-01T00:00:00+01:00` is before the year 1; write a later one"),
        ("-99999999999", "`-99999999999` is before the year 1; write a later one"),
        ("1793491200000", "`1793491200000` is beyond the year 9999; times are in seconds, not milliseconds"),
    ],
)
def test_refuses_what_is_no_instant(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 -- the whole text is compared
        units.parse_instant(text)
    assert str(caught.value) == message


@given(INSTANTS)
def test_a_written_instant_reads_back(instant: int) -> None:
    assert units.parse_instant(units.format_instant(instant)) == instant


@given(
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)),  # noqa: DTZ001 -- the zone follows
    st.integers(min_value=-1439, max_value=1439),
)
def test_zones_agree_with_the_standard_library(naive: datetime, minutes: int) -> None:
    instant = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    since = instant - datetime(1970, 1, 1, tzinfo=UTC)
    assert units.parse_instant(instant.isoformat()) == since // timedelta(milliseconds=1)


def test_an_overlong_text_is_shortened_in_the_message() -> None:
    with pytest.raises(ValueError, match=r"`x{40}\.\.\.` is not a duration"):
        units.parse_duration("x" * 500)


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (Fraction(1, 3), "33.33 %"),
        (Fraction(999_951, 1_000_000), "99.99 %"),
        (Fraction(41, 10_000_000), "0.0004 %"),
        (Fraction(1, 10**8), "0.000001 %"),
        (Fraction(1, 10**9), "0.00 %"),
        (Fraction(-1, 100_000), "-0.001 %"),
        (Fraction(0), "0 %"),
        (Fraction(1), "100 %"),
    ],
)
def test_a_small_share_is_written_with_the_digits_that_it_needs(ratio: Fraction, text: str) -> None:
    assert units.describe_share(ratio) == text
