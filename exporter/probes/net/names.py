"""Addresses of a place for probes that are coroutines."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from exporter.probes.check import Address, Place
from exporter.probes.net.course import Course
from exporter.probes.net.poller import Poller
from exporter.probes.net.resolver import Answer
from exporter.probes.net.stages import RESOLVE
from exporter.probes.result import ProbeFailed, ProbeInconclusive, Reason

if TYPE_CHECKING:
    from exporter.probes.net.context import Context


class _Waiting:
    """Waits for a lookup on the event loop's thread."""

    def __init__(self, context: "Context") -> None:
        self.poller: Poller | None = context.poller
        self.deadline = 0
        self.answer: asyncio.Future[Answer] = context.loop.create_future()

    def resolved(self, answer: Answer) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)

    def crash(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)

    def ready(self, events: int) -> None:
        """It has no socket."""

    def expire(self) -> None:
        """Its coroutine has the deadline."""

    def abandon(self) -> None:
        """Likewise."""


async def addresses(context: "Context", course: Course, place: Place) -> Sequence[Address]:
    """Look a place up, as all probes do; known addresses at once, and without a phase of that.

    Raises:
        ProbeFailed: The name does not resolve.
        ProbeInconclusive: There was no thread for the lookup.
    """
    found = place.addresses or await _looked_up(context, course, place)
    if (forbidden := context.forbidden(found)) is not None:
        raise forbidden
    if course.details is not None:
        course.details.facts["address"] = found[0][1]
    return found


async def _looked_up(context: "Context", course: Course, place: Place) -> Sequence[Address]:
    course.enter(RESOLVE)
    waiting = _Waiting(context)
    lookup = context.resolver.join(place.host, place.family, waiting)
    try:
        answer = await waiting.answer
    except asyncio.CancelledError:  # by the probe's deadline, or nobody wants to know any more
        if lookup.started:
            raise ProbeFailed(Reason.DNS, "timed out looking up the name") from None
        msg = "no thread was free for the name lookup"
        raise ProbeInconclusive(msg) from None
    finally:
        context.resolver.leave(lookup, waiting)
    if isinstance(answer, ProbeFailed | ProbeInconclusive):
        raise answer
    return answer
