"""Histories laid over and put together, each with its recount by millisecond."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from exporter.timeline.overlay import exclude
from exporter.timeline.past import combine
from exporter.timeline.rule import ALL, Kind, Rule
from exporter.timeline.spans import Spans
from exporter.timeline.tally import History, Standing, State, tally
from tests.support.growing import Growing
from tests.support.recount import END, Span, inside, judged, shares

Shares = Mapping[Standing, Fraction | int]
COUNTED = (Standing.UP, Standing.DOWN, Standing.UNKNOWN)
TALLIED: Mapping[Standing, Sequence[int]] = {
    Standing.UP: (0,),
    Standing.DOWN: (1,),
    Standing.EXCLUDED: (2,),
    Standing.UNKNOWN: (3, 4),
    Standing.ABSENT: (3,),
}
"""Which figures of a `Tally` a millisecond adds to."""


@dataclass(frozen=True)
class Moment:
    """One millisecond: how it stands, what was measured whatever is excluded, and how it is shared out."""

    standing: Standing
    measured: State
    shares: Shares


class Node(ABC):
    """A history and its recount.

    Attributes:
        history: What the packed code makes of it.
    """

    history: History

    @abstractmethod
    def moments(self) -> list[Moment]:
        """Each millisecond, counted anew."""


class Leaf(Node):
    """An endpoint."""

    def __init__(self, growing: Growing) -> None:
        self.growing = growing
        self.history: History = growing.history

    def moments(self) -> list[Moment]:
        return [whole(standing) for standing in self.growing.standings()]


class Without(Node):
    """A history with spans excluded."""

    def __init__(self, below: Node, spans: Sequence[Span]) -> None:
        self.below, self.spans = below, spans
        self.history = exclude(below.history, Spans(spans))

    def moments(self) -> list[Moment]:
        return [
            excluded(moment.measured) if inside(self.spans, at) else moment
            for at, moment in enumerate(self.below.moments())
        ]


class Together(Node):
    """Several histories as one."""

    def __init__(self, members: Sequence[Node], rule: Rule = ALL, weights: Sequence[int] = ()) -> None:
        self.members, self.rule, self.weights = members, rule, weights
        self.history = combine([member.history for member in members], rule, weights)

    def moments(self) -> list[Moment]:
        if self.rule.kind is not Kind.WEIGHTED and len(self.members) == 1 and self.rule.quorum <= 1:
            return self.members[0].moments()
        columns = zip(*(member.moments() for member in self.members), strict=True)
        moment = cache(self._moment)  # few columns are alike to none before
        return [moment(tuple(each.standing for each in column)) for column in columns]

    def _moment(self, standings: tuple[Standing, ...]) -> Moment:
        found = whole(judged(self.rule, standings))
        if self.rule.kind is Kind.WEIGHTED:
            return Moment(found.standing, found.measured, shares(self.weights, standings))
        return found


@cache
def whole(standing: Standing) -> Moment:
    """A millisecond that is all of one kind."""
    measured = State(standing) if standing in COUNTED else State.UNKNOWN
    return Moment(standing, measured, {standing: 1})


@cache
def excluded(measured: State) -> Moment:
    """A millisecond that does not count, whatever was measured."""
    return Moment(Standing.EXCLUDED, measured, {Standing.EXCLUDED: 1})


def assert_recounted(node: Node, asked: Iterable[int]) -> None:
    """A history says of each instant, and of the time before it, what a recount says; asked in any order."""
    history, moments = node.history, node.moments()
    sums = running(moments)
    for at in asked:
        assert list(tally(history, 0, at)) == [each * history.scale for each in sums[at]]
        if at < END:
            assert history.state(at) is moments[at].measured
            assert history.excluded(at) == (moments[at].standing is Standing.EXCLUDED)
    told = dict(history.standings(0, END))
    standing = told[0]
    for at in range(END):
        standing = told.get(at, standing)
        assert standing is moments[at].standing


def running(moments: Sequence[Moment]) -> list[list[Fraction | int]]:
    """What a `Tally` of the first n milliseconds is, from none to all."""
    sums: list[Fraction | int] = [0, 0, 0, 0, 0]
    found = [list(sums)]
    for moment in moments:
        for standing, share in moment.shares.items():
            for figure in TALLIED[standing]:
                sums[figure] += share
        found.append(list(sums))
    return found
