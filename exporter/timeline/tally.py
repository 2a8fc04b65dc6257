"""Amounts of time by state: what every figure is computed from."""

from collections.abc import Hashable, Iterator
from enum import IntEnum
from typing import NamedTuple, Protocol


class State(IntEnum):
    """What is known of an instant."""

    UNKNOWN = 0
    UP = 1
    DOWN = 2


class Standing(IntEnum):
    """How a history stands at an instant where it takes part in a combination.

    The first three are a `State`'s; an excluded one steps aside; an absent one has had no
    result yet, or is not configured.
    """

    UNKNOWN = 0
    UP = 1
    DOWN = 2
    EXCLUDED = 3
    ABSENT = 4


class Sums(NamedTuple):
    """Amounts of time before an instant, by what is known of it; a window is the difference of two.

    All are in units of 1/`scale` milliseconds of the history that gives them.

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


class Source(Protocol):
    """What tells whether a past has changed, so that what is derived from it is kept up to date.

    Before `stable` nothing changes until `edition` does, and nothing at all until `version` does.
    """

    @property
    def edition(self) -> Hashable:
        """Differs once the past was replaced as a whole."""

    @property
    def version(self) -> Hashable:
        """Differs once any answer may have changed."""

    @property
    def stable(self) -> int:
        """The instant before which later results change nothing."""


class Standings(Protocol):
    """What takes part in a combination."""

    def standings(self, start: int, end: int) -> Iterator[tuple[int, Standing]]:
        """The standing at `start`, and each instant in (start, end) at which anything changes with what holds from it."""


class History(Source, Standings, Protocol):
    """A past that can be asked: an endpoint's, one with exclusions laid over it, or several combined."""

    @property
    def scale(self) -> int:
        """Sums are in units of 1/scale milliseconds; 1 but where instants are shared out by weight."""

    def sums(self, at: int) -> Sums:
        """Sums of everything before the instant `at`, O(log n)."""

    def state(self, at: int) -> State:
        """What was measured at the instant `at`, also under an exclusion."""

    def excluded(self, at: int) -> bool:
        """Whether the instant `at` does not count."""


class Measured(Protocol):
    """What was measured of one endpoint, without any question in mind."""

    def state(self, at: int) -> State:
        """What is known of the instant `at`."""

    def since(self, at: int) -> int | None:
        """Start of the state that holds at `at`, back-dated; None before the first result."""


class Tally(NamedTuple):
    """Amounts of a window by state; `up + down + excluded + unknown` is its length, always.

    In units of 1/`scale` milliseconds of the history.

    Attributes:
        watched_unknown: The part of `unknown` in which the endpoint was watched
            (rule 5: only this part is subject to an SLO's `unknown` policy).
    """

    up: int
    down: int
    excluded: int
    unknown: int
    watched_unknown: int


def tally(history: History, start: int, end: int) -> Tally:
    """Tell what is known of the window [start, end).

    Raises:
        ValueError: The window ends before it starts.
    """
    if end < start:
        msg = f"window ends before it starts: {start} > {end}"
        raise ValueError(msg)
    return between(history.sums(start), history.sums(end), (end - start) * history.scale)


def between(first: Sums, last: Sums, length: int) -> Tally:
    """Tally of a window of that length from the sums at its two ends, all in the same unit."""
    up, down, excluded = last.up - first.up, last.down - first.down, last.excluded - first.excluded
    return Tally(
        up,
        down,
        excluded,
        length - up - down - excluded,
        last.watched - first.watched - up - down,
    )
