"""What a probe is doing, and how long each of it took."""

import time

from exporter.probes.result import Phases

RESOLVE, CONNECT, TLS, PROCESSING, TRANSFER = range(5)
"""Stages, which are also the places of the phases in `Phases`."""

NOTHING = -1
"""The stage before the first."""


class Stages:
    """The stages of one probe, in any order and as often as it has connections.

    Attributes:
        stage: What it is doing.
        started: When it began, in monotonic nanoseconds; later by what it waited for threads.
    """

    __slots__ = ("_mark", "_spent", "stage", "started")

    def __init__(self) -> None:
        self.stage = NOTHING
        self.started = self._mark = time.monotonic_ns()
        self._spent: list[int | None] = [None] * 5

    def enter(self, stage: int) -> None:
        """End the present phase here and begin another."""
        now = time.monotonic_ns()
        self._spent[self.stage] = (self._spent[self.stage] or 0) + now - self._mark
        self._mark = now
        self.stage = stage

    def enter_first(self, stage: int) -> None:
        """Begin with a stage of a connection; time that another took before is that one's."""
        if self.stage == NOTHING:
            self.stage = stage
        else:
            self.enter(stage)

    def resume(self) -> None:
        """Leave out what passed since the phase began: waiting for a thread tells nothing about the endpoint."""
        now = time.monotonic_ns()
        self.started += now - self._mark
        self._mark = now

    def phases(self, now: int) -> Phases:
        """How long each took until `now`, at which the present one ends; once only."""
        spent = self._spent
        if self.stage != NOTHING:
            spent[self.stage] = (spent[self.stage] or 0) + now - self._mark
        return Phases(*spent)
