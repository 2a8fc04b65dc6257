"""Every interval behind a figure: when, what, why, what excluded it, and what it cost the budget.

The intervals are cut out of the very sums that the figure is made of, so that they add
up to it; `Explanation.adds_up` says so, and a report that says otherwise is a bug.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from exporter.slo.causes import Absence
from exporter.slo.figures import Figures, figures
from exporter.slo.measures import Amounts, SliceMeasure
from exporter.slo.pieces import Covering, Piece, pieces
from exporter.slo.question import Question
from exporter.slo.runs import Run, runs
from exporter.timeline.exclusion import Exclusion
from exporter.timeline.past import Counts
from exporter.timeline.tally import Standing, Sums, Tally, between

STATES = {
    Standing.UP: "up",
    Standing.DOWN: "down",
    Standing.UNKNOWN: "unknown",
    Standing.ABSENT: "unknown",
    Standing.EXCLUDED: "excluded",
}


class Interval(NamedTuple):
    """A span of which the same is to be said.

    Attributes:
        start: Milliseconds since the epoch.
        end: The first instant beyond.
        state: `up`, `down`, `unknown` or `excluded`; of slices `good`, `bad`, `uncounted` or `excluded`.
        why: What was wrong, of whom; empty where nothing was.
        exclusion: That takes it out, or some of the members; None where none does.
        parts: Of slices: what was not up in them, which may begin before the window; else empty.
        tally: Its amounts of time, in units of 1/scale milliseconds; they differ from `state` where
            instants are shared out by weight, and of slices.
        counts: Events in it.
        good: What it holds that is good, in the unit of the method.
        bad: What it holds that is bad, likewise.
        cost: Milliseconds of the error budget that it took; None where the budget has no value.
    """

    start: int
    end: int
    state: str
    why: str
    exclusion: Exclusion | None
    parts: tuple[Piece, ...]
    tally: Tally
    counts: Counts
    good: int
    bad: int
    cost: Fraction | None


class Explanation(NamedTuple):
    """A figure and all that it is made of.

    Attributes:
        figures: The figure.
        unit: Events are counted in units of 1/unit.
        counts: Events in its window.
        intervals: In order, each beginning where the one before it ends.
    """

    figures: Figures
    unit: int
    counts: Counts
    intervals: tuple[Interval, ...]

    @property
    def spent(self) -> Fraction | None:
        """Milliseconds of the budget that are gone; None where it has no value."""
        left = self.figures.remaining_ms
        return None if left is None else self.figures.allowed_ms - left

    @property
    def cost(self) -> Fraction | None:
        """The costs of all intervals together; None where the budget has no value."""
        costs = [each.cost for each in self.intervals]
        known = [cost for cost in costs if cost is not None]
        return sum(known, Fraction(0)) if len(known) == len(costs) else None

    @property
    def adds_up(self) -> bool:
        """Whether the intervals tile the window, and their times, events, amounts and costs are the figure's to the last digit."""
        found = self.figures
        edges = [found.start, *(edge for each in self.intervals for edge in each[:2]), found.end]
        amounts = (sum(each.good for each in self.intervals), sum(each.bad for each in self.intervals))
        return (
            edges[::2] == edges[1::2]
            and total(each.tally for each in self.intervals) == list(found.tally)
            and total(each.counts for each in self.intervals) == list(self.counts)
            and amounts == (found.good, found.bad)
            and self.cost == self.spent
        )


def total(parts: Iterator[tuple[int, ...]]) -> list[int]:
    """Sums of what stands at the same place; nothing of nothing."""
    return [sum(amounts) for amounts in zip(*parts, strict=True)]


def explain(
    question: Question,
    covering: Covering,
    at: int,
    window: int | None = None,
    absences: Sequence[Absence] = (),
    *,
    most: int | None = None,
) -> Explanation:
    """Cut the window of a figure into the intervals that it is made of.

    Args:
        question: The SLO and whom it asks.
        covering: What excludes anything of it.
        at: Milliseconds since the epoch; the window ends there.
        window: As of `figures`.
        absences: Spans that the prober did not live, in order of their starts, for the causes of unknown time.
        most: Intervals that are worked out at most; None for all.

    Raises:
        UsageError: There may be more.
    """
    found = figures(question, at, window)
    past = question.past
    intervals = tuple(_weighed(question, found, _runs(question, covering, absences, found, most)))
    return Explanation(found, past.unit, _less(past.counts(at), past.counts(found.start)), intervals)


def _runs(
    question: Question, covering: Covering, absences: Sequence[Absence], found: Figures, most: int | None
) -> Iterator[Run]:
    """What the intervals are, before they are weighed."""
    start, end, measure = found.start, found.end, question.measure
    if isinstance(measure, SliceMeasure):
        length = measure.slices.length
        cut = pieces(question, covering, absences, start // length * length, end, most=most)
        yield from runs(measure.slices, list(cut), start, end, question.objective.unknown)
        return
    for piece in pieces(question, covering, absences, start, end, most=most):
        yield Run(piece.start, piece.end, STATES[piece.standing], piece.why, piece.exclusion, ())


def _weighed(question: Question, found: Figures, cut: Iterator[Run]) -> Iterator[Interval]:
    """Intervals with their amounts and costs."""
    each, scale = _each(question, found), found.scale
    before = _at(question, found.start)
    for run in cut:
        after = _at(question, run.end)
        tally = between(before[0], after[0], (run.end - run.start) * scale)
        good, bad = after[1][0] - before[1][0], after[1][1] - before[1][1]
        cost = None if each is None else each * bad
        yield Interval(*run, tally, _less(after[2], before[2]), good, bad, cost)
        before = after


def _each(question: Question, found: Figures) -> Fraction | None:
    """Milliseconds of the budget that one bad unit takes; None where the budget has no value.

    The budget is (1 - objective) of what it is for, whether in time or in the unit of the method.
    """
    if found.remaining is None:
        return None
    if question.objective.method == "time":
        return Fraction(1, found.scale)
    base = Fraction(*question.measure.base(*found.budget))
    return found.allowed_ms / ((1 - question.objective.ratio) * base)


def _at(question: Question, at: int) -> tuple[Sums, Amounts, Counts]:
    return question.past.history.sums(at), question.measure.before(at), question.past.counts(at)


def _less(last: Counts, first: Counts) -> Counts:
    return Counts(*(after - before for before, after in zip(first, last, strict=True)))
