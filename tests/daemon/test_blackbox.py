"""`/probe` of the real daemon: off unless configured, and only where it may go."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from tests.support.daemon import Daemon
from tests.support.target import Target

StartDaemon = Callable[..., Daemon]
StartTarget = Callable[[], Target]

CONFIG = """
services: [{name: own, endpoints: [{name: web, url: "tcp://127.0.0.1:9"}]}]
probes:
  http_2xx: {type: http, token: s3cret-token}
  named: {type: http, headers: {Host: own.example.com}}
  tcp_connect: {type: tcp}
blackbox: {modules: [http_2xx, named, tcp_connect], networks: [127.0.0.0/8]}
"""


def probed(daemon: Daemon, query: str, **headers: str) -> dict[str, float]:
    answer = daemon.get(f"/probe?{query}", **headers)
    assert answer.status_code == 200, answer.text
    return {
        sample.name: sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_it_is_off_unless_it_is_configured(start_daemon: StartDaemon) -> None:
    daemon = start_daemon(CONFIG.partition("blackbox")[0].replace("http_2xx", "unused"))
    answer = daemon.get("/probe?target=127.0.0.1")
    assert (answer.status_code, "`blackbox`" in answer.text) == (404, True)


def test_a_probe_is_answered_in_the_metrics_of_blackbox_exporter(
    start_daemon: StartDaemon, start_target: StartTarget
) -> None:
    target = start_target()
    daemon = start_daemon(CONFIG)
    found = probed(daemon, f"target={target.url}&module=http_2xx", X_Prometheus_Scrape_Timeout_Seconds="10")
    assert (found["probe_success"], found["probe_http_status_code"]) == (1, 200)
    assert (found["probe_timeout_seconds"], found["probe_ip_protocol"]) == (9.5, 4)
    assert target.headers["Authorization"] == "Bearer s3cret-token"
    bare = probed(daemon, f"target=127.0.0.1:{target.port}")
    assert bare["probe_success"] == 1, "scenario 29: no scheme is http"
    doubly = probed(daemon, f"target=http%253A%252F%252F127.0.0.1%253A{target.port}%252F")
    assert doubly["probe_success"] == 1, "scenario 53"
    target.fail(503)
    failed = probed(daemon, f"target={target.url}")
    assert (failed["probe_success"], failed["probe_http_status_code"]) == (0, 503)
    assert daemon.value("uptime_endpoint_up", uptime_service="own", uptime_endpoint="web") in {0, None}
    assert not [key for key in daemon.samples() if str(target.port) in str(key)], "it never enters the record"


def test_scenario_53_what_is_not_asked_for_rightly_is_told(
    start_daemon: StartDaemon, start_target: StartTarget
) -> None:
    target = start_target()
    daemon = start_daemon(CONFIG)
    assert daemon.get("/probe").text == "Target parameter is missing\n"
    unknown = daemon.get(f"/probe?target={target.url}&module=oops")
    assert (unknown.status_code, "http_2xx, named, tcp_connect" in unknown.text) == (400, True)
    conflict = daemon.get(f"/probe?target={target.url}&module=named&hostname=a.example.com")
    assert (conflict.status_code, "own.example.com" in conflict.text) == (400, True)
    assert probed(daemon, f"target={target.url}&hostname=a.example.com")["probe_success"] == 1
    assert target.headers["Host"] == "a.example.com"
    wrong = daemon.get("/probe?target=127.0.0.1&module=tcp_connect")
    assert (wrong.status_code, wrong.text) == (400, "target: the URL of a tcp probe is tcp://host:port\n")
    for text in ("soon", "inf", "nan", "-1"):
        header = daemon.get(f"/probe?target={target.url}", X_Prometheus_Scrape_Timeout_Seconds=text)
        assert (header.status_code, "is no number of seconds" in header.text) == (400, True)
    patient = probed(daemon, f"target={target.url}", X_Prometheus_Scrape_Timeout_Seconds="1e300")
    assert patient["probe_timeout_seconds"] == 119.5, "nobody gets more"
    injected = daemon.get(f"/probe?target={target.url}&hostname=a%0D%0AX-Evil:%20yes")
    assert (injected.status_code, "is no host name" in injected.text) == (400, True)


def test_debug_tells_everything_but_secrets(start_daemon: StartDaemon, start_target: StartTarget) -> None:
    daemon = start_daemon(CONFIG)
    text = daemon.get(f"/probe?target={start_target().url}&debug=true").text
    assert "> GET / HTTP/1.1" in text
    assert "? the status: yes" in text
    assert "probe_success 1" in text
    assert "Module configuration:" in text
    assert "s3cret" not in text


@contextmanager
def redirecting(location: str) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", location)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def test_it_goes_nowhere_else(start_daemon: StartDaemon, start_target: StartTarget) -> None:
    """Neither by an address, nor by a name, nor by a redirect."""
    target = start_target()
    daemon = start_daemon(CONFIG.replace("127.0.0.0/8", "127.0.0.1/32"))
    assert probed(daemon, f"target={target.url}")["probe_success"] == 1
    before = target.requests
    for elsewhere in (f"http://127.0.0.2:{target.port}/", "http://[::1]:1/", "http://192.0.2.1/"):
        text = daemon.get(f"/probe?target={elsewhere}&debug=true").text
        assert "is outside of the networks that may be probed" in text
        assert "probe_success 0" in text
    with redirecting(f"http://127.0.0.2:{target.port}/") as port:
        text = daemon.get(f"/probe?target=http://127.0.0.1:{port}/&debug=true").text
        assert "127.0.0.2 is outside of the networks" in text
    assert target.requests == before
    mapped = f"http://[::ffff:127.0.0.1]:{target.port}/"
    assert "is outside" not in daemon.get(f"/probe?target={mapped}&debug=true").text, "it is 127.0.0.1"
    other = f"http://[::ffff:127.0.0.2]:{target.port}/"
    assert "is outside" in daemon.get(f"/probe?target={other}&debug=true").text


def test_a_reload_changes_what_may_be_asked_for(start_daemon: StartDaemon, start_target: StartTarget) -> None:
    target = start_target()
    daemon = start_daemon(CONFIG, "--web.enable-lifecycle")
    assert probed(daemon, f"target={target.url}")["probe_success"] == 1
    daemon.config.write_text(CONFIG.replace("127.0.0.0/8", "10.0.0.0/8"))
    assert daemon.send("POST", "/-/reload", {}).ok
    assert probed(daemon, f"target={target.url}")["probe_success"] == 0
