"""One series of results: the unit that the record keeps, losslessly."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from exporter.timeline.policy import Policy
from exporter.timeline.spans import FOREVER, Span
from exporter.timeline.tally import State

LIVE = 0
"""The source of what the daemon measured itself; imported batches count from 1."""


class Row(NamedTuple):
    """Results of one kind at `at`, `at + step`, ..., `last`.

    A healthy endpoint is one row however long it lasts.

    Attributes:
        at: Instant of the first result, milliseconds since the epoch.
        step: Milliseconds between two, > 0; 0 where there is only one.
        last: Instant of the last result.
        vote: What each says of the endpoint: up for a success, down for a failure,
            unknown for an inconclusive one.
        reason: Why it failed; empty unless `vote` is down.
        event: Whether each is a beat, and so an event of an SLI; retries and first
            probes after a start are none.
        policy: The settings in force at their starts.
        source: `LIVE` or the number of an imported batch.
    """

    at: int
    step: int
    last: int
    vote: State
    reason: str
    event: bool
    policy: Policy
    source: int = LIVE

    @property
    def results(self) -> int:
        """How many results it holds, >= 1."""
        return (self.last - self.at) // self.step + 1 if self.step else 1

    def outside(self, spans: Iterable[Span]) -> Iterator["Row"]:
        """Its results that lie in none of some spans, which are disjoint and ascending."""
        instants = range(self.at, self.last + 1, max(1, self.step))
        for start, end in (*spans, (FOREVER, FOREVER)):
            part = instants[: bisect_left(instants, start)]
            if part:
                yield self._replace(at=part[0], step=self.step if part[1:] else 0, last=part[-1])
            instants = instants[bisect_left(instants, end) :]
