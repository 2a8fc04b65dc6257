"""Threads for regular expressions that take long, so that one delays no other probe.

The engine of a match lets all other threads run, and ends at the probe's deadline.
"""

import os
import queue
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from exporter.probes.check import Rules
from exporter.probes.net.http1 import Answer
from exporter.probes.net.judge import Judge, TooSlow
from exporter.probes.net.poller import Source
from exporter.probes.result import ProbeFailed, ProbeInconclusive


class Asker(Source, Protocol):
    """Waits for a verdict; `judged()` runs on its poller's thread."""

    def judged(self, verdict: ProbeFailed | None) -> None:
        """Take the verdict: None where all is well."""


class Case:
    """An answer that is waiting for a thread, or being judged.

    Attributes:
        judge: Who knows which rule it is at.
        started: Whether a thread has taken it.
    """

    __slots__ = ("judge", "started")

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.started = False


class Judges:
    """Up to one thread for each core: more would not be done sooner."""

    def __init__(self, limit: int | None = None) -> None:
        """Start with no thread.

        Args:
            limit: Threads at most, > 0; None for one a core.
        """
        self._limit = limit or len(os.sched_getaffinity(0))
        self._lock = threading.Lock()
        self._cases: queue.SimpleQueue[tuple[Asker, Case] | None] = queue.SimpleQueue()
        self._threads = 0
        self._unfinished = 0

    def ask(self, asker: Asker, rules: Rules, answer: Answer) -> Case:
        """Ask for a verdict on headers and body until the asker's deadline; from any thread.

        No verdict comes where the deadline passes before.

        Raises:
            ProbeInconclusive: There is no thread, and none can be started.
        """
        case = Case(Judge(rules, answer, asker.deadline))
        with self._lock:
            self._hire()
            self._unfinished += 1
        self._cases.put((asker, case))
        return case

    def close(self) -> None:
        """Let the threads go when they are done, at the deadlines of their probes at the latest."""
        with self._lock:
            for _ in range(self._threads):
                self._cases.put(None)

    def _hire(self) -> None:
        if self._unfinished < self._threads or self._threads >= self._limit:
            return
        try:
            threading.Thread(target=self._work, name="judge", daemon=True).start()
        except RuntimeError as error:
            if not self._threads:
                msg = "no thread can be started to judge the answer"
                raise ProbeInconclusive(msg) from error
        else:
            self._threads += 1

    def _work(self) -> None:
        while self._is_done(self._cases.get()):
            with self._lock:
                self._unfinished -= 1

    def _is_done(self, job: tuple[Asker, Case] | None) -> bool:
        """Whether there was a case: nothing of it is kept until the next one comes."""
        if job is not None:
            _try(*job)
        return job is not None


def _try(asker: Asker, case: Case) -> None:
    if asker.poller is None or asker.deadline <= time.monotonic_ns():
        return
    case.started = True
    verdict: ProbeFailed | None = None
    try:
        case.judge.headers()
        case.judge.body()
    except ProbeFailed as found:
        verdict = found.with_traceback(None)
    except TooSlow:
        return  # the deadline speaks
    except Exception as error:  # noqa: BLE001 -- the outermost frame of a verdict
        _tell(asker, asker.crash, error)
        return
    _tell(asker, asker.judged, verdict)


def _tell(asker: Asker, function: Callable[[Any], None], argument: object) -> None:
    poller = asker.poller
    if poller is not None:
        poller.post(asker, function, argument)
