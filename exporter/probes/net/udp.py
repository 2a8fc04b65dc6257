"""Runs udp probes, over connected sockets, so that what the network says of the port arrives."""

import socket
from functools import partial
from typing import TYPE_CHECKING

from exporter.probes.base import Finished, Prober
from exporter.probes.net.adapter import CoroutineProber
from exporter.probes.net.course import Course
from exporter.probes.net.faults import verdict
from exporter.probes.net.names import addresses
from exporter.probes.net.search import found
from exporter.probes.net.stages import PROCESSING
from exporter.probes.net.waiting import readable
from exporter.probes.result import ProbeFailed, Reason
from exporter.probes.udp import UdpCheck

if TYPE_CHECKING:
    from exporter.probes.net.context import Context

_LARGEST = 1 << 16


def prober(context: "Context", finished: Finished) -> Prober:
    """Make what runs udp probes."""
    return CoroutineProber(context, finished, partial(attempt, context))


async def attempt(context: "Context", course: Course, check: UdpCheck) -> None:
    """Send a datagram to the first address, and judge what comes back.

    Raises:
        ProbeFailed: Nothing came, or something else than it must be.
        ProbeInconclusive: There is no socket.
    """
    family, address = (await addresses(context, course, check.place))[0]
    course.enter(PROCESSING)
    where = f"[{address}]:{check.place.port}" if ":" in address else f"{address}:{check.place.port}"
    try:
        with socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sock:
            sock.connect((address, check.place.port))
            sock.send(check.sent)
            answer = await _received(sock)
    except TimeoutError:
        raise
    except OSError as error:
        raise verdict(error.errno or 0, where) from error
    await _judge(course, check, answer)


async def _received(sock: socket.socket) -> bytes:
    while True:
        await readable(sock)
        try:
            return sock.recv(_LARGEST)
        except BlockingIOError:  # a datagram whose checksum is wrong
            continue


async def _judge(course: Course, check: UdpCheck, answer: bytes) -> None:
    text = answer.decode(errors="replace")
    details = course.details
    if details is not None:
        details.sent(check.sent.decode(errors="backslashreplace"))
        details.received(text)
        details.facts.update(bytes=len(answer))
    if check.start:
        held = answer.startswith(check.start)
        if details is not None:
            details.expected(f"starts with {check.start.hex()}", held=held)
        if not held:
            raise ProbeFailed(Reason.ANSWER, f"the answer does not start with {check.start.hex()}")
    if check.rule is not None:
        held = await found(check.rule, text, course.deadline) is not None
        if details is not None:
            details.expected(f"matches {check.rule.text!r}", held=held)
        if not held:
            raise ProbeFailed(Reason.ANSWER, f"the answer does not match {check.rule.text!r}")
