"""The daemon and the world around it: signals, a log that nobody reads, too few descriptors."""

import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.support.daemon import COMMAND, Daemon, command
from tests.support.processes import free_port, wait_for
from tests.support.target import Target

StartDaemon = Callable[..., Daemon]
StartTarget = Callable[[], Target]

CONFIG = """
services:
  - name: shop
    endpoints: [{{name: web, url: "{url}", interval: 200ms, timeout: 5s}}]
    slos: [{{objective: 99.9}}]
"""
UP = {"uptime_service": "shop", "uptime_endpoint": "web"}


def test_sigterm_ends_it_with_status_0_and_keeps_everything(
    start_daemon: StartDaemon, start_target: StartTarget
) -> None:
    daemon = start_daemon(CONFIG.format(url=start_target().url))
    daemon.wait_for_value(1, "uptime_endpoint_up", **UP)
    assert daemon.stop() == 0
    assert daemon.sli("shop")["seconds"]["up"] > 0


def test_a_log_that_nobody_reads_does_not_end_it(tmp_path: Path, start_target: StartTarget) -> None:
    """Neither a closed pipe nor a full disk under the log; the transition is in the record."""
    target = start_target()
    config = tmp_path / "uptime.yml"
    config.write_text(CONFIG.format(url=target.url))
    port = free_port()
    words = [*COMMAND, "run", f"--config.file={config}", f"--storage={tmp_path / 'u.db'}"]
    with Path("/dev/full").open("w") as full:
        process = subprocess.Popen([*words, f"--web.listen-address=127.0.0.1:{port}"], stderr=full)
    try:
        wait_for(lambda: target.requests > 3, "it probes")
        target.fail()
        before = target.requests
        wait_for(lambda: target.requests > before + 3, "it still probes after the transition")
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    said = command(
        "sli", "shop", f"--config.file={config}", f"--storage={tmp_path / 'u.db'}", "--format=json"
    )
    assert '"down": 0.0' not in said.stdout


def test_a_rule_that_would_take_for_ever_holds_up_neither_a_neighbour_nor_the_end(
    start_daemon: StartDaemon, start_target: StartTarget
) -> None:
    slow, well = start_target(), start_target()
    slow.body = b"a" * 200_000 + b"!"  # a short one is decided at once
    daemon = start_daemon(
        f"""
probes: {{cruel: {{type: http, expect: {{body_matches: ["(a+)+$"]}}}}}}
services:
  - name: shop
    endpoints:
      - {{name: slow, url: "{slow.url}", probe: cruel, interval: 500ms, timeout: 400ms}}
      - {{name: web, url: "{well.url}", interval: 200ms}}
"""
    )
    slow_one = {"uptime_service": "shop", "uptime_endpoint": "slow"}
    daemon.wait_for_value(1, "uptime_endpoint_failure_info", reason="timeout", **slow_one)
    before = well.requests
    wait_for(lambda: well.requests > before + 5, "the neighbour keeps its beat")
    daemon.wait_for_value(1, "uptime_endpoint_up", **UP)
    assert daemon.stop() == 0


def test_too_few_descriptors_are_said_at_the_start(tmp_path: Path) -> None:
    config = tmp_path / "uptime.yml"
    lines = [f'      - {{name: e{index}, url: "tcp://127.0.0.1:9"}}' for index in range(300)]
    config.write_text("services:\n  - name: shop\n    endpoints:\n" + "\n".join(lines) + "\n")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "exporter", "run", f"--config.file={config}"),
            *(f"--storage={tmp_path / 'u.db'}", "--web.listen-address=127.0.0.1:0"),
        ],
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128)),  # noqa: PLW1509 -- no threads here
    )
    try:
        assert process.stderr is not None
        line = next(line for line in process.stderr if "descriptors_few" in line)
        assert "limit=128 may_need=300" in line
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
