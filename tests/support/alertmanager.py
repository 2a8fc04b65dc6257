"""The real Alertmanager as a process of its own, with the configuration that a test gives it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import yaml

from tests.support.processes import Process, free_port, wait_until_ready

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Alert:
    """One that Alertmanager has.

    Attributes:
        labels: Of it.
        inhibited_by: Labels of the alerts that silence it.
    """

    labels: dict[str, str]
    inhibited_by: tuple[dict[str, str], ...]

    def has(self, labels: Labels) -> bool:
        """Whether these are among its labels."""
        return labels.items() <= self.labels.items()


def filled_in(written: str, url: str) -> dict[str, Any]:
    """Take an Alertmanager configuration as `rules` wrote it, and fill in what it leaves to its reader.

    Each receiver becomes a webhook that also hears of ends, and nobody waits for the rest of a group.

    Args:
        written: The configuration.
        url: What is posted to.
    """
    config: dict[str, Any] = yaml.safe_load(written)
    for receiver in config["receivers"]:
        receiver["webhook_configs"] = [{"url": url, "send_resolved": True}]
    config["route"] |= {"group_wait": "1s", "group_interval": "1s"}
    return config


class Alertmanager:
    """A running Alertmanager, alone.

    Attributes:
        address: `host:port` of its HTTP server.
    """

    def __init__(self, directory: Path, config: Mapping[str, Any]) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        file = directory / "alertmanager.yml"
        file.write_text(json.dumps(config))  # JSON is YAML
        self.address = f"127.0.0.1:{free_port()}"
        self._session = requests.Session()
        self._session.trust_env = False
        self.process = Process(
            [
                "prometheus-alertmanager",
                f"--config.file={file}",
                f"--storage.path={directory / 'data'}",
                f"--web.listen-address={self.address}",
                "--cluster.listen-address=",
                "--log.level=warn",
            ],
            cwd=directory,
        )
        wait_until_ready(self.process, f"http://{self.address}", "Alertmanager")

    def post(self, alerts: Sequence[Labels]) -> None:
        """Tell it of alerts that fire, as Prometheus does."""
        answer = self._session.post(
            f"http://{self.address}/api/v2/alerts",
            json=[{"labels": dict(labels)} for labels in alerts],
            timeout=30,
        )
        assert answer.ok, answer.text

    def alerts(self, **labels: str) -> list[Alert]:
        """Those that fire, silenced ones too, and have these labels."""
        answer = self._session.get(f"http://{self.address}/api/v2/alerts", timeout=30)
        answer.raise_for_status()
        told = {each["fingerprint"]: each for each in answer.json()}
        found = [
            Alert(
                each["labels"],
                tuple(told[source]["labels"] for source in each["status"]["inhibitedBy"] if source in told),
            )
            for each in told.values()
        ]
        return [alert for alert in found if alert.has(labels)]

    def close(self) -> None:
        """End it."""
        self._session.close()
        self.process.close()
