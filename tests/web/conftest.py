"""The real server, showing what has every kind of sample."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from exporter.engine.live import Live
from exporter.web.app import make_app
from exporter.web.listen import serve
from exporter.web.source import Source
from tests.support.live import NOW, everything
from tests.support.server import Server


@pytest.fixture
def shown() -> Live:
    return everything()


@pytest.fixture
async def server(shown: Live) -> AsyncIterator[Server]:
    source = Source(shown, lambda: NOW, lambda _: NOW - 1000, ready=True)
    async with (
        serve(make_app(source), "127.0.0.1:0") as bound,
        aiohttp.ClientSession(auto_decompress=False) as client,
    ):
        yield Server(f"http://{bound.address}", source, client)
