"""What `make run` and `make test` say on machines that lack something."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What the scripts need of a fresh clone."""
    for name in ("pyproject.toml", "constraints.txt", "README.md", "LICENSE", "Makefile"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    shutil.copytree(ROOT / "exporter", tmp_path / "exporter", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "bin").mkdir()
    return tmp_path


def fake(clone: Path, program: str, script: str) -> None:
    """Put a program of that name before all others."""
    path = clone / "bin" / program
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def run(clone: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE", "PIP_", "CI"))
    }
    return subprocess.run(
        command,
        cwd=clone,
        env={**kept, "PATH": f"{clone}/bin:/usr/bin:/bin", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def environment(clone: Path, **variables: str) -> tuple[int, list[str]]:
    """Exit status and error lines of making an environment."""
    done = run(clone, "scripts/environment", "run", **{"PYTHON": sys.executable, **variables})
    return done.returncode, done.stderr.splitlines()


def test_a_python_that_is_too_old_is_told_in_one_line(clone: Path) -> None:
    fake(clone, "python3", 'case "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac')

    status, lines = environment(clone, PYTHON="python3")

    assert status == 3
    assert lines == [
        "error: Python 3.11 or newer is needed, here is Python 3.9.2; install one and say PYTHON=/path/to/python3.11 make ..."
    ]


def test_a_missing_python_is_told_in_one_line(clone: Path) -> None:
    status, lines = environment(clone, PYTHON="python-that-is-not-here")

    assert status == 3
    assert len(lines) == 1
    assert "here is no python-that-is-not-here" in lines[0]


def test_a_python_without_venv_is_told_with_the_package_that_has_it(clone: Path) -> None:
    fake(clone, "python3", f'case "$*" in *ensurepip*) exit 1;; esac\nexec {sys.executable} "$@"')

    status, lines = environment(clone, PYTHON="python3")

    assert status == 3
    assert lines == [
        "error: python3 cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv"
    ]
    assert not (clone / ".venv").exists()


def test_an_unreachable_registry_is_told_in_one_line(clone: Path) -> None:
    status, lines = environment(clone, PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="1")

    assert status == 3
    assert len(lines) == 1
    assert lines[0].startswith("error: no package registry could be reached; check the network")


def test_a_registry_without_a_fitting_package_is_told_in_one_line(clone: Path) -> None:
    status, lines = environment(clone, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(clone / "bin"))

    assert status == 3
    assert len(lines) == 1
    assert "the package registry has no " in lines[0]


@pytest.mark.parametrize(
    "log",
    [
        "Failed to build httptools\nerror: failed-wheel-build-for-install\nFailed to build installable wheels for some",
        "  ERROR: Failed building wheel for httptools\nERROR: Failed to build httptools when installing build dependencies",
    ],
)
def test_a_wheel_that_cannot_be_built_is_told_in_one_line(clone: Path, log: str) -> None:
    (clone / ".venv" / "bin").mkdir(parents=True)
    python = clone / ".venv" / "bin" / "python"
    python.write_text(
        f'#!/bin/sh\ncase "$*" in *pip*) cat <<E\n{log}\nE\nexit 1;; esac\nexec {sys.executable} "$@"\n'
    )
    python.chmod(0o755)

    status, lines = environment(clone)

    assert status == 3
    assert len(lines) == 1
    assert "there is no wheel of httptools" in lines[0]
    assert "apt-get install build-essential python3-dev" in lines[0]


def tools(clone: Path, **variables: str) -> str:
    done = run(clone, "scripts/tools", "no-such-program=its-package", **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_programs_are_brought_in_with_apt_and_that_is_said(clone: Path) -> None:
    fake(clone, "id", "echo 0")
    fake(clone, "apt-get", f'echo "$@" >>{clone}/asked')

    said = tools(clone, CI="true")

    assert said == "Installing with apt-get: its-package\n"
    assert (clone / "asked").read_text() == "install -y --no-install-recommends its-package\n"


def test_package_lists_are_fetched_where_they_are_missing(clone: Path) -> None:
    fake(clone, "id", "echo 0")
    fake(
        clone,
        "apt-get",
        f'echo "$1" >>{clone}/asked; [ "$1" = update ] || [ "$(grep -c . {clone}/asked)" -gt 1 ] || exit 100',
    )

    tools(clone, CI="true")

    assert (clone / "asked").read_text().split() == ["install", "update", "install"]


def test_without_the_right_to_install_the_cure_is_said(clone: Path) -> None:
    fake(clone, "id", "echo 1000")
    fake(clone, "sudo", "exit 1")
    fake(clone, "apt-get", "exit 1")

    said = tools(clone, CI="true")

    assert said == (
        "Not installed: its-package (neither root nor sudo without a password). "
        "What needs them is skipped; to have them: apt-get install its-package\n"
    )


def test_programs_that_are_there_are_not_installed_again(clone: Path) -> None:
    fake(clone, "apt-get", "exit 1")

    done = run(clone, "scripts/tools", "sh=dash")

    assert (done.returncode, done.stdout) == (0, "")


def test_an_environment_that_is_up_to_date_is_left_alone(clone: Path) -> None:
    (clone / ".venv").mkdir()
    (clone / ".venv" / ".run").touch()

    done = run(clone, "make", "--question", ".venv/.run")

    assert done.returncode == 0
    (clone / "constraints.txt").touch()
    os.utime(clone / "constraints.txt", (2**32, 2**32))
    assert run(clone, "make", "--question", ".venv/.run").returncode == 1
