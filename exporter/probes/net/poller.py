"""Sockets and deadlines of many probes on one epoll set, without a task or a timer for each.

A poller runs inside an asyncio loop, which sees the whole set as one readable
descriptor, or in a thread of its own. Everything but `post()` belongs to that thread.
"""

import asyncio
import math
import os
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

IN = select.EPOLLIN
OUT = select.EPOLLOUT
BROKEN = select.EPOLLERR | select.EPOLLHUP

_WATCHED = select.EPOLLIN | select.EPOLLOUT | select.EPOLLET
_BATCH = 256
_ROUNDS = 4
_GRAIN = 10_000_000
_BUFFER = 1 << 16
_NEVER = math.inf


class Source(Protocol):
    """One probe in flight, as a poller sees it.

    Attributes:
        poller: Whom it belongs to; None once it has ended.
        deadline: Monotonic nanoseconds at which it is expired.
    """

    poller: "Poller | None"
    deadline: int

    def ready(self, events: int) -> None:
        """Its socket has something; edge triggered, so go on until it would block."""

    def expire(self) -> None:
        """Its deadline has passed."""

    def crash(self, error: Exception) -> None:
        """One of its methods raised what none should: end it."""

    def abandon(self) -> None:
        """Drop everything and tell nobody."""


class _Waker:
    """Runs what other threads posted."""

    def __init__(self) -> None:
        self.poller: Poller | None = None
        self.deadline = 0
        self.fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._lock = threading.Lock()
        self._posts: deque[tuple[Source, Callable[[Any], None], Any]] = deque()
        self._signalled = False
        self._closed = False

    def post(self, source: Source, function: Callable[[Any], None], argument: object) -> None:
        self._posts.append((source, function, argument))
        if not self._signalled:
            self.signal()

    def signal(self) -> None:
        with self._lock:  # or the descriptor may be another's by now
            if not self._closed:
                self._signalled = True
                os.eventfd_write(self.fd, 1)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            os.close(self.fd)

    def ready(self, _events: int) -> None:
        os.eventfd_read(self.fd)
        self._signalled = False  # before the posts are counted: a later one signals again
        for _ in range(len(self._posts)):
            source, function, argument = self._posts.popleft()
            _guarded(source, function, argument)

    def expire(self) -> None:
        """Never due."""

    def abandon(self) -> None:
        """Never asked: it has no deadline."""

    def crash(self, error: Exception) -> None:
        """Cannot be: what is posted is guarded."""
        raise error


class Poller:
    """An epoll set, the deadlines of what is on it, and a way in for other threads.

    Attributes:
        buffer: Scratch space for what a socket receives, shared by all of the thread.
        view: Of the buffer, to take slices from.
    """

    def __init__(self) -> None:
        self.buffer = bytearray(_BUFFER)
        self.view = memoryview(self.buffer)
        self._sources: dict[int, Source] = {}
        self._deadlines: dict[int, deque[Source]] = {}
        self._next: float = _NEVER
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._running = True
        self._epoll = select.epoll()
        self._waker = _Waker()
        self._sources[self._waker.fd] = self._waker
        self._epoll.register(self._waker.fd, select.EPOLLIN)

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Run inside an event loop."""
        self._loop = loop
        loop.add_reader(self._epoll.fileno(), self._ready)

    def run(self) -> None:
        """Run in this thread until `stop()` is posted."""
        while self._running:
            wait = self._next - time.monotonic_ns()
            self._ready(None if wait == _NEVER else max(wait, 0) / 1e9)
            if self._next <= time.monotonic_ns():
                self.expire(time.monotonic_ns())

    def stop(self) -> None:
        """End `run()`; from any thread."""
        self._running = False
        self._waker.signal()

    def close(self) -> None:
        """Leave the loop and close everything, sockets of probes in flight excepted."""
        if self._loop is not None:
            self._loop.remove_reader(self._epoll.fileno())
            if self._timer is not None:
                self._timer.cancel()
        self._epoll.close()
        self._waker.close()

    def post(self, source: Source, function: Callable[[Any], None], argument: object = None) -> None:
        """Have a function called on this poller's thread; from any thread.

        Args:
            source: Whose `crash()` is told if it raises.
            function: To be called.
            argument: Its only one.
        """
        self._waker.post(source, function, argument)

    def abandon(self) -> None:
        """Drop all that has a deadline here; nobody is told."""
        for queue in self._deadlines.values():
            for source in queue:
                if source.poller is self:
                    source.abandon()
        self._deadlines.clear()

    def register(self, sock: socket.SocketType, source: Source) -> None:
        """Tell `source` what happens to its socket, until `forget()`."""
        fd = sock.fileno()
        self._epoll.register(fd, _WATCHED)
        self._sources[fd] = source

    def forget(self, sock: socket.SocketType) -> None:
        """Take a socket off that is about to be closed; closing ends its registration."""
        self._sources.pop(sock.fileno(), None)

    def watch(self, source: Source, timeout: int) -> None:
        """Expire a source at its deadline, unless it ends or moves before.

        Args:
            source: Has its deadline already.
            timeout: What its deadline was made from: those of one timeout share a queue.
        """
        queue = self._deadlines.get(timeout)
        if queue is None:
            queue = self._deadlines[timeout] = deque()
        while queue and queue[0].poller is not self:
            queue.popleft()
        if queue and queue[-1].deadline > source.deadline:
            _insert(queue, source)
        else:
            queue.append(source)
        if source.deadline < self._next:
            self._arm(source.deadline)

    def expire(self, now: int) -> None:
        """End what is due at the monotonic instant `now`, and set the timer for what is next."""
        following: float = _NEVER
        for timeout, queue in list(self._deadlines.items()):
            while queue and (queue[0].poller is not self or queue[0].deadline <= now):
                source = queue.popleft()
                if source.poller is self:
                    _guarded(source, _expire, source)
            if queue:
                following = min(following, queue[0].deadline)
            else:
                del self._deadlines[timeout]
        self._next = _NEVER
        if following != _NEVER:
            self._arm(max(following, now + _GRAIN))

    def _arm(self, deadline: float) -> None:
        self._next = deadline
        if self._loop is None:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later((deadline - time.monotonic_ns()) / 1e9, self._due)

    def _due(self) -> None:
        self._timer = None
        self.expire(time.monotonic_ns())

    def _ready(self, wait: float | None = 0) -> None:
        sources = self._sources
        for _ in range(
            _ROUNDS
        ):  # a system call is cheaper than a turn of the event loop for what came meanwhile
            events = self._epoll.poll(wait, _BATCH)
            if not events:
                return
            # Looked up before any is handled: a descriptor that is closed on the way and
            # opened anew must not get the old one's event.
            for source, what in [(sources.get(fd), what) for fd, what in events]:
                if source is not None:
                    try:
                        source.ready(what)
                    except Exception as error:  # noqa: BLE001 -- the outermost frame of a probe
                        source.crash(error)
            wait = 0


def _expire(source: Source) -> None:
    source.expire()


def _guarded(source: Source, function: Callable[[Any], None], argument: object) -> None:
    try:
        function(argument)
    except Exception as error:  # noqa: BLE001 -- the outermost frame of a probe
        source.crash(error)


def _insert(queue: deque[Source], source: Source) -> None:
    """Keep a queue in order of deadlines although a source came late to this poller."""
    place = len(queue)
    while place and queue[place - 1].deadline > source.deadline:
        place -= 1
    queue.insert(place, source)
