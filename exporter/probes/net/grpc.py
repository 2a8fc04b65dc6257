"""Runs grpc probes: one call over HTTP/2, by h2, and messages that are short enough to be read by hand."""

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    TrailersReceived,
)
from h2.exceptions import H2Error

from exporter import __version__
from exporter.probes.base import Finished, Prober
from exporter.probes.grpc import GrpcCheck
from exporter.probes.net.adapter import CoroutineProber
from exporter.probes.net.connecting import opened
from exporter.probes.net.course import Course
from exporter.probes.net.stages import PROCESSING
from exporter.probes.net.tls import Handshakes
from exporter.probes.net.wire import Wire
from exporter.probes.result import ProbeFailed, Reason

if TYPE_CHECKING:
    from exporter.probes.net.context import Context

_PATH = "/grpc.health.v1.Health/Check"
_SERVING = 1
_DIGITS = 3
_STATES = ("UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN")
_CODES = (
    *("OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS"),
    *("PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE"),
    *("UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"),
)


def prober(context: "Context", finished: Finished) -> Prober:
    """Make what runs grpc probes."""
    return CoroutineProber(context, finished, partial(attempt, context, Handshakes()))


async def attempt(context: "Context", handshakes: Handshakes, course: Course, check: GrpcCheck) -> None:
    """Call the health check, and judge what it says.

    Raises:
        ProbeFailed: It does not say that it is serving.
        ProbeInconclusive: It could not be asked through no fault of its own.
    """
    with await opened(context, handshakes, course, check.place, check.secure) as wire:
        course.enter(PROCESSING)
        if course.details is not None:
            course.details.sent(f"{_PATH} service {check.service!r}")
        call = _Call()
        try:
            await call.run(wire, check)
        except H2Error as error:
            raise ProbeFailed(Reason.PROTOCOL, f"the answer is not HTTP/2: {error}") from error
    _judge(course, call)


class _Call:
    """One call.

    Attributes:
        headers: Of the answer, and its trailers.
        body: What it says.
    """

    def __init__(self) -> None:
        self._connection = H2Connection(H2Configuration(client_side=True, header_encoding=None))
        self.headers: dict[str, str] = {}
        self.body = b""

    async def run(self, wire: Wire, check: GrpcCheck) -> None:
        """Ask, and take the answer to its end.

        Raises:
            ProbeFailed: It has none.
            H2Error: It is nonsense.
        """
        connection = self._connection
        connection.initiate_connection()
        stream = connection.get_next_available_stream_id()
        connection.send_headers(stream, _request_headers(check))
        connection.send_data(stream, _request(check.service), end_stream=True)
        while True:
            await wire.send(connection.data_to_send())
            data = await wire.some()
            if not data:
                raise ProbeFailed(Reason.RESET, "the connection ended without an answer")
            for event in connection.receive_data(data):
                if self._take(event, stream):
                    return

    def _take(self, event: Event, stream: int) -> bool:
        """Take what has come; whether it is the end, after which a server may say whatever it likes."""
        if isinstance(event, ResponseReceived | TrailersReceived):
            self.headers.update({_text(name): _text(value) for name, value in event.headers or ()})
        elif isinstance(event, DataReceived):
            self.body += event.data or b""
            length = event.flow_controlled_length or 0
            if length:
                self._connection.acknowledge_received_data(length, stream)
        elif isinstance(event, ConnectionTerminated) and not event.error_code:
            return self._is_refused(event.last_stream_id or 0, stream)
        elif isinstance(event, StreamReset | ConnectionTerminated):
            raise ProbeFailed(Reason.RESET, f"the server gave the call up (HTTP/2 error {event.error_code})")
        return isinstance(event, StreamEnded)

    @staticmethod
    def _is_refused(last: int, stream: int) -> bool:
        """A server that is about to go still answers the streams up to `last`; never whether that is the end."""
        if last < stream:
            raise ProbeFailed(Reason.RESET, "the server is going, and takes no call any more")
        return False


def _text(data: object) -> str:
    return data.decode(errors="replace") if isinstance(data, bytes) else str(data)


def _number(text: str) -> int:
    """A status; -1 where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else -1


def _request_headers(check: GrpcCheck) -> list[tuple[str, str]]:
    return [
        (":method", "POST"),
        (":scheme", "https" if check.secure else "http"),
        (":path", _PATH),
        (":authority", check.authority),
        ("te", "trailers"),
        ("content-type", "application/grpc"),
        ("user-agent", f"uptime-slo-exporter/{__version__}"),
        ("grpc-timeout", f"{check.timeout // 1_000_000}m"),
        *check.headers,
    ]


def _request(service: str) -> bytes:
    """A `HealthCheckRequest`, framed: its one field is a text."""
    name = service.encode()
    length = len(name)
    size = bytes([length]) if length < 128 else bytes([length & 127 | 128, length >> 7])  # noqa: PLR2004 -- a varint
    message = b"\x0a" + size + name if name else b""
    return b"\0" + len(message).to_bytes(4) + message


def _state(body: bytes) -> str:
    """What a `HealthCheckResponse` says: its one field is an enumeration, and the first of it is not sent.

    Raises:
        ProbeFailed: It is none.
    """
    message = body[5:]
    if len(body) < 5 or body[0] or int.from_bytes(body[1:5]) != len(message):  # noqa: PLR2004 -- the frame's head
        raise ProbeFailed(Reason.PROTOCOL, "the answer is no message of gRPC")
    number = message[1] if message[:1] == b"\x08" and len(message) > 1 else 0
    return _STATES[number] if number < len(_STATES) else str(number)


def _judge(course: Course, call: _Call) -> None:
    """Judge an answer.

    Raises:
        ProbeFailed: It does not say that it is serving.
    """
    headers, details = call.headers, course.details
    status = headers.get(":status", "")
    if details is not None:
        details.received("\n".join(f"{name}: {value}" for name, value in headers.items()))
    if _number(status) >= 0:
        course.status = _number(status)
    if status != "200":
        raise ProbeFailed(Reason.STATUS, f"status {status[:_DIGITS]}")
    code = _number(headers.get("grpc-status", ""))
    if code < 0 or not headers.get("content-type", "").startswith("application/grpc"):
        raise ProbeFailed(Reason.PROTOCOL, "the answer is not gRPC")
    if details is not None:
        details.facts["grpc_status"] = code
    if code:
        name = _CODES[code] if code < len(_CODES) else "?"
        said = " ".join(unquote(headers.get("grpc-message", "")).split())
        detail = f"grpc-status {code} ({name})" + (f": {said}" if said else "")
        raise ProbeFailed(Reason.UNHEALTHY, detail[:300])
    state = _state(call.body)
    if details is not None:
        details.facts["serving_status"] = state
        details.expected("SERVING", held=state == _STATES[_SERVING])
    if state != _STATES[_SERVING]:
        raise ProbeFailed(Reason.UNHEALTHY, f"the service is {state}")
