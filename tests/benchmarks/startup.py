"""What a start costs: CPU from the command to the first snapshot, with the history of 10,000 endpoints."""

from pathlib import Path
from statistics import median
from typing import Any

from exporter.config.load import load
from exporter.store.base import ClosedRow, Commit, EndpointKey, Mark, OpenRow
from exporter.store.writer import SqliteWriter
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.tally import State
from tests.benchmarks.cpu import cpu_seconds, resident_bytes
from tests.benchmarks.daemon import Load, write_config
from tests.benchmarks.servers import Web
from tests.benchmarks.table import show
from tests.support.daemon import Daemon

START = 1_700_000_000_000
INTERVAL = 15_000
POLICY = Policy(interval=INTERVAL, timeout=5_000, staleness=2 * INTERVAL + 5_000)
PER_ROW = 20
"""Results of a series."""


def startup(
    directory: Path, web: Web, endpoints: int, series: tuple[int, ...], rounds: int
) -> dict[str, Any]:
    """Run and print it: for each number of series an endpoint has in the store."""
    config = directory / "startup.yml"
    write_config(Load(web.http, None, endpoints, INTERVAL // 1000), config)
    found: dict[str, Any] = {}
    rows = []
    for count in series:
        storage = directory / f"startup-{count}.db"
        fill(storage, config, count)
        starts = [start(config, storage) for _ in range(rounds)]
        seconds, memory = median(cpu for cpu, _ in starts), median(size for _, size in starts)
        found[f"{count} series"] = {"cpu_seconds": seconds, "resident_bytes": memory}
        size = storage.stat().st_size / 2**20
        rows.append([str(count), f"{size:.0f}", f"{seconds:.2f}", f"{memory / 2**20:.0f}"])
    show(
        f"start with {endpoints} endpoints, until ready",
        ["series an endpoint", "store MiB", "CPU s", "RSS MiB"],
        rows,
    )
    return found


def fill(storage: Path, config: Path, series: int) -> None:
    """Write a record in which every endpoint goes up and down by turns, a series each."""
    services = load([str(config)], {}).services
    configured = {
        EndpointKey(service.id, endpoint.id): endpoint.kind
        for service in services
        for endpoint in service.endpoints
    }
    writer = SqliteWriter.open(storage)
    numbers = list(writer.begin(START, configured).values())
    length = PER_ROW * INTERVAL
    for turn in range(series):
        at = START + turn * length
        vote, reason = (State.DOWN, "status") if turn % 2 else (State.UP, "")
        row = Row(at, INTERVAL, at, vote, reason, event=True, policy=POLICY)
        writer.commit(
            Commit(
                Mark(at + length - 1, {}),
                [ClosedRow(number, at - length, at - INTERVAL) for number in numbers] if turn else [],
                [OpenRow(number, row) for number in numbers],
            )
        )
    writer.close()


def start(config: Path, storage: Path) -> tuple[float, int]:
    """CPU seconds and memory of a daemon that has just become ready."""
    daemon = Daemon(config, storage)
    try:
        return cpu_seconds(daemon.process.pid), resident_bytes(daemon.process.pid)
    finally:
        daemon.close()
