"""Lines over a connected socket, plain at first and perhaps over TLS later."""

import asyncio
import socket
from types import TracebackType
from typing import Self

from exporter.probes.check import TlsCheck
from exporter.probes.details import Certificate
from exporter.probes.net.faults import verdict
from exporter.probes.net.tls import Channel, Handshakes
from exporter.probes.result import ProbeFailed, Reason, TlsFacts

MOST = 1 << 18
"""Bytes that are received at most."""

_PIECE = 1 << 14


class Wire:
    """One connection; closed as a context manager."""

    def __init__(self, sock: socket.socket) -> None:
        """Take over a connected socket that does not block."""
        self._sock = sock
        self._loop = asyncio.get_running_loop()
        self._channel: Channel | None = None
        self._received = bytearray()
        self._count = 0
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._sock.close()

    async def send(self, data: bytes) -> None:
        """Send all of it.

        Raises:
            ProbeFailed: The connection is broken.
        """
        rest = memoryview(data)
        while rest:
            try:
                sent = self._sock.send(rest) if self._channel is None else self._channel.send(rest)
            except BlockingIOError:
                await self._ready(writing=True)
            except OSError as error:
                raise verdict(error.errno or 0, "connection") from error
            else:
                rest = rest[sent:]

    async def line(self) -> str | None:
        """The next line without its end, read as UTF-8; what comes last counts as one. None once all was read.

        Raises:
            ProbeFailed: The connection is broken, or there is no end of what comes.
        """
        while (end := self._received.find(b"\n")) < 0 and not self._ended:
            await self._receive()
        if end < 0:
            end = len(self._received)
            if not end:
                return None
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        return line.rstrip(b"\r").decode(errors="replace")

    async def some(self) -> bytes:
        """What has come; empty once all was read.

        Raises:
            ProbeFailed: The connection is broken, or there is no end of what comes.
        """
        while not self._received and not self._ended:
            await self._receive()
        data = bytes(self._received)
        self._received.clear()
        return data

    async def exactly(self, count: int) -> bytes:
        """So many bytes.

        Raises:
            ProbeFailed: The connection is broken, or ends before.
        """
        while len(self._received) < count and not self._ended:
            await self._receive()
        if len(self._received) < count:
            raise ProbeFailed(Reason.RESET, "the connection ended in the answer")
        data = bytes(self._received[:count])
        del self._received[:count]
        return data

    def certificates(self) -> tuple[Certificate, ...]:
        """The chain of the handshake, the leaf first; empty without TLS."""
        return () if self._channel is None else self._channel.certificates()

    async def secure(self, handshakes: Handshakes, check: TlsCheck, server_name: str) -> TlsFacts:
        """Begin TLS; what the handshake showed. What was received and not read is dropped: nobody vouches for it.

        Raises:
            ProbeFailed: There is no common ground.
            ProbeInconclusive: A local file cannot be used.
        """
        self._received.clear()
        channel = handshakes.start(self._sock, check, server_name)
        while not channel.handshake():
            await self._ready()
        self._channel = channel
        facts = channel.facts
        assert facts is not None  # noqa: S101 -- for the type checker: the handshake is done
        return facts

    async def _receive(self) -> None:
        buffer = bytearray(_PIECE)
        view = memoryview(buffer)
        try:
            count = self._sock.recv_into(view) if self._channel is None else self._channel.recv_into(view)
        except BlockingIOError:
            await self._ready()
            return
        except OSError as error:
            raise verdict(error.errno or 0, "connection") from error
        self._ended = not count
        self._count += count
        if self._count > MOST:
            raise ProbeFailed(Reason.TOO_LARGE, f"more than {MOST >> 10} KiB came")
        self._received += view[:count]

    async def _ready(self, *, writing: bool = False) -> None:
        """Wait until something comes, or may be sent."""
        waiting: asyncio.Future[None] = self._loop.create_future()

        def wake() -> None:
            if not waiting.done():
                waiting.set_result(None)

        add, remove = (
            (self._loop.add_writer, self._loop.remove_writer)
            if writing
            else (self._loop.add_reader, self._loop.remove_reader)
        )
        add(self._sock, wake)
        try:
            await waiting
        finally:
            remove(self._sock)
