"""A history written as a list: slow, and too plain to be wrong."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from exporter.slo.objective import Objective
from exporter.timeline.tally import State, Sums

Span = tuple[int, int]


class ListedHistory:
    """A past given as (start, state) pairs, each until the next, and spans that are excluded.

    It is watched from its first interval on; before that it is unknown and unwatched.
    """

    def __init__(self, states: Sequence[tuple[int, State]], excluded: Iterable[Span] = ()) -> None:
        self.states = list(states)
        self.excluded = list(excluded)

    def sums(self, at: int) -> Sums:
        up = down = watched = 0
        ends = [start for start, _ in self.states[1:]] + [at]
        for (start, state), end in zip(self.states, ends, strict=False):
            length = self._counted(start, min(end, at))
            watched += length
            up += length if state is State.UP else 0
            down += length if state is State.DOWN else 0
        return Sums(up, down, sum(max(0, min(end, at) - start) for start, end in self.excluded), watched)

    def _counted(self, start: int, end: int) -> int:
        hidden = sum(max(0, min(end, last) - max(start, first)) for first, last in self.excluded)
        return max(0, end - start) - hidden

    def state(self, at: int) -> State:
        return next((state for start, state in reversed(self.states) if start <= at), State.UNKNOWN)

    def since(self, at: int) -> int | None:
        return next((start for start, _ in reversed(self.states) if start <= at), None)

    def events(self, at: int) -> tuple[int, int]:
        """One beat at the start of each interval."""
        seen = [state for start, state in self.states if start < at]
        return seen.count(State.UP), seen.count(State.DOWN)


def objective(per_cent: str, window: int, unknown: str = "ignore", interval: int = 15_000) -> Objective:
    """An objective from a percentage as text, with the usual guard of three beats."""
    return Objective(Fraction(per_cent) / 100, window, unknown, interval, 3)
