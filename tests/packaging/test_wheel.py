"""The wheel, in an empty environment: what `pipx install` makes of it."""

import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from exporter import __version__

ROOT = Path(__file__).parent.parent.parent

UNREACHABLE = (
    "NewConnectionError",
    "NameResolutionError",
    "No matching distribution found",
    "ConnectTimeout",
)


def run(command: Sequence[str | Path], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run to the end, with nothing of this project or its tests on the way."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "COVERAGE", "VIRTUAL_ENV"))
    }
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("wheel")
    built = run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", directory, ROOT], directory
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (found,) = directory.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def binaries(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment that holds the wheel and what it asks for, and nothing else."""
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, with_pip=False)
    # The pip of the tests installs into it, and compiles nothing: most of it is never imported.
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", environment / "bin" / "python"]
    quickly = ("install", "--quiet", "--no-compile", "--constraint", ROOT / "constraints.txt")
    done = run([*pip, *quickly, wheel], environment)
    if done.returncode and any(sign in done.stderr for sign in UNREACHABLE):
        pytest.skip("no package registry can be reached to install the wheel's dependencies from")
    assert done.returncode == 0, done.stderr
    return environment / "bin"


def test_the_wheel_holds_the_package_and_its_metadata_only(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert {name.split("/")[0].split("-")[0] for name in names} == {"exporter", "uptime_slo_exporter"}
    assert "exporter/py.typed" in names


def test_the_wheel_holds_templates_and_whatever_else_is_no_code(wheel: Path) -> None:
    there = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "exporter").rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    assert {"exporter/output/reports/templates/report.html", "exporter/web/wall/assets/style.css"} <= there
    assert there <= set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_names_its_licence_by_spdx_expression(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        lines = archive.read(metadata).decode().splitlines()

    assert "License-Expression: Apache-2.0" in lines
    assert "Requires-Python: >=3.11" in lines


@pytest.mark.parametrize("command", [["uptime-slo-exporter"], ["python", "-m", "exporter"]])
def test_the_installed_command_says_its_version(binaries: Path, tmp_path: Path, command: list[str]) -> None:
    done = run([binaries / command[0], *command[1:], "--version"], tmp_path)

    assert done.returncode == 0, done.stderr
    assert __version__ in done.stdout


def test_the_installed_command_writes_a_configuration_and_checks_it(binaries: Path, tmp_path: Path) -> None:
    command = binaries / "uptime-slo-exporter"

    written = run([command, "init", "https://example.com/"], tmp_path)
    checked = run([command, "check", "uptime.yml"], tmp_path)

    assert written.returncode == 0, written.stderr
    assert (tmp_path / "uptime.yml").is_file()
    assert checked.returncode == 0, checked.stdout + checked.stderr
