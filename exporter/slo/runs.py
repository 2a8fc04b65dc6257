"""Slices of one kind in a row, and what was not up in them: what a figure of `timeslices` is made of."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from exporter.slo.pieces import Piece
from exporter.timeline.exclusion import Exclusion
from exporter.timeline.slices import Slices
from exporter.timeline.tally import Standing

NOT_OVER = "this slice is not over"

_STATES = {
    Standing.UP: "good",
    Standing.DOWN: "bad",
    Standing.UNKNOWN: "uncounted",
    Standing.EXCLUDED: "excluded",
}


class Run(NamedTuple):
    """The first fields of an `Interval`."""

    start: int
    end: int
    state: str
    why: str
    exclusion: Exclusion | None
    parts: tuple[Piece, ...]


def runs(slices: Slices, cut: Sequence[Piece], start: int, end: int, unknown: str) -> Iterator[Run]:
    """Runs of slices that end in (start, end], and the running one at the end; they tile the window.

    A slice belongs to the window in which it ends: what was not up in the first one may lie before it.

    Args:
        slices: Each slice's verdict.
        cut: Everything from the start of the first slice until the end of the window.
        start: Milliseconds since the epoch.
        end: The first instant beyond.
        unknown: The SLO's policy, by which watched unknown time may be bad.
    """
    index = 0
    for first, beyond, standing in _judged(slices, cut, start, end):
        while cut[index].end <= first:
            index += 1
        parts = tuple(_within(cut, index, first, beyond))
        if standing is Standing.EXCLUDED:  # which says it of all of them
            parts = tuple(part for part in parts if part.why)
        over = beyond % slices.length == 0
        why = _why(parts, standing, unknown) if over else NOT_OVER
        exclusion = cut[index].exclusion if standing is Standing.EXCLUDED else None
        yield Run(max(first, start), beyond, _STATES[standing], why, exclusion, parts)


def _judged(
    slices: Slices, cut: Sequence[Piece], start: int, end: int
) -> Iterator[tuple[int, int, Standing]]:
    """Each run and its standing; one that is excluded by several, one after the other, is cut between them."""
    length = slices.length
    starts = [piece.start for piece in cut]
    changes = [piece.start for before, piece in pairwise(cut) if piece.exclusion != before.exclusion]
    ceilings = sorted({-(-at // length) * length for at in changes})
    for first, beyond, standing in slices.runs(start, end):
        edges = [first]
        if standing is Standing.EXCLUDED:
            within = ceilings[bisect_right(ceilings, first) : bisect_left(ceilings, beyond)]
            holding = groupby([first, *within], key=lambda at: cut[bisect_right(starts, at) - 1].exclusion)
            edges = [next(group) for _, group in holding]
        for one, other in pairwise([*edges, beyond]):
            yield one, other, standing
    ended = end // length * length
    if ended < end:
        yield ended, end, Standing.UNKNOWN


def _within(cut: Sequence[Piece], index: int, start: int, end: int) -> Iterator[Piece]:
    """What was not simply up in [start, end), from the piece on that holds its start."""
    while index < len(cut) and cut[index].start < end:
        piece = cut[index]
        if piece.standing is not Standing.UP or piece.why:
            yield piece._replace(start=max(start, piece.start), end=min(end, piece.end))
        index += 1


def _why(parts: Sequence[Piece], standing: Standing, unknown: str) -> str:
    """What made slices bad, or uncounted."""
    if standing is Standing.DOWN:
        guilty = {Standing.DOWN, Standing.UNKNOWN} if unknown == "down" else {Standing.DOWN}
    elif standing is Standing.UNKNOWN:
        guilty = {Standing.UNKNOWN, Standing.ABSENT, Standing.EXCLUDED}
    else:
        return ""
    return "; ".join(dict.fromkeys(part.why for part in parts if part.standing in guilty and part.why))
