"""An endpoint's whole past: its states, its beats, what they were judged by, and when it was watched."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from operator import itemgetter
from types import MappingProxyType

from exporter.timeline.events import EventColumns, Events
from exporter.timeline.policies import Policies
from exporter.timeline.policy import Policy
from exporter.timeline.reports import Reports
from exporter.timeline.row import LIVE, Row
from exporter.timeline.spans import FOREVER, Span
from exporter.timeline.tally import Standing, State, Sums
from exporter.timeline.timeline import Timeline

NONE_SLOW: Mapping[int, Sequence[int]] = MappingProxyType({})


class EndpointHistory:
    """What was measured of one endpoint; a `History`.

    It takes part in its service's SLOs from its first result on, for the time in which
    it was configured there (rule 8), and within what is kept (ruling 22).

    Attributes:
        timeline: Its states.
        removed: Spans in which the configuration did not have it, ascending.
        kept_from: The instant before which the record was pruned; before every other where nothing was.
        first: The instant from which it is watched: its first result, or where what is kept
            begins; None before any.
        edition: Grows when its past was replaced as a whole, and when it begins.
        slow: Instants of successes that were slower than a threshold, ascending, by its nanoseconds.
        policies: What its results were judged by, over time.
        reports: What its results said, over time.
    """

    __slots__ = (
        "_events",
        "_policy",
        "_pruned",
        "edition",
        "first",
        "kept_from",
        "policies",
        "removed",
        "reports",
        "slow",
        "timeline",
    )

    def __init__(
        self, removed: Sequence[Span] = (), *, first: int | None = None, kept_from: int | None = None
    ) -> None:
        """An empty past.

        Args:
            removed: Spans in which it was not configured.
            first: Its first result, which survives pruning; None where that is of no account.
            kept_from: The instant before which the record was pruned; None where it was not.
        """
        self.removed = tuple(removed)
        self.kept_from = -FOREVER if kept_from is None else kept_from
        self.edition = 0
        self._pruned = first is not None and first < self.kept_from
        self._clear()

    def _clear(self) -> None:
        self.first: int | None = self.kept_from if self._pruned else None
        self.timeline = Timeline()
        self._events = EventColumns()
        self.policies = Policies()
        self._policy: Policy | None = None  # of the daemon's latest result
        self.reports = Reports()
        self.slow: dict[int, array[int]] = {}

    def add(
        self,
        at: int,
        vote: State,
        policy: Policy,
        *,
        event: bool,
        slow: tuple[int, ...] = (),
        reason: str = "",
    ) -> None:
        """Take the daemon's next result.

        Args:
            at: Its instant.
            vote: What it says.
            policy: What it is judged by.
            event: Whether it is a beat.
            slow: Thresholds, in nanoseconds, that it was slower than.
            reason: Why it failed.

        Raises:
            ValueError: It is not after the one before.
        """
        self.timeline.add(at, vote, policy)
        if self.first is None:
            self.first = at
            self.edition += 1
        if policy is not self._policy:
            self.policies.add(at, policy)
            self._policy = policy
        self.reports.add(at, vote, reason)
        if event:
            self._events.add(at, vote)
            for threshold in slow:
                self.slow.setdefault(threshold, array("q")).append(at)

    def load(
        self, rows: Iterable[Row], absences: Iterable[int], slow: Mapping[int, Sequence[int]] = NONE_SLOW
    ) -> None:
        """Take up what the record keeps, in place of what was known.

        Args:
            rows: In order of their instants, of all sources.
            absences: Starts of the prober's absences, ascending.
            slow: Instants of slow successes by threshold, ascending.
        """
        self._clear()
        self.edition += 1
        self.slow = {threshold: self._configured(instants) for threshold, instants in slow.items()}
        timeline, sources = self.timeline, set[int]()
        ends = [(at, timeline.cut) for at in absences]
        ends += [(start, timeline.drop) for start, _ in self.removed]
        ends.sort(key=itemgetter(0), reverse=True)
        for row in rows:
            while ends and ends[-1][0] < row.at:
                at, end = ends.pop()
                end(at)
            timeline.add_row(row)
            for part in row.outside(self.removed):
                self._events.add_row(part)
            self.policies.add(row.at, row.policy)
            self.reports.add(row.at, row.vote, row.reason)
            sources.add(row.source)
        for at, end in reversed(ends):
            end(at)
        if self.first is None and timeline.first is not None:
            self.first = max(timeline.first, self.kept_from)
        for source in sources - {LIVE}:
            self.timeline.close(source)

    def _configured(self, instants: Sequence[int]) -> "array[int]":
        """Those of some instants at which it was configured."""
        kept = array("q", instants)
        for start, end in self.removed:
            del kept[bisect_left(kept, start) : bisect_left(kept, end)]
        return kept

    def take_over(self, other: "EndpointHistory") -> None:
        """Be as another past of the same endpoint, in place of what was known."""
        edition = self.edition + 1
        for name in self.__slots__:
            setattr(self, name, getattr(other, name))
        self.edition = edition

    def remove(self, at: int) -> None:
        """Be no longer configured from the instant `at` on, which is after every result."""
        self.edition += 1
        self.timeline.drop(at)
        self.removed = (*self.removed, (at, FOREVER))

    @property
    def gone(self) -> bool:
        """Whether it is no longer configured."""
        return bool(self.removed) and self.removed[-1][1] >= FOREVER

    def restore(self, at: int) -> None:
        """Be configured again from the instant `at` on; it is gone until then."""
        self.edition += 1
        *before, (since, _) = self.removed
        self.removed = (*before, (since, at)) if since < at else tuple(before)

    def forget(self, before: int) -> None:
        """Give up what lies before an instant (ruling 43): it is unwatched from now on."""
        self.edition += 1
        self.kept_from = max(self.kept_from, before)
        if self.first is not None and self.first < self.kept_from:
            self.first, self._pruned = self.kept_from, True
        self.timeline.forget(before)
        self._events.forget(before)
        self.reports.forget(before)
        for instants in self.slow.values():
            del instants[: bisect_left(instants, before)]

    @property
    def unit(self) -> int:
        """Beats are whole."""
        return 1

    @property
    def scale(self) -> int:
        """Sums are in milliseconds."""
        return 1

    @property
    def version(self) -> tuple[int, int]:
        """Differs once any answer may have changed."""
        return self.edition, self.timeline.version

    @property
    def stable(self) -> int:
        """The instant before which later results change nothing; one that is gone never changes.

        Nor does one that has not begun hold up those that are combined with it: its first result is a new edition.
        """
        return FOREVER if self.gone or self.first is None else self.timeline.stable

    def watches(self, at: int) -> bool:
        """Whether it takes part at the instant `at`."""
        first = self.first
        return first is not None and at >= first and not any(start <= at < end for start, end in self.removed)

    def sums(self, at: int) -> Sums:
        """Sums of everything that is kept before the instant `at`; what lies in `removed` is not counted."""
        if at < self.kept_from:  # noqa: PLR1730 -- as in `Columns.before`
            at = self.kept_from
        up, down = self.timeline.before(at)
        first = self.first
        if first is None or at <= first:
            return Sums(up, down, 0, 0)
        watched = at - first
        if not self.removed:
            return Sums(up, down, 0, watched)
        for start, end in self.removed:
            if start < at and end > self.kept_from:  # what was forgotten is part of no difference
                up0, down0 = self.timeline.before(max(start, self.kept_from))
                up1, down1 = self.timeline.before(min(end, at))
                up, down = up - (up1 - up0), down - (down1 - down0)
                watched -= max(0, min(end, at) - max(start, first))
        return Sums(up, down, 0, watched)

    def state(self, at: int) -> State:
        """What is known of the instant `at`; nothing of one in which it was not configured."""
        if self.removed and not self.watches(at):
            return State.UNKNOWN
        return self.timeline.state(at) if at >= self.kept_from else State.UNKNOWN

    def excluded(self, at: int) -> bool:  # noqa: ARG002 -- a `History`
        """Whether the instant `at` does not count; exclusions lie over this."""
        return False

    def since(self, at: int) -> int | None:
        """Start of the state that holds at `at`, back-dated; None before the first result."""
        return self.timeline.since(at)

    def events(self, at: int) -> Events:
        """Good and bad beats that are kept before the instant `at`."""
        return self._events.before(max(at, self.kept_from))

    def latest_beat(self, at: int) -> int | None:
        """The latest beat up to the instant `at` that succeeded or failed; None before the first."""
        return self._events.latest(at)

    def beat_after(self, at: int) -> int | None:
        """The first such beat after the instant `at`; None after the last."""
        return self._events.after(at)

    def edges(self, start: int, end: int) -> Iterator[int]:
        """Instants in [start, end) at which results began to say something else."""
        return self.reports.changes(start, end)

    def standings(self, start: int, end: int) -> Iterator[tuple[int, Standing]]:
        """The standing at `start` and at each change in (start, end)."""
        yield start, self._standing(start)
        first = self.first
        if first is None:
            return
        edges = {at for at, _ in takewhile(lambda run: run[0] < end, self.timeline.runs(start))} | {first}
        edges.update(edge for span in self.removed for edge in span)
        for at in sorted(edge for edge in edges if start < edge < end):
            yield at, self._standing(at)

    def _standing(self, at: int) -> Standing:
        return Standing(self.state(at)) if self.watches(at) else Standing.ABSENT
