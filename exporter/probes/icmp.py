"""Probes of type `icmp`: echo requests, and how many of them are answered."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from pydantic import Field, model_validator

from exporter.probes.base import Finished, Prober, ProbeSettings
from exporter.probes.check import Place, deadline, place
from exporter.probes.fields import IpFamily, Length
from exporter.probes.result import Reason
from exporter.probes.tls_settings import Block
from exporter.probes.url import parse_url

if TYPE_CHECKING:
    from exporter.probes.net.context import Context


@dataclass(frozen=True, slots=True)
class IcmpCheck:
    """An icmp endpoint.

    Attributes:
        place: Its address; the port is of no meaning.
        timeout: Nanoseconds.
        packets: How many are sent, > 0.
        gap: Milliseconds between two.
        payload_size: Bytes after the ICMP header.
        ttl: Hop limit of what is sent.
        dont_fragment: Whether it may not be taken apart.
        answers_min: How many must be answered.
    """

    place: Place
    timeout: int
    packets: int
    gap: int
    payload_size: int
    ttl: int
    dont_fragment: bool
    answers_min: int


class RepliesSettings(Block):
    """What must come back."""

    answers_min: Annotated[int, Field(ge=1, le=100)] = 1


class IcmpSettings(ProbeSettings):
    """Settings of `type: icmp`: good if enough echo requests are answered within the timeout."""

    kind: ClassVar[str] = "icmp"
    schemes: ClassVar[tuple[str, ...]] = ("icmp",)
    reasons: ClassVar[tuple[Reason, ...]] = (
        Reason.DNS,
        Reason.UNREACHABLE,
        Reason.TIMEOUT,
        Reason.ANSWER,
    )
    phases: ClassVar[tuple[str, ...]] = ("resolve", "processing")

    packets: Annotated[int, Field(ge=1, le=100)] = 3
    gap: Length = 200
    payload_size: Annotated[int, Field(ge=16, le=65_000)] = 56
    ttl: Annotated[int, Field(ge=1, le=255)] = 64
    dont_fragment: bool = False
    expect: RepliesSettings = RepliesSettings()
    ip_family: IpFamily = "any"

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.expect.answers_min > self.packets:
            msg = f"`answers_min` is {self.expect.answers_min}, but only {self.packets} `packets` are sent"
            raise ValueError(msg)
        return self

    def check(self, url: str, timeout: int) -> IcmpCheck:
        """Compile an endpoint's address; the URL is `icmp://host`.

        Raises:
            ValueError: The URL is another, or the timeout is over before all is sent.
        """
        parts = parse_url(url)
        if parts.scheme != "icmp" or parts.port or parts.userinfo or parts.path not in ("", "/"):
            msg = "the URL of an icmp probe is icmp://host"
            raise ValueError(msg)
        if (self.packets - 1) * self.gap >= timeout:
            msg = f"its probe sends {self.packets} packets, a `gap` of {self.gap} ms between them, which takes longer than the timeout"
            raise ValueError(msg)
        return IcmpCheck(
            place=place(parts.host, 0, self.ip_family),
            timeout=deadline(timeout),
            packets=self.packets,
            gap=self.gap,
            payload_size=self.payload_size,
            ttl=self.ttl,
            dont_fragment=self.dont_fragment,
            answers_min=self.expect.answers_min,
        )

    @classmethod
    def prober(cls, context: "Context", finished: Finished) -> Prober:
        """Make the object that runs icmp probes."""
        from exporter.probes.net.icmp import prober  # noqa: PLC0415 -- sockets are loaded on first use

        return prober(context, finished)
