"""What promtool, amtool and systemd say of the files in `deploy/`."""

import configparser
import subprocess
from pathlib import Path

import pytest

from exporter.cli.main import PROGRAM
from exporter.output.rules.groups import static_groups
from tests.support.daemon import ANY_PORT, command
from tests.support.deployed import DEPLOY
from tests.support.processes import need

UNIT = DEPLOY / "systemd" / f"{PROGRAM}.service"
MOST_EXPOSED = 20
"""In tenths, of systemd's ten: what is `OK` ends at 42."""


def run(*words: str | Path, cwd: Path | None = None) -> str:
    """What a program says that is content."""
    done = subprocess.run(
        [str(word) for word in words], cwd=cwd, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_promtool_takes_the_configuration_with_its_rules() -> None:
    need("promtool", "prometheus")

    said = run("promtool", "check", "config", DEPLOY / "prometheus" / "prometheus.yml")

    assert "1 rule files found" in said
    assert f"{sum(len(group.rules) for group in static_groups())} rules found" in said


def test_amtool_takes_the_configuration_of_alertmanager() -> None:
    need("amtool", "prometheus-alertmanager")

    run("amtool", "check-config", DEPLOY / "alertmanager" / "alertmanager.yml")


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with programs that are there, which is what systemd asks about first."""
    program = tmp_path / PROGRAM
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    text = UNIT.read_text()
    found = f"/opt/{PROGRAM}/bin/{PROGRAM}"
    assert found in text
    file = tmp_path / UNIT.name
    file.write_text(text.replace(found, str(program)))
    return file


def test_systemd_has_nothing_to_say_of_the_unit(unit: Path) -> None:
    need("systemd-analyze", "systemd")

    assert run("systemd-analyze", "verify", "--man=no", unit) == ""


@pytest.mark.parametrize("with_icmp", [False, True])
def test_systemd_finds_the_unit_hardly_exposed(unit: Path, *, with_icmp: bool) -> None:
    need("systemd-analyze", "systemd")
    if with_icmp:
        folder = unit.with_name(f"{unit.name}.d")
        folder.mkdir()
        (folder / "icmp.conf").write_text((DEPLOY / "systemd" / "icmp.conf").read_text())

    run("systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", unit)


def test_the_unit_runs_the_daemon_on_its_state_directory() -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(UNIT.read_text().replace("\\\n", " "))
    service = parser["Service"]
    program, *words = service["ExecStart"].split()

    assert program.endswith(f"/bin/{PROGRAM}")
    assert words[0] == "run"
    assert f"--storage=/var/lib/{service['StateDirectory']}/uptime.db" in words
    assert service["DynamicUser"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"


def test_the_options_of_the_unit_are_those_of_run(tmp_path: Path) -> None:
    text = UNIT.read_text().replace("\\\n", " ")
    words = next(line for line in text.splitlines() if line.startswith("ExecStart=")).split()[1:]

    done = command(*words, ANY_PORT, cwd=tmp_path)

    assert done.returncode == 2
    assert f"/etc/{PROGRAM}/uptime.yml" in done.stderr, "it looked for its configuration"
