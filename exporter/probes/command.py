"""Probes of type `command`: a program of this machine, and how it exits; off unless the command line allows it."""

import shutil
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import AfterValidator, Field

from exporter.probes.base import Finished, Prober, ProbeSettings
from exporter.probes.check import Rule, deadline
from exporter.probes.fields import Patterns, rule
from exporter.probes.result import Reason
from exporter.probes.tls_settings import Block
from exporter.probes.url import parse_url

if TYPE_CHECKING:
    from exporter.probes.net.context import Context

ExitStatus = Annotated[int, Field(ge=0, le=255)]


def _no_nul(value: str) -> str:
    if "\0" in value:
        msg = "has a character that no argument can have"
        raise ValueError(msg)
    return value


Argument = Annotated[str, AfterValidator(_no_nul)]


@dataclass(frozen=True, slots=True)
class CommandCheck:
    """A command.

    Attributes:
        argv: The program's absolute path, and its arguments.
        env: Its environment besides `PATH`.
        timeout: Nanoseconds.
        good: Exit statuses of a success.
        nothing: Exit statuses that tell nothing.
        matches: Each must be found in the output.
        not_matches: None may be found there.
    """

    argv: tuple[str, ...] = field(repr=False)
    env: tuple[tuple[str, str], ...] = field(repr=False)
    timeout: int
    good: frozenset[int]
    nothing: frozenset[int]
    matches: tuple[Rule, ...]
    not_matches: tuple[Rule, ...]


class OutputSettings(Block):
    """What the program must do; every rule must hold."""

    exit: tuple[ExitStatus, ...] = (0,)
    exit_inconclusive: tuple[ExitStatus, ...] = ()
    output_matches: Patterns = ()
    output_not_matches: Patterns = ()


class CommandSettings(ProbeSettings):
    """Settings of `type: command`: good if the program exits as it must within the timeout."""

    kind: ClassVar[str] = "command"
    schemes: ClassVar[tuple[str, ...]] = ("command",)
    reasons: ClassVar[tuple[Reason, ...]] = (Reason.TIMEOUT, Reason.COMMAND, Reason.ANSWER)
    phases: ClassVar[tuple[str, ...]] = ("processing",)

    argv: Annotated[tuple[Argument, ...], Field(min_length=1, repr=False)]
    env: dict[str, Argument] = Field(default={}, repr=False)
    expect: OutputSettings = OutputSettings()

    @cached_property
    def _rules(self) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
        return tuple(map(rule, self.expect.output_matches)), tuple(map(rule, self.expect.output_not_matches))

    def check(self, url: str, timeout: int) -> CommandCheck:
        """Compile an endpoint; the URL is `command://name`, and the program is in the probe.

        Raises:
            ValueError: The URL is another, or there is no such program.
        """
        parts = parse_url(url)
        if parts.scheme != "command" or parts.port or parts.userinfo or parts.path not in ("", "/"):
            msg = "the URL of a command is command://name, and its probe has the program as `argv`"
            raise ValueError(msg)
        program = self.argv[0]
        found = program if "/" in program else shutil.which(program)
        if found is None or not Path(found).is_file():
            msg = f"there is no program {program!r}"
            raise ValueError(msg)
        matches, not_matches = self._rules
        return CommandCheck(
            argv=(str(Path(found).absolute()), *self.argv[1:]),
            env=tuple(self.env.items()),
            timeout=deadline(timeout),
            good=frozenset(self.expect.exit),
            nothing=frozenset(self.expect.exit_inconclusive),
            matches=matches,
            not_matches=not_matches,
        )

    @classmethod
    def prober(cls, context: "Context", finished: Finished) -> Prober:
        """Make the object that runs command probes."""
        from exporter.probes.net.command import prober  # noqa: PLC0415 -- processes are needed by few

        return prober(context, finished)
