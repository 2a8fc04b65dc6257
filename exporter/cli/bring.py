"""Past results into the record by a command: through the daemon that holds the store, or by itself."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from exporter.cli.through import Daemon
from exporter.config.model import Config
from exporter.record.backfill import Imported, Origin, backfill
from exporter.record.csv_file import EndpointName, Past
from exporter.record.wire import encode
from exporter.store.writer import SqliteWriter
from exporter.timeline.spans import Span

PATH = "/api/v1/backfill"


def bring(
    storage: Path,
    config: Config,
    results: Mapping[EndpointName, Sequence[Past]],
    origin: Origin,
    *,
    now: int,
    staleness: int | None,
    replaced: Span | None,
) -> Imported:
    """Bring results in, all or none; arguments and errors as of `record.backfill.backfill`."""
    daemon = Daemon.find(storage)
    if daemon is not None:
        with closing(daemon):
            done = daemon.post(
                PATH,
                {
                    "name": origin.name,
                    "sha256": origin.sha256,
                    "staleness": staleness,
                    "replaced": replaced,
                    "results": encode(results),
                },
            )
        return Imported(**done)
    store = SqliteWriter.open(storage)
    try:
        return backfill(store, config, results, origin, now=now, staleness=staleness, replaced=replaced)
    finally:
        store.close()
