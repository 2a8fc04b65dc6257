"""The ledger from a command: written to through the daemon that holds the store, or by itself while there is none."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from exporter.cli.configured import load
from exporter.cli.through import Daemon
from exporter.cli.user import user
from exporter.clock import SystemClock
from exporter.config.model import Config
from exporter.errors import UptimeError
from exporter.record.agreements.asking import sources_of
from exporter.record.histories import load_as_of
from exporter.record.incidents.deriving import derived
from exporter.record.incidents.ledger import NOTHING_WRITTEN, Ledger, fold_of
from exporter.record.incidents.seeing import asked_of, seen
from exporter.record.incidents.writing import Desk, ForbiddenError, Writing
from exporter.record.question import default_instant
from exporter.sla.wire_cases import incident_of, record_of
from exporter.store.base import LogEntry, Reader
from exporter.store.reader import SqliteReader
from exporter.store.writer import SqliteWriter

INCIDENTS, MEASURES = "/api/v1/incidents", "/api/v1/measures"


def ledger_of(config_files: Sequence[str], storage: str) -> Ledger:
    """What was written down, with the outages that the record has; ids are given once where this user may write them down.

    Raises:
        ConfigError: The configuration is wrong.
        StoreError: The store cannot be read.
    """
    with suppress(UptimeError):  # what cannot be read either is told below
        told = settle(config_files, storage)
        if told is not None:
            return told
    config = load(config_files, storage)
    with closing(SqliteReader.open(Path(storage))) as store:
        return sources_of(store, config, SystemClock().wall()).ledger


def settle(config_files: Sequence[str], storage: str) -> Ledger | None:
    """Have the outages that the record has by now written down, so that the id of one is never given to another.

    Returns:
        What the daemon has, where one holds the store.

    Raises:
        UptimeError: The configuration is wrong, or they could not be written down.
    """
    config, now = load(config_files, storage), SystemClock().wall()
    if not asked_of(config.agreements):
        return None
    daemon = Daemon.find(Path(storage))
    if daemon is not None:
        with closing(daemon):
            return _read(daemon.get(INCIDENTS))
    with closing(SqliteReader.open(Path(storage))) as reading:
        if not _unsaid(reading, config, now):
            return None
    with closing(SqliteWriter.open(Path(storage))) as store:
        store.write_down(_unsaid(store, config, now))
    return None


def _read(told: Any) -> Ledger:  # noqa: ANN401 -- JSON
    """What a daemon answers.

    Raises:
        UptimeError: It is another version's.
    """
    try:
        return NOTHING_WRITTEN._replace(
            incidents={each["id"]: incident_of(each) for each in told["incidents"]},
            records={name: list(map(record_of, found)) for name, found in told["measures"].items()},
        )
    except (LookupError, TypeError, ValueError) as error:
        msg = f"the daemon tells incidents as another version does ({error}); restart it"
        raise UptimeError(msg) from error


def _unsaid(store: Reader, config: Config, now: int) -> list[LogEntry]:
    """What is to be added to the ledger because of what the record has by now."""
    asked = asked_of(config.agreements)
    ids = {service.id for service in config.services if service.name in asked}
    known, until = load_as_of(store, now, ids), default_instant(store.mark(), now)
    return derived(fold_of(store.ledger()), seen(config, known, until), until, now)


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
        store.write_down(_unsaid(store, config, now))
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


def measure_path(measure: str) -> str:
    """Where the daemon takes what is written down of a measure."""
    return f"{MEASURES}/{quote(measure, safe='')}"


def given(options: Mapping[str, Any]) -> dict[str, str]:
    """What was given of options, by the keys of the ledger."""
    return {key: str(value) for key, value in options.items() if value not in {None, ""}}
