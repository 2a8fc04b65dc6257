"""Amounts of time by state: what every figure is computed from."""

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple, Protocol


class State(IntEnum):
    """What is known of an instant."""

    UNKNOWN = 0
    UP = 1
    DOWN = 2


class Sums(NamedTuple):
    """Milliseconds before an instant, by what is known of them; a window is the difference of two.

    Attributes:
        up: Up and not excluded.
        down: Down and not excluded.
        excluded: Covered by an exclusion.
        watched: Time in which the endpoint was configured, from its first result on,
            and which no exclusion covers. `watched - up - down` is watched unknown time.
    """

    up: int
    down: int
    excluded: int
    watched: int


Cumulative = Callable[[int], Sums]
"""Sums of everything before an instant (milliseconds since the epoch), O(log n)."""


class History(Protocol):
    """A past that can be asked: an endpoint's, or that of several combined."""

    def sums(self, at: int) -> Sums:
        """Sums of everything before the instant `at`, O(log n)."""

    def state(self, at: int) -> State:
        """What is known of the instant `at`."""

    def since(self, at: int) -> int | None:
        """Start of the state that holds at `at`, back-dated; None before the first result."""

    def events(self, at: int) -> tuple[int, int]:
        """Good and bad beats before the instant `at`."""


class Tally(NamedTuple):
    """Milliseconds of a window by state; `up + down + excluded + unknown` is its length, always.

    Attributes:
        watched_unknown: The part of `unknown` in which the endpoint was watched
            (rule 5: only this part is subject to an SLO's `unknown` policy).
    """

    up: int
    down: int
    excluded: int
    unknown: int
    watched_unknown: int


def tally(cumulative: Cumulative, start: int, end: int) -> Tally:
    """Tell what is known of the window [start, end).

    Raises:
        ValueError: The window ends before it starts.
    """
    if end < start:
        msg = f"window ends before it starts: {start} > {end}"
        raise ValueError(msg)
    return between(cumulative(start), cumulative(end), end - start)


def between(first: Sums, last: Sums, length: int) -> Tally:
    """Tally of a window of `length` milliseconds from the sums at its two ends."""
    up, down, excluded = last.up - first.up, last.down - first.down, last.excluded - first.excluded
    return Tally(
        up,
        down,
        excluded,
        length - up - down - excluded,
        last.watched - first.watched - up - down,
    )
