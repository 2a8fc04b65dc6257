"""What Prometheus pays for the rules: the static file over many SLOs, and beside it the spelled-out form over fewer."""

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests
from prometheus_client.parser import text_string_to_metric_families

from exporter.engine.live import Live
from exporter.output.exposition import Exposition
from exporter.output.rules.files import rules_file
from exporter.output.rules.groups import groups, static_groups
from exporter.output.rules.rule import Group
from exporter.output.style import TEXT
from exporter.timeline.tally import State
from tests.benchmarks.table import show
from tests.support.history import ListedHistory
from tests.support.live import DAY, NOW, live, service
from tests.support.processes import wait_for
from tests.support.prometheus import Prometheus, scrape

WATCHED = 120
"""Seconds for which a Prometheus is watched, once the bridge is full of samples."""

SPELLED_OUT = 1_000
BURNING = 100
"""One SLO in so many burns its budget."""

SCRAPES_PER_BRIDGE = 12


def rule_costs(directory: Path, count: int) -> dict[str, Any]:
    """Measure the processor time that the rules add to scraping the same, by what they are; seconds each 15 s."""
    many, few = watched(count), watched(SPELLED_OUT)
    found = {}
    for name, shown, made in (
        (f"static, {count:,} SLOs", many, static_groups()),
        (f"static, {SPELLED_OUT:,} SLOs", few, static_groups()),
        (f"spelled out, {SPELLED_OUT:,} SLOs", few, groups(few.config)),
    ):
        bare, with_rules = (_measured(directory / f"{name}{len(each)}", shown, each) for each in ((), made))
        found[name] = (bare, with_rules - bare)
    show(
        "Rules: processor time of Prometheus each 15 s",
        ("", "scraping", "rules", "of a core"),
        [
            (name, f"{bare:.3f} s", f"{rules:.3f} s", f"{rules / 15:.2%}")
            for name, (bare, rules) in found.items()
        ],
    )
    return {name: rules for name, (_, rules) in found.items()}


def _measured(directory: Path, shown: Live, made: tuple[Group, ...]) -> float:
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / "rules.yml"
    file.write_text(rules_file(made))
    text = asyncio.run(exposed(shown))
    with served(text) as address, closing(Prometheus(directory, [slow_scrape(address)], [file])) as server:
        full = f"count_over_time(uptime_exporter_build_info[3m]) >= {SCRAPES_PER_BRIDGE - 1}"
        wait_for(lambda: server.query(full) or None, "a bridge is full", patience=600)
        began, spent = time.monotonic(), _cpu(server)
        time.sleep(WATCHED)
        return (_cpu(server) - spent) * 15 / (time.monotonic() - began)


def _cpu(server: Prometheus) -> float:
    """Seconds of processor time that it has taken so far."""
    text = requests.get(f"{server.url}/metrics", timeout=30).text
    (family,) = (each for each in text_string_to_metric_families(text) if each.name == "process_cpu_seconds")
    (sample,) = family.samples
    return float(sample.value)


def slow_scrape(address: str) -> Mapping[str, Any]:
    """A target that is scraped each 15 s."""
    return {**scrape(address), "scrape_interval": "15s", "scrape_timeout": "14s"}


def watched(count: int) -> Live:
    """So many services of an endpoint and an SLO each, one in `BURNING` of which is down."""
    services = [service(f"service-{number}") for number in range(count)]
    burning = ListedHistory([(NOW - DAY, State.UP), (NOW - 600_000, State.DOWN)])
    return live(*services, histories={each.name: burning for each in services[::BURNING]})


async def exposed(shown: Live) -> bytes:
    """What a scrape of it answers."""
    return "".join([part async for part in Exposition().slices(shown, NOW, TEXT)]).encode()


@contextmanager
def served(text: bytes) -> Iterator[str]:
    """The exposition as it stands, at every scrape."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", TEXT.content_type)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
