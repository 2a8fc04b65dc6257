"""The exclusions' audit trail is only ever added to."""

import sqlite3
from pathlib import Path

import pytest

from exporter.errors import StoreError
from exporter.store.base import LogEntry
from exporter.store.reader import SqliteReader
from exporter.store.writer import SqliteWriter

ADDED = LogEntry(5, "mara", "add", "1", '{"reason": "move"}')
REMOVED = LogEntry(9, "", "remove", "1", "{}")


def test_entries_stay_in_the_order_in_which_they_were_made(path: Path, writer: SqliteWriter) -> None:
    writer.log_exclusions([ADDED])
    writer.log_exclusions([REMOVED, ADDED])
    logged = SqliteReader.open(path).exclusion_log()
    assert logged == [ADDED._replace(seq=1), REMOVED._replace(seq=2), ADDED._replace(seq=3)]


def test_of_several_entries_all_or_none_are_made(writer: SqliteWriter) -> None:
    unwritable = ADDED._replace(who=None)  # type: ignore[arg-type]  # what a mistake would do
    with pytest.raises(StoreError):
        writer.log_exclusions([ADDED, unwritable])
    assert writer.exclusion_log() == []


@pytest.mark.parametrize(
    "rewriting",
    [
        "UPDATE exclusion_log SET who = 'nobody'",
        "DELETE FROM exclusion_log",
        "INSERT OR REPLACE INTO exclusion_log VALUES (1, 5, 'nobody', 'add', '1', '{}')",
    ],
)
def test_nobody_rewrites_it_not_even_with_a_shell(path: Path, writer: SqliteWriter, rewriting: str) -> None:
    writer.log_exclusions([ADDED])
    shell = sqlite3.connect(path, isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
        shell.execute(rewriting)
    shell.close()
    assert writer.exclusion_log() == [ADDED._replace(seq=1)]


def test_pruning_leaves_it_alone(writer: SqliteWriter) -> None:
    writer.log_exclusions([ADDED])
    writer.prune(1_000)
    assert writer.exclusion_log() == [ADDED._replace(seq=1)]
