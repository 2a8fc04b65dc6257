"""An endpoint's whole past: its states, its beats, and when it was watched."""

from collections.abc import Iterable, Sequence
from operator import itemgetter

from exporter.timeline.events import EventColumns, Events
from exporter.timeline.policy import Policy
from exporter.timeline.row import LIVE, Row
from exporter.timeline.spans import Span
from exporter.timeline.tally import State, Sums
from exporter.timeline.timeline import Timeline


class EndpointHistory:
    """What was measured of one endpoint; a `History`.

    It takes part in its service's SLOs from its first result on, for the time in which
    it was configured there (rule 8).

    Attributes:
        timeline: Its states.
        removed: Spans in which the configuration did not have it, ascending.
        edition: Grows when its past was replaced as a whole.
    """

    __slots__ = ("_events", "edition", "removed", "timeline")

    def __init__(self, removed: Sequence[Span] = ()) -> None:
        self.timeline = Timeline()
        self.removed = tuple(removed)
        self.edition = 0
        self._events = EventColumns()

    def add(self, at: int, vote: State, policy: Policy, *, event: bool) -> None:
        """Take the daemon's next result.

        Raises:
            ValueError: It is not after the one before.
        """
        self.timeline.add(at, vote, policy)
        if event:
            self._events.add(at, vote)

    def load(self, rows: Iterable[Row], absences: Iterable[int]) -> None:
        """Take up what the record keeps, in place of what was known.

        Args:
            rows: In order of their instants, of all sources.
            absences: Starts of the prober's absences, ascending.
        """
        self.timeline, self._events = Timeline(), EventColumns()
        self.edition += 1
        timeline, sources = self.timeline, set[int]()
        ends = [(at, timeline.cut) for at in absences]
        ends += [(start, timeline.drop) for start, _ in self.removed]
        ends.sort(key=itemgetter(0), reverse=True)
        for row in rows:
            while ends and ends[-1][0] < row.at:
                at, end = ends.pop()
                end(at)
            timeline.add_row(row)
            self._events.add_row(row)
            sources.add(row.source)
        for at, end in reversed(ends):
            end(at)
        for source in sources - {LIVE}:
            self.timeline.close(source)

    def watches(self, at: int) -> bool:
        """Whether it takes part at the instant `at`."""
        first = self.timeline.first
        return first is not None and at >= first and not any(start <= at < end for start, end in self.removed)

    def sums(self, at: int) -> Sums:
        """Sums of everything before the instant `at`; what lies in `removed` is not counted."""
        up, down = self.timeline.before(at)
        first = self.timeline.first
        if first is None or at <= first:
            return Sums(up, down, 0, 0)
        watched = at - first
        for start, end in self.removed:
            if start < at:
                up0, down0 = self.timeline.before(start)
                up1, down1 = self.timeline.before(min(end, at))
                up, down = up - (up1 - up0), down - (down1 - down0)
                watched -= max(0, min(end, at) - max(start, first))
        return Sums(up, down, 0, watched)

    def state(self, at: int) -> State:
        """What is known of the instant `at`."""
        return self.timeline.state(at)

    def since(self, at: int) -> int | None:
        """Start of the state that holds at `at`, back-dated; None before the first result."""
        return self.timeline.since(at)

    def events(self, at: int) -> Events:
        """Good and bad beats before the instant `at`."""
        return self._events.before(at)
