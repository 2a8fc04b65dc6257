"""Small HTTP servers on free loopback ports that are well, slow or broken, as a script says."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from typing import NamedTuple

LONGEST_REQUEST = 8192
"""Bytes of a request's head."""


class Behaviour(NamedTuple):
    """What a server does with a request.

    Attributes:
        status: That it answers with; 0 to hang up without a word.
        delay: Seconds until it does.
    """

    status: int = 200
    delay: float = 0.0


WELL = Behaviour()

Script = Callable[[float, int], Behaviour]
"""Says how a server behaves so many seconds after the start, at its request of that number, from 1."""


class Stage:
    """The time that all scripts go by; it stands still until the play begins."""

    def __init__(self) -> None:
        self._began: float | None = None

    def begin(self) -> None:
        """Let time run."""
        self._began = asyncio.get_running_loop().time()

    def elapsed(self) -> float:
        """Seconds since the beginning; 0 before it."""
        return 0.0 if self._began is None else asyncio.get_running_loop().time() - self._began


@contextmanager
def on_free_ports(names: Iterable[str]) -> Iterator[Mapping[str, socket.socket]]:
    """Take a free port for each name until the block ends."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(socket.create_server(("127.0.0.1", 0))) for name in names}


@asynccontextmanager
async def serving(
    sockets: Mapping[str, socket.socket],
    scripts: Mapping[str, Script],
    stage: Stage,
    tls: Mapping[str, ssl.SSLContext],
) -> AsyncIterator[None]:
    """Serve on each socket by the script of its name, until the block ends; over TLS where `tls` says how."""
    servers = list[asyncio.Server]()
    try:
        for name, each in sockets.items():
            site = _Site(scripts[name], stage)
            servers.append(
                await asyncio.start_server(site.answer, sock=each, limit=LONGEST_REQUEST, ssl=tls.get(name))
            )
        yield
    finally:
        for server in servers:
            server.close()


class _Site:
    """One server: a connection each request, as the probes make them."""

    def __init__(self, script: Script, stage: Stage) -> None:
        self._script = script
        self._stage = stage
        self._requests = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, EOFError, asyncio.LimitOverrunError, asyncio.CancelledError):
                # Probes give up, browsers go away, and the play ends, which asyncio would log as an error.
                await reader.readuntil(b"\r\n\r\n")
                self._requests += 1
                status, delay = self._script(self._stage.elapsed(), self._requests)
                await asyncio.sleep(delay)
                if status:
                    writer.write(_response(status))
                    await writer.drain()
        finally:
            writer.close()


def _response(status: int) -> bytes:
    body = b"ok\n" if status == WELL.status else b"broken on purpose\n"
    head = f"HTTP/1.1 {status} Demo\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body
