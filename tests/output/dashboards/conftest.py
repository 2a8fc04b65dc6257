"""A real Prometheus that has scraped two exporters for hours; once for all tests that ask it."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.support.prometheus import Prometheus, remembering
from tests.support.shown import scraped


@pytest.fixture(scope="session")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    with remembering(asyncio.run(scraped()), tmp_path_factory.mktemp("dashboards")) as server:
        yield server
