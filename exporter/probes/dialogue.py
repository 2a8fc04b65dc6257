"""Dialogues: what is expected and sent over a connection, line by line."""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from exporter.probes.base import ProbeSettings
from exporter.probes.check import Step
from exporter.probes.fields import IpFamily, Pattern, rule
from exporter.probes.result import Reason
from exporter.probes.tls_settings import Block, TlsSettings

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


def checked(dialogue: Sequence[StepSettings], *, secure: bool) -> None:
    """See that a dialogue can go on to its end.

    Args:
        dialogue: Its steps.
        secure: Whether TLS is there from the start.

    Raises:
        ValueError: It cannot.
    """
    groups = 0
    for step in dialogue:
        if step.expect is not None:
            groups = rule(step.expect).pattern.groups
        if step.starttls and secure:
            msg = "TLS is there already: remove this `starttls`"
            raise ValueError(msg)
        secure = secure or step.starttls
        for number in GROUP.findall(step.send or ""):
            if int(number) > groups:
                msg = f"`send` has ${{{number}}}, but the `expect` before it has no group {number}"
                raise ValueError(msg)


def steps(dialogue: Sequence[StepSettings]) -> tuple[Step, ...]:
    """A dialogue, compiled."""
    return tuple(
        Step(None if step.expect is None else rule(step.expect), step.send, step.starttls)
        for step in dialogue
    )


class TalkSettings(ProbeSettings):
    """What the types have in common that may say something over their connection."""

    secure: ClassVar[bool]
    """Whether TLS is there from the start."""
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
        checked(self.dialogue, secure=self.secure)
        return self

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The handshake, if it comes first, and the dialogue, compiled; shared by all endpoints that use these settings."""
        first = (Step(starttls=True),) if self.secure else ()
        return (*first, *steps(self.dialogue))
