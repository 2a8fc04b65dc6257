"""An SLO that a command line names, put to the store."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from exporter.cli.configured import load
from exporter.cli.parsed import parsed, parsed_length
from exporter.cli.questions import find_slo
from exporter.clock import SystemClock
from exporter.record.question import Asked, pose
from exporter.store.reader import SqliteReader
from exporter.units import parse_instant


class Posed(NamedTuple):
    """What a command asks.

    Attributes:
        asked: The SLO, and whom it asks.
        window: Milliseconds, in place of the SLO's own window; None for that.
    """

    asked: Asked
    window: int | None


@contextmanager
def posed(
    slo: str, config_files: Sequence[str], storage: str, *, window: str | None = None, at: str | None = None
) -> Iterator[Posed]:
    """Put `SERVICE[/SLO]` to the store, which stays open meanwhile.

    Raises:
        UsageError: An argument is wrong.
        ConfigError: The configuration is.
        StoreError: The store cannot be read.
    """
    length = parsed_length("--window", window)
    instant = parsed("--at", at, parse_instant)
    config = load(config_files, storage)
    service, found = find_slo(config, slo)
    store = SqliteReader.open(Path(storage))
    try:
        asked = pose(store, config, service, found, now=SystemClock().wall(), at=instant, window=length)
        yield Posed(asked, length)
    finally:
        store.close()
