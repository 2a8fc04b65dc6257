"""Runs command probes: a program in a process group of its own, which is gone when its probe is."""

import asyncio
import os
import re
import signal
import subprocess
import textwrap
from contextlib import suppress
from typing import IO, TYPE_CHECKING, NamedTuple

from exporter.probes.base import Finished, Prober
from exporter.probes.check import Rule
from exporter.probes.command import CommandCheck
from exporter.probes.net.adapter import CoroutineProber
from exporter.probes.net.course import Course
from exporter.probes.net.search import found
from exporter.probes.net.stages import PROCESSING
from exporter.probes.net.waiting import readable
from exporter.probes.result import ProbeFailed, ProbeInconclusive, Reason

if TYPE_CHECKING:
    from exporter.probes.net.context import Context

KEPT = 1 << 16
"""Bytes of output and of errors that are kept; what comes after them is read, and dropped."""

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_LONGEST_LINE = 200
_PIECE = 1 << 16
_TAIL = 1 << 12
_UNKNOWN = -1000
_CUT_BEHIND = re.compile(r"\S+\Z")
_CUT_BEFORE = re.compile(r"\A\S+")


def prober(context: "Context", finished: Finished) -> Prober:
    """Make what runs command probes."""
    return CoroutineProber(context, finished, attempt)


async def attempt(course: Course, check: CommandCheck) -> None:
    """Run the program to its end, or to the deadline.

    Raises:
        ProbeFailed: It does not exit, or say, what it must.
        ProbeInconclusive: It cannot be run, or says that it does not know.
    """
    course.enter(PROCESSING)
    if course.details is not None:
        course.details.sent(f"{check.argv[0]} with {len(check.argv) - 1} arguments")
    process = _started(check)
    try:
        status, output, errors = await _ended(process)
    finally:
        _kill(process)
        await asyncio.shield(_reap(process))
    if course.details is not None:
        course.details.received(output.head)
        course.details.facts["exit"] = status
    await _judge(course, check, status, output.head, errors.last_line or output.last_line)


def _started(check: CommandCheck) -> "subprocess.Popen[bytes]":
    env = {"PATH": os.environ.get("PATH", _PATH), **dict(check.env)}
    try:
        return subprocess.Popen(  # noqa: S603 -- a list of arguments from the configuration, and no shell
            check.argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
            start_new_session=True,
        )
    except OSError as error:
        msg = f"{check.argv[0]} cannot be run: {(error.strerror or str(error)).lower()}"
        raise ProbeInconclusive(msg) from error


class Said(NamedTuple):
    """What a program has said over one pipe.

    Attributes:
        head: The first 64 KiB.
        last_line: In one short line of printable characters; empty where it said nothing.
    """

    head: str
    last_line: str


class _Collected:
    """What comes out of a pipe, whoever else holds its other end."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._loop = asyncio.get_running_loop()
        self._kept = bytearray()
        self._tail = bytearray()
        self._count = 0
        os.set_blocking(pipe.fileno(), False)
        self._loop.add_reader(pipe.fileno(), self.read)

    def read(self) -> None:
        """Take a piece of what is there."""
        try:
            data = os.read(self._pipe.fileno(), _PIECE)
        except BlockingIOError:
            return
        self._count += len(data)
        self._kept += data[: KEPT - len(self._kept)]
        self._tail = (self._tail + data)[-_TAIL:]
        if not data:
            self._loop.remove_reader(self._pipe.fileno())

    def close(self) -> Said:
        """All that was kept: where something was cut off, no part of a word, which may be a secret."""
        self.read()
        self._loop.remove_reader(self._pipe.fileno())
        self._pipe.close()
        head, tail = self._kept.decode(errors="replace"), self._tail.decode(errors="replace")
        if self._count > len(self._kept):
            head = _CUT_BEHIND.sub("", head)
        if self._count > len(self._tail):
            tail = _CUT_BEFORE.sub("", tail)
        return Said(head, _last_line(tail))


async def _ended(process: "subprocess.Popen[bytes]") -> tuple[int, Said, Said]:
    """Exit status, output and errors once the program itself has ended.

    Raises:
        ProbeInconclusive: Nobody knows how it ended.
    """
    assert process.stdout is not None  # noqa: S101 -- for the type checker: they are pipes
    assert process.stderr is not None  # noqa: S101 -- likewise
    output, errors = _Collected(process.stdout), _Collected(process.stderr)
    try:
        status = await _exited(process)
    finally:
        said = output.close(), errors.close()
    if status is None:
        msg = "how it ended is not known: is SIGCHLD ignored?"
        raise ProbeInconclusive(msg)
    return status, *said


async def _exited(process: "subprocess.Popen[bytes]", seconds: float | None = None) -> int | None:
    """Wait until it has ended, kill what it leaves behind, and reap it.

    Returns:
        Its exit status, or the number of its signal below 0; None where nobody knows.
    """
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:  # SIGCHLD is ignored, and so the system has forgotten it
        process.returncode = _UNKNOWN
        return None
    try:
        if not await readable(descriptor, seconds):
            return None
        _kill(process)
        return _reaped(process, descriptor)
    finally:
        os.close(descriptor)


def _reaped(process: "subprocess.Popen[bytes]", descriptor: int) -> int | None:
    """Its status; unlike `Popen.poll`, which takes a status that is lost for 0."""
    try:
        found = os.waitid(os.P_PIDFD, descriptor, os.WEXITED)
    except ChildProcessError:
        process.returncode = _UNKNOWN
        return None
    if found is None:
        return None
    status = found.si_status if found.si_code == os.CLD_EXITED else -found.si_status
    process.returncode = status
    return status


async def _reap(process: "subprocess.Popen[bytes]") -> None:
    """Let the system forget it; one that not even SIGKILL ends is left to whoever starts the next one."""
    if process.returncode is None:
        await _exited(process, 1.0)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Let the whole process group end."""
    if process.returncode is None:  # else its number may be another's by now
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


async def _judge(course: Course, check: CommandCheck, status: int, output: str, said: str) -> None:
    ended = f"signal {-status}" if status < 0 else f"exit status {status}"
    if status in check.nothing:
        raise ProbeInconclusive(f"{ended}: {said}" if said else ended)
    held = status in check.good
    if course.details is not None:
        course.details.expected(f"exit status {' or '.join(map(str, sorted(check.good)))}", held=held)
    if not held:
        raise ProbeFailed(Reason.COMMAND, f"{ended}: {said}" if said else ended)
    for rule in check.matches:
        await _see(course, rule, output, wanted=True)
    for rule in check.not_matches:
        await _see(course, rule, output, wanted=False)


async def _see(course: Course, rule: Rule, output: str, *, wanted: bool) -> None:
    held = (await found(rule, output, course.deadline) is not None) is wanted
    does = "matches" if wanted else "does not match"
    if course.details is not None:
        course.details.expected(f"the output {does} {rule.text!r}", held=held)
    if not held:
        but = "does not match" if wanted else "matches"
        raise ProbeFailed(Reason.ANSWER, f"the output {but} {rule.text!r}")


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    printable = "".join(each if each.isprintable() else " " for each in lines[-1]) if lines else ""
    return textwrap.shorten(
        printable, _LONGEST_LINE, placeholder=" ..."
    )  # whole words: a part would not be masked
