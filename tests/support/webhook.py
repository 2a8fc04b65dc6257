"""A real HTTP server that keeps what Alertmanager posts to it."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.processes import wait_for

FIRING, RESOLVED = "firing", "resolved"


@dataclass(frozen=True, slots=True)
class Told:
    """An alert of a notification.

    Attributes:
        receiver: Alertmanager's name of whom it is for.
        notification: Which notification it came in, counted from 0 in the order of arrival.
        status: `firing` or `resolved`.
        labels: Of the alert.
        annotations: Likewise.
    """

    receiver: str
    notification: int
    status: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]


class Webhook:
    """A receiver on a free port of the loopback interface.

    Attributes:
        url: Where Alertmanager posts to.
        told: Every alert of every notification, in the order of arrival.
    """

    def __init__(self) -> None:
        self.told: list[Told] = []
        self._notifications = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def find(self, *, receiver: str = "", status: str = "", **labels: str) -> list[Told]:
        """What came of alerts with these labels so far."""
        return [
            each
            for each in list(self.told)
            if receiver in {"", each.receiver}
            and status in {"", each.status}
            and labels.items() <= each.labels.items()
        ]

    def wait_for(self, status: str, **labels: str) -> Told:
        """Wait until a notification says so of an alert with these labels."""
        found = wait_for(
            lambda: self.find(status=status, **labels) or None,
            f"a notification that {labels} is {status}; these came: {self.told}",
        )
        return found[0]

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()

    def _keep(self, notification: Mapping[str, Any]) -> None:
        with self._lock:
            self.told += [
                Told(
                    notification["receiver"],
                    self._notifications,
                    alert["status"],
                    alert["labels"],
                    alert["annotations"],
                )
                for alert in notification["alerts"]
            ]
            self._notifications += 1

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                webhook._keep(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler
