"""Runs ws probes, with wsproto for the protocol."""

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    CloseConnection,
    Event,
    Message,
    Ping,
    RejectConnection,
    Request,
    TextMessage,
)
from wsproto.utilities import RemoteProtocolError

from exporter.probes.base import Finished, Prober
from exporter.probes.check import Rule
from exporter.probes.net.adapter import CoroutineProber
from exporter.probes.net.connecting import opened
from exporter.probes.net.course import Course
from exporter.probes.net.dialogue import filled
from exporter.probes.net.search import found
from exporter.probes.net.stages import PROCESSING, TRANSFER
from exporter.probes.net.tls import Handshakes
from exporter.probes.net.wire import Wire
from exporter.probes.result import ProbeFailed, Reason
from exporter.probes.ws import WsCheck

if TYPE_CHECKING:
    import regex

    from exporter.probes.net.context import Context

_UPGRADED = 101
_GOING = 1000
_NONSENSE = (1002, 1003, 1007)
_INTERIM = re.compile(rb"HTTP/1\.[01] 1(?!01)\d\d[ \r\n]")
_STATUS_LINE = 13
"""Bytes until the status is known."""


def prober(context: "Context", finished: Finished) -> Prober:
    """Make what runs ws probes."""
    return CoroutineProber(context, finished, partial(attempt, context, Handshakes()))


async def attempt(context: "Context", handshakes: Handshakes, course: Course, check: WsCheck) -> None:
    """Make a WebSocket, and say over it what is to be said.

    Raises:
        ProbeFailed: There is none, or the messages are not what they must be.
        ProbeInconclusive: That could not be found out.
    """
    with await opened(context, handshakes, course, check.place, check.secure) as wire:
        course.enter(PROCESSING)
        talk = _Talk(wire, course)
        try:
            await talk.upgrade(check)
            course.enter(TRANSFER)
            await talk.go(check)
        except (RemoteProtocolError, UnicodeDecodeError) as error:
            raise ProbeFailed(Reason.PROTOCOL, f"the answer is no WebSocket: {error}") from error


class _Talk:
    """A WebSocket, and the messages that have come and were not read."""

    def __init__(self, wire: Wire, course: Course) -> None:
        self._wire = wire
        self._course = course
        self._connection = WSConnection(ConnectionType.CLIENT)
        self._messages: list[str] = []
        self._part = bytearray()
        self._head = bytearray()
        self._is_open = False
        self._ended = False

    async def upgrade(self, check: WsCheck) -> None:
        """Ask for it.

        Raises:
            ProbeFailed: It is refused.
            RemoteProtocolError: The answer is nonsense.
        """
        headers = [(name.encode(), value.encode()) for name, value in check.headers]
        await self._send(
            Request(
                host=check.host,
                target=check.target,
                subprotocols=list(check.subprotocols),
                extra_headers=headers,
            )
        )
        self._see("sent", f"GET {check.target.partition('?')[0]}, upgrade to websocket")
        while not self._is_open:
            await self._receive()

    async def go(self, check: WsCheck) -> None:
        """Take all steps, and say goodbye.

        Raises:
            ProbeFailed: One does not go as it must.
            RemoteProtocolError: What comes is nonsense.
        """
        match: regex.Match[str] | None = None
        for step in check.steps:
            if step.expect is not None:
                match = await self._expect(step.expect)
            elif step.send is not None:
                text = filled(step.send, match)
                if self._ended:
                    raise ProbeFailed(Reason.ANSWER, "the WebSocket ended before all was said")
                self._see("sent", text)
                await self._send(TextMessage(data=text))
        if not self._ended:
            await self._send(CloseConnection(code=_GOING))

    async def _expect(self, rule: Rule) -> "regex.Match[str]":
        """Read messages until one matches."""
        while True:
            while self._messages:
                match = await found(rule, self._messages.pop(0), self._course.deadline)
                if match is not None:
                    self._judged(rule, held=True)
                    return match
            if self._ended:
                self._judged(rule, held=False)
                raise ProbeFailed(
                    Reason.ANSWER, f"the WebSocket ended before a message matched {rule.text!r}"
                )
            await self._receive()

    async def _send(self, event: Event) -> None:
        await self._wire.send(self._connection.send(event))

    async def _receive(self) -> None:
        data = await self._wire.some()
        if not data and not self._is_open:
            raise ProbeFailed(Reason.RESET, "the connection ended without an answer")
        if not data:
            self._ended = True
            return
        if not self._is_open:
            self._head += data
            data = self._answer()
        if not data:
            return  # to be fed nothing is the end
        self._connection.receive_data(data)
        for event in self._connection.events():
            await self._take(event)

    def _answer(self) -> bytes:
        """What has come of the answer to the upgrade; interim answers before it are passed over."""
        while _INTERIM.match(self._head):
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return b""
            del self._head[: end + 4]
        if len(self._head) < _STATUS_LINE and b"\n" not in self._head:
            return b""
        data = bytes(self._head)
        self._head.clear()
        return data

    async def _take(self, event: Event) -> None:
        if isinstance(event, AcceptConnection):
            self._is_open = True
            self._status(_UPGRADED)
        elif isinstance(event, RejectConnection):
            self._status(event.status_code)
            raise ProbeFailed(Reason.STATUS, f"status {event.status_code}")
        elif isinstance(event, Message):
            self._message(event)
        elif isinstance(event, Ping):
            await self._send(event.response())
        elif isinstance(event, CloseConnection) and event.code in _NONSENSE:  # what wsproto makes of it, too
            raise ProbeFailed(Reason.PROTOCOL, f"the WebSocket broke off: {event.reason or event.code}")
        elif isinstance(event, CloseConnection):
            self._ended = True

    def _message(self, event: "Message[Any]") -> None:
        data = event.data
        self._part += data.encode() if isinstance(data, str) else data
        if event.message_finished:
            text = self._part.decode(errors="replace")  # whole: a character may come in two fragments
            self._part.clear()
            self._messages.append(text)
            self._see("received", text)

    def _status(self, status: int) -> None:
        self._course.status = status
        if self._course.details is not None:
            self._course.details.facts.update(status=status, upgraded=status == _UPGRADED)
            self._course.details.received(f"HTTP/1.1 {status}")

    def _see(self, kind: str, text: str) -> None:
        details = self._course.details
        if details is not None:
            (details.sent if kind == "sent" else details.received)(text)

    def _judged(self, rule: Rule, *, held: bool) -> None:
        if self._course.details is not None:
            self._course.details.expected(f"a message that matches {rule.text!r}", held=held)
