"""One probe over one socket at a time: resolve, connect, and what a type does then, under one deadline."""

import socket
import threading
import time
from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from exporter.probes.base import Finished, Probed
from exporter.probes.check import Address, Place
from exporter.probes.details import Details
from exporter.probes.net.course import DOING
from exporter.probes.net.dialling import Dialling
from exporter.probes.net.poller import BROKEN, OUT
from exporter.probes.net.resolver import Answer, Lookup
from exporter.probes.net.stages import CONNECT, NOTHING, RESOLVE
from exporter.probes.result import Outcome, ProbeFailed, ProbeInconclusive, Reason, Result, TlsFacts

if TYPE_CHECKING:
    from exporter.probes.net.context import Context
    from exporter.probes.net.threads import Lane

_NOT_READY = "no thread was ready for TLS"


class Attempt(Dialling):
    """A probe in flight. A type adds `connected()` and `step()`.

    A phase's time is the sum over all connections of the probe; that of the phase in
    which it failed is the time until then.

    Attributes:
        lane: The TLS thread that it runs on; None on the event loop's.
        details: For whoever asks for a single probe; None where nobody does.
        facts: Of the latest handshake.
        status: Of the latest HTTP answer.
    """

    __slots__ = (
        "_context",
        "_endpoint",
        "_finished",
        "_handover",
        "_lookup",
        "_timeout",
        "details",
        "facts",
        "lane",
        "status",
    )

    def __init__(self, context: "Context", finished: Finished, endpoint: Probed, timeout: int) -> None:
        super().__init__(context.poller, timeout)
        self._context = context
        self._finished = finished
        self._endpoint = endpoint
        self._timeout = timeout
        self._handover: threading.Lock | None = None
        self._lookup: Lookup | None = None
        self.details = Details() if context.details else None
        self.facts: TlsFacts | None = None
        self.lane: Lane | None = None
        self.status: int | None = None

    @abstractmethod
    def connected(self, events: int) -> None:
        """Go on: the connection is made; `events` may say that there is more."""

    @abstractmethod
    def step(self, events: int) -> None:
        """Go on: something happened on the connection."""

    def tell(self, details: Details) -> None:
        """Note what is known at the end of the probe."""
        if self._addresses:
            details.facts.setdefault("address", self._addresses[self._index][1])

    def prepare(self) -> None:
        """Get ready for connections on a TLS thread.

        Raises:
            ProbeInconclusive: That cannot be.
        """

    def open(self, place: Place) -> None:
        """Make a connection; the one before is closed."""
        self._close()
        self.place = place
        self.enter_first(CONNECT if place.addresses else RESOLVE)
        if place.addresses:
            if self._context.permits is None:  # as for all but those that somebody asks for
                self.dial(place.addresses)
            else:
                self._dial(place.addresses)
            return
        try:
            self._lookup = self._context.resolver.join(place.host, place.family, self)
        except ProbeInconclusive as found:
            self.conclude(found)

    def move(self, lane: "Lane", place: Place) -> None:
        """Go on with a connection to `place` on a TLS thread; from the event loop's thread.

        Until it arrives it belongs to the poller that it is leaving, on which it is watched.
        """
        if self.stage != NOTHING:
            self.pause()
        self.lane = lane
        self._handover = threading.Lock()
        lane.poller.post(self, self._arrive, place)

    def pause(self) -> None:
        """Close the connection, as the next thing to wait for is a thread of ours."""
        self.enter(self.stage)
        self._close()

    def succeed(self) -> None:
        """End the probe: all is well."""
        self._end(Outcome.SUCCESS, None, "")

    def fail(self, reason: Reason, detail: str) -> None:
        """End the probe with a failure."""
        self._end(Outcome.FAILURE, reason, detail)

    def conclude(self, found: ProbeFailed | ProbeInconclusive) -> None:
        """End the probe with what was found."""
        if isinstance(found, ProbeFailed):
            self._end(Outcome.FAILURE, found.reason, found.detail)
        else:
            self._end(Outcome.INCONCLUSIVE, None, found.detail)

    def ready(self, events: int) -> None:
        """Go on: the socket has something."""
        sock = self.sock
        if sock is None:
            return
        try:
            if self.stage != CONNECT:
                self.step(events)
            elif events & BROKEN and (number := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)):
                self.redial(number)
            elif events & (OUT | BROKEN):
                self.connected(events)
        except (ProbeFailed, ProbeInconclusive) as found:
            self.conclude(found)

    def resolved(self, answer: Answer) -> None:
        """Go on with the addresses of the name."""
        if self.poller is None or self._lookup is None:
            return
        self._lookup = None
        if isinstance(answer, ProbeFailed | ProbeInconclusive):
            self.conclude(answer)
            return
        self.enter(CONNECT)
        self._dial(answer)

    def _dial(self, addresses: Sequence[Address]) -> None:
        if self._context.permits is not None and (forbidden := self._context.forbidden(addresses)):
            self.conclude(forbidden)
        else:
            self.dial(addresses)

    def expire(self) -> None:
        """End: the time is over."""
        lane = self.lane
        if lane is None:
            self.overdue(f"{self._timeout / 1e9:g}s")
        elif self._is_mine():
            self.conclude(ProbeInconclusive(_NOT_READY))
        elif (
            lane.thread is threading.current_thread()
        ):  # or it has arrived at this moment, and is watched there
            self.overdue(f"{self._timeout / 1e9:g}s")

    def overdue(self, seconds: str) -> None:
        """Say what the time was spent on, all `seconds` of it."""
        if self._lookup is not None and not self._lookup.started:
            self.conclude(ProbeInconclusive("no thread was free for the name lookup"))
        elif self.stage == RESOLVE:
            self.fail(Reason.DNS, f"{self.place.host}: no answer from the name lookup within {seconds}")
        else:
            self.fail(Reason.TIMEOUT, f"timed out after {seconds} {DOING[self.stage]}")

    def crash(self, error: Exception) -> None:
        """End: this program made a mistake, which tells nothing about the endpoint."""
        self._context.report(error)
        self.conclude(ProbeInconclusive(f"error in the prober: {type(error).__name__}"))

    def cancel(self) -> None:
        """Drop everything; from the event loop's thread."""
        if self.lane is None or self._is_mine():
            self.abandon()
        else:
            self.lane.poller.post(self, self.abandon)
        self._leave()

    def abandon(self, _nothing: object = None) -> None:
        """Drop everything; on the poller's thread."""
        self._close()
        self.poller = None

    def _is_mine(self) -> bool:
        """Whether this thread is the first to take a probe that is on its way to a TLS thread."""
        return self._handover is not None and self._handover.acquire(blocking=False)

    def _arrive(self, place: Place) -> None:
        lane = self.lane
        if not self._is_mine() or lane is None:
            return
        self.poller = lane.poller
        if self.deadline <= time.monotonic_ns():
            self.conclude(ProbeInconclusive(_NOT_READY))
            return
        lane.poller.watch(self, self._timeout)
        try:
            self.prepare()
        except ProbeInconclusive as found:
            self.conclude(found)
        else:
            self.resume()
            self.open(place)

    def _close(self) -> None:
        lookup = self._lookup
        if lookup is not None:
            self._context.resolver.leave(lookup, self)
            self._lookup = None
        if self.sock is not None:
            self.hang_up()

    def _end(self, outcome: Outcome, reason: Reason | None, detail: str) -> None:
        poller = self.poller
        if poller is None:
            return
        now = time.monotonic_ns()
        phases = self.phases(now)
        if self.details is not None:
            self.tell(self.details)
        self._close()
        self.poller = None
        result = Result(
            outcome,
            reason,
            detail,
            duration=now - self.started,
            phases=phases,
            status=self.status,
            tls=self.facts,
            details=self.details,
        )
        home = self._context.poller
        if poller is home:
            self._deliver(result)
        else:
            home.post(self, self._deliver, result)

    def _deliver(self, result: Result) -> None:
        endpoint = self._endpoint
        if endpoint.attempt is self:  # or it was cancelled
            self._leave()
            self._finished(endpoint, result)

    def _leave(self) -> None:
        self._endpoint.attempt = None
        if self.lane is not None:
            self.lane.load -= 1
            self.lane = None
