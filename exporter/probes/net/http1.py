"""One HTTP/1.1 answer, read as its bytes come.

httptools parses; this class supplies what it leaves out: the end of a body that ends
with the connection, answers to HEAD, interim answers, and bounds on everything.
"""

import httptools

from exporter.probes.net.decoding import Decoder, decoder
from exporter.probes.result import ProbeFailed, Reason

MAX_HEAD = 1 << 18
"""Bytes of status line, headers, interim answers and trailers at most."""

_OVERHEAD = 16
_FINAL = 200
_SWITCHING = 101
_BODILESS = (101, 204, 304)


class Answer:
    """What has come of an answer so far.

    Attributes:
        status: 0 until the headers of the final answer are there.
        headers: Of the final answer, in order.
        body: What was kept of it.
        received: Bytes of the body, decoded, up to one more than the limit.
        version: Of HTTP, once the headers are there, as `1.1`.
        complete: Nothing more is wanted.
    """

    __slots__ = (
        "_body",
        "_coding",
        "_decoder",
        "_fed",
        "_head_only",
        "_keep",
        "_limit",
        "_parser",
        "complete",
        "headers",
        "received",
        "status",
        "version",
    )

    def __init__(self, limit: int, *, head_only: bool = False, keep: bool = False, coding: str = "") -> None:
        """Await an answer.

        Args:
            limit: Bytes of the body that are wanted at most; what is longer is cut.
            head_only: The request was a HEAD.
            keep: Keep the body.
            coding: That it must have, and that it is decoded from; empty where nobody asked for one.
        """
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.received = 0
        self.complete = False
        self._body = bytearray() if keep else None
        self._limit = limit
        self._coding = coding
        self._decoder: Decoder | None = None
        self.version = ""
        self._head_only = head_only
        self._fed = 0
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)
        # As every browser does: a line may end without CR, and what follows a closed message is not ours.
        self._parser.set_dangerous_leniencies(
            lenient_optional_cr_before_lf=True, lenient_data_after_close=True
        )

    @property
    def body(self) -> bytes:
        """What was kept of the body, at most the limit."""
        return bytes(self._body or b"")

    @property
    def too_large(self) -> bool:
        """Whether the body is longer than the limit."""
        return self.received > self._limit

    def header(self, name: bytes) -> list[bytes]:
        """All values of a header; the name in lower case."""
        return [value for known, value in self.headers if known.lower() == name]

    @property
    def has_body(self) -> bool:
        """Whether a body belongs to the answer."""
        return not self._head_only and self.status not in _BODILESS

    def feed(self, data: bytes | memoryview) -> None:
        """Take what has come.

        Raises:
            ProbeFailed: It is not HTTP/1, or has no end to its headers.
        """
        parser = self._parser
        if parser is None or self.complete:
            return
        self._fed += len(data)
        try:
            parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.complete = True
        except httptools.HttpParserError as error:
            if not self.complete:
                raise _failed(error) from error
        if not self.complete and self._fed - self.received > MAX_HEAD + _OVERHEAD * self.received:
            what = "framing" if self.status else "headers"
            raise ProbeFailed(Reason.PROTOCOL, f"the answer has more than {MAX_HEAD >> 10} KiB of {what}")

    def end(self) -> None:
        """Take the end of the connection.

        Raises:
            ProbeFailed: It came before the answer's.
        """
        if self.complete or (self.status and self._ends_with_connection()):
            self._finish()
        elif self.status:
            raise ProbeFailed(Reason.RESET, f"the connection ended in the body, after {self.received} bytes")
        else:
            what = "in the headers" if self._fed else "without an answer"
            raise ProbeFailed(Reason.RESET, f"the connection ended {what}")

    def close(self) -> None:
        """Let the parser go, which holds this object."""
        self._parser = None

    def _ends_with_connection(self) -> bool:
        codings = self.header(b"transfer-encoding")
        if codings:
            return not codings[-1].lower().endswith(b"chunked")
        return not self.header(b"content-length")

    # -- called by httptools; what they raise would hide in its own error ---------------

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header of an answer that may be the final one; trailers do not count."""
        if self.status:
            return
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """See whether this is the final answer, and whether a body follows."""
        parser = self._parser
        if parser is None or self.status:
            return
        status = parser.get_status_code()
        version = self.version = parser.get_http_version()
        if version[0] != "1":
            raise ProbeFailed(Reason.PROTOCOL, f"the answer is HTTP/{version}, not HTTP/1.1")
        if status < _FINAL and status != _SWITCHING:
            self.headers.clear()
            return
        self.status = status
        if self._coding and not self._head_only:
            self._decode()
        if self._head_only or status == _SWITCHING:
            self.complete = True

    def on_body(self, data: bytes) -> None:
        """Count and keep the body up to the limit."""
        if self.complete:
            return
        if self._decoder is not None:
            data = self._decoder.feed(data, self._limit - self.received + 1)
        if self._body is not None:
            self._body += data[: self._limit - self.received]
        self.received += len(data)
        if self.received > self._limit:
            self.received = self._limit + 1
            self.complete = True

    def on_message_complete(self) -> None:
        """The end, unless it is that of an interim answer."""
        if self.status:
            self._finish()

    def _finish(self) -> None:
        if self._decoder is not None and not self.complete and self.received and not self._decoder.ended:
            raise ProbeFailed(Reason.PROTOCOL, f"the body ends before its {self._coding} does")
        self.complete = True

    def _decode(self) -> None:
        """Decode from now on, if the body says that it is coded as was asked."""
        codings = [value.strip().lower() for value in self.header(b"content-encoding")]
        if codings == [self._coding.encode()]:
            self._decoder = decoder(self._coding)


def _failed(error: httptools.HttpParserError) -> ProbeFailed:
    if isinstance(error.__context__, ProbeFailed):
        return error.__context__
    return ProbeFailed(Reason.PROTOCOL, f"the answer is not HTTP/1.1: {error}")
