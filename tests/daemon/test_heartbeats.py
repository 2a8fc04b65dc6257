"""Heartbeats of the real daemon, over HTTP."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import bcrypt
import requests

from tests.support.daemon import Daemon

StartDaemon = Callable[..., Daemon]

CONFIG = """
services:
  - name: shop
    endpoints:
      - {name: export, url: "heartbeat://export?every=1h&grace=1h", token_file: token.txt}
      - {name: web, url: "tcp://127.0.0.1:9"}
    slos:
      - {objective: 99}
      - {name: jobs, objective: 99, endpoints: [export]}
"""
TOKEN = "s3cret-token"
JOB = {"uptime_service": "shop", "uptime_endpoint": "export"}
PATH = "/api/v1/heartbeats/shop/export"


def beat(daemon: Daemon, path: str = PATH, token: str = TOKEN) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.post(daemon.url + path, headers=headers, timeout=30, verify=False)


def test_a_beat_is_recorded_before_it_is_answered(start_daemon: StartDaemon, tmp_path: Path) -> None:
    (tmp_path / "token.txt").write_text(f"{TOKEN}\n")
    daemon = start_daemon(CONFIG)
    assert daemon.value("uptime_endpoint_up", **JOB) is None
    answer = beat(daemon)
    assert (answer.status_code, answer.text) == (200, "recorded\n")
    daemon.kill()
    again = start_daemon(CONFIG)
    again.wait_for_value(1, "uptime_endpoint_up", **JOB)
    again.wait_for_value(1, "uptime_slo_sli_ratio", uptime_service="shop", slo="jobs")
    others = again.value("uptime_slo_sli_ratio", uptime_service="shop", slo="availability")
    assert others in {None, 0}, "heartbeats count only where they are named"
    assert beat(again, f"{PATH}?status=failure").ok
    again.wait_for_value(1, "uptime_endpoint_failure_info", reason="command", **JOB)
    assert again.value("uptime_probe_duration_seconds_count", **JOB) is None
    assert TOKEN not in again.process.output


def test_who_has_no_token_may_not(start_daemon: StartDaemon, tmp_path: Path) -> None:
    (tmp_path / "token.txt").write_text(f"{TOKEN}\n")
    daemon = start_daemon(CONFIG)
    wrong, nobody = beat(daemon, token="another"), beat(daemon, "/api/v1/heartbeats/shop/web")
    assert (wrong.status_code, wrong.text) == (nobody.status_code, nobody.text)
    assert wrong.status_code == 403
    bare = requests.post(daemon.url + PATH, timeout=30)
    assert (bare.status_code, bare.headers["WWW-Authenticate"]) == (401, 'Bearer realm="heartbeats"')
    assert beat(daemon, f"{PATH}?status=maybe").status_code == 400
    assert requests.get(daemon.url + PATH, timeout=30).status_code == 405


def test_beats_need_no_user_of_the_web_configuration(start_daemon: StartDaemon, tmp_path: Path) -> None:
    (tmp_path / "token.txt").write_text(f"{TOKEN}\n")
    users = bcrypt.hashpw(b"pw", bcrypt.gensalt(4)).decode()
    (tmp_path / "web.yml").write_text(f'basic_auth_users: {{mara: "{users}"}}\n')
    daemon = start_daemon(CONFIG, f"--web.config.file={tmp_path / 'web.yml'}", auth=("mara", "pw"))
    assert beat(daemon).ok
    assert requests.get(f"{daemon.url}/metrics", timeout=30).status_code == 401


def test_curl_is_enough(start_daemon: StartDaemon, tmp_path: Path) -> None:
    (tmp_path / "token.txt").write_text(f"{TOKEN}\n")
    daemon = start_daemon(CONFIG)
    command = ["curl", "-fsS", "-X", "POST", "-H", f"Authorization: Bearer {TOKEN}", daemon.url + PATH]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stdout) == (0, "recorded\n"), done.stderr
