"""The ledger from a command: written to through the daemon that holds the store, or by itself while there is none."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from exporter.cli.configured import load
from exporter.cli.through import Daemon
from exporter.cli.user import user
from exporter.clock import SystemClock
from exporter.record.agreements.asking import sources_of
from exporter.record.incidents.deriving import derived
from exporter.record.incidents.ledger import Ledger, fold_of
from exporter.record.incidents.seeing import seen
from exporter.record.incidents.writing import Desk, ForbiddenError, Writing
from exporter.store.base import LogEntry
from exporter.store.reader import SqliteReader
from exporter.store.writer import SqliteWriter

INCIDENTS, MEASURES = "/api/v1/incidents", "/api/v1/measures"


def ledger_of(config_files: Sequence[str], storage: str) -> Ledger:
    """What was written down, with the outages that the record has.

    Raises:
        ConfigError: The configuration is wrong.
        StoreError: The store cannot be read.
    """
    config = load(config_files, storage)
    with closing(SqliteReader.open(Path(storage))) as store:
        return sources_of(store, config, SystemClock().wall()).ledger


def write_down(
    path: str,
    wanted: Mapping[str, str],
    make: Callable[[Desk], LogEntry],
    config_files: Sequence[str],
    storage: str,
) -> str:
    """Write one entry; the ident of what it is about.

    Args:
        path: Where the daemon takes it.
        wanted: What it is asked for.
        make: Makes the entry where there is no daemon.
        config_files: Of the configuration.
        storage: The store.

    Raises:
        UptimeError: The user may not, what is wanted is not right, or it could not be written.
    """
    daemon = Daemon.find(Path(storage))
    if daemon is not None:
        with closing(daemon):
            ident: str = daemon.post(path, wanted)["id"]
            return ident
    (entry,) = write_by_itself(lambda desk: [make(desk)], config_files, storage)
    return entry.ident


def write_by_itself(make: Writing, config_files: Sequence[str], storage: str) -> Sequence[LogEntry]:
    """Write entries into a store that no daemon holds, after the outages that it has by now.

    Raises:
        UptimeError: The user may not, what is wanted is not right, or it could not be written.
    """
    config, now = load(config_files, storage), SystemClock().wall()
    with closing(SqliteWriter.open(Path(storage))) as store:
        found = sources_of(store, config, now)
        store.write_down(derived(store.ledger(), seen(config, found.known, found.until), found.until, now))
        desk = Desk(
            config.agreements, [each.name for each in config.services], fold_of(store.ledger()), user(), now
        )
        try:
            entries = make(desk)
        except ForbiddenError as error:
            store.write_down([error.entry])
            raise
        store.write_down(entries)
        return entries


def path_of(ident: str, act: str) -> str:
    """Where the daemon takes what is done to an incident."""
    return f"{INCIDENTS}/{quote(ident, safe='')}/{act}"


def given(options: Mapping[str, Any]) -> dict[str, str]:
    """What was given of options, by the keys of the ledger."""
    return {key: str(value) for key, value in options.items() if value not in {None, ""}}
