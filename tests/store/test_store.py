"""What every store must keep; so far there is one kind."""

import sqlite3
from pathlib import Path

import pytest

from exporter.errors import StoreError, StoreLockedError
from exporter.store.aside import split
from exporter.store.base import Absence, Batch, ClosedRow, Commit, EndpointKey, Mark, OpenRow
from exporter.store.reader import SqliteReader
from exporter.store.writer import SqliteWriter
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.spans import FOREVER
from exporter.timeline.tally import State

POLICY = Policy(15_000, 5_000, 35_000)
WEB = EndpointKey("shop", "web")
API = EndpointKey("shop", "api")


def row(
    at: int, step: int = 15_000, vote: State = State.UP, reason: str = "", last: int | None = None
) -> Row:
    return Row(at, step, at if last is None else last, vote, reason, event=True, policy=POLICY)


def test_an_open_row_reaches_as_far_as_the_mark_says(path: Path, writer: SqliteWriter) -> None:
    web = writer.begin(0, {WEB: "http"})[WEB]
    writer.commit(Commit(Mark(50_000, {}), [], [OpenRow(web, row(3_000))]))
    assert SqliteReader.open(path).rows(web) == [row(3_000, last=48_000)]
    writer.commit(Commit(Mark(64_000, {web: 63_000}), [], []))
    assert SqliteReader.open(path).rows(web) == [row(3_000, last=48_000)], "the beat at 63 s is in flight"
    writer.commit(Commit(Mark(65_000, {}), [], []))
    assert SqliteReader.open(path).rows(web) == [row(3_000, last=63_000)]


def test_a_row_that_was_closed_ends_there(writer: SqliteWriter) -> None:
    web = writer.begin(0, {WEB: "http"})[WEB]
    failure = row(33_000, vote=State.DOWN, reason="timeout")
    opened = [OpenRow(web, row(3_000)), OpenRow(web, failure)]
    writer.commit(Commit(Mark(40_000, {}), [ClosedRow(web, 3_000, 18_000)], opened))
    assert writer.rows(web) == [row(3_000, last=18_000), failure]


def test_a_start_makes_the_time_away_an_absence_and_closes_what_was_open(writer: SqliteWriter) -> None:
    web = writer.begin(0, {WEB: "http"})[WEB]
    writer.commit(Commit(Mark(50_000, {}), [], [OpenRow(web, row(3_000))]))
    writer.begin(90_000, {WEB: "http"})
    assert writer.absences() == [50_000]
    assert writer.rows(web) == [row(3_000, last=48_000)]
    assert writer.mark() == Mark(90_000, {})


def test_a_removed_endpoint_keeps_its_past_and_comes_back_under_its_id(writer: SqliteWriter) -> None:
    """Ruling 36."""
    web = writer.begin(0, {WEB: "http", API: "http"})[WEB]
    writer.begin(100, {API: "http"})
    assert {each.id: each.removed for each in writer.endpoints()} == {"web": ((100, FOREVER),), "api": ()}
    assert writer.begin(200, {WEB: "tcp", API: "http"})[WEB] == web
    assert {each.id: each.removed for each in writer.endpoints()} == {"web": ((100, 200),), "api": ()}


def test_two_endpoints_of_one_name_in_two_services_are_two(writer: SqliteWriter) -> None:
    """Ruling 37: identity is the service's id and the endpoint's own."""
    numbers = writer.begin(0, {WEB: "http", EndpointKey("mail", "web"): "http"})
    assert len(set(numbers.values())) == 2


def test_a_second_writer_is_refused_with_the_number_of_the_first_one_s_process(
    path: Path, writer: SqliteWriter
) -> None:
    """Ruling 39."""
    with pytest.raises(StoreLockedError, match=r"process \d+ is writing to it"):
        SqliteWriter.open(path)
    writer.begin(0, {})


def test_a_reader_sees_one_instant_while_the_writer_goes_on(path: Path, writer: SqliteWriter) -> None:
    writer.begin(0, {WEB: "http"})
    reader = SqliteReader.open(path)
    assert reader.mark() == Mark(0, {})
    writer.commit(Commit(Mark(50_000, {}), [], []))
    assert reader.mark() == Mark(0, {})
    assert SqliteReader.open(path).mark() == Mark(50_000, {})


def test_a_commit_that_fails_changes_nothing_and_can_be_tried_again(writer: SqliteWriter) -> None:
    web = writer.begin(0, {WEB: "http"})[WEB]
    other = Policy(1, 2, 3)
    opened = [OpenRow(web, row(3_000)._replace(policy=other)), OpenRow(web, row(3_000))]
    with pytest.raises(StoreError):
        writer.commit(Commit(Mark(50_000, {}), [], opened))
    assert writer.mark() == Mark(0, {})
    writer.commit(Commit(Mark(50_000, {}), [], opened[:1]))
    assert writer.rows(web)[0].policy == other


def test_what_the_clock_took_back_is_set_aside_and_not_deleted(path: Path, writer: SqliteWriter) -> None:
    """Ruling 13: the wall clock went back to 40 s."""
    web = writer.begin(0, {WEB: "http"})[WEB]
    failure = row(63_000, vote=State.DOWN, reason="timeout")
    writer.commit(
        Commit(
            Mark(70_000, {}),
            [ClosedRow(web, 3_000, 48_000)],
            [OpenRow(web, row(3_000)), OpenRow(web, failure)],
        )
    )
    writer.set_aside(70_000, 40_000)
    assert writer.rows(web) == [row(3_000, last=33_000)]
    assert writer.mark() == Mark(40_000, {})
    kept = sqlite3.connect(path).execute("SELECT at, last, vote FROM set_aside ORDER BY at").fetchall()
    assert kept == [(48_000, 48_000, 1), (63_000, 63_000, 2)]


def test_an_endpoint_that_came_and_went_later_than_the_new_now_is_watched_from_then_on(
    writer: SqliteWriter,
) -> None:
    """Ruling 13: configured, removed and configured again in the span that the clock took back."""
    writer.begin(0, {WEB: "http"})
    for now, configured in ((50_000, {}), (60_000, {WEB: "http"}), (70_000, {}), (80_000, {WEB: "http"})):
        writer.begin(now, configured)
    writer.set_aside(90_000, 40_000)
    assert [each.removed for each in writer.endpoints()] == [()]


def test_an_imported_batch_may_replace_a_span(writer: SqliteWriter) -> None:
    web = writer.begin(0, {WEB: "http"})[WEB]
    writer.commit(Commit(Mark(70_000, {}), [], [OpenRow(web, row(3_000))]))
    writer.begin(70_000, {WEB: "http"})
    new = row(20_000, 1_000, State.DOWN, "timeout", last=22_000)
    writer.import_batch(Batch(80_000, "mara", "day.csv", "ab", {web: [new]}, 0, replaced=(18_000, 34_000)))
    assert writer.rows(web) == [
        row(3_000),
        new._replace(source=1),
        row(48_000, last=63_000),
    ]


@pytest.mark.parametrize(
    ("span", "parts"),
    [
        ((0, 5), [None, None, (10, 40)]),
        ((0, 10), [None, None, (10, 40)]),
        ((10, 20), [None, (10, 10), (20, 40)]),
        ((15, 35), [(10, 10), (20, 30), (40, 40)]),
        ((40, 99), [(10, 30), (40, 40), None]),
        ((41, 99), [(10, 40), None, None]),
        ((0, 99), [None, (10, 40), None]),
    ],
)
def test_a_series_is_split_at_the_edges_of_a_span(
    span: tuple[int, int], parts: list[tuple[int, int] | None]
) -> None:
    assert list(split(10, 10, 40, span)) == parts


def test_what_is_no_store_is_refused_and_left_alone(tmp_path: Path) -> None:
    missing = tmp_path / "missing.db"
    with pytest.raises(StoreError, match="there is no such store"):
        SqliteReader.open(missing)
    empty = tmp_path / "empty.db"
    empty.touch()
    with pytest.raises(StoreError, match="the store is empty"):
        SqliteReader.open(empty)
    text = tmp_path / "text.db"
    text.write_text("hello, world; " * 400)
    foreign = tmp_path / "foreign.db"
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    for path in (text, foreign):
        before = path.read_bytes()
        for opening in (SqliteReader.open, SqliteWriter.open):
            with pytest.raises(StoreError, match="not a store of uptime-slo-exporter"):
                opening(path)
        assert path.read_bytes() == before
    with pytest.raises(StoreError, match="cannot make its lock file"):
        SqliteWriter.open(tmp_path / "nowhere" / "uptime.db")


def test_a_store_of_a_newer_version_is_refused(path: Path) -> None:
    SqliteWriter.open(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    for opening in (SqliteReader.open, SqliteWriter.open):
        with pytest.raises(StoreError, match="written by a newer uptime-slo-exporter"):
            opening(path)


def test_a_database_that_another_program_has_locked_is_a_store_error(
    path: Path, writer: SqliteWriter
) -> None:
    writer.begin(0, {WEB: "http"})
    writer._connection.execute("PRAGMA busy_timeout = 10")  # noqa: SLF001 -- do not wait five seconds
    shell = sqlite3.connect(path, isolation_level=None)
    shell.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another program has it locked"):
        writer.commit(Commit(Mark(5, {}), [], []))
    shell.execute("ROLLBACK")
    writer.commit(Commit(Mark(5, {}), [], []))


def test_a_full_database_is_a_store_error_and_nothing_is_lost(writer: SqliteWriter) -> None:
    web = writer.begin(0, {WEB: "http"})[WEB]
    pages = writer._connection.execute("PRAGMA page_count").fetchone()[0]  # noqa: SLF001
    writer._connection.execute(f"PRAGMA max_page_count = {pages}")  # noqa: SLF001 -- SQLite's own full disk
    rows = [OpenRow(web, row(at, 0)) for at in range(1_000)]
    with pytest.raises(StoreError, match="the disk is full"):
        writer.commit(Commit(Mark(5, {}), [], rows))
    writer._connection.execute("PRAGMA max_page_count = 100000")  # noqa: SLF001
    writer.commit(Commit(Mark(5, {}), [], rows))
    assert len(writer.rows(web)) == 1_000


def test_absences_are_kept_with_their_ends_and_causes_but_for_those_that_were_set_aside(
    path: Path, writer: SqliteWriter
) -> None:
    writer.begin(0, {WEB: "http"})
    writer.commit(Commit(Mark(50_000, {})))
    writer.begin(90_000, {WEB: "http"})
    writer.commit(Commit(Mark(99_000, {}), absences=[Absence(95_000, 97_000, "clock")]))
    assert writer.absence_spans() == [Absence(50_000, 90_000, "stopped"), Absence(95_000, 97_000, "clock")]
    writer.set_aside(99_000, 93_000)
    assert SqliteReader.open(path).absence_spans() == [Absence(50_000, 90_000, "stopped")]
