"""Commands that write through the daemon's own socket."""

import asyncio
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp import web

from exporter.cli.through import Daemon
from exporter.errors import UsageError
from exporter.web.control import serve_control
from exporter.web.writes import json_body

SPLIT = "the body is larger than 4KiB, and nothing was written: split it, as a file into several with fewer rows each"


def post(storage: Path, size: int) -> object:
    daemon = Daemon.find(storage)
    assert daemon is not None
    with closing(daemon):
        return daemon.post("/", {"rows": "x" * size})


async def test_what_is_too_large_is_for_the_user_to_split(tmp_path: Path) -> None:
    async def count(request: web.Request) -> web.Response:
        return web.json_response(len((await json_body(request))["rows"]))

    app, storage = web.Application(client_max_size=4096), tmp_path / "uptime.db"
    app.router.add_post("/", count)
    async with serve_control(app, storage):
        assert await asyncio.to_thread(post, storage, 4000) == 4000
        with pytest.raises(UsageError) as refused:
            await asyncio.to_thread(post, storage, 4096)
    assert str(refused.value) == SPLIT
