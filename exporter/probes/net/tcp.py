"""Runs tcp probes."""

from typing import TYPE_CHECKING

from exporter.probes.base import Finished, Probed, Prober
from exporter.probes.net.attempt import Attempt
from exporter.probes.result import ProbeFailed, ProbeInconclusive, Reason

if TYPE_CHECKING:
    from exporter.probes.net.context import Context


class TcpProber:
    """Connects, and that is all; where there is a dialogue, another has it."""

    def __init__(self, context: "Context", finished: Finished) -> None:
        self._context = context
        self._finished = finished
        self._talking: Prober | None = None

    def begin(self, endpoint: Probed) -> None:
        """Start one probe."""
        check = endpoint.check
        if check.steps:
            self._talk().begin(endpoint)
            return
        kind = _RefusedAttempt if check.refused else _TcpAttempt
        attempt = kind(self._context, self._finished, endpoint, check.timeout)
        endpoint.attempt = attempt
        self._context.poller.watch(attempt, check.timeout)
        attempt.open(check.place)

    def cancel(self, endpoint: Probed) -> None:
        """Drop the probe in flight, if any."""
        if endpoint.check.steps:
            self._talk().cancel(endpoint)
        elif endpoint.attempt is not None:
            endpoint.attempt.cancel()

    def _talk(self) -> Prober:
        """Who has the dialogues."""
        if self._talking is None:
            from exporter.probes.net.dialogue import prober  # noqa: PLC0415 -- few endpoints have one

            self._talking = prober(self._context, self._finished)
        return self._talking


class _TcpAttempt(Attempt):
    __slots__ = ()

    def connected(self, events: int) -> None:  # noqa: ARG002 -- that is all it wanted
        if self.details is not None and self.sock is not None:
            self.details.facts["address"] = self.sock.getpeername()[0]
        self.succeed()

    def step(self, events: int) -> None:
        """There is no step after the connection."""


class _RefusedAttempt(Attempt):
    __slots__ = ()

    def connected(self, events: int) -> None:  # noqa: ARG002 -- it was to be refused
        self.fail(Reason.ANSWER, "somebody listens, and `refused` says that nobody may")

    def step(self, events: int) -> None:
        """There is no step after the connection."""

    def conclude(self, found: ProbeFailed | ProbeInconclusive) -> None:
        """End the probe with what was found, which may be just what is wanted."""
        if isinstance(found, ProbeFailed) and found.reason is Reason.REFUSED:
            self.succeed()
        else:
            super().conclude(found)
