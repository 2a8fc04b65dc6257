"""The real daemon with real anchors that are closed and opened: no outage is recorded while it is blind."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from tests.support.daemon import Daemon
from tests.support.processes import wait_for
from tests.support.target import Target

StartDaemon = Callable[..., Daemon]
StartTarget = Callable[[], Target]
StartAnchor = Callable[[], "ListeningAnchor"]

UP = {"uptime_service": "shop", "uptime_endpoint": "web"}

CONFIG = """
connectivity: {{anchors: ["tcp://127.0.0.1:{first}", "tcp://127.0.0.1:{second}"], interval: 200ms, timeout: 1s}}
services:
  - name: shop
    endpoints: [{{name: web, url: "{url}", interval: 300ms, timeout: 5s}}]
    slos: [{{objective: 99, window: 1h}}]
"""


class ListeningAnchor:
    """A TCP port that takes connections until it is closed; nobody need accept them."""

    def __init__(self) -> None:
        self.port = 0
        self._socket: socket.socket | None = None
        self.open()

    def open(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", self.port), backlog=4096)
        self.port = self._socket.getsockname()[1]

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


@pytest.fixture
def start_anchor() -> Iterator[StartAnchor]:
    with ExitStack() as anchors:
        yield lambda: anchors.enter_context(closing(ListeningAnchor()))


def test_what_fails_while_all_anchors_are_dead_is_no_outage_and_what_fails_while_one_answers_is(
    start_daemon: StartDaemon, start_target: StartTarget, start_anchor: StartAnchor
) -> None:
    target, first, second = start_target(), start_anchor(), start_anchor()
    daemon = start_daemon(CONFIG.format(url=target.url, first=first.port, second=second.port))
    daemon.wait_for_value(1, "uptime_endpoint_up", **UP)
    assert daemon.value("uptime_prober_connected") == 1

    second.close()
    first.close()
    target.go_away()
    daemon.wait_for_value(0, "uptime_prober_connected")
    daemon.process.wait_for_line("event=prober_blind level=warning|level=warning event=prober_blind")
    assert "degraded: too few connectivity anchors answer since" in daemon.get("/-/ready").text
    wait_for(lambda: inconclusive(daemon) > 3, "results of a blind prober are inconclusive")
    assert daemon.value("uptime_probe_results_total", result="failure", **UP) == 0
    assert daemon.value("uptime_endpoint_up", **UP) is None

    target.come_back()
    second.open()
    daemon.wait_for_value(1, "uptime_endpoint_up", **UP)
    daemon.process.wait_for_line("prober_connected.* blind_seconds=")
    assert "degraded" not in daemon.get("/-/ready").text
    assert daemon.sli("shop")["seconds"]["down"] == 0

    target.go_away()
    daemon.wait_for_value(0, "uptime_endpoint_up", **UP)
    assert daemon.value("uptime_prober_connected") == 1
    assert daemon.stop() == 0
    seconds = daemon.sli("shop")["seconds"]
    assert seconds["down"] > 0


def test_a_stop_while_blind_is_as_quick_as_any(
    start_daemon: StartDaemon, start_target: StartTarget, start_anchor: StartAnchor
) -> None:
    target, first, second = start_target(), start_anchor(), start_anchor()
    daemon = start_daemon(CONFIG.format(url=target.url, first=first.port, second=second.port))
    daemon.wait_for_value(1, "uptime_endpoint_up", **UP)
    first.close()
    second.close()
    daemon.wait_for_value(0, "uptime_prober_connected")
    assert daemon.stop() == 0
    assert daemon.sli("shop")["seconds"]["down"] == 0


def test_without_anchors_nothing_is_said_of_being_connected(
    start_daemon: StartDaemon, start_target: StartTarget
) -> None:
    daemon = start_daemon(
        f"services: [{{name: shop, endpoints: [{{name: web, url: '{start_target().url}'}}]}}]"
    )
    assert daemon.value("uptime_prober_connected") is None


def inconclusive(daemon: Daemon) -> float:
    return daemon.value("uptime_probe_results_total", result="inconclusive", **UP) or 0
