"""Probes of type `tcp`: up where a connection can be made, and what is said over it is right; or where none may be."""

from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import model_validator

from exporter.probes.base import Finished, Prober
from exporter.probes.check import TcpCheck, deadline, place
from exporter.probes.dialogue import TalkSettings
from exporter.probes.url import parse_url

if TYPE_CHECKING:
    from exporter.probes.net.context import Context


class TcpSettings(TalkSettings):
    """Settings of `type: tcp`: good if a connection is made, and the dialogue goes as it must, within the timeout.

    With `refused` it is good if nobody listens there.
    """

    kind: ClassVar[str] = "tcp"
    schemes: ClassVar[tuple[str, ...]] = ("tcp",)
    secure: ClassVar[bool] = False

    refused: bool = False

    @model_validator(mode="after")
    def _says_nothing_where_nobody_is(self) -> Self:
        if self.refused and self.dialogue:
            msg = "`refused` means that nobody is there to have a `dialogue` with; remove one"
            raise ValueError(msg)
        return self

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
            return TcpCheck(where, deadline(timeout), refused=self.refused)
        name = self.tls.server_name or parts.host
        return TcpCheck(
            where, deadline(timeout), self.steps, name, self.tls.check(alpn=""), self.tls.insecure
        )

    @classmethod
    def prober(cls, context: "Context", finished: Finished) -> Prober:
        """Make the object that runs tcp probes."""
        from exporter.probes.net.tcp import TcpProber  # noqa: PLC0415 -- sockets are loaded on first use

        return TcpProber(context, finished)
