"""Histories that other uptime monitors get wrong, brought in from CSV and asked with `sli`: the exact truth."""

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from exporter.slo.ratio import fraction
from exporter.timeline.tally import State
from tests.support.called import called
from tests.support.past import Past, Told, config_text, steady

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
JANUARY = 1_735_689_600_000  # 2025-01-01T00:00:00Z
NOON = JANUARY + 12 * HOUR

MakePast = Callable[..., Past]


def typed(past: Past, *words: str) -> tuple[int, str]:
    """Exit status and output of the real command, in the folder of the configuration and the store."""
    done = called(*words, cwd=past.folder)
    assert done.stderr == ""
    return done.returncode, done.stdout


def sli(past: Past, at: str, *words: str) -> dict[str, Any]:
    status, told = typed(past, "sli", "shop", "--at", at, "--format", "json", *words)
    found: dict[str, Any] = json.loads(told)
    assert status == (3 if found["sli"] is None else 0)
    return found


def outage(start: int, down: int, up: int, end: int, interval: int) -> list[Told]:
    """Up from `start`, down in [down, up), up until `end`."""
    return [
        *steady("S", start, down, interval),
        *steady("F", down, up, interval),
        *steady("S", up, end, interval),
    ]


def test_g1_a_window_of_24_hours_is_24_hours_whatever_the_minute(make_past: MakePast) -> None:
    """Down 12:00-13:00 yesterday, asked at 12:59:30: 30 s of it are in the window."""
    past = make_past("interval: 1m")
    past.write(outage(JANUARY, NOON, NOON + HOUR, JANUARY + 2 * DAY, MINUTE))
    assert typed(past, "backfill", "--csv", "past.csv")[0] == 0
    answer = sli(past, "2025-01-02T12:59:30Z")
    assert answer["seconds"] == {"up": 86_370, "down": 30, "excluded": 0, "unknown": 0}
    assert answer["sli"] == 86_370 / 86_400
    assert answer["window"] == {"start": "2025-01-01T12:59:30Z", "end": "2025-01-02T12:59:30Z"}


def test_g3_k4_a_window_of_30_days_keeps_its_oldest_part_of_a_day(make_past: MakePast) -> None:
    """Down Jan 1 12:00-24:00, asked on Jan 31 at 00:05: 0.98333, not 1."""
    past = make_past("interval: 1m", "window: 30d")
    past.bring(outage(JANUARY, NOON, JANUARY + DAY, JANUARY + 31 * DAY, MINUTE))
    at = JANUARY + 30 * DAY + 5 * MINUTE
    assert fraction(past.figures(at).sli) == Fraction(59, 60)
    answer = past.ask(at)
    assert answer["seconds"] == {"up": 29.5 * 86_400, "down": 43_200, "excluded": 0, "unknown": 0}
    assert answer["sli"] == 59 / 60
    assert answer["events"] == {"good": 42_480, "bad": 720, "excluded": 0}


def test_g4_no_data_is_no_value_and_never_0(make_past: MakePast) -> None:
    """Stopped four days ago, all well until then: the status is 3, the SLI null, the worst bound 0, the best 1."""
    past = make_past("interval: 1m")
    past.bring(steady("S", JANUARY, JANUARY + DAY, MINUTE))
    answer = sli(past, "2025-01-06T00:00:00Z")
    assert answer["seconds"] == {"up": 0, "down": 0, "excluded": 0, "unknown": 86_400}
    assert (answer["sli"], answer["met"], answer["coverage"]) == (None, None, 0)
    assert answer["bounds"] == {"best": 1, "worst": 0}
    assert answer["error_budget"] == {
        "allowed_seconds": 86.4,
        "remaining_seconds": None,
        "remaining_ratio": None,
    }
    assert set(answer["burn_rate"].values()) == {None}
    status, told = typed(past, "sli", "shop", "--at", "2025-01-06T00:00:00Z")
    assert status == 3
    assert "no value: nothing is known of this window" in told
    assert "SLI        0" not in told


def test_g5_k8_the_monitors_own_downtime_is_unknown(make_past: MakePast) -> None:
    """Off for 22 of 24 h: 120 rows. A CSV does not say that nobody looked, so the last row speaks for 125 s."""
    past = make_past("interval: 1m")
    off, on = JANUARY + HOUR, JANUARY + 23 * HOUR
    past.bring([*steady("S", JANUARY, off, MINUTE), *steady("S", on, JANUARY + DAY, MINUTE)])
    answer = past.ask(JANUARY + DAY)
    assert answer["seconds"] == {"up": 7_200 + 65, "down": 0, "excluded": 0, "unknown": 79_200 - 65}
    assert answer["sli"] == 1
    assert answer["coverage"] == answer["bounds"]["worst"] == 7_265 / 86_400
    assert answer["events"]["good"] == 120


GAPS = [*steady("F", JANUARY, NOON, 5 * MINUTE), *steady("S", NOON, JANUARY + DAY, 20 * SECOND)]
"""12 h down seen every 300 s, then 12 h up seen every 20 s: 144 bad and 2160 good results, 0.9375 of them."""


def test_g6_k3_results_that_are_further_apart_than_the_interval_leave_unknown_time(
    make_past: MakePast,
) -> None:
    """Interval 20s: each of the 144 failures speaks for 45 of its 300 s, so 36,720 s are unknown."""
    past = make_past("interval: 20s")
    past.write(GAPS)
    assert typed(past, "backfill", "--csv", "past.csv") == (
        0,
        "past.csv: 2304 results imported, 0 skipped as something is stored there\n",
    )
    answer = sli(past, "2025-01-02T00:00:00Z")
    assert answer["seconds"] == {"up": 43_200, "down": 6_480, "excluded": 0, "unknown": 36_720}
    assert answer["sli"] == 20 / 23
    assert f"{answer['sli']:.6f}" == "0.869565"
    assert fraction(past.figures(JANUARY + DAY).sli) == Fraction(20, 23)


def test_how_many_gave_way_to_others_is_told(make_past: MakePast) -> None:
    past = make_past("interval: 20s")
    past.write(GAPS)
    typed(past, "backfill", "--csv", "past.csv")
    past.write(GAPS[:3])
    span = "2025-01-01T00:00:00Z..2025-01-01T00:20:00Z"
    assert typed(past, "backfill", "--csv", "past.csv", "--replace", span) == (
        0,
        "past.csv: 3 results imported, 0 skipped as something is stored there; 4 of the record set aside for them\n",
    )


def test_g6_k3_time_is_weighed_and_not_results(make_past: MakePast) -> None:
    """The same rows with `interval: 5m`: exactly one half."""
    past = make_past("interval: 5m")
    past.write(GAPS)
    assert typed(past, "backfill", "--csv", "past.csv")[0] == 0
    answer = sli(past, "2025-01-02T00:00:00Z")
    assert answer["seconds"] == {"up": 43_200, "down": 43_200, "excluded": 0, "unknown": 0}
    assert answer["sli"] == 0.5
    assert answer["events"] == {"good": 2_160, "bad": 144, "excluded": 0}


def test_g6_k3_a_source_says_how_long_its_rows_speak(make_past: MakePast) -> None:
    """The same rows once more with `interval: 20s` and `--staleness 5m`: one half again."""
    past = make_past("interval: 20s")
    past.write(GAPS)
    assert typed(past, "backfill", "--csv", "past.csv", "--staleness", "5m")[0] == 0
    assert sli(past, "2025-01-02T00:00:00Z")["sli"] == 0.5


def test_k1_a_failed_attempt_is_no_outage(make_past: MakePast) -> None:
    """One check of ten fails once and its retry is well: no outage with `down_after: 2`."""
    past = make_past("interval: 1m, down_after: 2")
    minutes = range(JANUARY, JANUARY + DAY, MINUTE)
    checks: list[Told] = [("F" if index % 10 == 9 else "S", at) for index, at in enumerate(minutes)]
    retries: list[Told] = [("S", at + 5 * SECOND) for letter, at in checks if letter == "F"]
    past.bring(checks + retries)
    answer = past.ask(JANUARY + DAY)
    assert answer["seconds"] == {"up": 86_400, "down": 0, "excluded": 0, "unknown": 0}
    assert (answer["sli"], answer["met"]) == (1, True)
    past.reconfigure(past.folder.joinpath("uptime.yml").read_text().replace("down_after: 2", "down_after: 1"))
    past.bring(checks + retries, replaced=(JANUARY, JANUARY + DAY))
    assert past.ask(JANUARY + DAY)["seconds"]["down"] == 144 * 5


def test_k6_a_day_of_which_nothing_is_known_never_reads_0(make_past: MakePast) -> None:
    """A day without any figure, whatever the reason, is no value over 24 h and leaves 30 d as they were.

    The reason in the table is maintenance, which is in `test_exclusions.py`; here nobody looked.
    """
    past = make_past("interval: 1m", "window: 30d")
    past.bring(steady("S", JANUARY, JANUARY + DAY, MINUTE))
    past.bring(steady("I", JANUARY + DAY, JANUARY + 2 * DAY, MINUTE))
    day = past.ask(JANUARY + 2 * DAY, window=DAY)
    assert (day["sli"], day["met"]) == (None, None)
    assert day["seconds"] == {"up": 0, "down": 0, "excluded": 0, "unknown": 86_400}
    month = past.ask(JANUARY + 2 * DAY)
    assert (month["sli"], month["seconds"]["up"]) == (1, 86_400)


@pytest.mark.parametrize(("down", "shown"), [(3_456, "99.99 %"), (1, "99.99 %"), (0, "100 %")])
def test_k9_the_display_never_rounds_up(make_past: MakePast, down: int, shown: str) -> None:
    """99.996 % of a day is 3.456 s down; even one millisecond down is not 100 %."""
    past = make_past("interval: 1m")
    minutes = steady("S", JANUARY, JANUARY + DAY, MINUTE)
    minutes[700] = ("F" if down else "S", minutes[700][1])
    past.bring([*minutes, ("S", minutes[700][1] + max(1, down))])
    assert fraction(past.figures(JANUARY + DAY).sli) == 1 - Fraction(down, DAY)
    _, told = typed(past, "sli", "shop", "--at", "2025-01-02T00:00:00Z")
    assert f"  SLI        {shown}\n" in told


@pytest.mark.parametrize(("window", "days"), [("2y", 730), ("56w", 392), ("400d", 400)])
def test_k10_a_window_may_be_longer_than_a_year(make_past: MakePast, window: str, days: int) -> None:
    """Both in the question and, where it is kept for as long, in the configuration."""
    past = make_past("interval: 1h")
    past.bring(outage(JANUARY, JANUARY + DAY, JANUARY + 2 * DAY, JANUARY + 800 * DAY, HOUR))
    answer = sli(past, "2025-01-03T00:00:00Z", "--window", window)
    assert answer["seconds"] == {"up": 86_400, "down": 86_400, "excluded": 0, "unknown": (days - 2) * 86_400}
    past.reconfigure(config_text("interval: 1h", f"window: {window}") + "storage: {retention: 3y}\n")
    last = past.figures(JANUARY + DAY + days * DAY)
    assert fraction(last.sli) == 1 - Fraction(1, days)


def test_claim_4_one_figure_whoever_tells_it(make_past: MakePast) -> None:
    """`sli`, `explain` and the function behind them, at instants on and off every edge; the explanation adds up."""
    past = make_past("interval: 1m, down_after: 2", "window: 6h")
    past.bring(outage(JANUARY, NOON, NOON + 17 * MINUTE, JANUARY + DAY, MINUTE))
    for at, text in ((NOON + 3 * MINUTE + 17, "12:03:00.017"), (JANUARY + 15 * HOUR, "15:00:00")):
        answer = sli(past, f"2025-01-01T{text}Z")
        status, told = typed(past, "explain", "shop", "--at", f"2025-01-01T{text}Z", "--format", "json")
        explained = json.loads(told)
        assert (status, explained["adds_up"], explained["answer"]) == (0, True, answer)
        assert answer["sli"] == float(fraction(past.figures(at).sli))  # type: ignore[arg-type]
        assert sum(each["seconds"] for each in explained["intervals"]) == pytest.approx(6 * 3600)


def test_a_day_without_results_has_no_state(make_past: MakePast) -> None:
    past = make_past()
    past.bring([("S", JANUARY)])
    assert past.states(JANUARY - 1, JANUARY, JANUARY + 35 * SECOND) == [
        State.UNKNOWN,
        State.UP,
        State.UNKNOWN,
    ]
