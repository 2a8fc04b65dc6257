"""Probes of type `tls`: up where a handshake is made, the certificate is right, and what is said then too."""

from typing import TYPE_CHECKING, ClassVar

from exporter.probes.base import Finished, Prober
from exporter.probes.check import TcpCheck, deadline, place
from exporter.probes.dialogue import TalkSettings
from exporter.probes.url import parse_url

if TYPE_CHECKING:
    from exporter.probes.net.context import Context

PORT = 443


class TlsProbeSettings(TalkSettings):
    """Settings of `type: tls`: good if a verified handshake is made, and the dialogue goes as it must, within the timeout."""

    kind: ClassVar[str] = "tls"
    schemes: ClassVar[tuple[str, ...]] = ("tls",)
    secure: ClassVar[bool] = True

    def check(self, url: str, timeout: int) -> TcpCheck:
        """Compile an endpoint's address; the URL is `tls://host` or `tls://host:port`.

        Raises:
            ValueError: The URL is another.
        """
        parts = parse_url(url)
        if parts.scheme != "tls" or parts.userinfo or parts.path not in ("", "/"):
            msg = "the URL of a tls probe is tls://host or tls://host:port"
            raise ValueError(msg)
        return TcpCheck(
            place(parts.host, parts.port or PORT, self.ip_family),
            deadline(timeout),
            self.steps,
            self.tls.server_name or parts.host,
            self.tls.check(alpn=""),
            self.tls.insecure,
        )

    @classmethod
    def prober(cls, context: "Context", finished: Finished) -> Prober:
        """Make the object that runs tls probes."""
        from exporter.probes.net.dialogue import prober  # noqa: PLC0415 -- sockets and TLS are loaded on first use

        return prober(context, finished)
