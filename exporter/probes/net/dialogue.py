"""Runs the dialogues of tcp probes: what is expected and sent, line by line, and STARTTLS in between."""

from functools import partial
from typing import TYPE_CHECKING

from exporter.probes.base import Finished, Prober
from exporter.probes.check import Rule, TcpCheck
from exporter.probes.dialogue import GROUP
from exporter.probes.net.adapter import CoroutineProber
from exporter.probes.net.connecting import connected
from exporter.probes.net.course import Course
from exporter.probes.net.search import found
from exporter.probes.net.stages import PROCESSING, TLS
from exporter.probes.net.tls import Handshakes
from exporter.probes.net.wire import Wire
from exporter.probes.result import ProbeFailed, Reason

if TYPE_CHECKING:
    import regex

    from exporter.probes.net.context import Context


def prober(context: "Context", finished: Finished) -> Prober:
    """Make what runs dialogues."""
    return CoroutineProber(context, finished, partial(attempt, context, Handshakes()))


async def attempt(context: "Context", handshakes: Handshakes, course: Course, check: TcpCheck) -> None:
    """Connect, and say what is to be said.

    Raises:
        ProbeFailed: Nobody is there, or the answers are not what they must be.
        ProbeInconclusive: That could not be found out.
    """
    sock = await connected(context, course, check.place)
    course.enter(PROCESSING)
    with Wire(sock) as wire:
        await _Talk(wire, handshakes, course, check).go()


class _Talk:
    """A dialogue that is under way."""

    def __init__(self, wire: Wire, handshakes: Handshakes, course: Course, check: TcpCheck) -> None:
        self._wire = wire
        self._handshakes = handshakes
        self._check = check
        self._course = course
        self._match: regex.Match[str] | None = None

    async def go(self) -> None:
        """Take all steps.

        Raises:
            ProbeFailed: One does not go as it must.
        """
        for step in self._check.steps:
            if step.expect is not None:
                self._match = await self._expect(step.expect)
            elif step.send is not None:
                filled = self._filled(step.send)
                await self._wire.send(filled)
                if self._course.details is not None:
                    self._course.details.sent(filled.decode())
            else:
                await self._secure()

    async def _expect(self, rule: Rule) -> "regex.Match[str]":
        """Read lines until one matches."""
        while (line := await self._wire.line()) is not None:
            self._received(line)
            match = await found(rule, line, self._course.deadline)
            if match is not None:
                self._judged(rule, held=True)
                return match
        self._judged(rule, held=False)
        raise ProbeFailed(Reason.ANSWER, f"the connection ended before a line matched {rule.text!r}")

    def _filled(self, text: str) -> bytes:
        """What is sent: with the groups of the latest match, and a line's end if it has none."""
        match = self._match
        filled = GROUP.sub(lambda group: (match and match[int(group[1])]) or "", text)
        return (filled if filled.endswith("\n") else filled + "\r\n").encode()

    async def _secure(self) -> None:
        check, course = self._check, self._course
        course.enter(TLS)
        self._handshakes.context(check.tls)  # made anew where one of its files has changed
        facts = course.tls = await self._wire.secure(self._handshakes, check.tls, check.server_name)
        if facts.problem and not check.insecure:
            raise ProbeFailed(Reason.CERTIFICATE, facts.problem)
        course.enter(PROCESSING)

    def _received(self, line: str) -> None:
        if self._course.details is not None:
            self._course.details.received(line)

    def _judged(self, rule: Rule, *, held: bool) -> None:
        if self._course.details is not None:
            self._course.details.expected(f"a line that matches {rule.text!r}", held=held)
