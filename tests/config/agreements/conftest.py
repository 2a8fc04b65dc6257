"""An empty folder for each test, and the lines that wrong agreements print."""

from collections.abc import Callable
from pathlib import Path

import pytest

from exporter.config.agreements.load import load_agreements
from exporter.errors import ConfigError

Problems = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def problems() -> Problems:
    """Give the lines that wrong agreements print: `problems(text)`, or `problems(a=text, b=text)` of files a.yml and b.yml."""

    def found(*texts: str, **files: str) -> list[str]:
        for name, text in {**dict(zip(["acme"], texts, strict=False)), **files}.items():
            Path(f"{name}.yml").write_text(text)
        with pytest.raises(ConfigError) as caught:
            load_agreements(["*.yml"], {})
        return str(caught.value).splitlines()

    return found
