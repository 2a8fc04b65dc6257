"""Agreements put to the store by a command, and what is issued of them; through the daemon that holds the store, if one does."""

import json
from collections.abc import Sequence
from contextlib import closing, nullcontext, suppress
from pathlib import Path

from exporter.cli.configured import load
from exporter.cli.ledger import settle
from exporter.cli.through import Daemon
from exporter.clock import SystemClock
from exporter.errors import UptimeError, UsageError
from exporter.record.agreements.asking import Question, asked
from exporter.record.agreements.issuing import Drafted, to_issue
from exporter.record.agreements.labels import RUNNING
from exporter.sla.wire import Json
from exporter.store.base import Issue
from exporter.store.reader import SqliteReader
from exporter.store.writer import SqliteWriter

PATH = "/api/v1/issues"


def drafted(
    question: Question, config_files: Sequence[str], storage: str, *, issue: bool = False
) -> list[Drafted]:
    """Ask the store, once the outages that it has are written down as incidents.

    Args:
        question: What is asked.
        config_files: Of the configuration.
        storage: The store.
        issue: Whether it is to be issued; else ids of what cannot be written down are marked.

    Raises:
        UsageError: There is no such agreement, period or version.
        ConfigError: The configuration is wrong.
        StoreError: The store cannot be read, or not written to though it is to be issued.
    """
    with nullcontext() if issue else suppress(UptimeError):  # what cannot be read either is told below
        settle(config_files, storage)
    config = load(config_files, storage)
    store = SqliteReader.open(Path(storage))
    try:
        return asked(store, config, question, SystemClock().wall())
    finally:
        store.close()


def running(name: str | None, config_files: Sequence[str], storage: str) -> list[Json]:
    """How one agreement, or each that is in force, stands in its running period.

    Raises:
        UsageError: There is no such agreement, or none at all.
        ConfigError: The configuration is wrong.
        StoreError: The store cannot be read.
    """
    config = load(config_files, storage)
    approved = {each.name for each in config.agreements if not each.is_draft}
    names = sorted(approved) if name is None else [name]
    if not names:
        msg = "the configuration has no approved agreement; write one with `agreement new`, and name it under `agreements`"
        raise UsageError(msg)
    store = SqliteReader.open(Path(storage))
    try:
        now = SystemClock().wall()
        return [each.shown for one in names for each in asked(store, config, Question(one, RUNNING), now)]
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
                daemon.post(PATH, json.loads(each.document))
    return [each.said.number for each in issues]


def _write(issues: Sequence[Issue], storage: Path) -> None:
    store = SqliteWriter.open(storage)
    try:
        for each in issues:
            store.add_issue(each)
    finally:
        store.close()
