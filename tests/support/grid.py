"""Endpoints on a grid of hours, and every figure of an SLO over them counted hour by hour and beat by beat."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from exporter.slo.objective import Objective
from exporter.slo.question import Question, question
from exporter.slo.tiers import HOUR
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.past import Member, Past, combine
from exporter.timeline.policy import Policy
from exporter.timeline.spans import Spans
from exporter.timeline.tally import Standing, State
from tests.support.brute import Probe, paint
from tests.support.recount import Span, inside

HOURS = 440
MONDAY = 96
"""Hour since the epoch at which a week begins in UTC."""

WEEK = 168
UP, DOWN, UNKNOWN, EXCLUDED = Standing.UP, Standing.DOWN, Standing.UNKNOWN, Standing.EXCLUDED


@dataclass
class Endpoint:
    """Results on the hour, settings in hours, and what is excluded of it."""

    probes: Sequence[Probe]
    excluded: Sequence[Span] = ()

    def standings(self) -> list[Standing]:
        states = paint(self.probes, (), HOURS)
        first = self.probes[0].at if self.probes else HOURS
        return [
            EXCLUDED
            if inside(self.excluded, hour)
            else Standing.ABSENT
            if hour < first
            else Standing(states[hour])
            for hour in range(HOURS)
        ]

    def interval(self, hour: int) -> int:
        return next(
            (probe.policy.interval for probe in reversed(self.probes) if probe.at <= hour),
            self.probes[0].policy.interval,
        )

    def member(self) -> Member:
        history = EndpointHistory()
        for probe in self.probes:
            each = probe.policy
            policy = Policy(each.interval * HOUR, HOUR, each.staleness * HOUR)
            history.add(probe.at * HOUR, probe.vote, policy, event=probe.event)
        return Member(history, history, hours_as_spans(self.excluded))


def hours_as_spans(spans: Sequence[Span]) -> Spans:
    return Spans([(start * HOUR, end * HOUR) for start, end in spans])


@dataclass
class Grid:
    """Endpoints of which all have to be up, and what is excluded of all of them."""

    endpoints: Sequence[Endpoint]
    shared: Sequence[Span] = ()

    def put(self, objective: Objective) -> Question:
        members = [each.member() for each in self.endpoints]
        history = combine([member.standing() for member in members])
        return question(objective, Past(history, members, hours_as_spans(self.shared)))

    def standings(self) -> list[Standing]:
        """Each hour: all down if any is, those excluded aside."""
        found = []
        for hour, column in enumerate(zip(*(each.standings() for each in self.endpoints), strict=True)):
            present = [each for each in column if each in (UP, DOWN, UNKNOWN)]
            if inside(self.shared, hour) or (not present and EXCLUDED in column):
                found.append(EXCLUDED)
            else:
                order = (DOWN, UNKNOWN, UP)
                found.append(next((each for each in order if each in present), Standing.ABSENT))
        return found

    def beats(self, start: int, end: int) -> tuple[int, int]:
        """Good and bad ones."""
        votes = [
            probe.vote
            for each in self.endpoints
            for probe in each.probes
            if probe.event and start <= probe.at < end and not self._hidden(each, probe.at)
        ]
        return votes.count(State.UP), votes.count(State.DOWN)

    def due(self, start: int, end: int, *, missing: bool = False) -> Fraction:
        """Beats due in a window, or only those that unknown time stands for."""
        probed = [each for each in self.endpoints if each.probes]
        began, due = min((each.probes[0].at for each in probed), default=0), Fraction(0)
        for each in probed:
            first, standings = each.probes[0].at, each.standings()
            for hour in range(start, end):
                joined = missing or first - began >= each.interval(hour)  # beats are spread over an interval
                if self._hidden(each, hour) or (hour < first and joined):
                    continue
                if not missing or standings[hour] is UNKNOWN:
                    due += Fraction(1, each.interval(hour))
        return due

    def _hidden(self, endpoint: Endpoint, hour: int) -> bool:
        return inside(endpoint.excluded, hour) or inside(self.shared, hour)


@dataclass
class Counted:
    """What a method counts, in its own unit: hours, beats or slices of `slice` hours."""

    grid: Grid
    method: str
    unknown: str = "ignore"
    slice: int = 1
    slice_objective: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        self.standings = self.grid.standings()

    def amounts(self, start: int, end: int, unknown: str | None = None) -> tuple[int, int]:
        """Good and bad."""
        if self.method == "events":
            return self.grid.beats(start, end)
        if self.method == "time":
            return self._shared_out(self.standings[start:end], unknown or self.unknown)
        kinds = self.slices(start, end, unknown or self.unknown)
        return kinds.count(UP), kinds.count(DOWN)

    def base(self, start: int, end: int) -> Fraction:
        """What the budget is a share of."""
        if self.method == "events":
            return max(self.grid.due(start, end), Fraction(sum(self.grid.beats(start, end))))
        if self.method == "time":
            return Fraction(end - start - self.standings[start:end].count(EXCLUDED))
        kinds = self.slices(start, end, self.unknown)
        return Fraction(len(kinds) - kinds.count(EXCLUDED))

    def bounds(self, start: int, end: int) -> tuple[Fraction | None, Fraction | None]:
        """The SLI if what is unknown though watched had been good, and bad."""
        if self.method == "events":
            good, bad = self.amounts(start, end)
            missing = self.grid.due(start, end, missing=True)
            whole = good + bad + missing
            return ((good + missing) / whole, good / whole) if whole else (None, None)
        best, worst = (share(*self.amounts(start, end, each)) for each in ("up", "down"))
        return best, worst

    def slices(self, start: int, end: int, unknown: str) -> list[Standing]:
        """Each slice that ends in (start, end]."""
        ends = [at for at in range(0, HOURS + 1, self.slice) if start < at <= end]
        return [self._judged(self.standings[at - self.slice : at], unknown) for at in ends]

    def _judged(self, standings: Sequence[Standing], unknown: str) -> Standing:
        good, bad = self._shared_out(standings, unknown)
        if good + bad:
            return UP if Fraction(good, good + bad) >= self.slice_objective else DOWN
        return EXCLUDED if set(standings) == {EXCLUDED} else UNKNOWN

    def _shared_out(self, standings: Sequence[Standing], unknown: str) -> tuple[int, int]:
        gap = standings.count(UNKNOWN)
        return (
            standings.count(UP) + (gap if unknown == "up" else 0),
            standings.count(DOWN) + (gap if unknown == "down" else 0),
        )


def share(good: int, bad: int) -> Fraction | None:
    """The SLI; None where nothing is counted."""
    return Fraction(good, good + bad) if good + bad else None
