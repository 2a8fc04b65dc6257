"""Probes of type `tcp`: up where a connection can be made."""

from typing import TYPE_CHECKING, ClassVar

from exporter.probes.base import Finished, Prober, ProbeSettings
from exporter.probes.check import TcpCheck, deadline, place
from exporter.probes.fields import IpFamily
from exporter.probes.result import Reason
from exporter.probes.url import parse_url

if TYPE_CHECKING:
    from exporter.probes.net.context import Context


class TcpSettings(ProbeSettings):
    """Settings of `type: tcp`: good if a connection is made within the timeout; nothing is sent."""

    kind: ClassVar[str] = "tcp"
    schemes: ClassVar[tuple[str, ...]] = ("tcp",)
    reasons: ClassVar[tuple[Reason, ...]] = (
        Reason.DNS,
        Reason.REFUSED,
        Reason.UNREACHABLE,
        Reason.RESET,
        Reason.TIMEOUT,
    )
    phases: ClassVar[tuple[str, ...]] = ("resolve", "connect")

    ip_family: IpFamily = "any"

    def check(self, url: str, timeout: int) -> TcpCheck:
        """Compile an endpoint's address; the URL is `tcp://host:port`.

        Raises:
            ValueError: The URL is another, or has no port.
        """
        parts = parse_url(url)
        if parts.scheme != "tcp" or not parts.port or parts.userinfo or parts.path not in ("", "/"):
            msg = "the URL of a tcp probe is tcp://host:port"
            raise ValueError(msg)
        return TcpCheck(place(parts.host, parts.port, self.ip_family), deadline(timeout))

    @classmethod
    def prober(cls, context: "Context", finished: Finished) -> Prober:
        """Make the object that runs tcp probes."""
        from exporter.probes.net.tcp import TcpProber  # noqa: PLC0415 -- sockets are loaded on first use

        return TcpProber(context, finished)
