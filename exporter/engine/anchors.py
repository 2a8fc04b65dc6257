"""Checks of the connectivity anchors: all of them at once, one check at a time."""

import asyncio
from collections.abc import Callable
from typing import Any

from exporter.config.model import Connectivity
from exporter.probes.base import Finished, Prober, ProbeSettings
from exporter.probes.result import Outcome, Result
from exporter.timeline.spans import FOREVER

HURRIED_GAP = 0.25
"""Seconds from one check to the next at least, however many probes fail: an anchor is not ours to flood."""

MakeProber = Callable[[ProbeSettings, Finished], Prober]


class Anchor:
    """One anchor, as its prober sees it.

    Attributes:
        check: What is probed.
        prober: Who probes it.
        attempt: The prober's own.
    """

    __slots__ = ("attempt", "check", "prober")

    def __init__(self, check: object, prober: Prober) -> None:
        self.check: Any = check
        self.prober = prober
        self.attempt: object = None


class Checks:
    """Checks the anchors at each interval, or sooner where somebody is in a hurry.

    A check is good once a quorum of the anchors has answered, and is not once that cannot be any more; what is
    still in flight then is dropped.

    Args:
        connectivity: The anchors, and when they are checked.
        prober: Makes the prober of an anchor.
    """

    def __init__(self, connectivity: Connectivity, prober: MakeProber) -> None:
        self._quorum = connectivity.quorum
        self._interval = connectivity.interval / 1000
        self._anchors = [
            Anchor(each.settings.check(each.url, connectivity.timeout), prober(each.settings, self._finished))
            for each in connectivity.anchors
        ]
        self._open: set[Anchor] = set()
        self._good = 0
        self._gap = self._interval
        self._began = float(-FOREVER)
        self._timer: asyncio.TimerHandle | None = None
        self._tell_begun: Callable[[], None] = _nobody
        self._tell_answered: Callable[[bool], None] = _nobody_either

    def start(self, begun: Callable[[], None], answered: Callable[[bool], None]) -> None:
        """Check from now on, until `stop()`.

        Args:
            begun: Told that a check begins.
            answered: Told whether it was good.
        """
        self._tell_begun, self._tell_answered = begun, answered
        self._began = float(-FOREVER)
        self._plan(0)

    def stop(self) -> None:
        """Check no more; nobody is told how the check under way ends."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._close()

    def hurry(self, *, at_once: bool = False) -> None:
        """Begin a check soon; where one is under way, right after it.

        Args:
            at_once: Also where the last one has only just begun.
        """
        self._gap = 0 if at_once else min(self._gap, HURRIED_GAP)
        if not self._open:
            self._plan(self._gap)

    def _plan(self, gap: float) -> None:
        """Begin the next check so many seconds after the beginning of the last one, if none is to begin before."""
        loop = asyncio.get_running_loop()
        when = max(self._began + gap, loop.time())
        if self._timer is not None:
            if self._timer.when() <= when:
                return
            self._timer.cancel()
        self._timer = loop.call_at(when, self._begin)

    def _begin(self) -> None:
        self._timer = None
        self._began = asyncio.get_running_loop().time()
        self._good = 0
        self._gap = self._interval
        self._open = set(self._anchors)
        self._tell_begun()
        for anchor in self._anchors:
            if anchor in self._open:  # else it is decided already
                anchor.prober.begin(anchor)

    def _finished(self, anchor: Anchor, result: Result) -> None:
        self._open.remove(anchor)
        self._good += result.outcome is Outcome.SUCCESS
        if self._good >= self._quorum:
            self._answer(good=True)
        elif self._good + len(self._open) < self._quorum:
            self._answer(good=False)

    def _answer(self, *, good: bool) -> None:
        self._close()
        self._plan(self._gap)
        self._tell_answered(good)

    def _close(self) -> None:
        dropped, self._open = self._open, set()
        for anchor in dropped:
            anchor.prober.cancel(anchor)


def _nobody() -> None:
    """Nobody is told."""


def _nobody_either(_good: bool) -> None:
    """Nobody is told."""
