"""Rule 5 and rulings 27 to 30 through the record: events, latency and timeslices."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from exporter.errors import ConfigError
from exporter.slo.ratio import fraction
from exporter.units import format_instant
from tests.support.entered import bring_rows, exclude
from tests.support.past import Past, Told, config_text, load_text, steady

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
JANUARY = 1_735_689_600_000  # 2025-01-01T00:00:00Z

MakePast = Callable[..., Past]


def with_failures(start: int, end: int, step: int, *failures: int) -> list[Told]:
    """A result each `step` of [start, end); failures by their numbers."""
    return [("F" if number in failures else "S", at) for number, at in enumerate(range(start, end, step))]


def test_ruling_27_rows_denser_than_the_interval_weigh_no_more_and_met_and_remaining_agree(
    make_past: MakePast,
) -> None:
    """Rows each 10 s at an interval of 15 s, 10 of 10,000 bad: the SLI is 0.999 and the budget spent to the last event.

    Against the 6,666 expected ones it would be met with -0.5 of the budget left.
    """
    past = make_past("interval: 15s", "method: events, window: 100000s")
    past.bring(with_failures(JANUARY, JANUARY + 100_000 * SECOND, 10 * SECOND, *range(500, 510)))
    found = past.figures(JANUARY + 100_000 * SECOND)
    assert (found.good, found.bad) == (9_990, 10)
    assert fraction(found.sli) == Fraction(999, 1000)
    assert found.met is True
    assert fraction(found.remaining_ratio) == 0


def test_ruling_27_beats_that_were_due_and_are_missing_are_no_smaller_budget(make_past: MakePast) -> None:
    """One bad event of one that was seen, of 60 that were due: burn and budget are of the 60, the SLI is of the one."""
    past = make_past("interval: 1m", "method: events, window: 1h")
    past.bring([("F", JANUARY)])
    found = past.figures(JANUARY + HOUR)
    assert fraction(found.sli) == 0
    assert fraction(found.remaining_ratio) == 1 - Fraction(1, 60) * 1000
    assert fraction(found.burn[2]) == Fraction(1000, 60)


def test_ruling_27_expected_counts_are_summed_over_the_intervals_in_force(make_past: MakePast) -> None:
    """60 s for half a day, then 10 s: 720 + 4,320 are expected of the day, and of what is before the first result 60 s."""
    past = make_past("interval: 1m", "method: events, window: 2d")
    past.bring(steady("S", JANUARY, JANUARY + 12 * HOUR, MINUTE))
    past.reconfigure(config_text("interval: 10s", "method: events, window: 2d"))
    second = steady("S", JANUARY + 12 * HOUR, JANUARY + DAY, 10 * SECOND)
    past.bring([("F", second[0][1]), *second[1:]])
    found = past.figures(JANUARY + DAY)
    expected = 1_440 + 720 + 4_320
    assert fraction(found.sli) == Fraction(5_039, 5_040)
    assert fraction(found.remaining_ratio) == 1 - Fraction(1_000, expected)
    assert found.allowed_ms == 172_800, "seconds of the budget are of time, whatever the method"
    assert found.remaining_ms == (1 - Fraction(1_000, expected)) * 172_800


BLIP = ["0,failure,beat", "2,failure,extra", "4,failure,extra", "6,failure,extra", "8,success,extra"]


def test_ruling_28_a_retry_is_no_event(make_past: MakePast) -> None:
    """99.99 %, 10 s, retries each 2 s, down_after 5: a blip of 8 s is four failed attempts, one bad event and no downtime.

    It is 3.9 % of the month's budget, not 15.4 %.
    """
    text = config_text(
        "interval: 10s, retry_interval: 2s, down_after: 5", "method: events, window: 30d"
    ).replace("99.9", "99.99")
    past = make_past(text=text)
    past.bring(steady("S", JANUARY, JANUARY + HOUR, 10 * SECOND))
    after = JANUARY + HOUR
    rows = [each.split(",") for each in BLIP]
    bring_rows(
        past,
        "timestamp,service,endpoint,result,kind",
        [
            f"{format_instant(after + int(second) * SECOND)},shop,web,{result},{kind}"
            for second, result, kind in rows
        ],
    )
    past.bring(steady("S", after + 10 * SECOND, after + MINUTE, 10 * SECOND))
    found = past.figures(after + MINUTE)
    assert (found.good, found.bad) == (365, 1)
    spent = 1 - fraction(found.remaining_ratio)  # type: ignore[operator]
    assert spent == Fraction(1) / (Fraction(1, 10_000) * 259_200)
    assert f"{float(spent):.3f}" == "0.039"
    assert found.tally.down == 0, "a failed attempt is no outage"


LATENCY = "sli: {latency: {threshold: 300ms}}, window: 1h"
DURATIONS = "timestamp,service,endpoint,result,duration_seconds"
MEASURED = [
    "success,0.1",
    "success,0.3",  # exactly the threshold is good
    "success,0.300000001",  # a nanosecond more is not
    "success,0.3000000009",  # floored to the nanosecond where it enters
    "success,",  # without a duration it is no event
    "failure,",
    "inconclusive,",
]


def told(past: Past, results: list[str], start: int = JANUARY) -> None:
    rows = [
        f"{format_instant(start + number * MINUTE)},shop,web,{each}" for number, each in enumerate(results)
    ]
    bring_rows(past, DURATIONS, rows)


@pytest.mark.parametrize(
    ("more", "good", "bad"), [("", 3, 2), (", failures: bad", 3, 2), (", failures: ignore", 3, 1)]
)
def test_ruling_29_good_is_a_success_within_the_threshold_compared_to_the_nanosecond(
    make_past: MakePast, more: str, good: int, bad: int
) -> None:
    """An outage must not read 100 %, so a failure is bad unless the SLO says otherwise; inconclusive is no event."""
    past = make_past("interval: 1m", LATENCY + more)
    told(past, MEASURED)
    found = past.figures(JANUARY + HOUR)
    assert (found.good, found.bad) == (good, bad)
    assert fraction(found.sli) == Fraction(good, good + bad)
    assert past.ask(JANUARY + HOUR)["events"] == {"good": good, "bad": bad, "excluded": 0}


def test_ruling_29_an_outage_without_any_success_reads_0_and_not_100_per_cent(make_past: MakePast) -> None:
    past = make_past("interval: 1m", LATENCY)
    told(past, ["success,0.1", *["failure,"] * 9])
    assert fraction(past.figures(JANUARY + 10 * MINUTE, window=9 * MINUTE).sli) == 0


def test_ruling_29_each_probe_is_judged_by_the_threshold_in_force_when_it_ran(make_past: MakePast) -> None:
    """Ten of 250 ms under 300 ms, then the threshold is 200 ms and there are ten more: half of them are bad."""
    past = make_past("interval: 1m", LATENCY)
    told(past, ["success,0.25"] * 10)
    past.reconfigure(config_text("interval: 1m", LATENCY.replace("300ms", "200ms")))
    told(past, ["success,0.25"] * 10, JANUARY + 10 * MINUTE)
    found = past.figures(JANUARY + HOUR)
    assert (found.good, found.bad) == (10, 10)
    lines = past.pose(JANUARY + HOUR).explain()["intervals"]
    bad = {each["why"] for each in lines if each["events"]["bad"]}
    assert bad == {"slower than 200ms"}, "the explanation names the threshold"


def test_ruling_29_latency_of_several_endpoints_is_added_up_and_combines_no_other_way(tmp_path: Path) -> None:
    def text(slo: str) -> str:
        return f"""
services:
  - name: shop
    endpoints: [{{name: web, url: 'http://127.0.0.1/'}}, {{name: api, url: 'http://127.0.0.2/'}}]
    slos: [{{objective: 99, {slo}}}]
"""

    past = Past.of(tmp_path, text(LATENCY))
    told(past, ["success,0.1"] * 3)
    rows = [f"{format_instant(JANUARY + each * MINUTE)},shop,api,success,0.4" for each in range(2)]
    bring_rows(past, DURATIONS, rows)
    found = past.figures(JANUARY + HOUR)
    assert (found.good, found.bad) == (3, 2)
    for slo in (LATENCY, "method: events"):
        with pytest.raises(ConfigError, match="combine"):
            load_text(tmp_path, text(f"{slo}, combine: any"))


SLICES = "method: timeslices, slice: 1m, slice_objective: {}, window: {}"


@pytest.mark.parametrize("second", [0, 1, 29, 59])
@pytest.mark.parametrize(("begins", "bad"), [(0, 1), (1, 2), (30, 2), (59, 2)])
def test_ruling_30_an_outage_of_a_minute_is_as_many_bad_slices_whenever_it_is_asked(
    make_past: MakePast, begins: int, bad: int, second: int
) -> None:
    """Slices are multiples of their length since the epoch, not cut from now: only where it lies decides."""
    past = make_past("interval: 10s", SLICES.format("99", "1h"))
    start = JANUARY + 30 * MINUTE + begins * SECOND
    past.bring([
        *steady("S", JANUARY, start, 10 * SECOND),
        *steady("F", start, start + MINUTE, 10 * SECOND),
        *steady("S", start + MINUTE, JANUARY + 2 * HOUR, 10 * SECOND),
    ])  # fmt: skip
    found = past.figures(JANUARY + HOUR + second * SECOND)
    assert (found.good, found.bad) == (60 - bad, bad)
    assert fraction(found.sli) == Fraction(60 - bad, 60)
    assert found.tally.down == MINUTE, "seconds stay exact"


def test_ruling_30_a_slice_that_runs_does_not_count_yet(make_past: MakePast) -> None:
    """It belongs to the window in which it ends, (a, b]."""
    past = make_past("interval: 10s", SLICES.format("99", "1h"))
    start = JANUARY + HOUR
    past.bring([
        *steady("S", JANUARY, start, 10 * SECOND),
        *steady("F", start, start + MINUTE, 10 * SECOND),
        ("S", start + MINUTE),
    ])  # fmt: skip
    asked = [past.figures(at, window=10 * MINUTE) for at in (start + MINUTE - 1, start + MINUTE)]
    assert [(found.good, found.bad) for found in asked] == [(10, 0), (9, 1)]
    gone = past.figures(start + 11 * MINUTE - 1, window=10 * MINUTE)
    assert gone.bad == 1, "it ended within the window, though it began before it"
    assert past.figures(start + 11 * MINUTE, window=10 * MINUTE).bad == 0


@pytest.mark.parametrize(
    ("seconds", "objective", "good"), [(3, "95", True), (4, "95", False), (3, "95.01", False)]
)
def test_ruling_30_a_slice_is_good_where_its_own_ratio_reaches_the_objective(
    make_past: MakePast, seconds: int, objective: str, good: bool
) -> None:
    """3 of 60 s down are exactly 95 %: reached."""
    past = make_past("interval: 1m", SLICES.format(objective, "1h"))
    past.bring([
        *steady("S", JANUARY, JANUARY + HOUR, MINUTE),
        ("F", JANUARY + 10 * MINUTE + 7 * SECOND),
        ("S", JANUARY + 10 * MINUTE + (7 + seconds) * SECOND),
    ])  # fmt: skip
    assert past.figures(JANUARY + HOUR).bad == (0 if good else 1)


@pytest.mark.parametrize(("unknown", "good", "bad"), [("ignore", 49, 2), ("down", 49, 11), ("up", 58, 2)])
def test_ruling_30_a_slice_of_which_nothing_is_known_is_not_counted_unless_the_policy_says_how(
    make_past: MakePast, unknown: str, good: int, bad: int
) -> None:
    """Down from 19:30 to 20:30, then nothing is known until 30:00: of nine slices from end to end, of another by half."""
    past = make_past("interval: 1m, staleness: 1m", SLICES.format("99", "1h") + f", unknown: {unknown}")
    quiet = JANUARY + 20 * MINUTE
    past.bring([
        *steady("S", JANUARY, quiet, MINUTE),
        ("F", quiet - 30 * SECOND),
        *steady("S", quiet + 10 * MINUTE, JANUARY + HOUR, MINUTE),
    ])  # fmt: skip
    found = past.figures(JANUARY + HOUR)
    assert found.tally.unknown == 9 * MINUTE + 30 * SECOND
    answer = past.ask(JANUARY + HOUR)
    assert answer["slices"] == {"good": good, "bad": bad}
    assert answer["bounds"] == {"best": 58 / 60, "worst": 49 / 60}


def test_ruling_30_slices_that_are_excluded_as_a_whole_leave_the_budget(make_past: MakePast) -> None:
    """10 m 30 s excluded of an hour: ten whole slices are, the eleventh is judged by its other half."""
    past = make_past("interval: 10s", SLICES.format("99", "1h"))
    start = JANUARY + 20 * MINUTE
    past.bring([
        *steady("S", JANUARY, start, 10 * SECOND),
        *steady("F", start, start + 11 * MINUTE, 10 * SECOND),
        *steady("S", start + 11 * MINUTE, JANUARY + HOUR, 10 * SECOND),
    ])  # fmt: skip
    exclude(past, start, start + 10 * MINUTE + 30 * SECOND)
    found = past.figures(JANUARY + HOUR)
    assert (found.good, found.bad) == (49, 1)
    assert fraction(found.remaining_ratio) == 1 - Fraction(1_000, 50)
    assert found.tally[:3] == (49 * MINUTE, 30 * SECOND, 10 * MINUTE + 30 * SECOND)
    assert past.pose(JANUARY + HOUR).explain()["adds_up"] is True
