"""Runs unix probes."""

import asyncio
import errno
import socket
from typing import TYPE_CHECKING

from exporter.probes.base import Finished, Prober
from exporter.probes.net.adapter import CoroutineProber
from exporter.probes.net.course import Course
from exporter.probes.net.faults import verdict
from exporter.probes.net.stages import CONNECT
from exporter.probes.unix import UnixCheck

if TYPE_CHECKING:
    from exporter.probes.net.context import Context

_PAUSE = 0.01
"""Seconds after which a socket whose queue was full is tried again."""


def prober(context: "Context", finished: Finished) -> Prober:
    """Make what runs unix probes."""
    return CoroutineProber(context, finished, attempt)


async def attempt(course: Course, check: UnixCheck) -> None:
    """Connect, and that is all.

    Raises:
        ProbeFailed: Nobody listens there.
        ProbeInconclusive: It may not be opened by this user.
    """
    course.enter(CONNECT)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as sock:
        # A full queue says EAGAIN, which is no connection under way: event loops take it for one that was made.
        while (number := sock.connect_ex(check.path)) == errno.EAGAIN:  # noqa: ASYNC110 -- there is no event
            await asyncio.sleep(_PAUSE)
        if number:
            raise verdict(number, check.path)
