"""Connections of probes that are coroutines."""

import asyncio
import socket
from typing import TYPE_CHECKING

from exporter.probes.check import Place
from exporter.probes.net.course import Course
from exporter.probes.net.faults import verdict
from exporter.probes.net.names import addresses
from exporter.probes.net.stages import CONNECT
from exporter.probes.result import ProbeFailed

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
