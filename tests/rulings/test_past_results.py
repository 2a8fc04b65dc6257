"""Ruling 14: past results, where they meet what was measured."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from exporter.errors import ConfigError
from exporter.record.backfill import Imported
from exporter.timeline.tally import State
from tests.support.called import called
from tests.support.machine import HandClock, live
from tests.support.past import LONG_AFTER, Past, config_text, steady
from tests.support.simulated import Machine, beat

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
JANUARY = 1_735_689_600_000  # 2025-01-01T00:00:00Z
AT = "2025-01-01T00:10:00Z"

MakePast = Callable[..., Past]


@pytest.fixture
def measured(tmp_path: Path) -> Past:
    """A store that a daemon wrote for ten minutes until it stopped; its last series was never closed."""
    past = Past.of(tmp_path, config_text())
    machine = Machine(past.store, past.config.services, HandClock(JANUARY))

    async def main() -> None:

        async with machine.daemon():
            await asyncio.sleep(600)

    live(machine.clock, main)
    return past


def zero(past: Past) -> int:
    """The first beat of the daemon."""
    return beat(past.config.services[0], JANUARY)


def test_ruling_14_rows_within_what_was_measured_are_skipped_and_counted(measured: Past) -> None:
    """Also within the series that the daemon left open when it stopped."""
    before = measured.ask(JANUARY + 10 * MINUTE)
    rows = steady("F", zero(measured), JANUARY + 9 * MINUTE, 10 * SECOND)
    assert measured.bring(rows) == Imported(0, len(rows))
    assert measured.ask(JANUARY + 10 * MINUTE) == before
    assert before["seconds"]["down"] == 0


def test_ruling_14_the_tail_after_the_last_probe_is_not_stored_and_the_next_row_cuts_it(
    measured: Past,
) -> None:
    """The last probe spoke until the last commit; a row right after it takes over at its own instant."""
    (known,) = measured.known()
    last = known.history.timeline.last
    assert last is not None
    assert measured.bring([("F", last + 1), ("F", last + 5 * SECOND)]) == Imported(2, 0)
    assert measured.states(last, last + 1, last + 5 * SECOND + 34_999) == [UP, DOWN, DOWN]


def test_ruling_14_what_was_measured_can_be_replaced_and_is_set_aside(measured: Past) -> None:
    """--replace over the series that the daemon left open: one minute becomes down, the rest stays."""
    start, end = zero(measured) + 2 * MINUTE, zero(measured) + 3 * MINUTE
    rows = steady("F", start, end, 15 * SECOND)
    assert measured.bring(rows, replaced=(start, end)) == Imported(4, 0, set_aside=4)
    answer = measured.ask(JANUARY + 9 * MINUTE)
    assert answer["seconds"]["down"] == 60
    assert answer["seconds"]["up"] == (JANUARY + 9 * MINUTE - zero(measured)) / 1000 - 60
    assert answer["events"]["bad"] == 4
    assert measured.states(start - 1, start, end - 1, end) == [UP, DOWN, DOWN, UP]


def test_ruling_14_verdicts_of_imported_rows_run_by_themselves(make_past: MakePast) -> None:
    """down_after 2: one failure at each side of a seam are two runs of one, and no outage."""
    past = make_past("down_after: 2")
    past.bring([*steady("S", JANUARY, JANUARY + MINUTE, 15 * SECOND), ("F", JANUARY + MINUTE)])
    past.bring(
        [("F", JANUARY + MINUTE + 15 * SECOND), *steady("S", JANUARY + 90_000, JANUARY + 180_000, 15_000)]
    )
    seam = past.figures(JANUARY + 3 * MINUTE, window=3 * MINUTE).tally
    assert (seam.down, seam.up) == (0, 165 * SECOND)
    assert past.states(JANUARY + 75 * SECOND) == [UNKNOWN], "the second file had no verdict yet"


def test_ruling_14_month_files_that_meet(make_past: MakePast) -> None:
    """A row of 23:59:50 covers 00:00:20 by its staleness; the next file begins at 00:00:05 and cuts it."""
    past = make_past()
    midnight = JANUARY + 31 * DAY
    past.bring([("S", midnight - 25 * SECOND), ("S", midnight - 10 * SECOND)])
    assert past.bring([("F", midnight + 5 * SECOND), ("S", midnight + 20 * SECOND)]) == Imported(2, 0)
    assert past.states(*(midnight + at * SECOND for at in (-10, 4, 5, 19, 20))) == [UP, UP, DOWN, DOWN, UP]
    again = [("F", midnight + 5 * SECOND), ("S", midnight + 20 * SECOND)]
    assert past.bring(again) == Imported(0, 2), "a second run of the same file changes nothing"


def test_ruling_14_doubled_rows_out_of_order_count_once(make_past: MakePast) -> None:
    past = make_past()
    rows = [("S", JANUARY + 30 * SECOND), ("F", JANUARY + 15 * SECOND), ("S", JANUARY)]
    past.bring([*rows, *reversed(rows)])
    answer = past.ask(JANUARY + MINUTE, window=MINUTE)
    assert answer["seconds"] == {"up": 45, "down": 15, "excluded": 0, "unknown": 0}
    assert answer["events"] == {"good": 2, "bad": 1, "excluded": 0}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("S", JANUARY), ("F", JANUARY)], "past.csv:3: says something else of the same instant than line 2"),
        ([("S", JANUARY), ("S", LONG_AFTER + 1)], r"past.csv:3: timestamp: .* is in the future"),
    ],
)
def test_ruling_14_a_contradiction_or_a_row_after_now_imports_nothing(
    make_past: MakePast, rows: list[tuple[str, int]], message: str
) -> None:
    past = make_past()
    with pytest.raises(ConfigError, match=message):
        past.bring(rows)
    assert not past.store.exists()


def test_ruling_14_rows_each_five_minutes_for_an_endpoint_at_15_s(make_past: MakePast) -> None:
    """88 % unknown; `--staleness 10m --replace` brings them in again as what they are."""
    past = make_past()
    rows = steady("S", JANUARY, JANUARY + HOUR, 5 * MINUTE)
    past.write(rows)
    for extra, unknown in (
        ([], 3_180),
        (["--staleness", "10m", "--replace", "2025-01-01T00:00:00Z..2025-01-01T01:00:00Z"], 0),
    ):
        done = called("backfill", "--csv", "past.csv", *extra, cwd=past.folder)
        assert (done.returncode, done.stderr) == (0, "")
        assert past.ask(JANUARY + HOUR, window=HOUR)["seconds"]["unknown"] == unknown
    assert pytest.approx(0.88, abs=0.005) == 3_180 / 3_600
