"""Servers on loopback that answer with any bytes at all, and probes of them."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from types import SimpleNamespace, TracebackType
from typing import Any, Self

from exporter.probes.net.context import Context
from exporter.probes.registry import by_scheme
from exporter.probes.result import Result

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def until(condition: Callable[[], object]) -> None:
    """Wait for what raises no event."""
    while not condition():  # noqa: ASYNC110 -- likewise
        await asyncio.sleep(0.001)


class RawServer:
    """Listens on loopback and hands connections to a handler.

    Attributes:
        port: Where it listens.
        requests: The head of each request that `answer()` has read, in order.
        handler: Of connections; another may be put in its place.
        names: What each TLS client said it wants to reach.
    """

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.names: list[str | None] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, handler: Handler, host: str, tls: ssl.SSLContext | None) -> None:
        self.handler = handler

        async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._tasks.add(task)
            try:
                with suppress(ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
                    await self.handler(reader, writer)
            except asyncio.CancelledError:
                pass
            finally:
                self._tasks.discard(task)
                writer.close()

        if tls is not None:
            tls.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self._server = await asyncio.start_server(guarded, host, 0, ssl=tls)
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks)

    def answer(self, *parts: bytes, keep_open: bool = False) -> Handler:
        """A handler that reads a request's head, sends the parts one after the other, and closes."""

        async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.requests.append(await reader.readuntil(b"\r\n\r\n"))
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0)
            if keep_open:
                await reader.read()

        return handler


class Probing:
    """A context for probes, and servers for them, all closed at the end of a test."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self.results: list[Result] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def context(self, **options: Any) -> Context:
        """Open a context that is closed with this object, before the servers that it was opened after."""
        return await self._stack.enter_async_context(Context(**options))

    async def serve(
        self,
        *parts: bytes,
        handler: Handler | None = None,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
        keep_open: bool = False,
    ) -> RawServer:
        """Start a server that answers with the parts, or by a handler of its own."""
        server = RawServer()
        await server.start(handler or server.answer(*parts, keep_open=keep_open), host, tls)
        return await self._stack.enter_async_context(server)

    async def probe(
        self,
        url: str,
        deadline: int = 5000,
        *,
        context: Context | None = None,
        **settings: Any,
    ) -> Result:
        """One probe with a deadline in milliseconds; asserts that it finishes exactly once."""
        context = context or await self.context()
        results = await probe_all(context, [url], deadline, **settings)
        return results[0]


async def probe_all(
    context: Context, urls: Sequence[str], deadline: int = 5000, **settings: Any
) -> list[Result]:
    """Begin probes of all URLs at once, and wait for their results, in the order of the URLs."""
    chosen = by_scheme[urls[0].partition("://")[0]](**settings)
    endpoints = [SimpleNamespace(check=chosen.check(url, deadline), attempt=None) for url in urls]
    found: dict[int, Result] = {}
    done = asyncio.Event()

    def finished(endpoint: Any, result: Result) -> None:
        assert endpoint.attempt is None
        assert id(endpoint) not in found, "finished twice"
        found[id(endpoint)] = result
        if len(found) == len(endpoints):
            done.set()

    prober = chosen.prober(context, finished)
    for endpoint in endpoints:
        prober.begin(endpoint)
    await done.wait()
    await asyncio.sleep(0)
    return [found[id(endpoint)] for endpoint in endpoints]


def ok(body: bytes = b"ok", status: bytes = b"200 OK", *headers: bytes) -> bytes:
    """A whole HTTP answer."""
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), b"Connection: close", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
