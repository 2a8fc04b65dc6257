"""Runs a probe that is written as a coroutine: a task for each attempt, under one deadline."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from exporter.probes.base import Finished, Probed
from exporter.probes.details import Details
from exporter.probes.net.course import Course
from exporter.probes.net.faults import verdict
from exporter.probes.result import Outcome, ProbeFailed, ProbeInconclusive, Reason, Result

if TYPE_CHECKING:
    from exporter.probes.net.context import Context

AttemptFunction = Callable[[Course, Any], Awaitable[None]]
"""Takes a course, whose stages it enters, and a check. It raises `ProbeFailed`,
`ProbeInconclusive`, or `OSError` where a connection fails; else the probe is a success."""


class CoroutineProber:
    """Fits `async def attempt(course, check)` to the engine; its check has a `timeout` in nanoseconds."""

    def __init__(self, context: "Context", finished: Finished, attempt: AttemptFunction) -> None:
        self._context = context
        self._finished = finished
        self._attempt = attempt

    def begin(self, endpoint: Probed) -> None:
        """Start one probe."""
        endpoint.attempt = self._context.spawn(self._run(endpoint))

    def cancel(self, endpoint: Probed) -> None:
        """Drop the probe in flight, if any."""
        task, endpoint.attempt = endpoint.attempt, None
        if task is not None:
            task.cancel()

    async def _run(self, endpoint: Probed) -> None:
        course = Course(endpoint.check.timeout, Details() if self._context.details else None)
        task = endpoint.attempt
        found = await self._judged(course, endpoint.check)
        result = course.end(found, time.monotonic_ns())
        if endpoint.attempt is task:  # or it was cancelled, and did not notice
            endpoint.attempt = None
            self._tell(endpoint, result)

    def _tell(self, endpoint: Probed, result: Result) -> None:
        try:
            self._finished(endpoint, result)
        except Exception as error:  # noqa: BLE001 -- the outermost frame of a probe
            self._context.report(error)

    async def _judged(self, course: Course, check: Any) -> Result:  # noqa: ANN401 -- each type has its own
        try:
            async with asyncio.timeout(check.timeout / 1e9):
                await self._attempt(course, check)
        except (ProbeFailed, ProbeInconclusive) as found:
            return _from(found)
        except TimeoutError:
            detail = f"timed out after {check.timeout / 1e9:g}s {course.doing()}".rstrip()
            return Result(Outcome.FAILURE, Reason.TIMEOUT, detail)
        except OSError as error:
            return _from(verdict(error.errno or 0, "connection"))
        except Exception as error:  # noqa: BLE001 -- the outermost frame of a probe
            self._context.report(error)
            return Result(Outcome.INCONCLUSIVE, None, f"error in the prober: {type(error).__name__}")
        return Result(Outcome.SUCCESS)


def _from(found: ProbeFailed | ProbeInconclusive) -> Result:
    if isinstance(found, ProbeFailed):
        return Result(Outcome.FAILURE, found.reason, found.detail)
    return Result(Outcome.INCONCLUSIVE, None, found.detail)
