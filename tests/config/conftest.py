"""Loading a configuration from text."""

from collections.abc import Callable
from pathlib import Path

import pytest

from exporter.config.load import load
from exporter.config.model import Config
from exporter.errors import ConfigError

LoadText = Callable[..., Config]
Problems = Callable[..., list[str]]


@pytest.fixture
def load_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LoadText:
    """Load YAML text as the file `uptime.yml` in an empty folder: `load_text(text, NAME="value")`."""
    monkeypatch.chdir(tmp_path)

    def load_it(text: str, **environ: str) -> Config:
        Path("uptime.yml").write_text(text)
        return load(["uptime.yml"], environ)

    return load_it


@pytest.fixture
def problems(load_text: LoadText) -> Problems:
    """Give the lines that a wrong configuration prints: `problems(text, NAME="value")`."""

    def found(text: str, **environ: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load_text(text, **environ)
        assert caught.value.exit_status == 2
        return str(caught.value).splitlines()

    return found
