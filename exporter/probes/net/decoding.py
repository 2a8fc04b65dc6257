"""Bodies that came compressed: decoded piece by piece, and never more of them than is wanted."""

import zlib
from typing import Protocol

from exporter.probes.result import ProbeFailed, Reason

_PIECE = 1 << 16
_BR = "br"


class Decoder(Protocol):
    """Decodes one body."""

    def feed(self, data: bytes, room: int) -> bytes:
        """Decode what has come, to about `room` bytes at most: what is over is dropped.

        Raises:
            ProbeFailed: It is not what it should be.
        """

    @property
    def ended(self) -> bool:
        """Whether the end of the coding was seen."""


def decoder(coding: str) -> Decoder:
    """Make the decoder of a coding: `gzip`, `deflate`, `br`, or `identity`."""
    if coding == _BR:
        return _Brotli()
    return _Identity() if coding == "identity" else _Zlib(coding)


class _Identity:
    ended = True

    def feed(self, data: bytes, room: int) -> bytes:
        return data[:room]


class _Zlib:
    """Of `deflate` there are two: what the standard means, and what some servers send."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._stream = zlib.decompressobj(31 if coding == "gzip" else zlib.MAX_WBITS)
        self._begun = False

    @property
    def ended(self) -> bool:
        return self._stream.eof

    def feed(self, data: bytes, room: int) -> bytes:
        if not self._begun and self._coding == "deflate" and data:
            self._begun = True
            if data[0] & 15 != 8:  # noqa: PLR2004 -- no header of zlib
                self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            return self._decompress(data, max(1, room))
        except zlib.error as error:
            raise _broken(self._coding) from error

    def _decompress(self, data: bytes, room: int) -> bytes:
        """Decode a stream, and for gzip all that follow it: they are one body (RFC 1952 section 2.2)."""
        decoded = b""
        while data and len(decoded) < room:
            if self._stream.eof:
                if self._coding != "gzip":
                    break
                self._stream = zlib.decompressobj(31)
            decoded += self._stream.decompress(data, room - len(decoded))
            data = self._stream.unused_data
        return decoded


class _Brotli:
    def __init__(self) -> None:
        import brotli  # noqa: PLC0415 -- an extra

        self._error = brotli.error
        self._stream = brotli.Decompressor()

    @property
    def ended(self) -> bool:
        return bool(self._stream.is_finished())

    def feed(self, data: bytes, room: int) -> bytes:
        try:
            decoded: bytes = self._stream.process(data, output_buffer_limit=max(1, room))
            while len(decoded) < room and not self._stream.can_accept_more_data():
                decoded += self._stream.process(b"", output_buffer_limit=min(_PIECE, room - len(decoded)))
        except self._error as error:
            raise _broken(_BR) from error
        return decoded


def _broken(coding: str) -> ProbeFailed:
    return ProbeFailed(Reason.PROTOCOL, f"the body is not {coding}, as its header says")
