"""How often the report of a running period is written."""

from datetime import date

import pytest

from exporter.sla.rhythm import Rhythm
from exporter.timeline.calendar import Calendar
from exporter.units import format_instant, parse_instant

BERLIN = Calendar("quarter", "Europe/Berlin")
FROM_THE_MIDDLE = Calendar("quarter", "UTC", date(2026, 8, 15))


@pytest.mark.parametrize(
    ("rhythm", "calendar", "at", "latest"),
    [
        (Rhythm.DAILY, BERLIN, "2026-10-26T12:00:00Z", "2026-10-25T23:00:00Z"),
        (Rhythm.DAILY, BERLIN, "2026-10-25T22:59:59Z", "2026-10-24T22:00:00Z"),  # a day of 25 hours
        (Rhythm.WEEKLY, BERLIN, "2026-10-26T12:00:00Z", "2026-10-25T23:00:00Z"),
        (Rhythm.WEEKLY, BERLIN, "2026-10-25T22:59:59Z", "2026-10-18T22:00:00Z"),
        (Rhythm.WEEKLY, FROM_THE_MIDDLE, "2026-10-26T00:00:00Z", "2026-10-26T00:00:00Z"),
        (Rhythm.MONTHLY, BERLIN, "2026-10-31T23:00:00Z", "2026-10-31T23:00:00Z"),
        (Rhythm.MONTHLY, FROM_THE_MIDDLE, "2026-11-14T23:59:59Z", "2026-10-15T00:00:00Z"),
    ],
)
def test_the_latest_start(rhythm: Rhythm, calendar: Calendar, at: str, latest: str) -> None:
    assert format_instant(rhythm.latest(calendar, parse_instant(at))) == latest


def test_what_lies_within_a_period_is_shorter_than_it() -> None:
    units = ("week", "month", "quarter", "year")
    assert {each.value: [unit for unit in units if each.is_within(unit)] for each in Rhythm} == {
        "daily": ["week", "month", "quarter", "year"],
        "weekly": ["month", "quarter", "year"],
        "monthly": ["quarter", "year"],
    }
