"""The past that an SLO asks about: its members as one history, and their beats."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from exporter.timeline.beats import Beats, Counted, Outside
from exporter.timeline.combine import Combined
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.events import Events
from exporter.timeline.overlay import exclude
from exporter.timeline.policies import Policies
from exporter.timeline.rule import ALL, Kind, Rule
from exporter.timeline.samples import SampleHistory
from exporter.timeline.spans import NOTHING, Spans
from exporter.timeline.tally import History, Tally, tally
from exporter.timeline.weighted import Weighted

_NO_POLICIES = Policies()


class Counts(NamedTuple):
    """Events before an instant, or of a window, in the past's unit; an inconclusive beat is none of them."""

    good: int
    bad: int
    excluded: int


@dataclass(frozen=True, slots=True)
class Member:
    """An endpoint, or a source of events, as an SLO sees it.

    Attributes:
        history: What was measured.
        beats: Its events: the history's own, or as a latency SLO judges them.
        excluded: What does not count of this endpoint although it may of others.
        name: For people.
    """

    history: EndpointHistory | SampleHistory
    beats: Beats
    excluded: Spans = NOTHING
    name: str = ""

    def standing(self) -> History:
        """Its history with its own exclusions."""
        return exclude(self.history, self.excluded)


class Share(NamedTuple):
    """What a member had in a window, all exclusions aside.

    Attributes:
        name: The member's.
        time: Of it, in milliseconds.
        events: Of it, in the member's unit.
    """

    name: str
    time: Tally
    events: Events


class _Counting:
    """A member with everything that is excluded of it laid over its beats and its time."""

    __slots__ = ("beats", "excluded", "history", "member")

    def __init__(self, member: Member, shared: Spans) -> None:
        self.member = member
        self.excluded = member.excluded | shared
        self.beats: Counted = Outside(member.beats, self.excluded) if self.excluded else member.beats
        self.history = exclude(member.history, self.excluded)

    @property
    def policies(self) -> Policies:
        """By which beats are due; a source has none."""
        history = self.member.history
        return history.policies if isinstance(history, EndpointHistory) else _NO_POLICIES

    def due(self, start: int, end: int) -> Fraction:
        """How many events were due in [start, end) while it was not excluded: beats while it was watched, or as many as a source counts on average."""
        if isinstance(self.member.history, SampleHistory):
            found = tally(self.history, start, end)
            return self._average(start, end, found.up + found.down + found.unknown)
        sums, due = self.history.sums, Fraction(0)
        for first, last, policy in self.policies.segments(start, end):
            due += Fraction(sums(last).watched - sums(first).watched, policy.interval)
        return due

    def missing(self, start: int, end: int) -> Fraction:
        """How many events the unknown part of that time stands for: beats that were due, or as many as a source counts on average."""
        if isinstance(self.member.history, SampleHistory):
            return self._average(start, end, tally(self.history, start, end).watched_unknown)
        missing = Fraction(0)
        for first, last, policy in self.policies.segments(start, end):
            missing += Fraction(tally(self.history, first, last).watched_unknown, policy.interval)
        return missing

    def _average(self, start: int, end: int, time: int) -> Fraction:
        """What some time would have, were it as the known one of [start, end); 0 where none is known."""
        found, first, last = tally(self.history, start, end), self.beats.events(start), self.beats.events(end)
        known = found.up + found.down
        return Fraction((sum(last) - sum(first)) * time, known) if known else Fraction(0)

    def due_earlier(self, start: int, end: int, began: int) -> Fraction:
        """How many would have been due in [start, end) before its first result, if it began with the one that did at `began`."""
        history, excluded, due = self.member.history, self.excluded, Fraction(0)
        if history.first is None:
            return due
        for first, last, policy in self.policies.segments(start, min(end, history.first)):
            if history.first - began < policy.interval:
                counted = last - first - excluded.before(last) + excluded.before(first)
                due += Fraction(counted, policy.interval)
        return due


class Past:
    """What an SLO asks about.

    The order is: each member's own exclusions, the combination, the SLO's exclusions (ruling 35).

    Attributes:
        history: Its time.
        members: Endpoints whose beats are counted.
        excluded: What is excluded of the SLO as a whole.
    """

    __slots__ = ("_counting", "excluded", "history", "members")

    def __init__(self, history: History, members: Sequence[Member], excluded: Spans = NOTHING) -> None:
        """Put exclusions over what members are together."""
        self.history = exclude(history, excluded)
        self.members = tuple(members)
        self.excluded = excluded
        self._counting: tuple[_Counting, ...] | None = None  # made when first needed: SLOs of time never ask

    @property
    def unit(self) -> int:
        """Events are counted in units of 1/unit; 1 but where a source has counted them."""
        return max((each.beats.unit for each in self.members), default=1)

    def latest(self, at: int, lag: int) -> int:
        """The last instant up to `at` that a source has told of, if it is at most `lag` milliseconds before; else `at`."""
        told = [
            each.history.until - 1
            for each in self.members
            if isinstance(each.history, SampleHistory) and each.history.until is not None
        ]
        return next((last for last in told if at - lag <= last < at), at)

    def counted(self, at: int) -> Events:
        """Events of all members before the instant `at` that no exclusion covers, O(log n) each."""
        counting = self._counting or self._count()
        if len(counting) == 1:
            return counting[0].beats.events(at)
        events = [each.beats.events(at) for each in counting]
        return Events(sum(each.good for each in events), sum(each.bad for each in events))

    def counts(self, at: int) -> Counts:
        """The same, and how many an exclusion covers."""
        good, bad = self.counted(at)
        return Counts(good, bad, sum(sum(each.beats.events(at)) for each in self.members) - good - bad)

    def shares(self, start: int, end: int) -> Iterator[Share]:
        """What each member had in [start, end), O(log n) each."""
        for each in self._counting or self._count():
            (good0, bad0), (good, bad) = each.beats.events(start), each.beats.events(end)
            yield Share(each.member.name, tally(each.history, start, end), Events(good - good0, bad - bad0))

    def due(self, start: int, end: int) -> Fraction:
        """How many events were due in [start, end), exclusions aside (ruling 27): beats at the intervals in force.

        Of a source as many as it counted in the known time, for the whole: else the budget of a window that
        is hardly known yet would be gone with the first failures.

        Those that began first, within an interval of the earliest as beats are spread over it, are taken
        to have been due before already: a young SLO's budget is that of its whole window. One that joined
        later counts from its own first result: adding an endpoint gives no budget back.
        """
        counting = self._counting or self._count()
        due = sum((each.due(start, end) for each in counting), Fraction(0))
        firsts = [first for each in counting if (first := each.member.history.first) is not None]
        if firsts and start < max(firsts):
            due += sum((each.due_earlier(start, end, min(firsts)) for each in counting), Fraction(0))
        return due

    def missing(self, start: int, end: int) -> Fraction:
        """How many events the watched unknown time of [start, end) stands for."""
        counting = self._counting or self._count()
        return sum((each.missing(start, end) for each in counting), Fraction(0))

    def _count(self) -> tuple[_Counting, ...]:
        self._counting = tuple(_Counting(member, self.excluded) for member in self.members)
        return self._counting


def combine(members: Sequence[History], rule: Rule = ALL, weights: Sequence[int] = ()) -> History:
    """All members together; a single one is its own.

    Args:
        members: Any number.
        rule: How they combine.
        weights: For a weighted rule: one a member.
    """
    if rule.kind is Kind.WEIGHTED:
        return Weighted(members, weights)
    if len(members) == 1 and rule.quorum <= 1:
        return members[0]
    return Combined(members, rule)
