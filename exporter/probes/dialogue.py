"""Dialogues: what is expected and sent over a connection, line by line."""

import re
from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from exporter.probes.check import Step
from exporter.probes.fields import Pattern, rule
from exporter.probes.result import Reason
from exporter.probes.tls_settings import Block

REASONS = (
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
"""Of failures of the types that may have one."""

PHASES = ("resolve", "connect", "tls", "processing")
"""Likewise."""

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


Dialogue = Annotated[tuple[StepSettings, ...], Field(repr=False)]


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
