"""Probes of type `tls`: up where a handshake is made, the certificate is right, and what is said then too."""

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import model_validator

from exporter.probes.base import Finished, Prober, ProbeSettings
from exporter.probes.check import Step, TcpCheck, deadline, place
from exporter.probes.dialogue import PHASES, REASONS, Dialogue, checked, steps
from exporter.probes.fields import IpFamily
from exporter.probes.result import Reason
from exporter.probes.tls_settings import TlsSettings
from exporter.probes.url import parse_url

if TYPE_CHECKING:
    from exporter.probes.net.context import Context

PORT = 443


class TlsProbeSettings(ProbeSettings):
    """Settings of `type: tls`: good if a verified handshake is made, and the dialogue goes as it must, within the timeout."""

    kind: ClassVar[str] = "tls"
    schemes: ClassVar[tuple[str, ...]] = ("tls",)
    reasons: ClassVar[tuple[Reason, ...]] = REASONS
    phases: ClassVar[tuple[str, ...]] = PHASES

    dialogue: Dialogue = ()
    tls: TlsSettings = TlsSettings()
    ip_family: IpFamily = "any"

    @model_validator(mode="after")
    def _goes_on(self) -> Self:
        checked(self.dialogue, secure=True)
        return self

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The handshake and the dialogue, compiled; shared by all endpoints that use these settings."""
        return (Step(starttls=True), *steps(self.dialogue))

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
            self.tls.check(http=False),
            self.tls.insecure,
        )

    @classmethod
    def prober(cls, context: "Context", finished: Finished) -> Prober:
        """Make the object that runs tls probes."""
        from exporter.probes.net.dialogue import prober  # noqa: PLC0415 -- sockets and TLS are loaded on first use

        return prober(context, finished)
