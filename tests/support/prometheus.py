"""The real Prometheus as a process of its own, scraping whatever a test names."""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.support.processes import Process, free_port, need, wait_for, wait_until_ready

Labels = Mapping[str, str]

KUBERNETES = {"service": "uptime", "endpoint": "metrics", "namespace": "monitoring", "pod": "uptime-0"}
"""Target labels as Kubernetes' service discovery sets them."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One series of an instant query's answer; `value` keeps Prometheus' own text."""

    labels: dict[str, str]
    value: str

    @property
    def number(self) -> float:
        return float(self.value)


def scrape(address: str, job: str = "uptime", **labels: str) -> dict[str, Any]:
    """A scrape configuration for one target, each second, with target labels."""
    return {
        "job_name": job,
        "scrape_interval": "1s",
        "scrape_timeout": "1s",
        "static_configs": [{"targets": [address], "labels": labels}],
    }


def check_metrics(text: str) -> str:
    """What `promtool check metrics` has to say of an exposition; empty where nothing."""
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def make_blocks(text: str, directory: Path) -> None:
    """Put samples, written as OpenMetrics, where a Prometheus that is started in `directory` has its data."""
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / "samples.om"
    file.write_text(text)
    made = subprocess.run(
        [
            *("promtool", "tsdb", "create-blocks-from", "--max-block-duration=1000h"),
            *("openmetrics", "--quiet", str(file), str(directory / "data")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr


class Prometheus:
    """A running Prometheus.

    It tells its alerts to the Alertmanagers that `alertmanagers` names as `host:port`; with `pages` it lets pages
    of any origin ask it.

    Attributes:
        url: Where it answers.
    """

    def __init__(
        self,
        directory: Path,
        scrapes: Sequence[Mapping[str, Any]],
        rules: Sequence[Path] = (),
        *,
        alertmanagers: Sequence[str] = (),
        retention: str = "15d",
        pages: bool = False,
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        config = directory / "prometheus.yml"
        # JSON is YAML.
        config.write_text(
            json.dumps(
                {
                    "global": {"evaluation_interval": "1s"},
                    "rule_files": [str(path) for path in rules],
                    "alerting": {"alertmanagers": [{"static_configs": [{"targets": list(alertmanagers)}]}]},
                    "scrape_configs": list(scrapes),
                }
            )
        )
        address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{address}"
        self._session = requests.Session()
        self._session.trust_env = False
        self.process = Process(
            [
                "prometheus",
                f"--config.file={config}",
                f"--storage.tsdb.path={directory / 'data'}",
                f"--web.listen-address={address}",
                f"--storage.tsdb.retention.time={retention}",
                "--log.level=warn",
                *(["--web.cors.origin=.*"] if pages else []),
            ],
            cwd=directory,
        )
        wait_until_ready(self.process, self.url, "Prometheus")

    def api(self, path: str, **parameters: str | float) -> Any:
        """The `data` of an answer of its HTTP API."""
        body = self.answer(path, **parameters)
        assert body["status"] == "success", body
        return body["data"]

    def answer(self, path: str, **parameters: str | float) -> dict[str, Any]:
        """A whole answer of its HTTP API, be it an error, and with warnings."""
        body: dict[str, Any] = self._session.get(
            f"{self.url}/api/v1/{path}", params=parameters, timeout=30
        ).json()
        return body

    def query(self, expression: str, at: float | None = None) -> list[Sample]:
        """An instant query, now or at an instant in seconds since the epoch."""
        parameters: dict[str, str | float] = {"query": expression}
        if at is not None:
            parameters["time"] = at
        data = self.api("query", **parameters)
        if data["resultType"] == "scalar":
            return [Sample({}, data["result"][1])]
        return [Sample(row["metric"], row["value"][1]) for row in data["result"]]

    def wait_for(self, expression: str) -> list[Sample]:
        """Wait until an instant query finds something."""
        return wait_for(lambda: self.query(expression) or None, f"Prometheus finds {expression}")

    def close(self) -> None:
        """End it."""
        self._session.close()
        self.process.close()


@contextmanager
def remembering(samples: str, directory: Path, *, pages: bool = False) -> Iterator[Prometheus]:
    """A Prometheus that has these samples, written as OpenMetrics, however old, and scrapes nothing."""
    for program in ("prometheus", "promtool"):
        need(program, "prometheus")
    make_blocks(samples, directory)
    with closing(Prometheus(directory, [], retention="100y", pages=pages)) as server:
        yield server
