"""Probes of type `unix`: up where somebody accepts connections on a socket of this machine."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import unquote

from exporter.probes.base import Finished, Prober, ProbeSettings
from exporter.probes.check import deadline
from exporter.probes.result import Reason

if TYPE_CHECKING:
    from exporter.probes.net.context import Context

_SCHEME = "unix://"
_LONGEST = 107  # bytes, of `sockaddr_un`


@dataclass(frozen=True, slots=True)
class UnixCheck:
    """A unix endpoint: `timeout` in nanoseconds."""

    path: str
    timeout: int


class UnixSettings(ProbeSettings):
    """Settings of `type: unix`: good if a connection is made within the timeout; nothing is sent."""

    kind: ClassVar[str] = "unix"
    schemes: ClassVar[tuple[str, ...]] = ("unix",)
    reasons: ClassVar[tuple[Reason, ...]] = (Reason.REFUSED, Reason.UNREACHABLE, Reason.TIMEOUT)
    phases: ClassVar[tuple[str, ...]] = ("connect",)

    def check(self, url: str, timeout: int) -> UnixCheck:
        """Compile an endpoint's path; the URL is `unix:///run/app.sock`.

        Raises:
            ValueError: The URL is another, or its path is longer than a socket's may be.
        """
        path = unquote(url[len(_SCHEME) :])
        if url[: len(_SCHEME)].lower() != _SCHEME or not path.startswith("/") or "\0" in path:
            msg = "the URL of a unix probe is unix:///path/of/the.sock"
            raise ValueError(msg)
        if len(path.encode()) > _LONGEST:
            msg = f"the path of a socket has at most {_LONGEST} bytes"
            raise ValueError(msg)
        return UnixCheck(path, deadline(timeout))

    @classmethod
    def prober(cls, context: "Context", finished: Finished) -> Prober:
        """Make the object that runs unix probes."""
        from exporter.probes.net.unix import prober  # noqa: PLC0415 -- sockets are loaded on first use

        return prober(context, finished)
