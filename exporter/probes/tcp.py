"""Probes of type `tcp`: up where a connection can be made, and what is said over it is right."""

import re
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from pydantic import Field, model_validator

from exporter.probes.base import Finished, Prober, ProbeSettings
from exporter.probes.check import Step, TcpCheck, deadline, place
from exporter.probes.fields import IpFamily, Pattern, rule
from exporter.probes.result import Reason
from exporter.probes.tls_settings import Block, TlsSettings
from exporter.probes.url import parse_url

if TYPE_CHECKING:
    from exporter.probes.net.context import Context

GROUP = re.compile(r"\$\{([0-9]+)\}")
"""A group of the latest match, within what is sent."""


class StepSettings(Block):
    """One step of a dialogue."""

    expect: Pattern | None = None
    send: str | None = None
    starttls: bool = False

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.expect is not None) + (self.send is not None) + self.starttls != 1:
            msg = "a step of a dialogue is one of `expect`, `send` and `starttls: true`"
            raise ValueError(msg)
        return self


class TcpSettings(ProbeSettings):
    """Settings of `type: tcp`: good if a connection is made, and the dialogue goes as it must, within the timeout."""

    kind: ClassVar[str] = "tcp"
    schemes: ClassVar[tuple[str, ...]] = ("tcp",)
    reasons: ClassVar[tuple[Reason, ...]] = (
        Reason.DNS,
        Reason.REFUSED,
        Reason.UNREACHABLE,
        Reason.RESET,
        Reason.TIMEOUT,
        Reason.TLS,
        Reason.CERTIFICATE,
        Reason.ANSWER,
        Reason.TOO_LARGE,
    )
    phases: ClassVar[tuple[str, ...]] = ("resolve", "connect", "tls", "processing")

    dialogue: Annotated[tuple[StepSettings, ...], Field(repr=False)] = ()
    tls: TlsSettings = TlsSettings()
    ip_family: IpFamily = "any"

    @model_validator(mode="after")
    def _goes_on(self) -> Self:
        groups, secure = 0, False
        for step in self.dialogue:
            if step.expect is not None:
                groups = rule(step.expect).pattern.groups
            if step.starttls and secure:
                msg = "`starttls` is there twice"
                raise ValueError(msg)
            secure = secure or step.starttls
            for number in GROUP.findall(step.send or ""):
                if int(number) > groups:
                    msg = f"`send` has ${{{number}}}, but the `expect` before it has no group {number}"
                    raise ValueError(msg)
        return self

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The dialogue, compiled; shared by all endpoints that use these settings."""
        return tuple(
            Step(None if step.expect is None else rule(step.expect), step.send, step.starttls)
            for step in self.dialogue
        )

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
