"""Every interval behind a figure: when, what, why, what excluded it, and what it cost the budget.

The intervals are cut out of the very sums that the figure is made of, so that they add
up to it; `Explanation.adds_up` says so, and a report that says otherwise is a bug.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from exporter.slo.causes import Absence, Causes
from exporter.slo.figures import Figures, figures
from exporter.slo.measures import Amounts, SliceMeasure
from exporter.slo.question import Question
from exporter.timeline.exclusion import Exclusion
from exporter.timeline.past import Counts
from exporter.timeline.spans import Spans
from exporter.timeline.tally import Standing, Sums, Tally, between

Covering = Sequence[tuple[Exclusion, Spans]]
"""What is excluded by what; first what takes precedence (ruling 33)."""

NO_BEATS = Counts(0, 0, 0)

_OF_SLICES = {Standing.UP: "good", Standing.UNKNOWN: "uncounted", Standing.EXCLUDED: "excluded"}
_STATES = {
    Standing.UP: "up",
    Standing.DOWN: "down",
    Standing.UNKNOWN: "unknown",
    Standing.ABSENT: "unknown",
    Standing.EXCLUDED: "excluded",
}


class Interval(NamedTuple):
    """A span in which everything stayed as it was.

    Attributes:
        start: Milliseconds since the epoch.
        end: The first instant beyond.
        state: `up`, `down`, `unknown` or `excluded`; of slices `good`, `bad`, `uncounted` or `excluded`.
        tally: Its amounts, in units of 1/scale milliseconds; they differ from `state` where
            instants are shared out by weight, and of slices.
        why: What went wrong, of whom; empty where nothing did.
        exclusion: That covers it; None where none does.
        counts: Beats in it.
        bad: What it holds that is bad, in the unit of the method.
        cost: Milliseconds of the error budget that it took; None where the budget has no value.
    """

    start: int
    end: int
    state: str
    tally: Tally
    why: str
    exclusion: Exclusion | None
    counts: Counts
    bad: int
    cost: Fraction | None


class Explanation(NamedTuple):
    """A figure and all that it is made of.

    Attributes:
        figures: The figure.
        counts: Beats in its window.
        intervals: In order, each beginning where the one before it ends.
    """

    figures: Figures
    counts: Counts
    intervals: tuple[Interval, ...]

    @property
    def spent(self) -> Fraction | None:
        """Milliseconds of the budget that are gone; None where it has no value."""
        left = self.figures.remaining_ms
        return None if left is None else self.figures.allowed_ms - left

    @property
    def adds_up(self) -> bool:
        """Whether times, beats, bad amounts and costs of the intervals are those of the figure, to the last digit."""
        tallies = [sum(parts) for parts in zip(*(each.tally for each in self.intervals), strict=True)]
        counts = [sum(parts) for parts in zip(*(each.counts for each in self.intervals), strict=True)]
        spent = sum((each.cost for each in self.intervals if each.cost is not None), Fraction(0))
        return (
            (not self.intervals or tallies == list(self.figures.tally))
            and (not self.intervals or counts == list(self.counts))
            and sum(each.bad for each in self.intervals) == self.figures.bad
            and spent == (self.spent or 0)
        )


def explain(
    question: Question,
    covering: Covering,
    at: int,
    window: int | None = None,
    absences: Sequence[Absence] = (),
) -> Explanation:
    """Cut the window of a figure into the intervals that it is made of.

    Args:
        question: The SLO and whom it asks.
        covering: What excludes anything of it.
        at: Milliseconds since the epoch; the window ends there.
        window: As of `figures`.
        absences: Spans that the prober did not live, for the causes of unknown time.
    """
    found = figures(question, at, window)
    cutter = _Cutter(question, covering, found, Causes(question.past, absences))
    intervals = tuple(_joined(cutter.pieces()))
    first, last = question.past.counts(found.start), question.past.counts(at)
    return Explanation(found, _less(last, first), intervals)


class _Cutter:
    """Cuts one figure's window at every instant at which anything changes."""

    def __init__(self, question: Question, covering: Covering, found: Figures, causes: Causes) -> None:
        self.question = question
        self.covering = covering
        self.found = found
        self.causes = causes
        left = found.remaining_ms
        self.each = None  # milliseconds of the budget that one bad unit costs
        if left is not None:
            self.each = (found.allowed_ms - left) / found.bad if found.bad else Fraction(0)

    def pieces(self) -> Iterator[Interval]:
        """The pieces, in order."""
        edges = sorted(self._edges())
        sums, before, counts = self._at(edges[0])
        for start, end in pairwise(edges):
            last_sums, last_before, last_counts = self._at(end)
            scale = self.found.scale
            tally = between(sums, last_sums, (end - start) * scale)
            bad = last_before[1] - before[1]
            yield self._piece(start, end, tally, _less(last_counts, counts), bad)
            sums, before, counts = last_sums, last_before, last_counts

    def _at(self, at: int) -> tuple[Sums, Amounts, Counts]:
        question = self.question
        return question.past.history.sums(at), question.measure.before(at), question.past.counts(at)

    def _edges(self) -> set[int]:
        start, end = self.found.start, self.found.end
        past, measure = self.question.past, self.question.measure
        edges = {start, end}
        if isinstance(measure, SliceMeasure):
            edges.update(at for first, beyond, _ in measure.slices.runs(start, end) for at in (first, beyond))
        else:
            edges.update(at for at, _ in past.history.standings(start, end))
            for member in past.members:
                edges.update(at for at, _ in member.standing().standings(start, end))
                if self.question.objective.method == "events":
                    edges.update(member.beats.edges(start, end))
            for _, spans in self.covering:
                edges.update(edge for span in spans.within(start, end) for edge in span)
        return {edge for edge in edges if start <= edge <= end}

    def _piece(self, start: int, end: int, tally: Tally, counts: Counts, bad: int) -> Interval:
        if isinstance(self.question.measure, SliceMeasure):
            state, why = self._slices(start, end)
        else:
            standing = self._standing(start)
            state, why = _STATES[standing], self.causes.why(start, standing, counts)
        exclusion = None
        if state == "excluded":
            exclusion = next((each for each, spans in self.covering if spans.covers(start)), None)
        cost = None if self.each is None else self.each * bad
        return Interval(start, end, state, tally, why, exclusion, counts, bad, cost)

    def _slices(self, start: int, end: int) -> tuple[str, str]:
        """What slices that end in (start, end] are alike, and why they are bad."""
        measure, history = self.question.measure, self.question.past.history
        assert isinstance(measure, SliceMeasure)  # noqa: S101 -- for the type checker
        found = next((each for _, _, each in measure.slices.runs(start, end)), Standing.UNKNOWN)
        if found is not Standing.DOWN:
            return _OF_SLICES[found], ""
        failing = next((at for at, each in history.standings(start, end) if each is Standing.DOWN), start)
        return "bad", self.causes.why(failing, Standing.DOWN, NO_BEATS)

    def _standing(self, at: int) -> Standing:
        return next(standing for _, standing in self.question.past.history.standings(at, at + 1))


def _joined(pieces: Iterator[Interval]) -> Iterator[Interval]:
    """Neighbours of which the same is to be said as one."""
    last: Interval | None = None
    for piece in pieces:
        if last is not None and _alike(last, piece):
            last = last._replace(
                end=piece.end,
                tally=Tally(*(sum(pair) for pair in zip(last.tally, piece.tally, strict=True))),
                counts=Counts(*(sum(pair) for pair in zip(last.counts, piece.counts, strict=True))),
                bad=last.bad + piece.bad,
                cost=None if last.cost is None or piece.cost is None else last.cost + piece.cost,
            )
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


def _alike(one: Interval, other: Interval) -> bool:
    same = (one.state, one.why, one.exclusion) == (other.state, other.why, other.exclusion)
    return same and bool(one.bad) == bool(other.bad)


def _less(last: Counts, first: Counts) -> Counts:
    return Counts(*(after - before for before, after in zip(first, last, strict=True)))
