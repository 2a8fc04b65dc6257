"""Time in slices, each good or bad as a whole (ruling 30)."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from exporter.timeline.columns import Columns
from exporter.timeline.progress import Progress
from exporter.timeline.tally import History, Standing, State, between


class Slices:
    """Slices of equal length since the epoch, judged by the share of their own known time that is good.

    A slice with nothing known is not counted, one that is excluded as a whole is excluded.
    A slice belongs to what comes before an instant once it has ended. Slices of one kind in a row are
    one run, whatever their number: only those in which something changes are looked at one by one.
    """

    __slots__ = ("_columns", "_history", "_objective", "_progress", "_sides", "_unknown", "length")

    def __init__(self, history: History, length: int, objective: Fraction, unknown: str) -> None:
        """Slice a history.

        Args:
            history: Whose time it is.
            length: Of a slice, milliseconds > 0.
            objective: The share of its known time that makes a slice good, 0 < objective <= 1.
            unknown: How watched unknown time counts: `ignore`, `down` or `up`.
        """
        self.length = length
        self._history = history
        self._objective = objective
        self._unknown = unknown
        self._columns = Columns()  # over numbers of slices: up is good, down is bad
        self._sides = Columns()  # likewise: down is excluded
        self._progress = Progress()

    def before(self, at: int) -> tuple[int, int, int]:
        """How many good, bad and excluded slices have ended by the instant `at`."""
        number = at // self.length
        self._refresh(number)
        good, bad = self._columns.before(number)
        return good, bad, self._sides.before(number)[1]

    def runs(self, start: int, end: int) -> Iterator[tuple[int, int, Standing]]:
        """First instant, first one beyond, and standing of each run of slices that end in (start, end].

        Up is good, down is bad, unknown is not counted.
        """
        number, last = start // self.length, end // self.length
        self._refresh(last)
        edges = {number, last}
        for columns in (self._columns, self._sides):
            edges.update(first for first, _ in columns.runs(number) if number < first < last)
        for first, beyond in pairwise(sorted(edges)):
            excluded = self._sides.state(first) is State.DOWN
            standing = Standing.EXCLUDED if excluded else Standing(self._columns.state(first))
            yield first * self.length, beyond * self.length, standing

    def _refresh(self, until: int) -> None:
        """Judge the slices up to number `until` that may have changed, and those that were never asked about."""
        since = self._progress.advance(self._history, until * self.length)
        if since is None:
            return
        start = since // self.length
        for columns in (self._columns, self._sides):
            columns.truncate(columns.index_of(start))
        for number in self._changing(start, until):
            self._push(number)

    def _changing(self, start: int, until: int) -> Iterator[int]:
        """Numbers of slices that may be judged otherwise than the one before them, ascending."""
        number = start
        yield start
        for at, _ in self._history.standings(start * self.length, until * self.length):
            holds, within = divmod(at, self.length)
            for changed in (holds, holds + 1) if within else (holds,):
                if number < changed < until:
                    number = changed
                    yield number

    def _push(self, number: int) -> None:
        kind = self._judge(number)
        excluded = kind is Standing.EXCLUDED
        self._columns.push(number, State.UNKNOWN if excluded else State(kind))
        self._sides.push(number, State.DOWN if excluded else State.UNKNOWN)

    def _judge(self, number: int) -> Standing:
        history, start = self._history, number * self.length
        whole = self.length * history.scale
        found = between(history.sums(start), history.sums(start + self.length), whole)
        if found.excluded == whole:
            return Standing.EXCLUDED
        good = found.up + (found.watched_unknown if self._unknown == "up" else 0)
        bad = found.down + (found.watched_unknown if self._unknown == "down" else 0)
        if not good + bad:
            return Standing.UNKNOWN
        reached = good * self._objective.denominator >= (good + bad) * self._objective.numerator
        return Standing.UP if reached else Standing.DOWN
