"""Exclusions laid over a history (rule 3): an argument of the question, so that nothing below is touched."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterator
from heapq import merge

from exporter.timeline.spans import Spans
from exporter.timeline.tally import History, Standing, State, Sums


def exclude(history: History, spans: Spans) -> History:
    """The history without the spans; itself where there are none."""
    return Overlay(history, spans) if spans else history


class Overlay:
    """A history whose excluded spans do not count; a `History`.

    What lies within the spans that have passed is remembered, 32 bytes a span (more where instants
    are shared out by weight), so that a question costs two looks at the history however
    many spans there are.
    """

    __slots__ = ("_below", "_edition", "_firm", "_hidden", "_scale", "_seen", "_spans", "_stable")

    def __init__(self, below: History, spans: Spans) -> None:
        self._below = below
        self._spans = spans
        self._scale = below.scale
        none = (0, 0, 0, 0)  # sums within the first n spans, four numbers each
        # Where instants are shared out by weight, sums may not fit into 64 bits.
        self._hidden: array[int] | list[int] = array("q", none) if below.scale == 1 else list(none)
        self._edition: Hashable = below.edition
        self._look()

    @property
    def scale(self) -> int:
        """As of the history below."""
        return self._scale

    @property
    def edition(self) -> Hashable:
        """As of the history below."""
        return self._below.edition

    @property
    def version(self) -> Hashable:
        """As of the history below."""
        return self._below.version

    @property
    def stable(self) -> int:
        """As of the history below."""
        return self._below.stable

    def sums(self, at: int) -> Sums:
        """Sums of everything before the instant `at`."""
        below, spans = self._below, self._spans
        count = bisect_left(spans.starts, at)
        if not count:
            return below.sums(at)
        up, down, excluded, watched = below.sums(at)
        hidden, place = self._hidden, 4 * count
        # What is firm needs no look at the version, which costs as much as all the rest here.
        if (place >= self._firm or self._edition != below.edition) and self._seen != below.version:
            self._forget()
        if place < len(hidden) and spans.ends[count - 1] <= at:
            return Sums(
                up - hidden[place],
                down - hidden[place + 1],
                excluded - hidden[place + 2] + spans.lengths[count] * self._scale,
                watched - hidden[place + 3],
            )
        within = self._within(count, Sums(up, down, excluded, watched), at)
        return Sums(
            up - within.up,
            down - within.down,
            excluded - within.excluded + spans.before(at) * self._scale,
            watched - within.watched,
        )

    def state(self, at: int) -> State:
        """What was measured at the instant `at`."""
        return self._below.state(at)

    def excluded(self, at: int) -> bool:
        """Whether the instant `at` does not count."""
        return self._spans.covers(at) or self._below.excluded(at)

    def standings(self, start: int, end: int) -> Iterator[tuple[int, Standing]]:
        """The standing at `start` and at each change in (start, end)."""
        spans = self._spans
        below = Standing.ABSENT
        edges = (edge for span in spans.within(start, end) for edge in span if edge < end)
        for at, _, standing in merge(
            ((at, 0, standing) for at, standing in self._below.standings(start, end)),
            ((at, 1, None) for at in edges),
        ):
            below = below if standing is None else standing
            yield at, Standing.EXCLUDED if spans.covers(at) else below

    def _forget(self) -> None:
        """Give up what is remembered of spans that were not stable when it was, once the history has changed."""
        edition = self._below.edition
        firm = 0 if self._edition != edition else bisect_right(self._spans.ends, self._stable)
        del self._hidden[4 * (firm + 1) :]
        self._edition = edition
        self._look()

    def _look(self) -> None:
        """Note how the history is now; what is remembered from here on up to `_firm` stays true."""
        below = self._below
        self._seen: Hashable = below.version
        self._stable = below.stable
        self._firm = 4 * (bisect_right(self._spans.ends, self._stable) + 1)

    def _within(self, count: int, now: Sums, at: int) -> Sums:
        """Sums within the first `count` spans up to the instant `at`, whose own sums are `now`; it is not before the last."""
        below, hidden, spans = self._below, self._hidden, self._spans
        known = min(len(hidden) // 4 - 1, count - 1)
        sums = Sums(*hidden[4 * known : 4 * known + 4])
        for index in range(known, count):
            end = spans.ends[index]
            sums = _plus(sums, below.sums(spans.starts[index]), now if end >= at else below.sums(end))
            if end <= at and 4 * (index + 1) == len(hidden):
                hidden.extend(sums)
        return sums


def _plus(sums: Sums, first: Sums, last: Sums) -> Sums:
    """Sums with what lies between two instants."""
    return Sums(
        sums.up + last.up - first.up,
        sums.down + last.down - first.down,
        sums.excluded + last.excluded - first.excluded,
        sums.watched + last.watched - first.watched,
    )
