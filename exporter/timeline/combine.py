"""Several endpoints as one history (rule 8, `all`)."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import groupby
from operator import itemgetter

from exporter.timeline.columns import Columns
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.events import Events
from exporter.timeline.spans import FOREVER
from exporter.timeline.tally import State, Sums

_START = -FOREVER
_ABSENT = None


def combine(members: Sequence[EndpointHistory]) -> "EndpointHistory | AllOf":
    """The history of all members together; a single member that was never removed is its own."""
    if len(members) == 1 and not members[0].removed:
        return members[0]
    return AllOf(members)


class AllOf:
    """Down if any member is down, else unknown if any is unknown, else up; a `History`.

    Each member takes part from its first result on and for the time it was configured,
    so that adding or removing one never rewrites the past. Where none takes part the
    state is unknown and the time is not watched.

    The states are derived from the members' and kept; only what lies after the instant
    before which no member can change is derived again.
    """

    __slots__ = ("_columns", "_members", "_stable", "_versions", "_watched")

    def __init__(self, members: Sequence[EndpointHistory]) -> None:
        self._members = tuple(members)
        self._columns = Columns()
        self._watched = Columns()  # up where at least one member takes part
        self._stable = _START
        self._versions: tuple[tuple[int, int], ...] = ()

    def sums(self, at: int) -> Sums:
        """Sums of everything before the instant `at`."""
        self._refresh()
        up, down = self._columns.before(at)
        return Sums(up, down, 0, self._watched.before(at)[0])

    def state(self, at: int) -> State:
        """What is known of the instant `at`."""
        self._refresh()
        return self._columns.state(at)

    def since(self, at: int) -> int | None:
        """Start of the state that holds at `at`, back-dated; None before the first result."""
        self._refresh()
        return self._columns.since(at)

    def events(self, at: int) -> Events:
        """Good and bad beats of all members before the instant `at`."""
        counts = [member.events(at) for member in self._members]
        return Events(sum(each.good for each in counts), sum(each.bad for each in counts))

    def _refresh(self) -> None:
        """Derive again what may have changed since the last question."""
        versions = tuple((member.edition, member.timeline.version) for member in self._members)
        if versions == self._versions:
            return
        replaced = any(old[0] != new[0] for old, new in zip(self._versions, versions, strict=False))
        self._versions = versions
        start = _START if replaced else self._stable
        self._columns.truncate(self._columns.index_of(start))
        self._watched.truncate(self._watched.index_of(start))
        states: list[State | None] = [_ABSENT] * len(self._members)
        changes = merge(*(_changes(index, member, start) for index, member in enumerate(self._members)))
        for at, group in groupby(changes, key=itemgetter(0)):
            for _, index, state in group:
                states[index] = state
            present = [state for state in states if state is not _ABSENT]
            self._watched.push(at, State.UP if present else State.UNKNOWN)
            self._columns.push(at, _all(present))
        self._stable = max(start, min(map(_stable, self._members), default=start))


def _all(states: Iterable[State]) -> State:
    """Down if any is down, else unknown if any is unknown or there is none, else up."""
    seen = set(states)
    if State.DOWN in seen:
        return State.DOWN
    return State.UP if seen == {State.UP} else State.UNKNOWN


def _changes(index: int, member: EndpointHistory, start: int) -> Iterator[tuple[int, int, State | None]]:
    """(instant, index, state or None where it takes no part) at `start` and at each change after it."""
    timeline = member.timeline
    if timeline.first is None:
        return
    start = max(start, timeline.first)
    edges = {
        start,
        *(at for at, _ in timeline.runs(start)),
        *(edge for span in member.removed for edge in span),
    }
    for at in sorted(edge for edge in edges if start <= edge < FOREVER):
        yield at, index, timeline.state(at) if member.watches(at) else _ABSENT


def _stable(member: EndpointHistory) -> int:
    """The instant before which the member can no longer change; one that is gone never does."""
    gone = member.removed and member.removed[-1][1] >= FOREVER
    return FOREVER if gone else member.timeline.stable
