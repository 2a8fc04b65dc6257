"""Configurations that rules are written for, and promtool."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from exporter.config.load import load
from exporter.config.model import Config
from tests.support.processes import need

LoadConfig = Callable[[str], Config]
Promtool = Callable[..., str]


@pytest.fixture
def load_config(tmp_path: Path) -> LoadConfig:
    """Load a configuration from its text."""

    def loaded(text: str) -> Config:
        file = tmp_path / "uptime.yml"
        file.write_text(text)
        return load([str(file)], {"API_TOKEN": "hush-hush-hush"})

    return loaded


@pytest.fixture
def run_promtool(tmp_path: Path) -> Promtool:
    """Run `promtool` in the test's folder; what it said."""
    need("promtool", "prometheus")

    def run(*arguments: str, status: int = 0) -> str:
        done = subprocess.run(
            ["promtool", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        said = done.stdout + done.stderr
        assert done.returncode == status, said
        return said

    return run
