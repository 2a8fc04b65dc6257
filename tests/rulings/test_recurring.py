"""Ruling 41 through the record: when a rule of the configuration recurs, in the nights in which clocks change above all."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from exporter.errors import ConfigError
from exporter.units import parse_instant
from tests.support.past import Past, config_text, load_text

HOUR, DAY = 3_600_000, 86_400_000

MakePast = Callable[..., Past]


def ruled(rule: str, zone: str, duration: str = "1h", more: str = "") -> str:
    return (
        config_text("interval: 1h")
        + f"exclusions:\n  - {{name: patching, category: maintenance, services: [shop], timezone: {zone},"
        f" duration: {duration}, rrule: '{rule}'{more}}}\n"
    )


def excluded(past: Past, first: str, days: int) -> list[tuple[str, float]]:
    """Start, in UTC, and hours of each exclusion in the days from an instant on."""
    start = parse_instant(first)
    if not past.store.exists():
        past.bring([("S", start - DAY)])
    window = days * DAY
    lines = past.pose(start + window, window=window).explain(window)["intervals"]
    return [(each["from"], each["seconds"] / 3600) for each in lines if each["state"] == "excluded"]


DAILY = "FREQ=DAILY;BYHOUR={};BYMINUTE={};BYSECOND=0"


@pytest.mark.parametrize(
    ("rule", "zone", "first", "spans"),
    [
        # 02:00 is there in both nights but one: 2025-03-30 has none in Berlin, and it is taken as 03:00 there.
        (DAILY.format(2, 0), "Europe/Berlin", "2025-03-29T00:00:00Z",
         ["2025-03-29T01:00:00Z", "2025-03-30T01:00:00Z", "2025-03-31T00:00:00Z"]),
        # 02:30 does not exist: with the offset before the gap it is 03:30.
        (DAILY.format(2, 30), "Europe/Berlin", "2025-03-29T00:00:00Z",
         ["2025-03-29T01:30:00Z", "2025-03-30T01:30:00Z", "2025-03-31T00:30:00Z"]),
        # 02:30 exists twice: the first.
        (DAILY.format(2, 30), "Europe/Berlin", "2025-10-25T00:00:00Z",
         ["2025-10-25T00:30:00Z", "2025-10-26T00:30:00Z", "2025-10-27T01:30:00Z"]),
        # Midnight does not exist in Santiago: the first instant of the day.
        (DAILY.format(0, 0), "America/Santiago", "2025-09-06T00:00:00Z",
         ["2025-09-06T04:00:00Z", "2025-09-07T04:00:00Z", "2025-09-08T03:00:00Z"]),
        (DAILY.format(0, 0), "Africa/Cairo", "2025-04-24T12:00:00Z",
         ["2025-04-24T22:00:00Z", "2025-04-25T21:00:00Z", "2025-04-26T21:00:00Z"]),
        (DAILY.format(0, 0), "Asia/Beirut", "2025-03-29T12:00:00Z",
         ["2025-03-29T22:00:00Z", "2025-03-30T21:00:00Z", "2025-03-31T21:00:00Z"]),
    ],
)  # fmt: skip
def test_ruling_41_a_rule_runs_on_the_wall_clock_and_lasts_as_long_as_it_says(
    make_past: MakePast, rule: str, zone: str, first: str, spans: list[str]
) -> None:
    """An hour each, as it passes: never two, and never none."""
    assert excluded(make_past(text=ruled(rule, zone)), first, 3) == [(each, 1) for each in spans]


@pytest.mark.parametrize(
    ("first", "hours"),
    [("2025-03-29T12:00:00Z", 1), ("2025-10-25T12:00:00Z", 1), ("2025-06-01T12:00:00Z", 1)],
)
def test_maintenance_from_02_00_for_an_hour_excludes_one_hour_in_any_night(
    make_past: MakePast, first: str, hours: int
) -> None:
    """A window of 02:00-03:00 in Berlin, also where clocks skip it and where they show it twice."""
    past = make_past(text=ruled(DAILY.format(2, 0), "Europe/Berlin"))
    assert [length for _, length in excluded(past, first, 1)] == [hours]


def test_ruling_41_a_duration_is_the_time_that_passes(make_past: MakePast) -> None:
    """From 23:00 for six hours over the night in which clocks go back: it ends at 04:00, not at 05:00."""
    past = make_past(text=ruled(DAILY.format(23, 0), "Europe/Berlin", "6h"))
    assert excluded(past, "2025-10-25T12:00:00Z", 1) == [("2025-10-25T21:00:00Z", 6)]


def test_ruling_41_hourly_rules_run_in_utc_and_skip_nothing(make_past: MakePast) -> None:
    """In the night in which local clocks show 02:00 twice there are 24 half hours in 24 h all the same."""
    past = make_past(text=ruled("FREQ=HOURLY;BYMINUTE=15;BYSECOND=0", "Europe/Berlin", "30m"))
    start = datetime.fromisoformat("2025-10-25T12:15:00+00:00")
    hours = [(start + timedelta(hours=each)).strftime("%Y-%m-%dT%H:%M:%SZ") for each in range(24)]
    assert excluded(past, "2025-10-25T12:00:00Z", 1) == [(each, 0.5) for each in hours]


@pytest.mark.parametrize(
    ("rule", "lacks"),
    [
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;BYHOUR=2;BYMINUTE=0;BYSECOND=0", "counts from its start"),
        ("FREQ=DAILY;COUNT=3;BYHOUR=2;BYMINUTE=0;BYSECOND=0", "counts from its start"),
        ("FREQ=WEEKLY;BYDAY=SU", "from its start"),
        ("FREQ=WEEKLY;BYHOUR=2;BYMINUTE=0;BYSECOND=0", "from its start"),
    ],
)
def test_ruling_41_a_rule_that_leans_on_its_start_must_give_it(tmp_path: Path, rule: str, lacks: str) -> None:
    """Else it would recur at the second of asking, or change its phase with every restart."""
    with pytest.raises(ConfigError) as caught:
        load_text(tmp_path, ruled(rule, "UTC"))
    [problem] = caught.value.problems
    assert lacks in problem.message
    assert "give `from`" in problem.message
    load_text(tmp_path, ruled(rule, "UTC", more=", from: 2025-01-05T02:00"))


def test_ruling_41_every_second_week_keeps_its_phase_whenever_it_is_asked(make_past: MakePast) -> None:
    rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;BYHOUR=2;BYMINUTE=0;BYSECOND=0"
    past = make_past(text=ruled(rule, "UTC", more=", from: 2025-01-05T00:00"))
    assert excluded(past, "2025-01-05T00:00:00Z", 28) == [
        ("2025-01-05T02:00:00Z", 1),
        ("2025-01-19T02:00:00Z", 1),
    ]
    assert excluded(past, "2025-01-13T00:00:41Z", 20) == [("2025-01-19T02:00:00Z", 1)]
