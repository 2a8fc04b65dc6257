"""Discovery by the real daemon: targets come, go, and stay where their source says nonsense."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from tests.support.daemon import Daemon, command
from tests.support.processes import wait_for
from tests.support.target import Target

StartDaemon = Callable[..., Daemon]
StartTarget = Callable[[], Target]

OK, SUCCESS = "uptime_discovery_last_refresh_successful", "uptime_discovery_last_success_timestamp_seconds"
UP = "uptime_endpoint_up"


def named(endpoint: str) -> dict[str, str]:
    return {"uptime_service": "shop", "uptime_endpoint": endpoint}


def group(*targets: tuple[str, Target], **labels: str) -> list[dict[str, Any]]:
    return [
        {
            "targets": [target.url],
            "labels": {"uptime_service": "shop", "uptime_endpoint": name, "uptime_slos": "gold", **labels},
        }
        for name, target in targets
    ]


class Cmdb:
    """A server that answers with targets, or whatever it is told to."""

    def __init__(self) -> None:
        self.body = b"[]"
        self.status = 200
        self.url = ""

    def say(self, groups: list[dict[str, Any]]) -> None:
        self.status, self.body = 200, json.dumps(groups).encode()


@contextmanager
def cmdb() -> Iterator[Cmdb]:
    says = Cmdb()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(says.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(says.body)))
            self.end_headers()
            self.wfile.write(says.body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        says.url = f"http://127.0.0.1:{server.server_address[1]}/targets"
        try:
            yield says
        finally:
            server.shutdown()
            thread.join()


CONFIG = """
defaults: {{interval: 200ms}}
discovery:
  {source}
  slos: {{gold: {{objective: 99.9}}}}
"""


def test_scenarios_61_and_62_targets_of_a_file(
    start_daemon: StartDaemon, start_target: StartTarget, tmp_path: Path
) -> None:
    web, api = start_target(), start_target()
    file = tmp_path / "targets.json"
    file.write_text(json.dumps(group(("web", web))))
    daemon = start_daemon(CONFIG.format(source="file_sd: [{files: targets.json, refresh: 1s}]"))
    daemon.wait_for_value(1, UP, **named("web"))
    of_file = {"source": str(file)}
    assert daemon.value(OK, **of_file) == 1
    file.write_text(json.dumps(group(("web", web), ("api", api))))
    daemon.wait_for_value(1, UP, **named("api"))
    file.write_text('[{"targets": [')
    daemon.wait_for_value(0, OK, **of_file)
    daemon.process.wait_for_line("event=discovery_failed .*not valid YAML")
    stood = daemon.value(SUCCESS, **of_file)
    before = api.requests
    wait_for(lambda: api.requests > before + 3, "the targets before are probed")
    assert daemon.value(SUCCESS, **of_file) == stood
    assert daemon.value(UP, **named("api")) == 1
    file.write_text(json.dumps(group(("web", web))))
    wait_for(lambda: daemon.value(UP, **named("api")) is None, "the series of a vanished target go")
    daemon.process.wait_for_line("event=discovery_recovered")
    assert daemon.value(OK, **of_file) == 1
    assert daemon.sli("shop/gold")["seconds"]["up"] > 0
    asked = command("export", f"--config.file={daemon.config}", f"--storage={daemon.storage}")
    assert asked.returncode == 0, asked.stderr
    assert "api" in asked.stdout, "its history stays"


def test_targets_of_a_url_outlive_its_outage_and_a_restart(
    start_daemon: StartDaemon, start_target: StartTarget
) -> None:
    web = start_target()
    with cmdb() as says:
        config = CONFIG.format(source=f"http_sd: [{{url: '{says.url}?key=hush', refresh: 1s}}]")
        of_url = {"source": says.url}
        daemon = start_daemon(config)
        daemon.wait_for_value(1, OK, **of_url)
        says.say(group(("web", web)))
        daemon.wait_for_value(1, UP, **named("web"))
        says.status = 500
        daemon.wait_for_value(0, OK, **of_url)
        assert daemon.value(UP, **named("web")) == 1
        assert daemon.stop() == 0
        assert "hush" not in daemon.process.output
        again = start_daemon(config)
        again.wait_for_value(1, UP, **named("web"))
        assert again.sli("shop/gold")["seconds"]["up"] > 0
        says.say([])
        wait_for(lambda: again.value(UP, **named("web")) is None, "an empty list is a right answer")
        assert again.value(OK, **of_url) == 1


def test_a_changed_target_takes_up_no_half_edited_file(
    start_daemon: StartDaemon, start_target: StartTarget, tmp_path: Path
) -> None:
    web, api = start_target(), start_target()
    file = tmp_path / "targets.json"
    file.write_text(json.dumps(group(("web", web))))
    daemon = start_daemon(CONFIG.format(source="file_sd: [{files: targets.json, refresh: 1s}]"))
    daemon.wait_for_value(1, UP, **named("web"))
    daemon.config.write_text("services: [{nam")
    file.write_text(json.dumps(group(("web", web), ("api", api))))
    daemon.wait_for_value(1, UP, **named("api"))
    assert daemon.value("uptime_exporter_config_last_reload_successful") == 1


def test_a_reload_asks_other_sources(
    start_daemon: StartDaemon, start_target: StartTarget, tmp_path: Path
) -> None:
    web, api = start_target(), start_target()
    (tmp_path / "a.json").write_text(json.dumps(group(("web", web))))
    (tmp_path / "b.json").write_text(json.dumps(group(("api", api))))
    daemon = start_daemon(
        CONFIG.format(source="file_sd: [{files: a.json, refresh: 1s}]"), "--web.enable-lifecycle"
    )
    daemon.wait_for_value(1, UP, **named("web"))
    daemon.config.write_text(CONFIG.format(source="file_sd: [{files: b.json, refresh: 1s}]"))
    assert daemon.send("POST", "/-/reload", {}).ok
    daemon.wait_for_value(1, UP, **named("api"))
    assert daemon.value(UP, **named("web")) is None
    assert daemon.value(OK, source=str(tmp_path / "a.json")) is None
