"""Runs the dialogues of tcp probes: what is expected and sent, line by line, and STARTTLS in between."""

from functools import partial
from typing import TYPE_CHECKING

from exporter.probes.base import Finished, Prober
from exporter.probes.check import Rule, Secure, TcpCheck
from exporter.probes.dialogue import GROUP
from exporter.probes.net.adapter import CoroutineProber
from exporter.probes.net.connecting import begin_tls, connected
from exporter.probes.net.course import Course
from exporter.probes.net.search import found
from exporter.probes.net.stages import PROCESSING
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


def filled(text: str, match: "regex.Match[str] | None") -> str:
    """What is sent: with the groups of the latest match."""
    return GROUP.sub(lambda group: (match and match[int(group[1])]) or "", text)


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
                said = self._filled(step.send)
                await self._wire.send(said)
                if self._course.details is not None:
                    self._course.details.sent(said.decode())
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
        said = filled(text, self._match)
        return (said if said.endswith("\n") else said + "\r\n").encode()

    async def _secure(self) -> None:
        check = self._check
        secure = Secure(check.server_name, check.tls, check.insecure)
        await begin_tls(self._wire, self._handshakes, self._course, secure)
        self._course.enter(PROCESSING)

    def _received(self, line: str) -> None:
        if self._course.details is not None:
            self._course.details.received(line)

    def _judged(self, rule: Rule, *, held: bool) -> None:
        if self._course.details is not None:
            self._course.details.expected(f"a line that matches {rule.text!r}", held=held)
