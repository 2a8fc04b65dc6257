"""What Prometheus pays for the rules: the static file over many SLOs, and beside it the spelled-out form over fewer."""

import asyncio
import threading
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

EVALUATIONS = 5
"""Of which the median is taken, once the bridge is full of samples."""

SPELLED_OUT = 1_000
BURNING = 100
"""One SLO in so many burns its budget."""

SCRAPES_PER_BRIDGE = 12


def rule_costs(directory: Path, count: int) -> dict[str, Any]:
    """Measure both; seconds of one evaluation of all groups."""
    found = {
        f"static, {count:,} SLOs": _measured(directory / "many", count, lambda _: static_groups()),
        f"static, {SPELLED_OUT:,} SLOs": _measured(directory / "few", SPELLED_OUT, lambda _: static_groups()),
        f"spelled out, {SPELLED_OUT:,} SLOs": _measured(
            directory / "spelled", SPELLED_OUT, lambda shown: groups(shown.config)
        ),
    }
    show(
        "Rules: seconds of Prometheus for one evaluation, every 15 s",
        ("", "all groups", "of 15 s"),
        [(name, f"{seconds:.3f}", f"{seconds / 15:.2%}") for name, seconds in found.items()],
    )
    return found


def _measured(directory: Path, count: int, rules_of: Any) -> float:
    directory.mkdir(parents=True, exist_ok=True)
    shown = _shown(count)
    made: tuple[Group, ...] = rules_of(shown)
    file = directory / "rules.yml"
    file.write_text(rules_file(made))
    text = asyncio.run(_text(shown))
    with _served(text) as address, closing(Prometheus(directory, [_slow_scrape(address)], [file])) as server:
        return _settled(server, len(made))


def _slow_scrape(address: str) -> Mapping[str, Any]:
    return {**scrape(address), "scrape_interval": "15s", "scrape_timeout": "14s"}


def _shown(count: int) -> Live:
    services = [service(f"service-{number}") for number in range(count)]
    burning = ListedHistory([(NOW - DAY, State.UP), (NOW - 600_000, State.DOWN)])
    return live(*services, histories={each.name: burning for each in services[::BURNING]})


async def _text(shown: Live) -> bytes:
    return "".join([part async for part in Exposition().slices(shown, NOW, TEXT)]).encode()


@contextmanager
def _served(text: bytes) -> Iterator[str]:
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


def _settled(server: Prometheus, wanted: int) -> float:
    """The median time of all groups together, once the samples of a whole bridge are there."""
    series = f"count_over_time(uptime_exporter_build_info[3m]) >= {SCRAPES_PER_BRIDGE - 1}"
    wait_for(lambda: server.query(series) or None, "a bridge is full", patience=600)
    seen: dict[float, float] = {}

    def enough() -> bool:
        at, took = _last_evaluation(server, wanted)
        seen[at] = took
        return len(seen) >= EVALUATIONS

    wait_for(enough, "evaluations", patience=600)
    return sorted(seen.values())[len(seen) // 2]


def _last_evaluation(server: Prometheus, wanted: int) -> tuple[float, float]:
    """When the groups were evaluated last, and how long all of them took."""
    text = requests.get(f"{server.url}/metrics", timeout=30).text
    found = {
        sample.name: [each.value for each in family.samples]
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("prometheus_rule_group_last")
    }
    assert len(found["prometheus_rule_group_last_duration_seconds"]) == wanted
    return (
        max(found["prometheus_rule_group_last_evaluation_timestamp_seconds"]),
        sum(found["prometheus_rule_group_last_duration_seconds"]),
    )
