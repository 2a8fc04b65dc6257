"""Beats as events of an SLI: all of an endpoint, those that a latency threshold judges, and those that count."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterator
from typing import Protocol

from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.events import Events
from exporter.timeline.spans import Spans
from exporter.timeline.tally import Source


class Counted(Protocol):
    """Events that can be counted."""

    def events(self, at: int) -> Events:
        """Good and bad ones before the instant `at`, O(log n)."""


class Beats(Counted, Source, Protocol):
    """Events of an endpoint, or of a source."""

    @property
    def unit(self) -> int:
        """They are counted in units of 1/unit; 1 but where somebody else has counted them."""

    def edges(self, start: int, end: int) -> Iterator[int]:
        """Instants in [start, end) between which all beats say the same; in any order."""


class Judged:
    """An endpoint's beats as a latency SLO sees them: a slow success is bad (ruling 29).

    Each is judged by the threshold in force when it ran. What ran while the SLO had none,
    and what has no duration, is no event.
    """

    __slots__ = ("_bads", "_failures", "_goods", "_history", "_seen", "_slo", "_starts", "_thresholds")

    def __init__(self, history: EndpointHistory, slo: str, *, failures: bool = True) -> None:
        """Judge the beats of an endpoint.

        Args:
            history: The endpoint's.
            slo: Id of the SLO, which `Policy.latency` names.
            failures: Whether a failure is a bad event; else it is none.
        """
        self._history = history
        self._slo = slo
        self._failures = failures
        self._seen: Hashable = None
        self._starts: list[int] = []
        self._thresholds: list[int] = []
        self._goods: list[int] = []
        self._bads: list[int] = []

    @property
    def unit(self) -> int:
        """Beats are whole."""
        return 1

    @property
    def edition(self) -> Hashable:
        """As of the endpoint."""
        return self._history.edition

    @property
    def version(self) -> Hashable:
        """As of the endpoint."""
        return self._history.version

    @property
    def stable(self) -> int:
        """As of the endpoint."""
        return self._history.stable

    def events(self, at: int) -> Events:
        """Good and bad beats before the instant `at`."""
        if self._seen != (self._history.edition, len(self._history.policies)):
            self._refresh()
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return Events(0, 0)
        good, bad = self._count(self._starts[index], at, self._thresholds[index])
        return Events(self._goods[index] + good, self._bads[index] + bad)

    def edges(self, start: int, end: int) -> Iterator[int]:
        """Instants in [start, end) between which all beats say the same, and are as slow."""
        yield from self._history.edges(start, end)
        self.events(end)
        for threshold in set(self._thresholds):
            instants = self._history.slow.get(threshold, ())
            first = max(
                0, bisect_left(instants, start) - 1
            )  # one that was slow before may still be the latest
            for at in instants[first : bisect_left(instants, end)]:
                following = self._history.beat_after(at)
                yield from (edge for edge in (at, following) if edge is not None and start <= edge < end)

    def slower_than(self, at: int) -> int | None:
        """The threshold in nanoseconds that the latest beat up to the instant `at` was slower than; None where it was not."""
        beat = self._history.latest_beat(at)
        if beat is None or beat < self._history.kept_from:
            return None
        self.events(at)
        threshold = self._thresholds[bisect_right(self._starts, beat) - 1]
        instants = self._history.slow.get(threshold, ())
        index = bisect_left(instants, beat)
        return threshold if index < len(instants) and instants[index] == beat else None

    def _refresh(self) -> None:
        """Count what lies in each span of one threshold, once another one is in force."""
        history = self._history
        self._seen = history.edition, len(history.policies)
        self._starts, self._thresholds, self._goods, self._bads = [], [], [], []
        good = bad = 0
        for start, end, policy in history.policies.spans():
            threshold = dict(policy.latency).get(self._slo, 0)
            self._starts.append(start)
            self._thresholds.append(threshold)
            self._goods.append(good)
            self._bads.append(bad)
            if end is not None:
                more_good, more_bad = self._count(start, end, threshold)
                good, bad = good + more_good, bad + more_bad

    def _count(self, start: int, end: int, threshold: int) -> tuple[int, int]:
        """Good and bad in [start, end) by a threshold; none where it is 0."""
        if not threshold:
            return 0, 0
        first, last = self._history.events(start), self._history.events(end)
        instants = self._history.slow.get(threshold, ())
        slow = bisect_left(instants, max(end, self._history.kept_from)) - bisect_left(
            instants, max(start, self._history.kept_from)
        )
        failed = last.bad - first.bad if self._failures else 0
        return last.good - first.good - slow, failed + slow


class Outside:
    """Beats that no exclusion covers; what lies within the spans that have passed is remembered."""

    __slots__ = ("_below", "_edition", "_hidden", "_seen", "_spans", "_stable")

    def __init__(self, below: Beats, spans: Spans) -> None:
        self._below = below
        self._spans = spans
        none = (0, 0)  # good and bad within the first n spans
        # Where parts of events are counted, they may not fit into 64 bits.
        self._hidden: array[int] | list[int] = array("q", none) if below.unit == 1 else list(none)
        self._stable = below.stable
        self._edition: Hashable = below.edition
        self._seen: Hashable = below.version

    def events(self, at: int) -> Events:
        """Good and bad beats before the instant `at`, outside of the spans."""
        below, spans = self._below, self._spans
        good, bad = below.events(at)
        count = bisect_left(spans.starts, at)
        if not count:
            return Events(good, bad)
        if self._seen != below.version:
            self._forget()
        hidden = self._hidden
        if 2 * count < len(hidden) and spans.ends[count - 1] <= at:
            return Events(good - hidden[2 * count], bad - hidden[2 * count + 1])
        hidden_good, hidden_bad = self._within(count, at)
        return Events(good - hidden_good, bad - hidden_bad)

    def _forget(self) -> None:
        """Give up what is remembered of spans that were not stable when it was, once the beats have changed."""
        below = self._below
        firm = 0 if self._edition != below.edition else bisect_right(self._spans.ends, self._stable)
        del self._hidden[2 * (firm + 1) :]
        self._seen, self._edition, self._stable = below.version, below.edition, below.stable

    def _within(self, count: int, at: int) -> Events:
        """Beats before `at` in the first `count` spans, the last of which may go on beyond."""
        below, hidden, spans = self._below, self._hidden, self._spans
        known = min(len(hidden) // 2 - 1, count - 1)
        good, bad = hidden[2 * known], hidden[2 * known + 1]
        for index in range(known, count):
            end = spans.ends[index]
            first, last = below.events(spans.starts[index]), below.events(min(end, at))
            good, bad = good + last.good - first.good, bad + last.bad - first.bad
            if end <= at and 2 * (index + 1) == len(hidden):
                hidden.extend((good, bad))
        return Events(good, bad)
