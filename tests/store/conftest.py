from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter.store.writer import SqliteWriter


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "uptime.db"


@pytest.fixture
def writer(path: Path) -> Iterator[SqliteWriter]:
    store = SqliteWriter.open(path)
    yield store
    store.close()
