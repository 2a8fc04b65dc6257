"""Running the command as a user does, in an empty folder: another process, or what it does called here."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.called import called

Run = Callable[..., "subprocess.CompletedProcess[str]"]
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Call what a command line does: `run("check", "a.yml", NAME="value")`."""

    def run_it(*arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        return called(*arguments, cwd=tmp_path, environ={"PATH": os.environ["PATH"], **environ})

    return run_it


@pytest.fixture
def run_process(tmp_path: Path) -> Run:
    """Run `python -m exporter` with arguments: `run_process("check", "a.yml", NAME="value")`."""

    def run_it(*arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "exporter", *arguments],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run_it
