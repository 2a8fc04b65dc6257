"""What was measured of one endpoint, as a list that anybody can read and write down."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from exporter.timeline.combine import changes, judge
from exporter.timeline.rule import Rule
from exporter.timeline.spans import Span, Spans
from exporter.timeline.tally import Standing

Run = tuple[int, Standing]
"""An instant, and how it stands from there until the next run."""


@dataclass(frozen=True, slots=True)
class Lane:
    """How something stood in [start, end).

    Attributes:
        start: The first instant.
        end: The first instant beyond.
        runs: Ascending, the first one at `start`; none twice the same in a row.
    """

    start: int
    end: int
    runs: tuple[Run, ...]

    @classmethod
    def of(cls, runs: Iterable[Run], start: int, end: int) -> "Lane":
        """Make one of runs of which the first is at `start`, leaving out what changes nothing."""
        kept = list[Run]()
        for at, standing in runs:
            if not kept or kept[-1][1] is not standing:
                kept.append((at, standing))
        return cls(start, end, tuple(kept))

    def spans(self, *standings: Standing) -> Spans:
        """When it stood as one of these."""
        ends = [at for at, _ in self.runs[1:]] + [self.end]
        return Spans(
            (at, end) for (at, standing), end in zip(self.runs, ends, strict=True) if standing in standings
        )

    def within(self, span: Span) -> Iterator[tuple[Span, Standing]]:
        """How it stood, stretch by stretch, in the part of a span that it covers; nothing where that is empty."""
        start, end = max(span[0], self.start), min(span[1], self.end)
        number = max(0, bisect_right(self.runs, start, key=_instant) - 1)
        while start < end:
            beyond = self.runs[number + 1][0] if number + 1 < len(self.runs) else self.end
            yield (start, min(beyond, end)), self.runs[number][1]
            start, number = beyond, number + 1

    def standings(self, start: int, end: int) -> Iterator[Run]:
        """How it stood at `start`, and each change in (start, end); absent outside of what it covers."""
        first = bisect_right(self.runs, start, key=_instant)
        yield start, self.runs[first - 1][1] if first and start < self.end else Standing.ABSENT
        yield from self.runs[first : bisect_left(self.runs, end, first, key=_instant)]
        if start < self.end < end:
            yield self.end, Standing.ABSENT

    def without(self, spans: Spans) -> "Lane":
        """The same, excluded where the spans are."""
        return self.laid(spans, Standing.EXCLUDED)

    def laid(self, spans: Spans, standing: Standing) -> "Lane":
        """The same, but as it stands where the spans are."""
        if not spans:
            return self
        edges = {edge for span in spans.within(self.start, self.end) for edge in span}
        starts = [at for at, _ in self.runs]
        laid = (
            (at, standing if spans.covers(at) else self.runs[bisect_right(starts, at) - 1][1])
            for at in sorted(edges.union(starts))
            if at < self.end
        )
        return Lane.of(laid, self.start, self.end)


def _instant(run: Run) -> int:
    return run[0]


class Parts(NamedTuple):
    """A combined lane, taken apart; the four are disjoint and fill it.

    Attributes:
        up: When it was up.
        down: When it was down.
        unknown: When nothing is known of it, be it watched or not.
        excluded: When too many stepped aside to say anything.
    """

    up: Spans
    down: Spans
    unknown: Spans
    excluded: Spans


def combined(lanes: Sequence[Lane], rule: Rule, span: Span) -> Parts:
    """Judge lanes together over a span, as rule 8 has it; of no lanes nothing is known."""
    start, end = span
    verdict = judge(rule)
    lane = Lane.of(((at, verdict(counts)) for at, counts in changes(lanes, start, end)), start, end)
    return Parts(
        lane.spans(Standing.UP),
        lane.spans(Standing.DOWN),
        lane.spans(Standing.UNKNOWN, Standing.ABSENT),
        lane.spans(Standing.EXCLUDED),
    )
