"""Name lookups in threads of their own: none blocks the event loop or another lookup.

A lookup that many probes wait for is made once; its answer is never kept, as a
failing name service must be seen.
"""

import queue
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from exporter.probes.check import Address
from exporter.probes.net.faults import OWN, said
from exporter.probes.net.poller import Source
from exporter.probes.result import ProbeFailed, ProbeInconclusive, Reason

LookUp = Callable[[str, int], Sequence[Address]]
"""Blocking: host and family to addresses in the order to be tried; raises `OSError`."""

Answer = Sequence[Address] | ProbeFailed | ProbeInconclusive

_LIMIT = 128
_IDLE_SECONDS = 60.0


class Waiter(Source, Protocol):
    """Waits for an answer; `resolved()` runs on its poller's thread."""

    def resolved(self, answer: Answer) -> None:
        """Take the answer."""


class Lookup:
    """A lookup that is waiting for a thread, or under way.

    Attributes:
        host: ASCII.
        family: An address family.
        started: Whether a thread has taken it.
        waiters: Who wants to know.
    """

    __slots__ = ("family", "host", "started", "waiters")

    def __init__(self, host: str, family: int) -> None:
        self.host = host
        self.family = family
        self.started = False
        self.waiters: list[Waiter] = []


class Resolver:
    """Threads that look names up; they come as they are needed and go when idle."""

    def __init__(self, look_up: LookUp | None = None, limit: int = _LIMIT) -> None:
        """Start with no thread.

        Args:
            look_up: Instead of the system's.
            limit: Threads at most, > 0.
        """
        self._look_up = look_up or system_lookup
        self._limit = limit
        self._lock = threading.Lock()
        self._jobs: queue.SimpleQueue[Lookup | None] = queue.SimpleQueue()
        self._under_way: dict[tuple[str, int], Lookup] = {}
        self._threads = 0
        self._unfinished = 0
        self._is_closed = False

    def use(self, look_up: LookUp) -> None:
        """Look names up otherwise from now on."""
        self._look_up = look_up

    def join(self, host: str, family: int, waiter: Waiter) -> Lookup:
        """Ask for the addresses of a name; `waiter.resolved()` is posted to the waiter's poller.

        Raises:
            ProbeInconclusive: There is no thread, and none can be started.
        """
        with self._lock:
            lookup = self._under_way.get((host, family))
            if lookup is None:
                lookup = Lookup(host, family)
                self._hire()
                self._unfinished += 1
                self._under_way[host, family] = lookup
                self._jobs.put(lookup)
            lookup.waiters.append(waiter)
        return lookup

    def leave(self, lookup: Lookup, waiter: Waiter) -> None:
        """Wait no longer."""
        with self._lock:
            if waiter in lookup.waiters:
                lookup.waiters.remove(waiter)

    def close(self) -> None:
        """Let the threads go as they come back; one that hangs in a lookup dies with the process."""
        with self._lock:
            self._is_closed = True
            for _ in range(self._threads):
                self._jobs.put(None)

    def _hire(self) -> None:
        if self._unfinished < self._threads or self._threads >= self._limit:
            return
        try:
            threading.Thread(target=self._work, name="lookup", daemon=True).start()
        except RuntimeError as error:
            if not self._threads:
                msg = "no thread can be started for a name lookup"
                raise ProbeInconclusive(msg) from error
        else:
            self._threads += 1

    def _work(self) -> None:
        while True:
            try:
                lookup = self._jobs.get(timeout=_IDLE_SECONDS)
            except queue.Empty:
                lookup = None
            with self._lock:
                if lookup is None:
                    if self._is_closed or self._jobs.empty():
                        self._threads -= 1
                        return
                    continue  # a job came at the last moment
                lookup.started = True
                if not lookup.waiters:
                    self._finish(lookup)
                    continue
            answer = self._answer(lookup)
            with self._lock:
                waiters = self._finish(lookup)
            for waiter in waiters:
                poller = waiter.poller
                if poller is not None:
                    poller.post(waiter, waiter.resolved, answer)

    def _finish(self, lookup: Lookup) -> list[Waiter]:
        self._unfinished -= 1
        del self._under_way[lookup.host, lookup.family]
        return lookup.waiters

    def _answer(self, lookup: Lookup) -> Answer:
        try:
            addresses = self._look_up(lookup.host, lookup.family)
        except (OSError, UnicodeError) as error:
            return _verdict(lookup.host, error)
        if not addresses:
            return ProbeFailed(Reason.DNS, f"{lookup.host} has no address")
        return addresses


def system_lookup(host: str, family: int) -> Sequence[Address]:
    """Ask the system: hosts file, name service switch and DNS, in its order of preference."""
    found = socket.getaddrinfo(host, None, family, socket.SOCK_STREAM)
    return [(int(kind), _numeric(sockaddr)) for kind, _, _, _, sockaddr in found]


def _numeric(sockaddr: tuple[object, ...]) -> str:
    address = str(sockaddr[0])
    scope = sockaddr[3] if len(sockaddr) > 2 else 0  # noqa: PLR2004 -- IPv6: address, port, flow, scope
    return f"{address}%{scope}" if scope and "%" not in address else address


def _verdict(host: str, error: OSError | UnicodeError) -> ProbeFailed | ProbeInconclusive:
    if isinstance(error, OSError) and error.errno == socket.EAI_MEMORY:
        return ProbeInconclusive("no memory for a name lookup")
    if own := _own_fault():
        return ProbeInconclusive(own)
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return ProbeFailed(Reason.DNS, f"{host}: {text.lower()}")


def _own_fault() -> str:
    """A lookup that got no socket says that the name service failed: see whether we can have one."""
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()
    except OSError as error:
        if error.errno in OWN:
            return said(error.errno)
    return ""
