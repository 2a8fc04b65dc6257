"""Agreements put to the store by a command, and what is issued of them; through the daemon that holds the store, if one does."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from exporter.cli.configured import load
from exporter.cli.through import Daemon
from exporter.clock import SystemClock
from exporter.record.agreements.asking import Question, asked
from exporter.record.agreements.issuing import Drafted, to_issue
from exporter.store.base import Issue
from exporter.store.reader import SqliteReader
from exporter.store.writer import SqliteWriter

PATH = "/api/v1/issues"


def drafted(question: Question, config_files: Sequence[str], storage: str) -> list[Drafted]:
    """Ask the store.

    Raises:
        UsageError: There is no such agreement, period or version.
        ConfigError: The configuration is wrong.
        StoreError: The store cannot be read.
    """
    config = load(config_files, storage)
    store = SqliteReader.open(Path(storage))
    try:
        return asked(store, config, question, SystemClock().wall())
    finally:
        store.close()


def issued(found: Sequence[Drafted], storage: str) -> list[int]:
    """Issue what says anything new; the numbers that it got.

    Raises:
        UsageError: The period runs, or nothing has changed since it was issued.
        StoreError: It could not be written, or somebody has issued another one meanwhile.
    """
    issues = to_issue(found)
    daemon = Daemon.find(Path(storage))
    if daemon is None:
        _write(issues, Path(storage))
    else:
        with closing(daemon):
            for each in issues:
                daemon.post(PATH, each._asdict())
    return [each.number for each in issues]


def _write(issues: Sequence[Issue], storage: Path) -> None:
    store = SqliteWriter.open(storage)
    try:
        for each in issues:
            store.add_issue(each)
    finally:
        store.close()
