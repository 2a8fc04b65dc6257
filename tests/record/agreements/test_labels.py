"""Periods by the names that people give them."""

from datetime import date

import pytest

from exporter.errors import UsageError
from exporter.record.agreements.labels import period_named
from exporter.timeline.calendar import Calendar
from exporter.units import format_instant, parse_instant
from tests.support.contracts import agreement

NOW = parse_instant("2026-11-26T12:00:00Z")


def named(text: str, calendar: Calendar) -> tuple[str, str]:
    start, end = period_named(text, [agreement(period=calendar)], NOW)
    return format_instant(start)[:10], format_instant(end)[:10]


@pytest.mark.parametrize(
    ("text", "unit", "span"),
    [
        ("2026-10", "month", ("2026-10-01", "2026-11-01")),
        ("last", "month", ("2026-10-01", "2026-11-01")),
        ("running", "month", ("2026-11-01", "2026-12-01")),
        ("2026-Q4", "quarter", ("2026-10-01", "2027-01-01")),
        ("2026-q1", "quarter", ("2026-01-01", "2026-04-01")),
        ("2026", "year", ("2026-01-01", "2027-01-01")),
        ("2026-10-08", "week", ("2026-10-05", "2026-10-12")),
    ],
)
def test_a_name_is_a_period(text: str, unit: str, span: tuple[str, str]) -> None:
    assert named(text, Calendar(unit)) == span


def test_a_month_from_the_fifteenth_is_that_which_begins_in_it() -> None:
    assert named("2026-10", Calendar("month", anchor=date(2026, 1, 15))) == ("2026-10-15", "2026-11-15")


@pytest.mark.parametrize(
    ("text", "unit", "form"),
    [
        ("october", "month", "2026-10"),
        ("2026-13", "month", "2026-10"),
        ("2026-10", "quarter", "2026-Q4"),
        ("0000", "year", "2026"),
        ("2026-02-30", "week", "2026-10-05"),
    ],
)
def test_what_is_no_name_is_told_with_one_that_is(text: str, unit: str, form: str) -> None:
    with pytest.raises(UsageError, match=f"is no {unit}; write {form}, last or running"):
        named(text, Calendar(unit))
