"""A `demo` that runs, and a real Prometheus that scrapes it."""

import asyncio
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from exporter.demo.play import CONFIG, STORAGE
from tests.support.called import called
from tests.support.daemon import COMMAND
from tests.support.demo_past import past_samples
from tests.support.deployed import ROOT
from tests.support.processes import Process, free_port, need, wait_for
from tests.support.prometheus import Prometheus, make_blocks, scrape

RULES = ROOT / "deploy" / "prometheus" / "rules" / "uptime.yml"
KEPT = "kept"


class Demo:
    """A running `demo`, whose temporary folders are made in one of the test's.

    Attributes:
        process: It.
        temporary: Where its folder is.
    """

    def __init__(
        self, folder: Path, *arguments: str, address: str = "127.0.0.1:0", incidents: str = "10s"
    ) -> None:
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.process = Process(
            [
                *(*COMMAND, "demo"),
                *(f"--web.listen-address={address}", f"--incidents={incidents}", *arguments),
            ],
            env={**os.environ, "TMPDIR": str(self.temporary)},
        )

    def url(self) -> str:
        """Where the page is, once it is there."""
        return self.process.wait_for_line(r"(http://\S+)/ +the page")[1]

    def slos(self) -> dict[str, Any]:
        """What the API answers, by service and SLO."""
        answer = requests.get(f"{self.url()}/api/v1/slos", timeout=30)
        return {f"{each['service']}/{each['slo']}": each for each in answer.json()}

    def left(self) -> list[Path]:
        """What lies in the temporary folder."""
        return list(self.temporary.iterdir())

    def close(self) -> None:
        self.process.close()


@dataclass(frozen=True, slots=True)
class Scraped:
    """A demo and its Prometheus, which has the rules that are deployed, looked at more often.

    Attributes:
        demo: The demo; what it keeps is in `kept`.
        prometheus: Scrapes it each second.
        kept: Has the configuration and the record.
        address: Of the demo, `host:port`.
    """

    demo: Demo
    prometheus: Prometheus
    kept: Path
    address: str


@contextmanager
def scraped_demo(
    folder: Path, *, incidents: str, past: bool = False, pages: bool = False
) -> Iterator[Scraped]:
    """Start both; the demo's history was there before Prometheus was, which knows what the exporter says of it.

    Args:
        folder: Empty.
        incidents: How long a round of them lasts.
        past: Whether Prometheus is to have what it would have, had it been there for the whole month.
        pages: Whether pages of any origin may ask it.
    """
    for program in ("prometheus", "promtool"):
        need(program, "prometheus")
    address, kept, directory = f"127.0.0.1:{free_port()}", folder / KEPT, folder / "prometheus"
    with closing(Demo(folder, f"--keep={kept}", address=address, incidents=incidents)) as demo:
        demo.url()
        if past:
            target = f'job="uptime",instance="{address}"'
            make_blocks(asyncio.run(past_samples(kept, target, round(time.time() * 1000))), directory)
        rules = directory / "rules.yml"
        rules.parent.mkdir(exist_ok=True)
        rules.write_text(
            re.sub(r"^  interval: \w+$", "  interval: 2s", RULES.read_text(), flags=re.MULTILINE)
        )
        server = Prometheus(directory, [scrape(address)], [rules], retention="10y", pages=pages)
        with closing(server) as prometheus:
            yield Scraped(demo, prometheus, kept, address)


@dataclass(frozen=True, slots=True)
class Caught:
    """An instant that is over, as Prometheus has it and as the record says it was.

    Attributes:
        at: Seconds since the epoch: when Prometheus is to be asked.
        figures: What `sli` says of the instant that the last scrape before it was of, by `service/slo`.
    """

    at: float
    figures: dict[str, Any]


def catch(scraped: Scraped, *, alerts: bool = False) -> Caught:
    """Wait until `checkout` is down as a dozen probes have seen, and end the demo: what there is stays as it is.

    Args:
        scraped: The demo.
        alerts: Whether to wait first until the slower rules have been looked at.
    """
    if alerts:
        firing = 'ALERTS{alertname="ErrorBudgetExhausted",alertstate="firing"}'
        wait_for(lambda: scraped.prometheus.query(firing) or None, "the spent budget is told")
    down = 'uptime_endpoint_up{uptime_service="checkout"} == 0'
    scraped.prometheus.wait_for(f"count_over_time(({down})[4s:1s]) >= 4")
    at = time.time()
    (evaluated,) = scraped.prometheus.query("uptime_exporter_evaluated_timestamp_seconds", at)
    names = scraped.demo.slos()
    assert scraped.demo.process.terminate() == 0, scraped.demo.process.output
    return Caught(at, {name: _figures(scraped.kept, name, evaluated.value) for name in names})


def _figures(kept: Path, name: str, at: str) -> Any:
    files = f"--config.file={kept / CONFIG}", f"--storage={kept / STORAGE}"
    done = called("sli", name, *files, f"--at={at}", "--format=json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
