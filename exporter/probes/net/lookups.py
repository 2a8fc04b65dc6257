"""How names are looked up: by the system, or by name servers of the configuration, and perhaps kept for a while."""

import socket
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from exporter.probes.check import Address, LookupCheck
from exporter.probes.net.resolver import LookUp, system_lookup

_MOST = 1 << 16
"""Names that are kept at most."""

_LEAST = 0.01
"""Seconds that the second question is given at least, where the first has taken all."""


class Found(NamedTuple):
    """What a lookup found.

    Attributes:
        addresses: In the order to be tried.
        seconds: For which they may be kept; None where nobody said.
    """

    addresses: Sequence[Address]
    seconds: float | None


Ask = Callable[[str, int], Found]
"""Blocking: host and family to what is found; raises `OSError`."""


def look_up_of(check: LookupCheck, now: Callable[[], float] = time.monotonic) -> LookUp:
    """The lookup that a configuration asks for.

    Args:
        check: What it says.
        now: Seconds of a clock that never goes back.
    """
    ask: Ask = Servers(check).ask if check.servers else _ask_system
    return Kept(ask, check, now).look_up if check.cache else lambda host, family: ask(host, family).addresses


def _ask_system(host: str, family: int) -> Found:
    return Found(system_lookup(host, family), None)


class Servers:
    """Name servers of the configuration, by dnspython: c-ares would keep answers of its own accord."""

    def __init__(self, check: LookupCheck) -> None:
        import dns.nameserver  # noqa: PLC0415 -- few configurations have servers of their own
        import dns.resolver  # noqa: PLC0415

        resolver = self._resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = [dns.nameserver.Do53Nameserver(*each) for each in check.servers]
        resolver.timeout = check.timeout / 1000
        self._lifetime = resolver.timeout * check.attempts * len(check.servers)

    def ask(self, host: str, family: int) -> Found:
        """Ask the servers, one after the other.

        Raises:
            OSError: They give no address.
        """
        import dns.resolver  # noqa: PLC0415 -- it is loaded

        kinds = [kind for kind in (socket.AF_INET, socket.AF_INET6) if family in (kind, socket.AF_UNSPEC)]
        addresses, seconds, failure = list[Address](), list[int](), _failure("the name has no address")
        until = time.monotonic() + self._lifetime
        for kind in kinds:
            left = max(_LEAST, until - time.monotonic())
            try:
                answer = self._resolver.resolve(
                    host, "A" if kind == socket.AF_INET else "AAAA", lifetime=left, search=False
                )
            except dns.resolver.NXDOMAIN:
                failure = _failure("there is no such name")
            except dns.resolver.NoAnswer:
                continue
            except dns.resolver.NoNameservers:
                failure = OSError(socket.EAI_AGAIN, "the name servers failed or refused")
            except dns.exception.Timeout:
                failure = OSError(socket.EAI_AGAIN, "no name server answered")
            except dns.exception.DNSException as error:
                failure = OSError(socket.EAI_AGAIN, type(error).__name__)
            else:
                addresses += [(int(kind), record.to_text()) for record in answer]
                seconds.append(answer.chaining_result.minimum_ttl)  # of the aliases too
        if not addresses:
            raise failure
        return Found(addresses, 0 if failure.errno == socket.EAI_AGAIN else min(seconds))


def _failure(said: str) -> OSError:
    return OSError(socket.EAI_NONAME, said)


class _Entry(NamedTuple):
    addresses: Sequence[Address]
    until: float


class Kept:
    """Keeps what was found for as long as the configuration and the records allow, and no failure ever.

    Args:
        ask: Looks up.
        check: How long at most, and whether an answer that is over is better than a failure.
        now: Seconds.
    """

    def __init__(self, ask: Ask, check: LookupCheck, now: Callable[[], float]) -> None:
        self._ask = ask
        self._check = check
        self._now = now
        self._entries: dict[tuple[str, int], _Entry] = {}

    def look_up(self, host: str, family: int) -> Sequence[Address]:
        """The addresses of a name; in any thread.

        Raises:
            OSError: There are none.
        """
        entry = self._entries.get((host, family))
        now = self._now()
        if entry is not None and now < entry.until:
            return entry.addresses
        try:
            found = self._ask(host, family)
        except OSError as error:
            if entry is None or not self._check.stale_on_error or error.errno == socket.EAI_NONAME:
                self._entries.pop((host, family), None)
                raise
            return entry.addresses
        longest = self._check.cache / 1000
        if len(self._entries) >= _MOST:
            self._entries.clear()
        seconds = longest if found.seconds is None else min(longest, found.seconds)
        self._entries[host, family] = _Entry(found.addresses, now + seconds)
        return found.addresses
