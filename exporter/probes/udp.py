"""Probes of type `udp`: a datagram, and what must come back."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from exporter.probes.base import Finished, Prober, ProbeSettings
from exporter.probes.check import Place, Rule, deadline, place
from exporter.probes.fields import IpFamily, Pattern, rule
from exporter.probes.result import Reason
from exporter.probes.tls_settings import Block
from exporter.probes.url import parse_url

if TYPE_CHECKING:
    from exporter.probes.net.context import Context


def _hex(text: str) -> str:
    try:
        bytes.fromhex(text)
    except ValueError as error:
        msg = f"is not hexadecimal: {text!r} (such as 1b00ff)"
        raise ValueError(msg) from error
    return text


Hex = Annotated[str, AfterValidator(_hex)]


@dataclass(frozen=True, slots=True)
class UdpCheck:
    """A udp endpoint.

    Attributes:
        place: Where it listens.
        timeout: Nanoseconds.
        sent: The datagram.
        rule: To be found in the answer; None for anything.
        start: With which the answer must begin.
    """

    place: Place
    timeout: int
    sent: bytes = field(repr=False)
    rule: Rule | None = None
    start: bytes = b""


class DatagramSettings(Block):
    """What must come back: every rule must hold for a datagram."""

    matches: Pattern | None = None
    starts_with_hex: Hex = ""


class UdpSettings(ProbeSettings):
    """Settings of `type: udp`: good if an answer comes that is right, within the timeout."""

    kind: ClassVar[str] = "udp"
    schemes: ClassVar[tuple[str, ...]] = ("udp",)
    reasons: ClassVar[tuple[Reason, ...]] = (
        Reason.DNS,
        Reason.REFUSED,
        Reason.UNREACHABLE,
        Reason.TIMEOUT,
        Reason.ANSWER,
    )
    phases: ClassVar[tuple[str, ...]] = ("resolve", "processing")

    send: str | None = Field(default=None, repr=False)
    send_hex: Hex | None = Field(default=None, repr=False)
    expect: DatagramSettings = DatagramSettings()
    ip_family: IpFamily = "any"

    @model_validator(mode="after")
    def _sends_something(self) -> Self:
        if self.send is not None and self.send_hex is not None:
            msg = "`send` and `send_hex` are both given; remove one"
            raise ValueError(msg)
        return self

    @cached_property
    def _rule(self) -> Rule | None:
        return None if self.expect.matches is None else rule(self.expect.matches)

    def check(self, url: str, timeout: int) -> UdpCheck:
        """Compile an endpoint's address; the URL is `udp://host:port`.

        Raises:
            ValueError: The URL is another, or has no port.
        """
        parts = parse_url(url)
        if parts.scheme != "udp" or not parts.port or parts.userinfo or parts.path not in ("", "/"):
            msg = "the URL of a udp probe is udp://host:port"
            raise ValueError(msg)
        sent = bytes.fromhex(self.send_hex) if self.send_hex is not None else (self.send or "").encode()
        return UdpCheck(
            place=place(parts.host, parts.port, self.ip_family),
            timeout=deadline(timeout),
            sent=sent,
            rule=self._rule,
            start=bytes.fromhex(self.expect.starts_with_hex),
        )

    @classmethod
    def prober(cls, context: "Context", finished: Finished) -> Prober:
        """Make the object that runs udp probes."""
        from exporter.probes.net.udp import prober  # noqa: PLC0415 -- sockets are loaded on first use

        return prober(context, finished)
