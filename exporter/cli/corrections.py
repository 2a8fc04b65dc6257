"""Exclusions entered, taken back and listed by a command itself, while no daemon holds the store."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from exporter.cli.configured import load
from exporter.cli.user import user
from exporter.clock import SystemClock
from exporter.record.corrections import Draft, adding, approving, removing
from exporter.record.histories import load_as_of
from exporter.record.sampled import counted_slos, load_sampled
from exporter.record.told import corrections_as_json, told
from exporter.record.wanted import Wanted
from exporter.store.reader import SqliteReader
from exporter.store.sqlite import require
from exporter.store.writer import SqliteWriter


def added(wanted: Wanted, config_files: Sequence[str], storage: Path) -> dict[str, Any]:
    """Enter an exclusion; what the daemon would answer."""
    return _done(partial(adding, wanted), config_files, storage)


def removed(ident: str, why: str, config_files: Sequence[str], storage: Path) -> dict[str, Any]:
    """Take one back; what the daemon would answer."""
    return _done(partial(removing, ident, why), config_files, storage)


def approved(ident: str, why: str, config_files: Sequence[str], storage: Path) -> dict[str, Any]:
    """Agree to one; what the daemon would answer."""
    return _done(partial(approving, ident, why), config_files, storage)


def listed(config_files: Sequence[str], storage: Path) -> dict[str, Any]:
    """Everything in force, and the trail; what the daemon would answer."""
    config = load(config_files, storage)
    store = SqliteReader.open(storage)
    try:
        return corrections_as_json(config, store.exclusion_log())
    finally:
        store.close()


def _done(drafted: Callable[..., Draft], config_files: Sequence[str], storage: Path) -> dict[str, Any]:
    config, now = load(config_files, storage), SystemClock().wall()
    require(storage)  # a correction of what was never measured is a mistyped path
    store = SqliteWriter.open(storage)
    try:
        draft = drafted(config, store.exclusion_log(), author=user(), now=now)
        sampled = load_sampled(store, counted_slos(config))
        correction = draft.worked_out(load_as_of(store, now), sampled)
        store.log_exclusions([correction.entry])
    finally:
        store.close()
    return told(correction, config)
