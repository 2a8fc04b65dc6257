"""Reloads of the real daemon: by signal, over HTTP, by a changed file, and under load."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.support.daemon import Daemon
from tests.support.processes import wait_for
from tests.support.target import Target

StartDaemon = Callable[..., Daemon]
StartTarget = Callable[[], Target]

CONFIG = """
services:
  - name: shop
    endpoints:
      - {{name: web, url: "{web}", interval: 200ms}}
    slos: [{{objective: 99.9}}]
"""
WITH_API = """
services:
  - name: shop
    endpoints:
      - {{name: site, id: web, url: "{web}", interval: 200ms}}
      - {{name: api, url: "{api}", interval: 200ms}}
    slos: [{{objective: 99.9}}]
"""
WEB = {"uptime_service": "shop", "uptime_endpoint": "web"}
SITE = {"uptime_service": "shop", "uptime_endpoint": "site"}
API = {"uptime_service": "shop", "uptime_endpoint": "api"}


def hang_up(daemon: Daemon) -> None:
    os.kill(daemon.process.pid, signal.SIGHUP)


def post(daemon: Daemon, path: str = "/-/reload") -> requests.Response:
    return daemon.send("POST", path, {})


def test_sighup_reloads(start_daemon: StartDaemon, start_target: StartTarget) -> None:
    """An endpoint that comes is probed, one that is renamed keeps its history by its id."""
    web, api = start_target(), start_target()
    daemon = start_daemon(CONFIG.format(web=web.url))
    daemon.wait_for_value(1, "uptime_endpoint_up", **WEB)
    since = daemon.value("uptime_endpoint_state_since_timestamp_seconds", **WEB)
    before = daemon.value("uptime_exporter_config_last_reload_success_timestamp_seconds")
    daemon.config.write_text(WITH_API.format(web=web.url, api=api.url))
    hang_up(daemon)
    daemon.process.wait_for_line("event=config_reloaded endpoints=2")
    daemon.wait_for_value(1, "uptime_endpoint_up", **API)
    daemon.wait_for_value(1, "uptime_endpoint_up", **SITE)
    assert daemon.value("uptime_endpoint_up", **WEB) is None, "it is called otherwise now"
    assert daemon.value("uptime_endpoint_state_since_timestamp_seconds", **SITE) == since
    after = daemon.value("uptime_exporter_config_last_reload_success_timestamp_seconds")
    assert before is not None
    assert after is not None
    assert after > before


def test_scenario_56_a_broken_file_changes_nothing_and_says_so(
    start_daemon: StartDaemon, start_target: StartTarget
) -> None:
    web = start_target()
    daemon = start_daemon(CONFIG.format(web=web.url), "--web.enable-lifecycle")
    daemon.wait_for_value(1, "uptime_endpoint_up", **WEB)
    name = "uptime_exporter_config_last_reload_success_timestamp_seconds"
    before, hashes = daemon.value(name), "uptime_exporter_config_hash"
    good = {key for key in daemon.samples() if key[0] == hashes}
    daemon.config.write_text("services:\n  - nam: shop\n    endpoints: []\n")
    answer = post(daemon)
    assert answer.status_code == 500
    assert "failed to reload config" in answer.text
    assert "uptime.yml:2: unknown key `nam`; did you mean `name`?" in answer.text
    assert "uptime.yml:3: `endpoints` is empty" in answer.text
    daemon.process.wait_for_line("event=config_refused problem=.*unknown key `nam`.*in_force=")
    assert daemon.value("uptime_exporter_config_last_reload_successful") == 0
    assert daemon.value(name) == before
    assert {key for key in daemon.samples() if key[0] == hashes} == good
    assert "the last reload failed" in daemon.get("/-/ready").text
    assert daemon.value("uptime_endpoint_up", **WEB) == 1
    daemon.config.write_text(CONFIG.format(web=web.url))
    answer = post(daemon)
    assert (answer.status_code, answer.text) == (200, "reloaded\n")
    assert daemon.value("uptime_exporter_config_last_reload_successful") == 1


def test_a_removed_endpoint_leaves_no_series_and_keeps_its_history(
    start_daemon: StartDaemon, start_target: StartTarget
) -> None:
    web, api = start_target(), start_target()
    both = WITH_API.format(web=web.url, api=api.url)
    daemon = start_daemon(both, "--web.enable-lifecycle")
    api.fail()
    daemon.wait_for_value(0, "uptime_endpoint_up", **API)
    daemon.config.write_text(CONFIG.format(web=web.url))
    assert post(daemon).ok
    gone = frozenset(API.items())
    assert not [key for key in daemon.samples() if gone <= key[1]]
    requests_then = api.requests
    down = daemon.sli("shop")["seconds"]["down"]
    assert down > 0, "what it has cost stays"
    web_before = web.requests
    wait_for(lambda: web.requests > web_before + 3, "the other one is still probed")
    assert api.requests == requests_then
    daemon.config.write_text(both)
    api.recover()
    assert post(daemon).ok
    daemon.wait_for_value(1, "uptime_endpoint_up", **API)
    assert daemon.sli("shop")["seconds"]["down"] >= down


def test_reloading_over_http_is_off_unless_asked_for(
    start_daemon: StartDaemon, start_target: StartTarget
) -> None:
    daemon = start_daemon(CONFIG.format(web=start_target().url))
    answer = post(daemon)
    assert (answer.status_code, "--web.enable-lifecycle" in answer.text) == (403, True)
    assert daemon.get("/-/reload").status_code == 405


def test_a_page_of_another_site_cannot_reload(start_daemon: StartDaemon, start_target: StartTarget) -> None:
    daemon = start_daemon(CONFIG.format(web=start_target().url), "--web.enable-lifecycle")
    headers = {"Origin": "https://evil.example"}
    answer = requests.post(f"{daemon.url}/-/reload", headers=headers, timeout=10)
    assert answer.status_code == 403


def test_a_changed_file_is_taken_up(start_daemon: StartDaemon, start_target: StartTarget) -> None:
    web, api = start_target(), start_target()
    options = ("--config.enable-auto-reload", "--config.auto-reload-interval=50ms")
    daemon = start_daemon(CONFIG.format(web=web.url), *options)
    swapped = daemon.config.with_suffix(".new")
    swapped.write_text(WITH_API.format(web=web.url, api=api.url))
    swapped.replace(daemon.config)
    daemon.process.wait_for_line("event=config_changed")
    daemon.wait_for_value(1, "uptime_endpoint_up", **API)


def test_a_changed_secret_is_taken_up(
    start_daemon: StartDaemon, start_target: StartTarget, tmp_path: Path
) -> None:
    token = tmp_path / "token.txt"
    token.write_text("Bearer first")
    web = start_target()
    probed = f"""
probes: {{api: {{type: http, headers: {{Authorization_file: {token}}}}}}}
services:
  - name: shop
    endpoints: [{{name: web, url: "{web.url}", probe: api, interval: 200ms}}]
"""
    options = ("--config.enable-auto-reload", "--config.auto-reload-interval=50ms")
    daemon = start_daemon(probed, *options)
    wait_for(lambda: web.headers.get("Authorization") == "Bearer first", "it is sent")
    token.write_text("Bearer second")
    wait_for(lambda: web.headers.get("Authorization") == "Bearer second", "the new one is sent")
    assert "second" not in daemon.process.output


@pytest.mark.parametrize("count", [3])
def test_asking_again_while_it_reloads_is_no_harm(
    start_daemon: StartDaemon, start_target: StartTarget, count: int
) -> None:
    daemon = start_daemon(CONFIG.format(web=start_target().url))
    for _ in range(count):
        hang_up(daemon)
    daemon.process.wait_for_line("event=config_reloaded")
    daemon.wait_for_value(1, "uptime_endpoint_up", **WEB)
    assert daemon.stop() == 0
