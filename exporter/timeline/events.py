"""Beats as events: how many were good or bad before any instant, from packed series."""

from array import array
from bisect import bisect_left, bisect_right
from typing import NamedTuple

from exporter.timeline.row import Row
from exporter.timeline.tally import State

_UNKNOWN, _UP = State.UNKNOWN, State.UP  # to look them up in their class costs more than the rest


class Events(NamedTuple):
    """Counts of beats; an inconclusive beat is no event."""

    good: int
    bad: int


class EventColumns:
    """Series of beats that succeeded or failed, with running counts; 33 bytes a series.

    Rows come in order of their instants and do not overlap. The last one may grow.
    """

    __slots__ = ("_bads", "_counts", "_goods", "_starts", "_steps", "_votes")

    def __init__(self) -> None:
        self._starts = array("q")
        self._steps = array("q")
        self._counts = array("i")
        self._votes = array("b")
        self._goods = array("i")
        self._bads = array("i")

    def add(self, at: int, vote: State) -> None:
        """Count one beat, as part of the latest series where it goes on with it."""
        if vote == _UNKNOWN:
            return
        starts = self._starts
        if starts and self._votes[-1] == vote:
            count, distance = self._counts[-1], at - starts[-1]
            if count == 1:
                self._steps[-1], self._counts[-1] = distance, 2
                return
            if distance == self._steps[-1] * count:
                self._counts[-1] = count + 1
                return
        self._append(at, 0, 1, vote)

    def add_row(self, row: Row) -> None:
        """Count a series of beats; nothing where they are no events."""
        if row.event and row.vote != State.UNKNOWN:
            self._append(row.at, row.step, row.results, row.vote)

    def forget(self, before: int) -> None:
        """Give up the series that begin before the one that holds an instant; counts of what comes after stay."""
        passed = max(0, bisect_left(self._starts, before) - 1)
        for column in (self._starts, self._steps, self._counts, self._votes, self._goods, self._bads):
            del column[:passed]

    def before(self, at: int) -> Events:
        """Good and bad beats before the instant `at`."""
        index = bisect_left(self._starts, at) - 1
        if index < 0:
            return (
                Events(self._goods[0], self._bads[0]) if self._starts else Events(0, 0)
            )  # what was forgotten
        step, seen = self._steps[index], 1
        if step:
            seen = min(self._counts[index], (at - 1 - self._starts[index]) // step + 1)
        good, bad = self._goods[index], self._bads[index]
        return Events(good + seen, bad) if self._votes[index] == State.UP else Events(good, bad + seen)

    def latest(self, at: int) -> int | None:
        """The latest beat up to the instant `at`; None before the first."""
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return None
        start, step = self._starts[index], self._steps[index]
        return start + min(self._counts[index] - 1, (at - start) // step) * step if step else start

    def after(self, at: int) -> int | None:
        """The first beat after the instant `at`; None after the last."""
        index = bisect_right(self._starts, at) - 1
        if index >= 0 and (step := self._steps[index]):
            number = (at - self._starts[index]) // step + 1
            if number < self._counts[index]:
                return self._starts[index] + number * step
        return self._starts[index + 1] if index + 1 < len(self._starts) else None

    def _append(self, at: int, step: int, count: int, vote: State) -> None:
        good = bad = 0
        if self._starts:
            good, bad = self._goods[-1], self._bads[-1]
            if self._votes[-1] == _UP:
                good += self._counts[-1]
            else:
                bad += self._counts[-1]
        self._starts.append(at)
        self._steps.append(step)
        self._counts.append(count)
        self._votes.append(vote)
        self._goods.append(good)
        self._bads.append(bad)
