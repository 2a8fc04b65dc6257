"""An SLO put to what was told, and explained: every explanation is held against a recount."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from exporter.slo.causes import FUTURE, Absence
from exporter.slo.explain import Explanation, Interval, explain
from exporter.slo.objective import Objective
from exporter.slo.question import question
from exporter.timeline.beats import Judged
from exporter.timeline.exclusion import Category, Exclusion, Once, Scope
from exporter.timeline.past import Member, Past, combine
from exporter.timeline.rule import ALL, Rule
from exporter.timeline.spans import Span, Spans
from tests.support.recounted import Recount
from tests.support.told import INTERVAL, SLO, Told

RATIO = Fraction(9, 10)
SLICE, REACHED = 10, Fraction(1, 2)


class Put:
    """A question put to what was told, and its recount."""

    def __init__(
        self,
        told: Sequence[Told],
        rule: Rule = ALL,
        shared: Sequence[Span] = (),
        absences: Sequence[Absence] = (),
        *,
        method: str = "time",
        unknown: str = "ignore",
    ) -> None:
        """Put an SLO of 90 % to endpoints `a`, `b`, ... of the service `shop`.

        Args:
            told: Whom it asks.
            rule: How they are one.
            shared: What is excluded of all of them.
            absences: The prober's.
            method: As of an objective, and `latency`.
            unknown: As of an objective.
        """
        self.absences = absences
        known = [each.since for each in absences if each.cause != FUTURE]
        self.recount = Recount(told, rule, shared, known)
        self.latency = method == "latency"
        members = [
            Member(past, Judged(past, SLO) if self.latency else past, Spans(each.excluded), f"shop/{name}")
            for past, each, name in zip(self.recount.histories, told, "abcd", strict=False)
        ]
        history = combine([member.standing() for member in members], rule, [each.weight for each in told])
        self.covering = [excluding(*span, Category.CUSTOMER) for span in shared]
        self.covering += [excluding(*span, Category.OTHER) for each in told for span in each.excluded]
        objective = Objective(RATIO, 100, unknown, INTERVAL, 1)
        if method == "timeslices":
            objective = replace(objective, method=method, slice=SLICE, slice_objective=REACHED)
        if method in {"events", "latency"}:
            objective = replace(objective, method="events")
        self.question = question(objective, Past(history, members, Spans(shared)))

    def explain(self, at: int, window: int) -> Explanation:
        """The explanation, of which everything that it consists of was recounted."""
        found = explain(self.question, self.covering, at, window, self.absences)
        check_tiles(found)
        assert found.adds_up
        for each in found.intervals:
            assert times_of(each, found.figures.scale) == self.recount.time(each.start, each.end)
            assert each.counts == self.recount.beats(each.start, each.end, latency=self.latency)
        return found

    def counted(self, start: int, end: int) -> Fraction:
        """Milliseconds that are not excluded."""
        return end - start - self.recount.time(start, end)[2]


def said(found: Explanation) -> list[tuple[int, int, str, str]]:
    """Of each interval its edges, how it stood and why."""
    return [(each.start, each.end, each.state, each.why) for each in found.intervals]


def excluding(start: int, end: int, category: Category) -> tuple[Exclusion, Spans]:
    """An exclusion and what it covers."""
    when = Once(start, end)
    exclusion = Exclusion(f"{category}{start}", "move", category, Scope(frozenset("*")), when)
    return exclusion, Spans([(start, end)])


def check_tiles(explanation: Explanation) -> None:
    """The intervals follow each other from the start of the window to its end, and neighbours differ."""
    found = explanation.figures
    edges = [found.start, *(edge for each in explanation.intervals for edge in each[:2]), found.end]
    assert edges[::2] == edges[1::2]
    assert all(each.start < each.end for each in explanation.intervals)
    said = [(each.state, each.why, each.exclusion, each.parts) for each in explanation.intervals]
    assert all(one != other for one, other in pairwise(said))


def times_of(interval: Interval, scale: int) -> list[Fraction]:
    """Its amounts in milliseconds."""
    return [Fraction(amount, scale) for amount in interval.tally]
