"""An SLO's past recounted millisecond by millisecond and beat by beat, as plainly as the rules are written."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.rule import Kind, Rule
from exporter.timeline.spans import Span
from exporter.timeline.tally import Standing, State
from tests.support.told import Told

Amounts = tuple[Fraction, Fraction, Fraction, Fraction, Fraction]
"""Up, down, excluded, unknown, and the watched part of that."""


def within(at: int, spans: Sequence[Span]) -> bool:
    return any(start <= at < end for start, end in spans)


class Recount:
    """Every millisecond of a past by itself.

    Args:
        told: The members.
        rule: How they are one.
        shared: Spans that exclude all of them.
        absences: As they were grown with.
    """

    def __init__(
        self, told: Sequence[Told], rule: Rule, shared: Sequence[Span], absences: Sequence[int] = ()
    ) -> None:
        self.told = told
        self.rule = rule
        self.shared = shared
        self._instants = dict[int, Amounts]()
        self.histories = [each.history(absences) for each in told]

    def instant(self, at: int) -> Amounts:
        """What one millisecond is made of."""
        if at not in self._instants:
            self._instants[at] = self._instant(at)
        return self._instants[at]

    def _instant(self, at: int) -> Amounts:
        none = Fraction(0)
        if within(at, self.shared):
            return none, none, Fraction(1), none, none
        stands = [self._member(each, past, at) for each, past in zip(self.told, self.histories, strict=True)]
        shares = {
            standing: sum(
                each.weight for each, found in zip(self.told, stands, strict=True) if found is standing
            )
            for standing in Standing
        }
        if self.rule.kind is not Kind.WEIGHTED:
            shares = {standing: int(standing is self._together(stands)) for standing in Standing}
        counted = shares[Standing.UP] + shares[Standing.DOWN] + shares[Standing.UNKNOWN]
        if not counted:
            excluded = Fraction(1 if shares[Standing.EXCLUDED] else 0)
            return none, none, excluded, 1 - excluded, none
        up, down, unknown = (
            Fraction(shares[standing], counted) for standing in (Standing.UP, Standing.DOWN, Standing.UNKNOWN)
        )
        return up, down, none, unknown, unknown

    def time(self, start: int, end: int) -> list[Fraction]:
        """What [start, end) is made of."""
        return [sum(each, Fraction(0)) for each in zip(*map(self.instant, range(start, end)), strict=True)]

    def beats(self, start: int, end: int, *, latency: bool) -> tuple[int, int, int]:
        """Good, bad and excluded beats in [start, end)."""
        good = bad = excluded = 0
        for each in self.told:
            for probe in each.probes:
                if not (start <= probe.at < end and probe.event and probe.vote is not State.UNKNOWN):
                    continue
                if within(probe.at, self.shared) or within(probe.at, each.excluded):
                    excluded += 1
                elif probe.vote is State.UP and not (latency and each.is_slow(probe)):
                    good += 1
                else:
                    bad += 1
        return good, bad, excluded

    def slices(
        self, start: int, end: int, length: int, objective: Fraction, unknown: str
    ) -> tuple[int, int, int]:
        """Good and bad slices that end in (start, end], and how many of all are not excluded as a whole."""
        good = bad = counted = 0
        for number in range(start // length, end // length):
            up, down, excluded, _, watched = self.time(number * length, (number + 1) * length)
            counted += excluded < length
            up += watched if unknown == "up" else 0
            down += watched if unknown == "down" else 0
            if up + down:
                reached = up / (up + down) >= objective
                good, bad = good + reached, bad + (not reached)
        return good, bad, counted

    def _member(self, each: Told, past: EndpointHistory, at: int) -> Standing:
        if within(at, each.excluded):
            return Standing.EXCLUDED
        if not each.probes or at < each.probes[0].at or within(at, each.removed):
            return Standing.ABSENT
        return Standing(past.state(at))

    def _together(self, stands: Sequence[Standing]) -> Standing:
        count: Callable[[Standing], int] = stands.count
        present = len(stands) - count(Standing.EXCLUDED) - count(Standing.ABSENT)
        needed = self.rule.quorum or 1
        if present < needed:
            return Standing.EXCLUDED if count(Standing.EXCLUDED) else Standing.ABSENT
        up, down = count(Standing.UP), count(Standing.DOWN)
        if self.rule.kind is Kind.ALL:
            return Standing.DOWN if down else Standing.UP if up == present else Standing.UNKNOWN
        if up >= needed:
            return Standing.UP
        return Standing.DOWN if present - down < needed else Standing.UNKNOWN
