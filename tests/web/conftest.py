"""The real server, showing what has every kind of sample."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest
import trustme
from aiohttp import web

from exporter.engine.live import Live
from exporter.web.access import Access
from exporter.web.app import make_app
from exporter.web.listen import serve
from exporter.web.source import Source
from tests.support.live import NOW, everything
from tests.support.secured import WebFolder
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


class Secured:
    """Starts the real server as a web configuration says."""

    def __init__(self, folder: WebFolder, shown: Live, running: AsyncExitStack) -> None:
        self.folder = folder
        self._shown = shown
        self._running = running

    async def start(
        self, text: str, *routes: web.RouteDef, admin_api: bool = False, external_url: str = ""
    ) -> Server:
        """Serve what there is, and further routes, with this configuration."""
        access = Access(self.folder.write(text))
        source = Source(self._shown, lambda: NOW, ready=True)
        app = make_app(source, external_url, access, admin_api=admin_api)
        app.router.add_routes(routes)
        bound = await self._running.enter_async_context(serve(app, "127.0.0.1:0", access.tls))
        client = await self._running.enter_async_context(aiohttp.ClientSession(auto_decompress=False))
        return Server(f"http{'s' if access.tls else ''}://{bound.address}", source, client)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA(key_type=trustme.KeyType.ECDSA)


@pytest.fixture
def folder(tmp_path: Path, authority: trustme.CA) -> WebFolder:
    return WebFolder(tmp_path, authority)


@pytest.fixture
async def secured(folder: WebFolder, shown: Live) -> AsyncIterator[Secured]:
    async with AsyncExitStack() as running:
        yield Secured(folder, shown, running)
