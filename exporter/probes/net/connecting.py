"""Connections of probes that are coroutines."""

import asyncio
import socket
from typing import TYPE_CHECKING

from exporter.probes.check import Place, Secure
from exporter.probes.net.course import Course
from exporter.probes.net.faults import verdict
from exporter.probes.net.names import addresses
from exporter.probes.net.stages import CONNECT, TLS
from exporter.probes.net.tls import Handshakes
from exporter.probes.net.wire import Wire
from exporter.probes.result import ProbeFailed, Reason

if TYPE_CHECKING:
    from exporter.probes.net.context import Context


async def connected(context: "Context", course: Course, place: Place) -> socket.socket:
    """Look a place up and connect to the first of its addresses that takes a connection; the caller closes it.

    Raises:
        ProbeFailed: The name does not resolve, or no address takes one.
        ProbeInconclusive: There is no thread or socket for it.
    """
    *others, last = await addresses(context, course, place)
    course.enter(CONNECT)
    for family, address in others:
        try:
            return await _to(family, address, place.port)
        except ProbeFailed:
            continue
    return await _to(*last, place.port)


async def opened(
    context: "Context", handshakes: Handshakes, course: Course, place: Place, secure: Secure | None
) -> Wire:
    """A wire to the first address of a place that takes a connection, over TLS where that is asked for.

    Raises:
        ProbeFailed: There is none, or its certificate is wrong.
        ProbeInconclusive: There is no thread or socket for it, or a local file cannot be used.
    """
    wire = Wire(await connected(context, course, place))
    if secure is None:
        return wire
    try:
        await begin_tls(wire, handshakes, course, secure)
    except BaseException:
        wire.close()
        raise
    return wire


async def begin_tls(wire: Wire, handshakes: Handshakes, course: Course, secure: Secure) -> None:
    """Let TLS begin on a wire.

    Raises:
        ProbeFailed: There is no common ground, or the certificate is wrong.
        ProbeInconclusive: A local file cannot be used.
    """
    course.enter(TLS)
    handshakes.context(secure.tls)  # made anew where one of its files has changed
    facts = course.tls = await wire.secure(handshakes, secure.tls, secure.server_name)
    if course.details is not None:
        course.details.chain = wire.certificates()
    if facts.problem and not secure.insecure:
        raise ProbeFailed(Reason.CERTIFICATE, facts.problem)


async def _to(family: int, address: str, port: int) -> socket.socket:
    place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    try:
        sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    except OSError as error:
        raise verdict(error.errno or 0, place) from error
    try:
        await asyncio.get_running_loop().sock_connect(sock, (address, port))
    except OSError as error:
        sock.close()
        raise verdict(error.errno or 0, place) from error
    except BaseException:
        sock.close()
        raise
    return sock
