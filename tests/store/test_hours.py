"""Slow successes and sketches of durations: kept by hour, taken out with their results."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.errors import StoreError
from exporter.store.base import Batch, ClosedRow, Commit, EndpointKey, Mark, OpenRow, Sketch, SlowSuccess
from exporter.store.hours import pack, unpack
from exporter.store.reader import SqliteReader
from exporter.store.writer import SqliteWriter
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.spans import FOREVER
from exporter.timeline.tally import State
from exporter.units import HOUR

POLICY = Policy(1_000, 500, 2_500, latency=(("latency", 300_000_000), ("strict", 100_000_000)))
WEB = EndpointKey("shop", "web")
API = EndpointKey("shop", "api")
FAST, FASTER = 300_000_000, 100_000_000


def begin(writer: SqliteWriter) -> tuple[int, int]:
    numbers = writer.begin(0, {WEB: "http", API: "http"})
    return numbers[WEB], numbers[API]


@given(st.integers(-10, 10), st.lists(st.integers(0, HOUR - 1)))
def test_packed_instants_are_what_they_were(hours: int, offsets: list[int]) -> None:
    instants = [hours * HOUR + offset for offset in offsets]
    packed = pack(instants, hours * HOUR)
    assert (len(packed), unpack(packed, hours * HOUR)) == (3 * len(instants), instants)


def test_a_result_s_thresholds_are_kept_with_it(path: Path, writer: SqliteWriter) -> None:
    """Ruling 29: each probe is judged by the threshold in force when it ran."""
    web, _ = begin(writer)
    before, after = Policy(1_000, 500, 2_500), POLICY
    rows = [Row(at, 0, at, State.UP, "", event=True, policy=each) for at, each in ((5, before), (9, after))]
    writer.commit(Commit(Mark(10, {}), opened=[OpenRow(web, row) for row in rows]))
    assert SqliteReader.open(path).rows(web) == rows


def test_slow_successes_of_one_hour_are_added_commit_by_commit(path: Path, writer: SqliteWriter) -> None:
    web, api = begin(writer)
    writer.commit(
        Commit(Mark(5_000, {}), slow=[SlowSuccess(web, FAST, 2_000), SlowSuccess(web, FASTER, 2_000)])
    )
    writer.commit(
        Commit(Mark(9_000, {}), slow=[SlowSuccess(web, FASTER, 0x0A00FF), SlowSuccess(api, FAST, 7_000)])
    )
    later = [SlowSuccess(web, FASTER, at) for at in (HOUR - 1, HOUR, HOUR + 0xFF)]
    writer.commit(Commit(Mark(2 * HOUR, {}), slow=later))
    reader = SqliteReader.open(path)
    assert reader.slow(web) == {FAST: [2_000], FASTER: [2_000, 0x0A00FF, HOUR - 1, HOUR, HOUR + 0xFF]}
    assert reader.slow(api) == {FAST: [7_000]}
    [(kind, size)] = sqlite3.connect(path).execute(
        f"SELECT DISTINCT typeof(instants), length(instants) FROM slow WHERE hour = 0 AND threshold = {FASTER}"
    )
    assert (kind, size) == ("blob", 9), "three bytes each"


def test_a_failed_commit_keeps_none_of_them(writer: SqliteWriter) -> None:
    web, _ = begin(writer)
    row = OpenRow(web, Row(5, 0, 5, State.UP, "", event=True, policy=POLICY))
    slow, sketches = [SlowSuccess(web, FAST, 5)], [Sketch(web, 0, b"a")]
    with pytest.raises(StoreError):
        writer.commit(Commit(Mark(9, {}), opened=[row, row], slow=slow, sketches=sketches))
    assert (writer.slow(web), writer.sketches(web, 0, HOUR)) == ({}, [])
    writer.commit(Commit(Mark(9, {}), opened=[row], slow=slow, sketches=sketches))
    assert (writer.slow(web), writer.sketches(web, 0, HOUR)) == ({FAST: [5]}, [(0, b"a")])


def test_an_hour_has_a_sketch_for_each_part_that_was_written(path: Path, writer: SqliteWriter) -> None:
    """The daemon may be restarted within an hour."""
    web, api = begin(writer)
    writer.commit(Commit(Mark(9, {}), sketches=[Sketch(web, HOUR, b"first"), Sketch(api, HOUR, b"other")]))
    writer.commit(
        Commit(Mark(9, {}), sketches=[Sketch(web, HOUR, b"second"), Sketch(web, 3 * HOUR, b"third")])
    )
    reader = SqliteReader.open(path)
    assert reader.sketches(web, 0, FOREVER) == [(HOUR, b"first"), (HOUR, b"second"), (3 * HOUR, b"third")]
    assert reader.sketches(api, 0, FOREVER) == [(HOUR, b"other")]


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (0, 5 * HOUR, [1, 3]),
        (0, HOUR, []),
        (0, HOUR + 1, [1]),
        (2 * HOUR - 1, 3 * HOUR, [1]),
        (2 * HOUR, 3 * HOUR, []),
        (2 * HOUR, 3 * HOUR + 1, [3]),
        (4 * HOUR, FOREVER, []),
    ],
)
def test_sketches_are_those_of_the_hours_that_overlap_the_span(
    writer: SqliteWriter, start: int, end: int, hours: list[int]
) -> None:
    web, _ = begin(writer)
    writer.commit(Commit(Mark(9, {}), sketches=[Sketch(web, hour * HOUR, b"x") for hour in (1, 3)]))
    assert [hour // HOUR for hour, _ in writer.sketches(web, start, end)] == hours


def aside(path: Path) -> list[tuple[str, int, list[int]]]:
    found = sqlite3.connect(path).execute(
        "SELECT cause, hour, instants FROM set_aside_slow ORDER BY set_aside_at, hour"
    )
    return [(cause, hour, list(unpack(packed, hour))) for cause, hour, packed in found]


def test_what_the_clock_took_back_takes_its_slow_successes_and_sketches_with_it(
    path: Path, writer: SqliteWriter
) -> None:
    """Ruling 13: the wall clock went back into the second hour; its sketch cannot be split, and stays."""
    web, _ = begin(writer)
    slow = [SlowSuccess(web, FAST, at) for at in (5, HOUR + 1, HOUR + 2, 2 * HOUR + 3)]
    sketches = [Sketch(web, hour * HOUR, bytes([hour])) for hour in range(3)]
    writer.commit(Commit(Mark(3 * HOUR, {}), slow=slow, sketches=sketches))
    writer.set_aside(3 * HOUR, HOUR + 2)
    assert writer.slow(web) == {FAST: [5, HOUR + 1]}
    assert aside(path) == [("clock", HOUR, [HOUR + 2]), ("clock", 2 * HOUR, [2 * HOUR + 3])]
    assert writer.sketches(web, 0, FOREVER) == [(0, b"\0"), (HOUR, b"\1")]
    kept = sqlite3.connect(path).execute("SELECT cause, hour, durations FROM set_aside_sketch").fetchall()
    assert kept == [("clock", 2 * HOUR, b"\2")]
    writer.commit(Commit(Mark(3 * HOUR, {}), slow=[SlowSuccess(web, FAST, HOUR + 7)]))
    assert writer.slow(web) == {FAST: [5, HOUR + 1, HOUR + 7]}


def test_a_batch_that_replaces_a_span_replaces_its_slow_successes_too(
    path: Path, writer: SqliteWriter
) -> None:
    """Ruling 14; other endpoints keep theirs."""
    web, api = begin(writer)
    open_row = OpenRow(web, Row(1_000, 1_000, 1_000, State.UP, "", event=True, policy=POLICY))
    slow = [SlowSuccess(each, FAST, at) for each in (web, api) for at in (2_000, 5_000, 9_000)]
    sketches = [Sketch(each, hour * HOUR, b"old") for each in (web, api) for hour in (0, 1)]
    writer.commit(Commit(Mark(10_000, {}), opened=[open_row], slow=slow, sketches=sketches))
    new = Row(6_000, 0, 6_000, State.UP, "", event=True, policy=POLICY)
    batch = Batch(
        at=4 * HOUR,
        who="mara",
        origin="day.csv",
        sha256="ab",
        rows={web: [new]},
        skipped=0,
        replaced=(3_000, 2 * HOUR),
        slow=[SlowSuccess(web, FAST, 6_000)],
        sketches=[Sketch(web, 0, b"new")],
    )
    writer.import_batch(batch)
    assert writer.slow(web) == {FAST: [2_000, 6_000]}
    assert writer.slow(api) == {FAST: [2_000, 5_000, 9_000]}
    assert aside(path) == [("replaced by mara", 0, [5_000, 9_000])]
    assert writer.sketches(web, 0, FOREVER) == [(0, b"old"), (0, b"new")], (
        "the first hour was not all replaced"
    )
    assert writer.sketches(api, 0, FOREVER) == [(0, b"old"), (HOUR, b"old")]


def test_an_import_may_lie_before_what_its_hour_has(writer: SqliteWriter) -> None:
    web, _ = begin(writer)
    writer.commit(
        Commit(Mark(10_000, {}), closed=[ClosedRow(web, 1, 1)], slow=[SlowSuccess(web, FAST, 9_000)])
    )
    earlier = SlowSuccess(web, FAST, 4_000)
    writer.import_batch(Batch(10_000, "mara", "day.csv", "ab", {web: []}, 0, slow=[earlier]))
    assert writer.slow(web) == {FAST: [4_000, 9_000]}
