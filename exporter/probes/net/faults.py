"""What an operating system's error says: about the endpoint, or about ourselves."""

import errno
import os

from exporter.probes.result import ProbeFailed, ProbeInconclusive, Reason

OWN = frozenset(
    {
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ENOBUFS,
        errno.EADDRNOTAVAIL,
        errno.EPERM,
        errno.EACCES,
    }
)
"""Our own want of descriptors, memory, local ports or permission: nothing about the endpoint."""

_REASONS = {
    errno.ECONNREFUSED: Reason.REFUSED,
    errno.ECONNRESET: Reason.RESET,
    errno.ECONNABORTED: Reason.RESET,
    errno.EPIPE: Reason.RESET,
    errno.ETIMEDOUT: Reason.TIMEOUT,
}

_TEXTS = {
    errno.EMFILE: "no file descriptor left in this process: raise its limit (ulimit -n)",
    errno.ENFILE: "no file descriptor left on this machine",
    errno.EADDRNOTAVAIL: "no local port or address left for the connection",
}


def said(number: int) -> str:
    """What an error number says, for people; the same wherever it is met."""
    return _TEXTS.get(number) or os.strerror(number).lower()


def verdict(number: int, place: str) -> ProbeFailed | ProbeInconclusive:
    """Say what an error number of a connection means.

    Args:
        number: An `errno`; one that the table does not have counts as unreachable.
        place: Where the connection went, for people.
    """
    if number in OWN:
        return ProbeInconclusive(said(number))
    return ProbeFailed(_REASONS.get(number, Reason.UNREACHABLE), f"{place}: {said(number)}")
