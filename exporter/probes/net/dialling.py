"""The connection of a probe: one socket at a time, over the addresses of a place until one answers."""

import socket
from abc import abstractmethod
from collections.abc import Sequence
from errno import EADDRNOTAVAIL, EINPROGRESS

from exporter.probes.check import Address, Place
from exporter.probes.net.faults import OWN, verdict
from exporter.probes.net.poller import Poller
from exporter.probes.net.stages import Stages
from exporter.probes.result import ProbeFailed, ProbeInconclusive

_STREAM = socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC


class Dialling(Stages):
    """What a probe in flight inherits: an object of its own would cost every probe.

    Attributes:
        deadline: Monotonic nanoseconds.
        place: Where the connection goes; set before `dial()`.
        poller: Whom it belongs to; None once it has ended.
        sock: The connection; None without one.
    """

    __slots__ = ("_addresses", "_index", "deadline", "place", "poller", "sock")

    def __init__(self, poller: Poller, timeout: int) -> None:
        super().__init__()
        self.deadline = self.started + timeout
        self._addresses: Sequence[Address] = ()
        self._index = 0
        self.place: Place
        self.poller: Poller | None = poller
        self.sock: socket.SocketType | None = None

    @abstractmethod
    def ready(self, events: int) -> None:
        """Its socket has something."""

    @abstractmethod
    def expire(self) -> None:
        """Its deadline has passed."""

    @abstractmethod
    def crash(self, error: Exception) -> None:
        """End it: this program made a mistake."""

    @abstractmethod
    def abandon(self) -> None:
        """Drop everything and tell nobody."""

    @abstractmethod
    def conclude(self, found: ProbeFailed | ProbeInconclusive) -> None:
        """End the probe with what was found."""

    def drop(self) -> None:
        """Forget what belongs to the connection that is being closed."""

    def dial(self, addresses: Sequence[Address]) -> None:
        """Try the addresses in their order until a connection is under way; without one the probe ends."""
        self._addresses = addresses
        self._index = 0
        self._dial_on()

    def redial(self, number: int) -> None:
        """Try the next address after the error `number`; the probe ends if there is none."""
        if self._has_another(number):
            self._dial_on()

    def hang_up(self) -> None:
        """Close the connection, if there is one."""
        sock = self.sock
        if sock is None:
            return
        self.drop()
        if self.poller is not None:
            self.poller.forget(sock)
        sock.close()
        self.sock = None

    def _dial_on(self) -> None:
        while True:
            number = self._connect(*self._addresses[self._index])
            if not number or not self._has_another(number):
                return

    def _connect(self, family: int, address: str) -> int:
        try:
            sock = self.sock = socket.SocketType(family, _STREAM)
            number = sock.connect_ex((address, self.place.port))
        except OSError as error:
            return error.errno or EADDRNOTAVAIL
        if number not in (0, EINPROGRESS):
            return number
        if self.poller is not None:
            self.poller.register(sock, self)
        return 0

    def _has_another(self, number: int) -> bool:
        """Whether there is another address after the error `number`; if not, the probe has ended."""
        place = self.place
        if self._index + 1 < len(self._addresses) and (number not in OWN or number == EADDRNOTAVAIL):
            self.hang_up()
            self._index += 1
            return True
        address = self._addresses[self._index][1]
        self.conclude(
            verdict(number, f"[{address}]:{place.port}" if ":" in address else f"{address}:{place.port}")
        )
        return False
