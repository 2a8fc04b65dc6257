"""The whole daemon under load: CPU per probe, lag, missed beats, and what a scrape costs."""

import time
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.cpu import cpu_seconds, resident_bytes
from tests.support.daemon import Daemon

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]

LAG = "uptime_scheduler_lag_seconds"


@dataclass(frozen=True, slots=True)
class Load:
    """What the daemon is given to do.

    Attributes:
        url: To which a number is appended, another for each endpoint.
        ca: File of the root that its certificate chains to; None for plain HTTP.
        endpoints: How many, each in a service of its own with one SLO.
        interval: Of each, in seconds.
    """

    url: str
    ca: Path | None
    endpoints: int
    interval: int

    @property
    def rate(self) -> float:
        """Probes a second."""
        return self.endpoints / self.interval


@dataclass(frozen=True, slots=True)
class Lag:
    """How late beats were, in seconds; upper bounds of the daemon's histogram.

    Attributes:
        beats: Probes that were started.
        p50: Half of the beats were at most that late.
        p99: 99 of 100 were.
        worst: All were.
    """

    beats: int
    p50: float
    p99: float
    worst: float


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of the daemon.

    Attributes:
        cpu: Seconds while it probed and nobody scraped.
        lag: In that time.
        missed: Beats that were missed over the whole run.
        scrape_cpu: Seconds that one scrape of all metrics costs on top of the probing.
        scrape_lag: While scraped.
        scrape_bytes: As sent, compressed.
        scrape_lines: Samples in it.
        up: Endpoints that were found up at the end.
        memory: Bytes in RAM at the end.
    """

    cpu: float
    lag: Lag
    missed: int
    scrape_cpu: float
    scrape_lag: Lag
    scrape_bytes: int
    scrape_lines: int
    up: int
    memory: int


def write_config(load: Load, file: Path) -> None:
    """Write a configuration of one service for each endpoint."""
    probe = "" if load.ca is None else ", probe: local"
    with file.open("w", encoding="utf-8") as out:
        out.write(f"defaults: {{interval: {load.interval}s, timeout: 5s}}\n")
        if load.ca is not None:
            out.write(f"probes:\n  local: {{type: http, tls: {{ca_file: {load.ca}}}}}\n")
        out.write("services:\n")
        for number in range(load.endpoints):
            out.write(
                f'  - {{name: s{number}, endpoints: [{{name: web, url: "{load.url}/{number}"{probe}}}],'
                " slos: [{objective: 99.9}]}\n"
            )


def run_daemon(load: Load, directory: Path, *, warm: float, seconds: float) -> Measured:
    """Start the daemon on a fresh store, let it probe for `warm` seconds, then measure it."""
    config = directory / "uptime.yml"
    write_config(load, config)
    directory.joinpath("store").mkdir()
    daemon = Daemon(config, directory / "store" / "uptime.db")
    try:
        time.sleep(warm)
        return _measure(daemon, seconds)
    finally:
        daemon.close()
        for file in directory.joinpath("store").iterdir():
            file.unlink()
        directory.joinpath("store").rmdir()


def _measure(daemon: Daemon, seconds: float) -> Measured:
    _scrape(daemon, 0)  # the first one words the labels, which a daemon does once in its life
    before = _own(daemon)
    cpu = _cpu_while_asleep(daemon, seconds)
    between = _own(daemon)
    pause = max(3.0, seconds / 3)
    answer, scraping = _scrape(daemon, pause)
    after = _own(daemon)
    lines = daemon.get("/metrics").text.splitlines()  # a parser would take longer than the whole round
    return Measured(
        cpu=cpu,
        lag=lag_between(before, between),
        missed=round(
            sum(value for (name, _), value in after.items() if name == "uptime_scheduler_missed_probes_total")
        ),
        scrape_cpu=scraping - cpu * pause / seconds,
        scrape_lag=lag_between(between, after),
        scrape_bytes=answer,
        scrape_lines=sum(1 for line in lines if not line.startswith("#")),
        up=sum(
            1 for line in lines if line.startswith("uptime_endpoint_up{") and float(line.split()[-1]) == 1
        ),
        memory=resident_bytes(daemon.process.pid),
    )


def _own(daemon: Daemon) -> Samples:
    """The daemon's metrics about itself only, which cost next to nothing."""
    return daemon.samples("?collect[]=exporter")


def _cpu_while_asleep(daemon: Daemon, seconds: float) -> float:
    cpu = cpu_seconds(daemon.process.pid)
    time.sleep(seconds)
    return cpu_seconds(daemon.process.pid) - cpu


def _scrape(daemon: Daemon, seconds: float) -> tuple[int, float]:
    """One scrape as Prometheus does it: bytes sent, and CPU seconds over `seconds` from its start."""
    end = time.monotonic() + seconds
    cpu = cpu_seconds(daemon.process.pid)
    size = daemon.raw_size(
        "/metrics", Accept_Encoding="gzip", Accept="application/openmetrics-text; version=1.0.0"
    )
    time.sleep(max(0.0, end - time.monotonic()))
    return size, cpu_seconds(daemon.process.pid) - cpu


def lag_between(before: Samples, after: Samples) -> Lag:
    """What the histogram of lag gained between two scrapes."""
    name = f"{LAG}_bucket"
    gained = sorted(
        (float(dict(labels)["le"]), value - before.get((metric, labels), 0.0))
        for (metric, labels), value in after.items()
        if metric == name
    )
    beats = gained[-1][1] if gained else 0.0

    def bound(share: float) -> float:
        return next((le for le, count in gained if count >= share * beats), float("inf"))

    return Lag(round(beats), bound(0.5), bound(0.99), bound(1.0))
