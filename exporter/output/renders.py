"""Renders that simultaneous scrapers share, one at a time."""

import asyncio
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from types import TracebackType
from typing import Protocol, Self

from exporter.engine.live import Live
from exporter.output.exposition import Exposition
from exporter.output.names import Group
from exporter.output.style import Style

Key = tuple[Style, frozenset[Group], bool]
"""Format, what is shown, and whether it is compressed."""


class Compressor(Protocol):
    """What zlib and isal have in common."""

    def compress(self, data: bytes, /) -> bytes:
        """Take more data; what comes out may be empty."""

    def flush(self) -> bytes:
        """What is left."""


class Identity:
    """No compression."""

    def compress(self, data: bytes, /) -> bytes:
        """The data itself."""
        return data

    def flush(self) -> bytes:
        """Nothing."""
        return b""


def fastest_gzip() -> Callable[[], Compressor]:
    """Through isal where it is installed: a quarter of zlib's time at the same size."""
    try:
        from isal import isal_zlib  # noqa: PLC0415 -- an extra
    except ImportError:
        return lambda: zlib.compressobj(1, zlib.DEFLATED, 31)
    return lambda: isal_zlib.compressobj(1, isal_zlib.DEFLATED, 31)


class Render:
    """One render under way or done; any number of readers."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []
        self.readers = 0
        self.done = False
        self.error: Exception | None = None
        self._grown = asyncio.Event()

    def grow(self) -> None:
        """Wake the readers."""
        self._grown.set()
        self._grown = asyncio.Event()

    async def read(self) -> AsyncIterator[bytes]:
        """All chunks from the first on, as they come."""
        at = 0
        while True:
            grown = self._grown
            while at < len(self.chunks):
                yield self.chunks[at]
                at += 1
            if self.error is not None:
                raise self.error
            if self.done:
                return
            if grown is self._grown:
                await grown.wait()


class Renders:
    """Renders what is asked for; entered while the server runs.

    Args:
        live: Gives what is shown now.
        now: Gives the engine's present instant, milliseconds since the epoch.
    """

    def __init__(self, live: Callable[[], Live], now: Callable[[], int]) -> None:
        self._live = live
        self._now = now
        self._exposition = Exposition()
        self._gzip = fastest_gzip()
        self._turn = asyncio.Lock()
        self._running: dict[Key, tuple[Render, asyncio.Task[None]]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tasks = [task for _, task in self._running.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def chunks(self, style: Style, groups: frozenset[Group], *, gzip: bool) -> AsyncGenerator[bytes]:
        """A response's body; of the render under way where there is one like it."""
        key = (style, groups, gzip)
        if key not in self._running:
            render = Render()
            self._running[key] = render, asyncio.create_task(self._run(key, render))
        render, task = self._running[key]
        render.readers += 1
        try:
            async for chunk in render.read():
                yield chunk
        finally:
            render.readers -= 1
            if not render.readers and not render.done:
                self._forget(key, render)
                task.cancel()

    async def _run(self, key: Key, render: Render) -> None:
        style, groups, gzip = key
        compressor: Compressor = self._gzip() if gzip else Identity()
        try:
            async with self._turn:
                async for text in self._exposition.slices(self._live(), self._now(), style, groups):
                    self._put(render, compressor.compress(text.encode()))
                self._put(render, compressor.flush())
        except Exception as error:  # noqa: BLE001 -- every reader raises it
            render.error = error
        finally:
            self._forget(key, render)
            render.done = True
            render.grow()

    def _forget(self, key: Key, render: Render) -> None:
        """Let the next reader of `key` start anew."""
        if key in self._running and self._running[key][0] is render:
            del self._running[key]

    @staticmethod
    def _put(render: Render, chunk: bytes) -> None:
        if chunk:
            render.chunks.append(chunk)
            render.grow()
