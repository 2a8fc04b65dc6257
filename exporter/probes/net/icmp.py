"""Runs icmp probes: over a datagram socket, which needs no privilege where the system allows it, else a raw one."""

import errno
import os
import socket
import struct
import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from exporter.probes.base import Finished, Prober
from exporter.probes.icmp import IcmpCheck
from exporter.probes.net.adapter import CoroutineProber
from exporter.probes.net.course import Course
from exporter.probes.net.faults import OWN, said, verdict
from exporter.probes.net.names import addresses
from exporter.probes.net.stages import PROCESSING
from exporter.probes.net.waiting import readable
from exporter.probes.result import ProbeFailed, ProbeInconclusive, Reason

if TYPE_CHECKING:
    from exporter.probes.net.context import Context

LAST_WAIT = 1.0
"""Seconds for which the last answers are waited for once there are enough."""

_HEADER = struct.Struct("!BBHHH")
_LARGEST = 1 << 16
_PMTUDISC_DO = 2
_MTU_DISCOVER = {socket.AF_INET: 10, socket.AF_INET6: 23}
_IP_RECVTTL = 12  # of Linux; Python has no name for it
_RECEIVE_HOPS = {socket.AF_INET: _IP_RECVTTL, socket.AF_INET6: socket.IPV6_RECVHOPLIMIT}
_HOPS = {(socket.IPPROTO_IP, socket.IP_TTL), (socket.IPPROTO_IPV6, socket.IPV6_HOPLIMIT)}
_DENIED = (
    "no permission for ICMP: let its group ping (sysctl net.ipv4.ping_group_range), or give it CAP_NET_RAW"
)


def prober(context: "Context", finished: Finished) -> Prober:
    """Make what runs icmp probes."""
    return CoroutineProber(context, finished, partial(attempt, context))


async def attempt(context: "Context", course: Course, check: IcmpCheck) -> None:
    """Send echo requests, and count the answers; the duration is the lookup's and the mean round trip's.

    Raises:
        ProbeFailed: Too few were answered.
        ProbeInconclusive: This process may not send any.
    """
    family, address = (await addresses(context, course, check.place))[0]
    course.enter(PROCESSING)
    with _opened(family, address, check) as sock:
        echoes = _Echoes(sock, check, address)
        if course.details is not None:
            size = check.payload_size
            course.details.sent(f"{check.packets} echo requests of {size} bytes to {address}")
        try:
            await echoes.exchange()
        finally:
            _tell(course, echoes)
    trips = echoes.trips
    if len(trips) < check.answers_min:
        raise _too_few(echoes)
    course.processing_was(sum(trips) // len(trips))


class _Echo(NamedTuple):
    """An answer.

    Attributes:
        trip: Nanoseconds of the round trip.
        hops: Hop limit of the answer; None where the system does not say.
    """

    trip: int
    hops: int | None


class _Echoes:
    """The exchange of one probe.

    Attributes:
        answered: By sequence number.
        corrupted: Sequence numbers whose answers said something else than was sent.
    """

    def __init__(self, sock: socket.socket, check: IcmpCheck, address: str) -> None:
        self._sock = sock
        self._check = check
        self.address = address
        self._kinds = (8, 0) if sock.family == socket.AF_INET else (128, 129)
        self._ident = int.from_bytes(os.urandom(2))
        self._payload = os.urandom(min(32, check.payload_size)).ljust(check.payload_size, b"u")
        self._sent: dict[int, int] = {}
        self.answered: dict[int, _Echo] = {}
        self.corrupted: set[int] = set()

    @property
    def trips(self) -> list[int]:
        """Round trips, in the order of the requests."""
        return [self.answered[number].trip for number in sorted(self.answered)]

    @property
    def sent(self) -> int:
        """How many requests were sent."""
        return len(self._sent)

    async def exchange(self) -> None:
        """Send all requests, and wait for their answers, or a while where there are enough.

        Raises:
            ProbeFailed: The network says that the address cannot be reached.
            ProbeInconclusive: Nothing can be sent.
        """
        check, gap = self._check, self._check.gap / 1000
        for number in range(check.packets):
            self._send(number)
            last = number == check.packets - 1
            await self._receive(LAST_WAIT if last else gap, all_of_them=last)
        while len(self.answered) < check.answers_min <= self.sent - len(self.corrupted):  # until the deadline
            await self._receive(LAST_WAIT, all_of_them=True)

    def _send(self, number: int) -> None:
        kind = self._kinds[0]
        bare = _HEADER.pack(kind, 0, 0, self._ident, number) + self._payload
        packet = _HEADER.pack(kind, 0, _checksum(bare), self._ident, number) + self._payload
        try:
            self._sent[number] = time.monotonic_ns()
            self._sock.send(packet)
        except OSError as error:
            del self._sent[number]
            raise verdict(error.errno or 0, self.address) from error

    async def _receive(self, seconds: float, *, all_of_them: bool) -> None:
        """Take answers for a while, or until all have come."""
        until = time.monotonic() + seconds
        while not (all_of_them and len(self.answered) + len(self.corrupted) == len(self._sent)):
            left = until - time.monotonic()
            if left <= 0 or not await readable(self._sock, left):
                return
            try:
                data, ancillary, _, _ = self._sock.recvmsg(_LARGEST, 64)
            except BlockingIOError:
                continue
            except OSError as error:
                raise verdict(error.errno or 0, self.address) from error
            self._take(data, ancillary, time.monotonic_ns())

    def _take(self, data: bytes, ancillary: list[tuple[int, int, bytes]], now: int) -> None:
        if self._sock.family == socket.AF_INET and self._sock.type == socket.SOCK_RAW:
            data = data[(data[0] & 15) * 4 :] if data else data  # its IP header
        if len(data) < _HEADER.size:
            return
        kind, _, _, ident, number = _HEADER.unpack_from(data)
        is_ours = (
            ident == self._ident or self._sock.type == socket.SOCK_DGRAM
        )  # whose identifier the system chose
        if kind != self._kinds[1] or not is_ours or number not in self._sent or number in self.answered:
            return
        if data[_HEADER.size :] != self._payload:
            self.corrupted.add(number)
            return
        hops = next(
            (
                int.from_bytes(value[:4], "little")
                for level, name, value in ancillary
                if (level, name) in _HOPS
            ),
            None,
        )
        self.corrupted.discard(number)
        self.answered[number] = _Echo(now - self._sent[number], hops)


def _opened(family: int, address: str, check: IcmpCheck) -> socket.socket:
    """A socket that is connected to an address.

    Raises:
        ProbeFailed: There is no way to it.
        ProbeInconclusive: There is none for this process.
    """
    protocol = socket.IPPROTO_ICMP if family == socket.AF_INET else socket.IPPROTO_ICMPV6
    sock = _socket(family, protocol)
    try:
        if family == socket.AF_INET:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, check.ttl)
        else:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, check.ttl)
        level = socket.IPPROTO_IP if family == socket.AF_INET else socket.IPPROTO_IPV6
        sock.setsockopt(level, _RECEIVE_HOPS[socket.AddressFamily(family)], 1)
        if check.dont_fragment:
            sock.setsockopt(level, _MTU_DISCOVER[socket.AddressFamily(family)], _PMTUDISC_DO)
        sock.connect((address, 0))
    except OSError as error:
        sock.close()
        raise verdict(error.errno or 0, address) from error
    return sock


def _socket(family: int, protocol: int) -> socket.socket:
    denied = (errno.EACCES, errno.EPERM)
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            return socket.socket(family, kind | socket.SOCK_NONBLOCK, protocol)
        except OSError as error:
            if error.errno in OWN and error.errno not in denied:
                raise ProbeInconclusive(said(error.errno)) from error
    raise ProbeInconclusive(_DENIED)


def _checksum(data: bytes) -> int:
    """The internet checksum (RFC 1071); of ICMPv6 the system makes its own."""
    padded = data + b"\0" if len(data) % 2 else data
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def _too_few(echoes: _Echoes) -> ProbeFailed:
    if echoes.corrupted:
        return ProbeFailed(
            Reason.ANSWER,
            f"{len(echoes.corrupted)} of {echoes.sent} echo requests came back with another payload",
        )
    counts = f"{len(echoes.answered)} of {echoes.sent} echo requests were answered"
    return ProbeFailed(Reason.TIMEOUT, counts)


def _tell(course: Course, echoes: _Echoes) -> None:
    """What was seen, for people."""
    details = course.details
    if details is None:
        return
    trips = echoes.trips
    for number in sorted(echoes.answered):
        details.received(f"answer {number + 1} after {echoes.answered[number].trip / 1e6:.3f} ms")
    least = echoes._check.answers_min  # noqa: SLF001 -- of this file
    details.expected(f"at least {least} answered", held=len(trips) >= least)
    details.facts.update(sent=echoes.sent, answered=len(trips), address=echoes.address)
    if trips:
        details.facts.update(
            rtt_min_seconds=min(trips) / 1e9,
            rtt_mean_seconds=sum(trips) // len(trips) / 1e9,
            rtt_max_seconds=max(trips) / 1e9,
        )
        hops = echoes.answered[max(echoes.answered)].hops
        if hops is not None:
            details.facts["hop_limit"] = hops
