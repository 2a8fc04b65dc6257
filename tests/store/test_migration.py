"""A store of an older version is brought up to date, and answers as it did."""

import sqlite3
from pathlib import Path

import pytest

from exporter.errors import StoreError
from exporter.store.base import Mark, StoredEndpoint
from exporter.store.reader import DUE, SqliteReader
from exporter.store.schema import APPLICATION_ID, MIGRATIONS
from exporter.store.writer import SqliteWriter
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.spans import FOREVER
from exporter.timeline.tally import State

FAST = Policy(1_000, 500, 2_500)
CAREFUL = Policy(15_000, 5_000, 35_000, down_after=2)


def make_version_1(path: Path) -> None:
    """A file as version 1 left it: made by its script, with rows of all its tables."""
    with sqlite3.connect(path, isolation_level=None) as store:
        store.execute("PRAGMA journal_mode = wal")
        store.executescript(
            f"BEGIN; PRAGMA application_id = {APPLICATION_ID}; {MIGRATIONS[0]} PRAGMA user_version = 1; COMMIT;"
        )
        store.execute("INSERT INTO mark VALUES (1, 90000, ?)", (DUE.pack(7, 80_000),))
        store.execute("INSERT INTO endpoint VALUES (5, 'shop', 'web', 'http'), (7, 'shop', 'api', 'tcp')")
        store.execute("INSERT INTO watch VALUES (5, 0, NULL), (7, 0, 100)")
        policies = [(2, 1_000, 500, 2_500, 1, 1), (4, 15_000, 5_000, 35_000, 2, 1)]
        store.executemany("INSERT INTO policy VALUES (?, ?, ?, ?, ?, ?)", policies)
        series = [
            (5, 3_000, 15_000, 33_000, 1, "", 1, 4, 0),
            (5, 40_000, 0, 40_000, 2, "timeout", 0, 4, 0),
            (7, 50_000, 1_000, None, 1, "", 1, 2, 0),
        ]
        store.executemany("INSERT INTO series VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", series)
        store.execute("INSERT INTO absence VALUES (1, 34000, 39000, 'stopped', NULL)")
        store.execute("INSERT INTO batch VALUES (1, 5, 'mara', 'day.csv', 'ab', 3, 0)")
        store.execute("INSERT INTO set_aside VALUES (6, 'clock', 5, 8, 0, 8, 1, '', 1, 4, 0)")
    store.close()


def test_a_version_1_file_is_brought_up_to_date_and_answers_the_same(tmp_path: Path) -> None:
    path = tmp_path / "uptime.db"
    make_version_1(path)
    with pytest.raises(
        StoreError, match=r"store version 1, this one reads 4\); start this version's `run` on it"
    ):
        SqliteReader.open(path)
    SqliteWriter.open(path).close()
    reader = SqliteReader.open(path)
    assert reader.mark() == Mark(90_000, {7: 80_000})
    assert reader.endpoints() == [
        StoredEndpoint(5, "shop", "web", "http", (), 3_000),
        StoredEndpoint(7, "shop", "api", "tcp", ((100, FOREVER),), 50_000),
    ]
    assert reader.rows(5) == [
        Row(3_000, 15_000, 33_000, State.UP, "", event=True, policy=CAREFUL),
        Row(40_000, 0, 40_000, State.DOWN, "timeout", event=False, policy=CAREFUL),
    ]
    assert reader.rows(7) == [Row(50_000, 1_000, 79_000, State.UP, "", event=True, policy=FAST)]
    assert reader.absences() == [34_000]
    assert (reader.slow(5), reader.sketches(5, 0, FOREVER), reader.kept_from()) == ({}, [], None)
    assert reader.exclusion_log() == []
    reader.close()
    with sqlite3.connect(path) as store:
        assert store.execute("SELECT count(*) FROM batch, set_aside").fetchone() == (1,)
        assert store.execute("PRAGMA foreign_key_check").fetchall() == []
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.close()


def test_a_migrated_store_is_made_of_the_same_tables_as_a_new_one(tmp_path: Path) -> None:
    make_version_1(tmp_path / "old.db")
    for name in ("old.db", "new.db"):
        SqliteWriter.open(tmp_path / name).close()
    assert tables(tmp_path / "old.db") == tables(tmp_path / "new.db")


def tables(path: Path) -> list[tuple[str, str]]:
    store = sqlite3.connect(path)
    found = store.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    store.close()
    return found
