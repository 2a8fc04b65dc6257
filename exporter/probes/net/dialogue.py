"""Runs the dialogues of tcp probes: what is expected and sent, line by line, and STARTTLS in between."""

import asyncio
import socket
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from exporter.probes.base import Finished, Prober
from exporter.probes.check import Address, Rule, TcpCheck
from exporter.probes.dialogue import GROUP
from exporter.probes.net.adapter import CoroutineProber
from exporter.probes.net.faults import verdict
from exporter.probes.net.names import addresses
from exporter.probes.net.search import found
from exporter.probes.net.tls import Handshakes
from exporter.probes.net.wire import Wire
from exporter.probes.result import Outcome, Phases, ProbeFailed, Reason, Result, TlsFacts

if TYPE_CHECKING:
    import regex

    from exporter.probes.net.context import Context


def prober(context: "Context", finished: Finished) -> Prober:
    """Make what runs dialogues."""
    return CoroutineProber(context, finished, partial(attempt, context, Handshakes()))


async def attempt(context: "Context", handshakes: Handshakes, check: TcpCheck) -> Result:
    """Connect, and say what is to be said.

    Raises:
        ProbeFailed: Nobody is there, or the answers are not what they must be.
        ProbeInconclusive: That could not be found out.
    """
    began = time.monotonic_ns()
    places = await addresses(context, check.place)
    looked_up = time.monotonic_ns()
    sock = await _connected(places, check.place.port)
    connected = time.monotonic_ns()
    with Wire(sock) as wire:
        talk = _Talk(wire, handshakes, check, began + check.timeout)
        failure: ProbeFailed | None = None
        try:
            await talk.go()
        except ProbeFailed as found_:
            failure = found_
    ended = time.monotonic_ns()
    phases = Phases(
        resolve=None if check.place.addresses else looked_up - began,
        connect=connected - looked_up,
        tls=talk.handshake_took,
        processing=ended - connected - (talk.handshake_took or 0),
    )
    if failure is None:
        return Result(Outcome.SUCCESS, phases=phases, tls=talk.facts)
    return Result(Outcome.FAILURE, failure.reason, failure.detail, phases=phases, tls=talk.facts)


async def _connected(places: Sequence[Address], port: int) -> socket.socket:
    """A connection to the first address that takes one.

    Raises:
        ProbeFailed: None does.
        ProbeInconclusive: There is no socket.
    """
    loop = asyncio.get_running_loop()
    *others, last = places
    for family, address in others:
        try:
            return await _to(loop, family, address, port)
        except ProbeFailed:
            continue
    return await _to(loop, *last, port)


async def _to(loop: asyncio.AbstractEventLoop, family: int, address: str, port: int) -> socket.socket:
    place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    try:
        sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    except OSError as error:
        raise verdict(error.errno or 0, place) from error
    try:
        await loop.sock_connect(sock, (address, port))
    except OSError as error:
        sock.close()
        raise verdict(error.errno or 0, place) from error
    except BaseException:
        sock.close()
        raise
    return sock


class _Talk:
    """A dialogue that is under way.

    Attributes:
        facts: What the handshake showed, if there was one.
        handshake_took: Nanoseconds of it.
    """

    def __init__(self, wire: Wire, handshakes: Handshakes, check: TcpCheck, deadline: int) -> None:
        self._wire = wire
        self._handshakes = handshakes
        self._check = check
        self._deadline = deadline
        self._match: regex.Match[str] | None = None
        self.facts: TlsFacts | None = None
        self.handshake_took: int | None = None

    async def go(self) -> None:
        """Take all steps.

        Raises:
            ProbeFailed: One does not go as it must.
        """
        for step in self._check.steps:
            if step.expect is not None:
                self._match = await self._expect(step.expect)
            elif step.send is not None:
                await self._wire.send(self._filled(step.send))
            else:
                await self._secure()

    async def _expect(self, rule: Rule) -> "regex.Match[str]":
        """Read lines until one matches."""
        while (line := await self._wire.line()) is not None:
            match = await found(rule, line, self._deadline)
            if match is not None:
                return match
        raise ProbeFailed(Reason.ANSWER, f"the connection ended before a line matched {rule.text!r}")

    def _filled(self, text: str) -> bytes:
        """What is sent: with the groups of the latest match, and a line's end if it has none."""
        match = self._match
        filled = GROUP.sub(lambda group: (match and match[int(group[1])]) or "", text)
        return (filled if filled.endswith("\n") else filled + "\r\n").encode()

    async def _secure(self) -> None:
        began = time.monotonic_ns()
        check = self._check
        self._handshakes.context(check.tls)  # made anew where one of its files has changed
        try:
            self.facts = await self._wire.secure(self._handshakes, check.tls, check.server_name)
        finally:
            self.handshake_took = time.monotonic_ns() - began
        if self.facts.problem and not check.insecure:
            raise ProbeFailed(Reason.CERTIFICATE, self.facts.problem)
