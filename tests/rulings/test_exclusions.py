"""Rule 3 and rulings 9, 20, 21, 32, 33 and 40 through the record: what does not count, for whom and why.

Smallest outages of agreements (the other half of ruling 33) are no part of this version.
"""

from collections.abc import Callable
from fractions import Fraction

import pytest

from exporter.slo.figures import figures
from exporter.slo.ratio import fraction
from exporter.slo.status import Status, status_at
from exporter.timeline.tally import State
from tests.support.entered import exclude, lasting, take_back
from tests.support.past import Past, config_text, steady

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
JANUARY = 1_735_689_600_000  # 2025-01-01T00:00:00Z, a Wednesday
UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN

MakePast = Callable[..., Past]


def minutes(past: Past, *down: tuple[int, int], days: int = 1) -> None:
    """A result a minute from January on, failures in the spans [first, beyond) of minutes."""
    failing = {minute for span in down for minute in range(*span)}
    past.bring(
        ("F" if minute in failing else "S", JANUARY + minute * MINUTE) for minute in range(days * 1440)
    )


def test_g7_what_fails_in_maintenance_is_excluded_and_not_downtime(make_past: MakePast) -> None:
    """A window of maintenance is configured and checks fail in it: half of the outage lies outside and counts."""
    past = make_past("interval: 1m")
    minutes(past, (60, 120))
    exact = past.figures(JANUARY + DAY)
    assert exact.tally[:4] == (DAY - HOUR, HOUR, 0, 0)
    past.reconfigure(
        lasting(
            config_text("interval: 1m"),
            "name: disks, category: maintenance, from: 2025-01-01T01:30:00Z, to: 2025-01-01T02:30:00Z",
        )
    )
    found = past.figures(JANUARY + DAY)
    assert found.tally[:4] == (DAY - 90 * MINUTE, 30 * MINUTE, HOUR, 0)
    assert fraction(found.sli) == Fraction(45, 46)
    assert found.allowed_ms == 23 * 3_600
    assert past.ask(JANUARY + DAY)["events"] == {"good": 1_350, "bad": 30, "excluded": 60}


def test_k6_a_day_of_maintenance_has_no_value_and_leaves_30_days_alone(make_past: MakePast) -> None:
    """24 h of MAINTENANCE, whatever was measured in it: no value over 24 h, never 0; 30 d read 1."""
    past = make_past("interval: 1m", "window: 30d")
    minutes(past, (1440, 2880), days=3)
    exclude(past, JANUARY + DAY, JANUARY + 2 * DAY)
    day = past.ask(JANUARY + 2 * DAY, window=DAY)
    assert day["seconds"] == {"up": 0, "down": 0, "excluded": 86_400, "unknown": 0}
    assert (day["sli"], day["met"], day["coverage"]) == (None, None, None)
    assert day["bounds"] == {"best": None, "worst": None}
    assert day["error_budget"] == {
        "allowed_seconds": 0,
        "remaining_seconds": None,
        "remaining_ratio": None,
    }
    month = past.ask(JANUARY + 3 * DAY)
    assert (month["sli"], month["met"]) == (1, True)
    assert month["seconds"] == {"up": 2 * 86_400, "down": 0, "excluded": 86_400, "unknown": 27 * 86_400}
    assert month["error_budget"]["allowed_seconds"] == 2505.6


def test_ruling_9_a_server_that_is_still_down_when_maintenance_ends_is_down_at_once(
    make_past: MakePast,
) -> None:
    """Failures inside an exclusion count towards the verdict: three of them lie in it, and nobody waits for three more."""
    past = make_past("interval: 1m, down_after: 3")
    minutes(past, (87, 100))
    exclude(past, JANUARY + HOUR, JANUARY + 90 * MINUTE)
    at = JANUARY + 90 * MINUTE
    asked = past.pose(at + MINUTE, window=MINUTE).question
    assert past.states(JANUARY + 87 * MINUTE, at - 1, at) == [DOWN, DOWN, DOWN]
    assert status_at(asked, at - 1) is Status.EXCLUDED
    assert status_at(asked, at) is Status.BAD
    assert past.figures(JANUARY + 2 * HOUR).tally.down == 10 * MINUTE


def test_ruling_20_taking_an_exclusion_back_restores_every_figure_to_the_last_digit(
    make_past: MakePast,
) -> None:
    """Whatever it covers; and what it moved is what it moves back."""
    past = make_past("interval: 1m")
    minutes(past, (61, 78), (700, 701))
    instants = [JANUARY + hour * HOUR + 777 for hour in range(1, 30)]
    before = [past.figures(at) for at in instants]
    entered = exclude(past, JANUARY + HOUR + 1, JANUARY + 9 * HOUR + 333, now=JANUARY + DAY)
    assert [past.figures(at) for at in instants] != before
    taken = take_back(past, entered.exclusion.ident, now=JANUARY + DAY)
    assert [past.figures(at) for at in instants] == before
    assert [move["before"] for move in entered.moves] == [move["after"] for move in taken.moves]
    assert [move["after"] for move in entered.moves] == [move["before"] for move in taken.moves]


def test_ruling_20_excluding_may_lower_an_sli_but_not_where_it_holds_only_down_time(
    make_past: MakePast,
) -> None:
    """90 minutes up and 10 down: less 50 of the up it is 0.8, less 5 of the down 18/19."""
    past = make_past("interval: 1m", "window: 100m")
    minutes(past, (90, 100))
    at = JANUARY + 100 * MINUTE
    assert fraction(past.figures(at).sli) == Fraction(9, 10)
    first = exclude(past, JANUARY, JANUARY + 50 * MINUTE).exclusion.ident
    assert fraction(past.figures(at).sli) == Fraction(8, 10)
    take_back(past, first)
    exclude(past, JANUARY + 90 * MINUTE, JANUARY + 95 * MINUTE)
    assert fraction(past.figures(at).sli) == Fraction(18, 19)


def test_rule_3_exclusions_that_overlap_count_once(make_past: MakePast) -> None:
    """Two hours that share half an hour exclude an hour and a half, and taking one back leaves the other whole."""
    past = make_past("interval: 1m")
    minutes(past)
    exclude(past, JANUARY + HOUR, JANUARY + 2 * HOUR)
    second = exclude(past, JANUARY + 90 * MINUTE, JANUARY + 150 * MINUTE, category="customer")
    assert past.figures(JANUARY + DAY).tally.excluded == 90 * MINUTE
    take_back(past, second.exclusion.ident)
    assert past.figures(JANUARY + DAY).tally.excluded == HOUR


def test_ruling_21_an_endpoint_shows_what_was_measured_also_under_an_exclusion(make_past: MakePast) -> None:
    """State and start of it, back-dated; only the SLO says excluded."""
    past = make_past("interval: 1m, down_after: 2")
    minutes(past, (60, 90))
    at = JANUARY + 75 * MINUTE
    exclude(past, JANUARY + 70 * MINUTE, JANUARY + 80 * MINUTE)
    asked = past.pose(at).question
    [known] = past.known()
    assert known.history.state(at) is DOWN
    assert known.history.since(at) == JANUARY + HOUR
    assert asked.past.history.state(at) is DOWN
    assert status_at(asked, at) is Status.EXCLUDED


def test_ruling_32_burn_just_after_maintenance_is_of_the_whole_budget(make_past: MakePast) -> None:
    """59 m 30 s of the last hour excluded and then 30 s down: 8.3 and silent, not 1000."""
    past = make_past("interval: 30s", "window: 30d")
    end = JANUARY + 30 * DAY
    past.bring([*steady("S", JANUARY, end - 30 * SECOND, 30 * SECOND), ("F", end - 30 * SECOND)])
    exclude(past, end - HOUR, end - 30 * SECOND)
    found = past.figures(end)
    assert found.tally == (30 * DAY - HOUR, 30 * SECOND, HOUR - 30 * SECOND, 0, 0)
    assert found.allowed_ms == Fraction(30 * DAY - HOUR + 30 * SECOND, 1000)
    hour = fraction(found.burn[2])
    assert hour == Fraction(30 * SECOND) / found.allowed_ms * 720
    assert 8 < hour < Fraction(144, 10)
    assert fraction(found.alerts[0]) < 1  # type: ignore[operator]


OVERLAPPING = [
    "name: disks, category: maintenance, from: 2025-01-01T00:00:00Z, to: 2025-01-01T04:00:00Z",
    "name: theirs, category: customer, from: 2025-01-01T01:00:00Z, to: 2025-01-01T03:00:00Z",
    "name: flood, category: force_majeure, from: 2025-01-01T02:00:00Z, to: 2025-01-01T02:30:00Z",
    "name: odd, category: other, from: 2025-01-01T00:00:00Z, to: 2025-01-01T05:00:00Z",
    "name: upstream, category: dependency, from: 2025-01-01T02:45:00Z, to: 2025-01-01T03:15:00Z",
]


def names(past: Past, slo: int = 0) -> list[tuple[str, int]]:
    """Name and minutes of what excludes each interval of the first six hours."""
    lines = past.pose(JANUARY + 6 * HOUR, slo=slo, window=6 * HOUR).explain(6 * HOUR)["intervals"]
    return [(each["exclusion"]["name"], int(each["seconds"] / 60)) for each in lines if each["exclusion"]]


def test_ruling_33_an_instant_belongs_to_the_first_category_that_covers_it(make_past: MakePast) -> None:
    """And an SLO first drops the categories that it does not recognise."""
    text = config_text(
        "interval: 1m",
        "window: 1d}\n      - {name: few, objective: 99.9, window: 1d, exclusions: [maintenance, dependency]",
    )
    past = make_past(text=lasting(text, *OVERLAPPING))
    minutes(past)
    assert names(past) == [
        ("disks", 60), ("theirs", 60), ("flood", 30), ("theirs", 30), ("upstream", 15), ("disks", 45), ("odd", 60),
    ]  # fmt: skip
    assert names(past, slo=1) == [("disks", 165), ("upstream", 30), ("disks", 45)]
    assert past.figures(JANUARY + DAY).tally.excluded == 5 * HOUR
    assert past.figures(JANUARY + DAY, slo=1).tally.excluded == 4 * HOUR


HOURS = """
service_hours:
  day: {mon-fri: "08:00-20:00"}
  night: {wed: "22:00-06:00"}
  late: {wed: "20:00-24:00"}
  holidays: {daily: "00:00-24:00", holidays: GB, timezone: Europe/London}
"""


def test_ruling_33_maintenance_at_night_uses_no_allowance_of_maintenance(make_past: MakePast) -> None:
    """Maintenance 19:00-21:00 of a service that is promised until 20:00: one hour of it is maintenance."""
    past = make_past(text=config_text("interval: 1m", service="service_hours: day") + HOURS)
    minutes(past)
    exclude(past, JANUARY + 19 * HOUR, JANUARY + 21 * HOUR)
    lines = past.pose(JANUARY + DAY).explain()["intervals"]
    found = [(each["exclusion"]["category"], each["seconds"]) for each in lines if each["exclusion"]]
    assert found == [("out_of_hours", 8 * 3600), ("maintenance", 3600), ("out_of_hours", 4 * 3600)]


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [("day", 12, 12), ("night", 2, 6), ("late", 4, 0), ("holidays", 0, 24)],
)
def test_ruling_40_hours_of_a_service_or_of_an_slo_leave_the_rest_out(
    make_past: MakePast, name: str, first: int, second: int
) -> None:
    """New Year's Day 2025 and the Thursday after it: a span over midnight belongs to the day on which it starts.

    24:00 is a day's end, and holidays are whole local days.
    """
    for where in ({"service": f"service_hours: {name}"}, {"slo": f"window: 1d, service_hours: {name}"}):
        past = make_past(text=config_text("interval: 1m", **where) + HOURS)
        if not past.store.exists():
            minutes(past, days=2)
        days = [past.figures(JANUARY + day * DAY).tally for day in (1, 2)]
        assert [tally.up for tally in days] == [first * HOUR, second * HOUR]
        assert [tally.up + tally.excluded for tally in days] == [DAY, DAY]


@pytest.mark.unmeasured
def test_scenario_7_each_second_of_48_hours_up_and_down_time_move_by_at_most_a_second(
    make_past: MakePast,
) -> None:
    """With hindsight, a rolling window of time: over outages of all lengths, a hole in the record and an exclusion."""
    past = make_past("interval: 15s, down_after: 2", "window: 6h")
    end = JANUARY + 60 * HOUR
    beats = range(JANUARY, end, 15 * SECOND)
    holes = range(JANUARY + 20 * HOUR, JANUARY + 21 * HOUR)
    past.bring(
        ("F" if number % 977 < 31 or number % 53 == 7 else "S", at)
        for number, at in enumerate(beats)
        if at not in holes
    )
    exclude(past, JANUARY + 30 * HOUR + 7, JANUARY + 32 * HOUR + 1_234)
    asked = past.pose(end).question
    before = figures(asked, JANUARY + 6 * HOUR).tally
    for at in range(JANUARY + 6 * HOUR + SECOND, JANUARY + 54 * HOUR + SECOND, SECOND):
        tally = figures(asked, at).tally
        assert abs(tally.up - before.up) <= SECOND
        assert abs(tally.down - before.down) <= SECOND
        assert sum(tally[:4]) == 6 * HOUR
        before = tally
