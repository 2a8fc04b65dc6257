"""The real daemon as a process of its own, on a free port, with a store of its own."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import requests
from prometheus_client.parser import text_string_to_metric_families

from tests.support.called import called
from tests.support.processes import Process, wait_for

NO_CLIENT: Mapping[str, Any] = MappingProxyType({})
COMMAND = (sys.executable, "-m", "exporter")


ANY_PORT = "--web.listen-address=127.0.0.1:0"
"""For what must not depend on whether something holds the port that is usual."""


def command(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run one of the other commands to its end."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


class Daemon:
    """A running `uptime-slo-exporter run`.

    Attributes:
        process: Its process, with what it logged.
        config: Its configuration file.
        storage: Its store.
        address: `host:port` of its HTTP server.
        url: `http://`, or `https://` where it speaks TLS, and the address.
    """

    def __init__(
        self,
        config: Path,
        storage: Path,
        arguments: Sequence[str] = (),
        port: int = 0,
        client: Mapping[str, Any] = NO_CLIENT,
        *,
        measured: bool = True,
    ) -> None:
        """Start it, and wait until it is ready.

        One that is not `measured` leaves no trace in the coverage, and is not slowed down by tracing.
        """
        self.config = config
        self.storage = storage
        self.process = Process(
            [
                *COMMAND,
                "run",
                f"--config.file={config}",
                f"--storage={storage}",
                f"--web.listen-address=127.0.0.1:{port}",
                *arguments,
            ],
            env={name: value for name, value in os.environ.items() if measured or "COVERAGE" not in name},
        )
        try:
            self.address = self.process.wait_for_line(r'event="?listening"?.*address="?([^ "]+)')[1]
            tls = re.search(r"event=listening.*tls=true", self.process.output)
            self.url = f"http{'s' if tls else ''}://{self.address}"
            self._session = requests.Session()
            self._session.trust_env = False
            for name, value in client.items():
                setattr(self._session, name, value)
            wait_for(self.ready, "the daemon is ready")
        except BaseException:
            self.process.close()
            raise

    def ready(self) -> bool:
        """Whether it answers that it is ready."""
        assert self.process.status() is None, self.process.output
        return self.get("/-/ready").ok

    def get(self, path: str, **headers: str) -> requests.Response:
        """What it answers; a header's `_` is read as `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._session.get(self.url + path, headers=named, timeout=30)

    def send(self, method: str, path: str, body: Any) -> requests.Response:
        """What it answers to JSON."""
        return self._session.request(method, self.url + path, json=body, timeout=30)

    def raw_size(self, path: str, **headers: str) -> int:
        """Bytes of an answer's body as they were sent, still compressed."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with self._session.get(self.url + path, headers=named, timeout=60, stream=True) as answer:
            answer.raise_for_status()
            return sum(len(part) for part in answer.raw.stream(1 << 16, decode_content=False))

    def samples(self, query: str = "") -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
        """One scrape, each sample by its name and labels; `query` may choose, as `?collect[]=slo`."""
        answer = self.get(f"/metrics{query}", Accept="text/plain; version=0.0.4")
        answer.raise_for_status()
        return {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }

    def value(self, name: str, /, **labels: str) -> float | None:
        """One sample by its name and all its labels; None where there is none."""
        return self.samples().get((name, frozenset(labels.items())))

    def wait_for_value(self, expected: float, name: str, /, **labels: str) -> None:
        """Wait until a scrape has a sample of that value."""
        wait_for(lambda: self.value(name, **labels) == expected, f"{name} {labels} is {expected:g}")

    def sli(self, slo: str, *arguments: str) -> dict[str, Any]:
        """What `sli --format json` answers from the store, beside the running daemon."""
        options = (f"--config.file={self.config}", f"--storage={self.storage}", "--format=json")
        done = called("sli", slo, *options, *arguments)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def stop(self) -> int:
        """SIGTERM; its exit status."""
        return self.process.terminate()

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()

    def close(self) -> None:
        """End it, however it stands."""
        self._session.close()
        self.process.close()
