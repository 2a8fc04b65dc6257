"""`/` and `/events`: the wall, and what has changed on it, each second."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import hdrs, web
from markupsafe import Markup

from exporter.engine.live import Live
from exporter.log import log
from exporter.web.source import SOURCE
from exporter.web.wall.board import Board, Picture
from exporter.web.wall.dressing import dressed
from exporter.web.wall.rendering import ROOT, look, rendered

TICK = 1.0
"""Seconds from one look to the next, while anybody watches."""

RETRY = 2000
"""Milliseconds after which a browser comes back whose server went away."""

_PATIENCE = 15.0
"""Seconds in which somebody must have read what there is; else they are let go."""

_MOST_WAITING = 30
"""News that wait for one that reads slowly, before it is let go; it comes back by itself."""


class Watchers:
    """Draws one picture a second for all who watch, and none where nobody does.

    Args:
        board: Draws it.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._drawing = asyncio.Lock()
        self._latest: tuple[float, Live, Picture] | None = None
        self._queues: set[asyncio.Queue[str | None]] = set()
        self._picture: Picture | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_closed = False

    async def watch(self) -> AsyncIterator[str]:
        """News from now on, the first of them everything."""
        picture = await self.picture()
        if self._is_closed:
            return
        # Without a pause from here on: the next news are what differs from this picture, for everybody.
        if picture is not self._picture:
            self._tell(picture)
        queue = asyncio.Queue[str | None](_MOST_WAITING)
        queue.put_nowait(_text(picture.news(None)))
        self._queues.add(queue)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._draw())
        try:
            while (news := await queue.get()) is not None:
                yield news
        finally:
            self._queues.discard(queue)

    async def picture(self) -> Picture:
        """The wall as it is, drawn within the last tick, by whomever it was."""
        async with self._drawing:
            now, live = asyncio.get_running_loop().time(), self._board.source.live
            if self._latest is None or now - self._latest[0] >= TICK or self._latest[1] is not live:
                self._latest = now, live, await self._board.picture()
            return self._latest[2]

    async def close(self) -> None:
        """Let everybody go, for good."""
        self._is_closed = True
        for queue in list(self._queues):
            self._end(queue)
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _draw(self) -> None:
        try:
            await asyncio.sleep(TICK)
            while self._queues:
                self._tell(await self.picture())
                await asyncio.sleep(TICK)
        except Exception:  # noqa: BLE001 -- a wall must not end what it shows
            log().exception("wall_failed")
        finally:  # whoever is left comes back, and finds out that way what went wrong
            for queue in list(self._queues):
                self._end(queue)

    def _tell(self, picture: Picture) -> None:
        """Let everybody have what has changed since the last picture that was told."""
        news = _text(picture.news(self._picture))
        self._picture = picture
        for queue in list(self._queues):
            try:
                queue.put_nowait(news)
            except asyncio.QueueFull:
                self._end(queue)

    def _end(self, queue: asyncio.Queue[str | None]) -> None:
        self._queues.discard(queue)
        while queue.full():
            queue.get_nowait()
        queue.put_nowait(None)


WATCHERS = web.AppKey("watchers", Watchers)


def _text(news: dict[str, Any]) -> str:
    return json.dumps(news, separators=(",", ":"))


async def page(request: web.Request) -> web.Response:
    """Show every service as of one instant, worst first; `?wall` fills a screen, `?theme` is light or dark."""
    picture = await request.app[WATCHERS].picture()
    carried = look(request)
    return rendered(
        request,
        "wall.html",
        site=request.app[SOURCE].live.config.site,
        wall="wall" in request.query,
        columns=picture.columns,
        summary=picture.parts["summary"],
        banners=picture.parts["problems"],
        rest=dressed(picture.parts["rest"], picture.at, carried),
        tiles=dressed(Markup().join(picture.tiles.values()), picture.at, carried),
        now=picture.at,
    )


async def events(request: web.Request) -> web.StreamResponse:
    """Send what changes on the wall as server-sent events, each second one, as long as somebody listens."""
    headers = {hdrs.CONTENT_TYPE: "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    try:
        await _write(response, f"retry: {RETRY}\n\n")
        async for news in request.app[WATCHERS].watch():
            await _write(response, f"data: {news}\n\n")
    except ConnectionError:
        pass  # it has gone
    except TimeoutError:
        if request.transport is not None:
            request.transport.abort()
    return response


async def _write(response: web.StreamResponse, text: str) -> None:
    """Write to somebody who reads.

    Raises:
        TimeoutError: Nobody does.
    """
    async with asyncio.timeout(_PATIENCE):
        await response.write(text.encode())


async def watchers(app: web.Application) -> AsyncIterator[None]:
    """Keep the watchers as long as the server runs."""
    app[WATCHERS] = Watchers(Board(app[SOURCE], app[ROOT]))
    yield
    await app[WATCHERS].close()


async def let_go(app: web.Application) -> None:
    """End all streams before the server waits for its answers to end."""
    await app[WATCHERS].close()
