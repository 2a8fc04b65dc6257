"""Spans of time: disjoint, in order, and asked how much of them lies before any instant."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

FOREVER = 2**62
"""An instant after every other; milliseconds since the epoch."""

Span = tuple[int, int]
"""Half-open: [start, end), milliseconds since the epoch."""


class Spans:
    """A set of instants as merged spans; unchangeable. Overlaps count once, and spans that touch are one.

    Attributes:
        starts: Ascending.
        ends: Of the same spans, ascending.
        lengths: Milliseconds of the first n spans together, from none to all.
    """

    __slots__ = ("ends", "lengths", "starts")

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        """Merge spans in any order; those that end no later than they start hold nothing."""
        self.starts, self.ends = array("q"), array("q")
        for start, end in sorted(span for span in spans if span[0] < span[1]):
            if self.ends and start <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], end)
            else:
                self.starts.append(start)
                self.ends.append(end)
        self.lengths = array("q", [0])
        for start, end in self:
            self.lengths.append(self.lengths[-1] + end - start)

    def __len__(self) -> int:
        return len(self.starts)

    def __iter__(self) -> Iterator[Span]:
        return zip(self.starts, self.ends, strict=True)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spans) and self.starts == other.starts and self.ends == other.ends

    def __hash__(self) -> int:
        return hash((self.starts.tobytes(), self.ends.tobytes()))

    def __repr__(self) -> str:
        return f"Spans({list(self)})"

    def before(self, at: int) -> int:
        """Milliseconds of the spans before the instant `at`."""
        index = bisect_left(self.starts, at)
        return self.lengths[index] - max(0, self.ends[index - 1] - at) if index else 0

    def covers(self, at: int) -> bool:
        """Whether a span holds the instant `at`."""
        index = bisect_right(self.starts, at)
        return index > 0 and at < self.ends[index - 1]

    def within(self, start: int, end: int) -> Iterator[Span]:
        """The parts of the spans that lie in [start, end), in order; none where that holds nothing."""
        if start >= end:
            return
        for index in range(bisect_right(self.ends, start), bisect_left(self.starts, end)):
            yield max(start, self.starts[index]), min(end, self.ends[index])

    def __or__(self, other: "Spans") -> "Spans":
        """What is in either."""
        if not other:
            return self
        return Spans([*self, *other]) if self else other

    def __and__(self, other: "Spans") -> "Spans":
        """What is in both; found in the longer of them by its order, so that a few spans of many cost little."""
        fewer, more = (self, other) if len(self) <= len(other) else (other, self)
        return Spans([part for start, end in fewer for part in more.within(start, end)])

    def __sub__(self, other: "Spans") -> "Spans":
        """What is in this and not in the other."""
        if not other:
            return self
        left = list[Span]()
        for start, end in self:
            for inner_start, inner_end in other.within(start, end):
                left.append((start, inner_start))
                start = inner_end  # noqa: PLW2901 -- what is left of the span
            left.append((start, end))
        return Spans(left)


def first_within(instants: Sequence[int], span: Span) -> int | None:
    """The first of some instants, which ascend, that lies in a span; None where none does."""
    number = bisect_left(instants, span[0])
    return instants[number] if number < len(instants) and instants[number] < span[1] else None


NOTHING = Spans()
