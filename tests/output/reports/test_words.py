"""Figures, money and times as a reader wants them."""

import pytest

from exporter.output.reports.document import PeriodPart
from exporter.output.reports.words import Times, money, per_cent
from exporter.units import HOUR, MINUTE


def times(label: str) -> Times:
    period: PeriodPart = {
        "label": label,
        "start": "2026-10-01T00:00:00Z",
        "end": "2026-11-01T00:00:00Z",
        "seconds": 0,
        "state": "closed",
        "until": "2026-11-01T00:00:00Z",
        "whole": {"start": "", "end": ""},
    }
    return Times.of(period)


@pytest.mark.parametrize(
    ("figure", "shown"),
    [
        ("99.950000", "99.95 %"),
        ("99.999999", "99.999999 %"),
        ("100.000000", "100 %"),
        ("10.000000", "10 %"),
        ("0.000000", "0.000000 %"),
        (None, "no data"),
    ],
)
def test_figures_lose_nothing_but_zeros(figure: str | None, shown: str) -> None:
    assert per_cent(figure) == shown


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("2400.00", "EUR", "2,400.00 EUR"),
        ("1234567", "JPY", "1,234,567 JPY"),
        ("0.125", "KWD", "0.125 KWD"),
        (None, "", "no fee agreed"),
    ],
)
def test_money_has_the_places_of_its_currency(amount: str | None, currency: str, shown: str) -> None:
    assert money(amount, currency) == shown


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("month/Europe/Berlin", "Europe/Berlin"),
        ("month/America/Argentina/Buenos_Aires/2026-01-15", "America/Argentina/Buenos_Aires"),
        ("week/UTC", "UTC"),
        ("month/Nowhere", "UTC"),
        ("month", "UTC"),
    ],
)
def test_times_are_of_the_period_s_zone(label: str, name: str) -> None:
    assert times(label).name == name


def test_the_hour_that_clocks_show_twice_is_told_apart() -> None:
    berlin = times("month/Europe/Berlin")
    assert berlin.text("2026-10-25T00:30:00Z") == "2026-10-25 02:30:00 CEST"
    assert berlin.text("2026-10-25T01:30:00.250Z") == "2026-10-25 02:30:00.250 CET"


def test_an_instant_may_be_milliseconds() -> None:
    cell = times("month/UTC").cell(HOUR + MINUTE)
    assert (cell.text, cell.machine) == ("1970-01-01 01:01:00 UTC", "1970-01-01T01:01:00Z")


def test_whole_days_are_told_as_days_and_others_as_instants() -> None:
    berlin = times("month/Europe/Berlin")
    assert berlin.days("2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z") == "2026-10-01 to 2026-10-31"
    assert (
        berlin.days("2026-09-30T22:00:00Z", "2026-10-31T22:00:00Z")
        == "2026-10-01 00:00:00 CEST to 2026-10-31 23:00:00 CET"
    )
