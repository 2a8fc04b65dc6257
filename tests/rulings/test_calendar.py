"""Rule 7, ruling 31 and worked example 22 through the record: periods of the calendar, in any zone."""

from collections.abc import Callable
from fractions import Fraction

import pytest

from exporter.slo.ratio import fraction
from exporter.units import parse_instant
from tests.support.entered import exclude
from tests.support.past import Past, config_text, steady

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000

MakePast = Callable[..., Past]


def calendar(unit: str, zone: str = "UTC", anchor: str = "", per_cent: str = "99.9") -> str:
    keys = f"calendar: {unit}, timezone: {zone}{anchor and ', anchor: ' + anchor}"
    return config_text("interval: 1h", f"window: {{{keys}}}").replace(
        "objective: 99.9", f"objective: {per_cent}"
    )


def hourly(past: Past, first: str, last: str, down: str = "", until: str = "") -> None:
    """Up each hour of [first, last), down in [down, until)."""
    start, end = map(parse_instant, (first, last))
    outage = range(parse_instant(down), parse_instant(until)) if down else range(0)
    past.bring(("F" if at in outage else "S", at) for _, at in steady("S", start, end, HOUR))


@pytest.mark.parametrize(
    ("unit", "zone", "anchor", "asked", "start", "end"),
    [
        ("month", "UTC", "", "2026-11-01T00:00:00Z", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"),
        ("month", "UTC", "", "2026-11-01T00:00:00.001Z", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"),
        ("week", "UTC", "", "2026-11-02T00:00:00Z", "2026-10-26T00:00:00Z", "2026-11-02T00:00:00Z"),
        ("week", "UTC", "", "2026-11-02T00:00:01Z", "2026-11-02T00:00:00Z", "2026-11-09T00:00:00Z"),
        # An anchor on the 31st is clipped to the month's last day, and is the 31st again afterwards.
        ("month", "UTC", "2026-01-31", "2026-03-01T00:00:00Z", "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"),
        ("month", "UTC", "2026-01-31", "2026-04-01T00:00:00Z", "2026-03-31T00:00:00Z", "2026-04-30T00:00:00Z"),
        ("quarter", "UTC", "2025-11-30", "2026-03-01T00:00:00Z", "2026-02-28T00:00:00Z", "2026-05-30T00:00:00Z"),
        ("year", "UTC", "2024-02-29", "2026-01-01T00:00:00Z", "2025-02-28T00:00:00Z", "2026-02-28T00:00:00Z"),
        ("year", "UTC", "2024-02-29", "2028-03-01T00:00:00Z", "2028-02-29T00:00:00Z", "2029-02-28T00:00:00Z"),
        # Months in which clocks change have 743 and 745 hours.
        ("month", "Europe/Berlin", "", "2026-03-20T00:00:00Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"),
        ("month", "Europe/Berlin", "", "2026-10-20T00:00:00Z", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"),
    ],
)  # fmt: skip
def test_ruling_31_the_period_is_the_one_that_holds_the_last_millisecond_before_the_instant(  # noqa: PLR0917 -- as many as there are
    make_past: MakePast, unit: str, zone: str, anchor: str, asked: str, start: str, end: str
) -> None:
    """So that the instant of its end shows it whole; its parts add up to it."""
    past = make_past(text=calendar(unit, zone, anchor))
    at = parse_instant(asked)
    past.bring([("S", at - 400 * DAY)])
    answer = past.ask(at)
    assert answer["period"] == {"start": start, "end": end}
    assert answer["window"] == {"start": start, "end": asked}
    whole = parse_instant(end) - parse_instant(start)
    assert past.figures(at).allowed_ms == Fraction(whole, 1000)
    assert sum(past.figures(at).tally[:4]) == at - parse_instant(start)


@pytest.mark.parametrize(
    ("unit", "zone", "asked", "per_cent", "seconds", "allowed"),
    [
        ("month", "UTC", "2024-03-01T00:00:00Z", "99.95", 2_505_600, "1252.8"),
        ("quarter", "America/New_York", "2026-04-01T04:00:00Z", "99.95", 7_772_400, "3886.2"),
    ],
)
def test_example_22_seconds_of_a_leap_february_and_of_a_quarter_with_a_short_day(  # noqa: PLR0917 -- as many as there are
    make_past: MakePast, unit: str, zone: str, asked: str, per_cent: str, seconds: int, allowed: str
) -> None:
    past = make_past(text=calendar(unit, zone, per_cent=per_cent))
    at = parse_instant(asked)
    past.bring(steady("S", at - 100 * DAY, at, HOUR))
    found = past.figures(at)
    assert found.tally == (seconds * SECOND, 0, 0, 0, 0)
    assert found.allowed_ms / 1000 == Fraction(allowed)
    assert past.ask(at)["error_budget"]["allowed_seconds"] == float(allowed)


def test_ruling_31_seconds_and_sli_are_of_the_time_so_far_and_the_budget_of_the_whole_period(
    make_past: MakePast,
) -> None:
    """Ten days of November with an hour down at 99 %: 7.2 h allowed, 6.2 left; spent at 5/12 of the sustainable pace."""
    past = make_past(text=calendar("month", per_cent="99"))
    hourly(
        past, "2026-10-01T00:00:00Z", "2026-11-11T00:00:00Z", "2026-11-05T00:00:00Z", "2026-11-05T01:00:00Z"
    )
    at = parse_instant("2026-11-11T00:00:00Z")
    found, answer = past.figures(at), past.ask(at)
    assert found.tally == (239 * HOUR, HOUR, 0, 0, 0)
    assert fraction(found.sli) == Fraction(239, 240)
    assert fraction(found.coverage) == 1
    assert found.allowed_ms == Fraction(72 * HOUR, 10)
    assert found.remaining_ms == Fraction(62 * HOUR, 10)
    assert fraction(found.remaining_ratio) == Fraction(62, 72)
    assert fraction(found.pace) == Fraction(10, 72) * 3
    assert answer["met"] is True
    assert answer["window"]["end"] == "2026-11-11T00:00:00Z"
    assert answer["period"] == {"start": "2026-11-01T00:00:00Z", "end": "2026-12-01T00:00:00Z"}


def test_ruling_31_a_new_period_begins_with_the_whole_budget(make_past: MakePast) -> None:
    """The outage of the month before has no part in it, at the first millisecond already."""
    past = make_past(text=calendar("month"))
    hourly(
        past, "2026-10-01T00:00:00Z", "2026-11-11T00:00:00Z", "2026-10-31T00:00:00Z", "2026-11-01T00:00:00Z"
    )
    edge = parse_instant("2026-11-01T00:00:00Z")
    assert past.figures(edge).tally.down == DAY
    assert past.figures(edge).met is False
    first = past.figures(edge + 1)
    assert first.tally == (1, 0, 0, 0, 0)
    assert fraction(first.remaining_ratio) == 1


def test_ruling_31_known_exclusions_that_are_still_to_come_lower_the_budget(make_past: MakePast) -> None:
    """Six hours of the 20th, asked on the 11th: none of them is in the seconds, all of them in what is allowed."""
    past = make_past(text=calendar("month", per_cent="99"))
    hourly(past, "2026-10-01T00:00:00Z", "2026-11-11T00:00:00Z")
    at = parse_instant("2026-11-11T00:00:00Z")
    start = parse_instant("2026-11-20T00:00:00Z")
    correction = exclude(past, start, start + 6 * HOUR, now=at, planned=True)
    assert len(correction.moves) == 1
    found = past.figures(at)
    assert found.tally.excluded == 0
    assert found.allowed_ms == Fraction(714 * HOUR, 100)


def test_ruling_31_closed_periods_are_told_the_latest_first_for_as_long_as_history_is_kept(
    make_past: MakePast,
) -> None:
    past = make_past(text=calendar("month"))
    hourly(
        past, "2026-08-15T00:00:00Z", "2026-11-11T00:00:00Z", "2026-09-10T00:00:00Z", "2026-09-10T03:00:00Z"
    )
    periods = list(past.pose(parse_instant("2026-11-11T00:00:00Z")).periods())
    assert [each["window"]["start"] for each in periods] == [
        "2026-10-01T00:00:00Z",
        "2026-09-01T00:00:00Z",
        "2026-08-01T00:00:00Z",
    ]
    assert [each["seconds"]["down"] for each in periods] == [0, 3 * 3600, 0]
    assert [each["met"] for each in periods] == [True, False, True]
    assert periods[2]["coverage"] == 17 / 31


def test_rule_7_budgets_of_rolling_windows_come_back_and_those_of_periods_do_not(make_past: MakePast) -> None:
    """An hour down on the 1st: 30 days later it has left the rolling window, and is still in the month."""
    text = calendar("month").replace("window", "name: month, window") + (
        "      - {name: rolling, objective: 99.9, window: 30d}\n"
    )
    past = make_past(text=text)
    hourly(
        past, "2026-09-01T00:00:00Z", "2026-11-01T00:00:00Z", "2026-10-01T00:00:00Z", "2026-10-01T01:00:00Z"
    )
    at = parse_instant("2026-10-31T01:00:00Z")
    month, rolling = past.figures(at), past.figures(at, slo=1)
    assert (month.tally.down, rolling.tally.down) == (HOUR, 0)
    assert past.figures(at - 1, slo=1).tally.down == 1, "millisecond by millisecond"
