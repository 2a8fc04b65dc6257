"""One probe over one socket at a time: resolve, connect, and what a type does then, under one deadline."""

import socket
import threading
import time
from abc import abstractmethod
from collections.abc import Sequence
from errno import EADDRNOTAVAIL, EINPROGRESS
from typing import TYPE_CHECKING

from exporter.probes.base import Finished, Probed
from exporter.probes.check import Address, Place
from exporter.probes.net.faults import OWN, verdict
from exporter.probes.net.poller import BROKEN, OUT, Poller
from exporter.probes.net.resolver import Answer, Lookup
from exporter.probes.result import Outcome, Phases, ProbeFailed, ProbeInconclusive, Reason, Result, TlsFacts

if TYPE_CHECKING:
    from exporter.probes.net.context import Context
    from exporter.probes.net.threads import Lane

RESOLVE, CONNECT, TLS, PROCESSING, TRANSFER = range(5)
"""Stages, which are also the places of the phases in `Phases`."""

NOTHING = -1
"""The stage before the first."""

_DOING = (
    "looking up the name",
    "connecting",
    "in the TLS handshake",
    "waiting for the answer",
    "receiving the answer",
)

_NOT_READY = "no thread was ready for TLS"

_STREAM = socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC


class Attempt:
    """A probe in flight. A type adds `connected()` and `step()`.

    A phase's time is the sum over all connections of the probe; that of the phase in
    which it failed is the time until then.

    Attributes:
        poller: Whom it belongs to; None once it has ended.
        deadline: Monotonic nanoseconds.
        lane: The TLS thread that it runs on; None on the event loop's.
        sock: The connection; None without one.
        stage: What it is doing.
        facts: Of the latest handshake.
        status: Of the latest HTTP answer.
    """

    __slots__ = (
        "_addresses",
        "_context",
        "_endpoint",
        "_finished",
        "_handover",
        "_index",
        "_lookup",
        "_mark",
        "_place",
        "_spent",
        "_started",
        "_timeout",
        "deadline",
        "facts",
        "lane",
        "poller",
        "sock",
        "stage",
        "status",
    )

    def __init__(self, context: "Context", finished: Finished, endpoint: Probed, timeout: int) -> None:
        self._context = context
        self._finished = finished
        self._endpoint = endpoint
        self._timeout = timeout
        self._started = self._mark = time.monotonic_ns()
        self._spent: list[int | None] = [None] * 5
        self._handover: threading.Lock | None = None
        self._lookup: Lookup | None = None
        self._addresses: Sequence[Address] = ()
        self._index = 0
        self.deadline = self._started + timeout
        self.facts: TlsFacts | None = None
        self.lane: Lane | None = None
        self.poller: Poller | None = context.poller
        self.sock: socket.SocketType | None = None
        self.stage = NOTHING
        self.status: int | None = None

    @abstractmethod
    def connected(self, events: int) -> None:
        """Go on: the connection is made; `events` may say that there is more."""

    @abstractmethod
    def step(self, events: int) -> None:
        """Go on: something happened on the connection."""

    def prepare(self) -> None:
        """Get ready for connections on a TLS thread.

        Raises:
            ProbeInconclusive: That cannot be.
        """

    def drop(self) -> None:
        """Forget what belongs to the connection that is being closed."""

    def open(self, place: Place) -> None:
        """Make a connection; the one before is closed."""
        self._close()
        self._place = place
        self._enter_first(CONNECT if place.addresses else RESOLVE)
        if place.addresses:
            self._addresses = place.addresses
            self._index = 0
            self._connect()
            return
        try:
            self._lookup = self._context.resolver.join(place.host, place.family, self)
        except ProbeInconclusive as found:
            self.conclude(found)

    def enter(self, stage: int) -> None:
        """End the present phase here and begin another."""
        now = time.monotonic_ns()
        self._spent[self.stage] = (self._spent[self.stage] or 0) + now - self._mark
        self._mark = now
        self.stage = stage

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

    def resume(self) -> None:
        """Leave out what passed since the pause: waiting for a thread tells nothing about the endpoint."""
        now = time.monotonic_ns()
        self._started += now - self._mark
        self._mark = now

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
                if self._another(number):
                    self._connect()
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
        self._addresses = answer
        self._index = 0
        self._connect()

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
            self.fail(Reason.DNS, f"{self._place.host}: no answer from the name lookup within {seconds}")
        else:
            self.fail(Reason.TIMEOUT, f"timed out after {seconds} {_DOING[self.stage]}")

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

    def _enter_first(self, stage: int) -> None:
        """Begin with a stage; time that another stage took before is that one's."""
        if self.stage == NOTHING:
            self.stage = stage
        else:
            self.enter(stage)

    def _connect(self) -> None:
        """Try the addresses in their order until one is under way."""
        while True:
            number = self._dial(*self._addresses[self._index])
            if not number or not self._another(number):
                return

    def _dial(self, family: int, address: str) -> int:
        try:
            sock = self.sock = socket.SocketType(family, _STREAM)
            number = sock.connect_ex((address, self._place.port))
        except OSError as error:
            return error.errno or EADDRNOTAVAIL
        if number not in (0, EINPROGRESS):
            return number
        if self.poller is not None:
            self.poller.register(sock, self)
        return 0

    def _another(self, number: int) -> bool:
        """Whether there is another address after the error `number`; if not, the probe has ended."""
        place = self._place
        if self._index + 1 < len(self._addresses) and (number not in OWN or number == EADDRNOTAVAIL):
            self._close()
            self._index += 1
            return True
        address = self._addresses[self._index][1]
        self.conclude(
            verdict(number, f"[{address}]:{place.port}" if ":" in address else f"{address}:{place.port}")
        )
        return False

    def _close(self) -> None:
        lookup, sock = self._lookup, self.sock
        if lookup is not None:
            self._context.resolver.leave(lookup, self)
            self._lookup = None
        if sock is not None:
            self.drop()
            if self.poller is not None:
                self.poller.forget(sock)
            sock.close()
            self.sock = None

    def _end(self, outcome: Outcome, reason: Reason | None, detail: str) -> None:
        poller = self.poller
        if poller is None:
            return
        now = time.monotonic_ns()
        spent = self._spent
        if self.stage != NOTHING:
            spent[self.stage] = (spent[self.stage] or 0) + now - self._mark
        self._close()
        self.poller = None
        result = Result(
            outcome,
            reason,
            detail,
            duration=now - self._started,
            phases=Phases(*spent),
            status=self.status,
            tls=self.facts,
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
