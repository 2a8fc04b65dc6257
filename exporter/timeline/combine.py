"""Several histories as one (rule 8)."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from heapq import merge
from itertools import groupby
from operator import itemgetter

from exporter.timeline.columns import Columns
from exporter.timeline.progress import Progress
from exporter.timeline.rule import ALL, Kind, Rule
from exporter.timeline.spans import FOREVER
from exporter.timeline.tally import History, Standing, Standings, State, Sums

_COUNTED = (Standing.UP, Standing.DOWN, Standing.UNKNOWN)

Counts = list[int]
"""How many members stand as each `Standing`, by its number."""


def judge(rule: Rule) -> Callable[[Counts], Standing]:
    """What the members' standings make of an instant.

    Excluded members step aside: where none is left, or fewer than a quorum, the instant is
    excluded. Where that few take part because the others are absent, nothing can be
    said and nobody is watched.
    """
    needed = rule.quorum if rule.kind is Kind.QUORUM else 1

    def standing(counts: Counts) -> Standing:
        unknown, up, down, excluded, _ = counts
        if unknown + up + down < needed:
            return Standing.EXCLUDED if excluded else Standing.ABSENT
        if rule.kind is Kind.ANY:
            return Standing.UP if up else Standing.UNKNOWN if unknown else Standing.DOWN
        if rule.kind is Kind.QUORUM:
            return (
                Standing.UP if up >= needed else Standing.UNKNOWN if up + unknown >= needed else Standing.DOWN
            )
        return Standing.DOWN if down else Standing.UNKNOWN if unknown else Standing.UP

    return standing


class Combined:
    """Members judged together at each instant; a `History`.

    Each member takes part from its first result on and for the time it was configured,
    so that adding or removing one never rewrites the past.

    The states are derived from the members' and kept; only what lies after the instant
    before which no member can change is derived again, and nothing later than what is asked.
    """

    __slots__ = ("_columns", "_judge", "_members", "_progress", "_sides")

    def __init__(self, members: Sequence[History], rule: Rule = ALL) -> None:
        self._members = tuple(members)
        self._judge = judge(rule)
        self._columns = Columns()
        self._sides = Columns()  # up where it is watched, down where it is excluded
        self._progress = Progress()

    @property
    def scale(self) -> int:
        """Sums are in milliseconds."""
        return 1

    @property
    def edition(self) -> Hashable:
        """Those of the members."""
        return tuple([member.edition for member in self._members])

    @property
    def version(self) -> Hashable:
        """Those of the members."""
        return tuple([member.version for member in self._members])

    @property
    def stable(self) -> int:
        """The earliest of the members'."""
        return min((member.stable for member in self._members), default=FOREVER)

    def sums(self, at: int) -> Sums:
        """Sums of everything before the instant `at`."""
        self._refresh(at)
        up, down = self._columns.before(at)
        watched, excluded = self._sides.before(at)
        return Sums(up, down, excluded, watched)

    def state(self, at: int) -> State:
        """What was measured at the instant `at`; unknown where all members are excluded."""
        self._refresh(at + 1)
        return self._columns.state(at)

    def excluded(self, at: int) -> bool:
        """Whether too many members are excluded at `at` to say anything."""
        self._refresh(at + 1)
        return self._sides.state(at) is State.DOWN

    def standings(self, start: int, end: int) -> Iterator[tuple[int, Standing]]:
        """The standing at `start` and at each change in (start, end)."""
        for at, counts in changes(self._members, start, end):
            yield at, self._judge(counts)

    def _refresh(self, until: int) -> None:
        """Derive up to `until` what may have changed since the last question, and what was never asked."""
        start = self._progress.advance(self, until)
        if start is None:
            return
        for columns in (self._columns, self._sides):
            columns.truncate(columns.index_of(start))
        for at, counts in changes(self._members, start, until):
            standing = self._judge(counts)
            counted = standing in _COUNTED
            self._columns.push(at, State(standing) if counted else State.UNKNOWN)
            self._sides.push(
                at, State.UP if counted else State.DOWN if standing is Standing.EXCLUDED else State.UNKNOWN
            )


def changes(members: Sequence[Standings], start: int, end: int) -> Iterator[tuple[int, Counts]]:
    """How many members stand how at `start`, and at each change in (start, end).

    The one list of counts is kept up to date: it is to be read before the next is asked for.
    """
    standings = [Standing.ABSENT] * len(members)
    counts = [0, 0, 0, 0, len(members)]
    if not members:
        yield start, counts
    edges = merge(*(_numbered(index, member, start, end) for index, member in enumerate(members)))
    for at, group in groupby(edges, key=itemgetter(0)):
        for _, index, standing in group:
            counts[standings[index]] -= 1
            counts[standing] += 1
            standings[index] = standing
        yield at, counts


def _numbered(index: int, member: Standings, start: int, end: int) -> Iterator[tuple[int, int, Standing]]:
    for at, standing in member.standings(start, end):
        yield at, index, standing
