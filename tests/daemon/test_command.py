"""Programs are run only where the command line allows it."""

from collections.abc import Callable
from pathlib import Path

from tests.support.daemon import ANY_PORT, Daemon, command

CONFIG = """
probes: {check: {type: command, argv: [sh, -c, "echo ${TOKEN}; exit 1"]}}
services: [{name: shop, endpoints: [{name: job, url: "command://job", probe: check, interval: 1s}]}]
"""
JOB = {"uptime_service": "shop", "uptime_endpoint": "job"}


def test_it_is_off_unless_it_is_allowed(tmp_path: Path) -> None:
    config = tmp_path / "uptime.yml"
    config.write_text(CONFIG.replace("${TOKEN}", "x"))
    refused = command("run", f"--config.file={config}", f"--storage={tmp_path / 'u.db'}", ANY_PORT)
    assert refused.returncode == 2
    assert "uptime.yml:3: `url`: programs are run only where" in refused.stderr
    checked = command("check", str(config))
    assert (checked.returncode, "--probe.enable-commands" in checked.stderr) == (0, True)
    once = command("probe", "command://job", "--probe=check", f"--config.file={config}")
    assert (once.returncode, "--probe.enable-commands" in once.stderr) == (2, True)
    allowed = command(
        "probe", "command://job", "--probe=check", f"--config.file={config}", "--probe.enable-commands"
    )
    assert (allowed.returncode, "exit status 1: x" in allowed.stdout) == (1, True), allowed.stderr


def test_where_it_is_allowed_it_is_probed(start_daemon: Callable[..., Daemon]) -> None:
    daemon = start_daemon(CONFIG.replace("${TOKEN}", "x"), "--probe.enable-commands")
    daemon.wait_for_value(1, "uptime_endpoint_failure_info", reason="command", **JOB)
    assert daemon.stop() == 0
