"""Runs tcp probes."""

from typing import TYPE_CHECKING

from exporter.probes.base import Finished, Probed
from exporter.probes.net.attempt import Attempt

if TYPE_CHECKING:
    from exporter.probes.net.context import Context


class TcpProber:
    """Connects, and that is all."""

    def __init__(self, context: "Context", finished: Finished) -> None:
        self._context = context
        self._finished = finished

    def begin(self, endpoint: Probed) -> None:
        """Start one probe."""
        check = endpoint.check
        attempt = _TcpAttempt(self._context, self._finished, endpoint, check.timeout)
        endpoint.attempt = attempt
        self._context.poller.watch(attempt, check.timeout)
        attempt.open(check.place)

    def cancel(self, endpoint: Probed) -> None:
        """Drop the probe in flight, if any."""
        if endpoint.attempt is not None:
            endpoint.attempt.cancel()


class _TcpAttempt(Attempt):
    __slots__ = ()

    def connected(self, events: int) -> None:  # noqa: ARG002 -- that is all it wanted
        self.succeed()

    def step(self, events: int) -> None:
        """There is no step after the connection."""
