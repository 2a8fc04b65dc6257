"""Probes of type `tcp`: up where a connection can be made, and what is said over it is right."""

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


class TcpSettings(ProbeSettings):
    """Settings of `type: tcp`: good if a connection is made, and the dialogue goes as it must, within the timeout."""

    kind: ClassVar[str] = "tcp"
    schemes: ClassVar[tuple[str, ...]] = ("tcp",)
    reasons: ClassVar[tuple[Reason, ...]] = REASONS
    phases: ClassVar[tuple[str, ...]] = PHASES

    dialogue: Dialogue = ()
    tls: TlsSettings = TlsSettings()
    ip_family: IpFamily = "any"

    @model_validator(mode="after")
    def _goes_on(self) -> Self:
        checked(self.dialogue, secure=False)
        return self

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The dialogue, compiled; shared by all endpoints that use these settings."""
        return steps(self.dialogue)

    def check(self, url: str, timeout: int) -> TcpCheck:
        """Compile an endpoint's address; the URL is `tcp://host:port`.

        Raises:
            ValueError: The URL is another, or has no port.
        """
        parts = parse_url(url)
        if parts.scheme != "tcp" or not parts.port or parts.userinfo or parts.path not in ("", "/"):
            msg = "the URL of a tcp probe is tcp://host:port"
            raise ValueError(msg)
        where = place(parts.host, parts.port, self.ip_family)
        if not self.dialogue:
            return TcpCheck(where, deadline(timeout))
        name = self.tls.server_name or parts.host
        return TcpCheck(
            where, deadline(timeout), self.steps, name, self.tls.check(http=False), self.tls.insecure
        )

    @classmethod
    def prober(cls, context: "Context", finished: Finished) -> Prober:
        """Make the object that runs tcp probes."""
        from exporter.probes.net.tcp import TcpProber  # noqa: PLC0415 -- sockets are loaded on first use

        return TcpProber(context, finished)
