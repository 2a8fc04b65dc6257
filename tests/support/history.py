"""A history written as a list: slow, and too plain to be wrong."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from exporter.slo.objective import Objective
from exporter.slo.question import Question, question
from exporter.timeline.events import Events
from exporter.timeline.past import Counts, Past
from exporter.timeline.tally import History, Standing, State, Sums

Span = tuple[int, int]


class ListedHistory:
    """A past given as (start, state) pairs, each until the next, and spans that are excluded.

    It is watched from its first interval on; before that it is unknown and unwatched.
    """

    def __init__(self, states: Sequence[tuple[int, State]], excluded: Iterable[Span] = ()) -> None:
        self.states = list(states)
        self.excluded_spans = list(excluded)
        self.scale = 1
        self.edition = self.version = 0
        self.stable = self.states[-1][0] if self.states else 0

    def sums(self, at: int) -> Sums:
        up = down = watched = 0
        ends = [start for start, _ in self.states[1:]] + [at]
        for (start, state), end in zip(self.states, ends, strict=False):
            length = self._counted(start, min(end, at))
            watched += length
            up += length if state is State.UP else 0
            down += length if state is State.DOWN else 0
        return Sums(
            up, down, sum(max(0, min(end, at) - start) for start, end in self.excluded_spans), watched
        )

    def _counted(self, start: int, end: int) -> int:
        hidden = sum(max(0, min(end, last) - max(start, first)) for first, last in self.excluded_spans)
        return max(0, end - start) - hidden

    def state(self, at: int) -> State:
        return next((state for start, state in reversed(self.states) if start <= at), State.UNKNOWN)

    def excluded(self, at: int) -> bool:
        return any(start <= at < end for start, end in self.excluded_spans)

    def since(self, at: int) -> int | None:
        return next((start for start, _ in reversed(self.states) if start <= at), None)

    def standings(self, start: int, end: int) -> Iterator[tuple[int, Standing]]:
        edges = {edge for span in self.excluded_spans for edge in span} | {at for at, _ in self.states}
        for at in [start, *sorted(edge for edge in edges if start < edge < end)]:
            seen = self.states and self.states[0][0] <= at
            measured = Standing(self.state(at)) if seen else Standing.ABSENT
            yield at, Standing.EXCLUDED if self.excluded(at) else measured


def put(objective: Objective, history: History) -> Question:
    """An objective put to a history; the beats of a listed one are the starts of its intervals."""
    return question(objective, ListedPast(history, []))


class ListedPast(Past):
    """The past of one history that is no endpoint's."""

    def counted(self, at: int) -> Events:
        return Events(*self.counts(at)[:2])

    def counts(self, at: int) -> Counts:
        states = self.history.states if isinstance(self.history, ListedHistory) else []
        seen = [state for start, state in states if start < at]
        return Counts(seen.count(State.UP), seen.count(State.DOWN), 0)


def objective(per_cent: str, window: int, unknown: str = "ignore", interval: int = 15_000) -> Objective:
    """An objective from a percentage as text, with the usual guard of three beats."""
    return Objective(Fraction(per_cent) / 100, window, unknown, interval, 3)
