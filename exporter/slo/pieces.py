"""A window of an SLO's past, cut where what is to be said of it changes."""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from exporter.errors import UsageError
from exporter.slo.causes import Absence, Causes
from exporter.slo.question import Question
from exporter.timeline.exclusion import Exclusion
from exporter.timeline.spans import Spans
from exporter.timeline.standings import Standings
from exporter.timeline.tally import Standing

Covering = Sequence[tuple[Exclusion, Spans]]
"""What is excluded by what; first what takes precedence (ruling 33)."""


class Piece(NamedTuple):
    """A span in which the same is to be said of everything.

    Attributes:
        start: Milliseconds since the epoch.
        end: The first instant beyond.
        standing: How the SLO stood.
        why: What was wrong, of whom; empty where nothing was.
        exclusion: That takes it out, or some of the members; None where none does.
    """

    start: int
    end: int
    standing: Standing
    why: str
    exclusion: Exclusion | None


def pieces(
    question: Question,
    covering: Covering,
    absences: Sequence[Absence],
    start: int,
    end: int,
    *,
    most: int | None = None,
) -> Iterator[Piece]:
    """Cut [start, end), which is not empty, in order; neighbours differ in what is to be said of them.

    Raises:
        UsageError: It may be cut into more than `most` pieces.
    """
    cut = _cut(question, covering, absences, start, end, most=most)
    for _, alike in groupby(cut, key=lambda piece: piece[2:]):
        found = list(alike)
        yield found[0]._replace(end=found[-1].end)


def _cut(
    question: Question,
    covering: Covering,
    absences: Sequence[Absence],
    start: int,
    end: int,
    *,
    most: int | None,
) -> Iterator[Piece]:
    past = question.past
    beats = question.objective.method == "events"
    causes = Causes(past.members, absences, start, end, beats=beats)
    standings = Standings(past.history, start, end)
    edges = {start, end, *standings.starts, *causes.edges()}
    for _, spans in covering:
        edges.update(edge for span in spans.within(start, end) for edge in span)
    if most is not None and len(edges) > most:
        msg = f"up to {len(edges):,} intervals are behind this figure, and {most:,} are the most; ask for a shorter window"
        raise UsageError(msg)
    for first, beyond in pairwise(sorted(edge for edge in edges if start <= edge <= end)):
        standing = standings.at(first)
        exclusion = None
        if standing is Standing.EXCLUDED or causes.steps_aside(first):
            exclusion = next((each for each, spans in covering if spans.covers(first)), None)
        yield Piece(first, beyond, standing, causes.why(first, standing), exclusion)
