"""Several histories whose instants are shared out by weight (rule 8)."""

from bisect import bisect_right
from collections.abc import Hashable, Iterator, Sequence
from heapq import merge
from math import lcm

from exporter.timeline.combine import Combined
from exporter.timeline.progress import Progress
from exporter.timeline.tally import History, Standing, State, Sums

_NOTHING = Sums(0, 0, 0, 0)


class Weighted:
    """Each instant is shared out among up, down and unknown by the weights of the members that take part; a `History`.

    Excluded members step aside and their weight with them; where none is left the
    instant is excluded. Exactly so: sums are in units of 1/`scale` milliseconds, whatever
    members take part. What it *is* at an instant is what `all` would say: bad where any is down.
    """

    __slots__ = ("_all", "_members", "_progress", "_rates", "_starts", "_sums", "_weights", "scale")

    def __init__(self, members: Sequence[History], weights: Sequence[int]) -> None:
        """Share out by weights >= 1, one a member."""
        self._members = tuple(members)
        self._weights = tuple(weights)
        self._all = Combined(members)
        self.scale = lcm(*_totals(weights))
        self._starts: list[int] = []
        self._rates: list[Sums] = []  # what a millisecond adds from that start on
        self._sums: list[Sums] = []  # of everything before that start
        self._progress = Progress()

    @property
    def edition(self) -> Hashable:
        """Those of the members."""
        return self._all.edition

    @property
    def version(self) -> Hashable:
        """Those of the members."""
        return self._all.version

    @property
    def stable(self) -> int:
        """The earliest of the members'."""
        return self._all.stable

    def sums(self, at: int) -> Sums:
        """Sums of everything before the instant `at`."""
        self._refresh(at)
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return _NOTHING
        return _later(self._sums[index], self._rates[index], at - self._starts[index])

    def state(self, at: int) -> State:
        """Down where any member is, else unknown where any is, else up."""
        return self._all.state(at)

    def excluded(self, at: int) -> bool:
        """Whether all members are excluded at `at`."""
        return self._all.excluded(at)

    def standings(self, start: int, end: int) -> Iterator[tuple[int, Standing]]:
        """The standing at `start` and at each change of any member in (start, end)."""
        return self._all.standings(start, end)

    def _refresh(self, until: int) -> None:
        start = self._progress.advance(self._all, until)
        if start is not None:
            self._derive(start, until)

    def _derive(self, start: int, until: int) -> None:
        keep = bisect_right(self._starts, start - 1)
        del self._starts[keep:], self._rates[keep:], self._sums[keep:]
        standings = [Standing.ABSENT] * len(self._members)
        numbered = (
            [(at, index, standing) for at, standing in member.standings(start, until)]
            for index, member in enumerate(self._members)
        )
        for at, index, standing in merge(*numbered):
            standings[index] = standing
            self._push(at, self._rate(standings))

    def _rate(self, standings: Sequence[Standing]) -> Sums:
        shares = [0] * len(Standing)
        for standing, weight in zip(standings, self._weights, strict=True):
            shares[standing] += weight
        total = shares[Standing.UP] + shares[Standing.DOWN] + shares[Standing.UNKNOWN]
        if not total:
            return Sums(0, 0, self.scale if shares[Standing.EXCLUDED] else 0, 0)
        unit = self.scale // total
        return Sums(shares[Standing.UP] * unit, shares[Standing.DOWN] * unit, 0, self.scale)

    def _push(self, at: int, rate: Sums) -> None:
        """Let a millisecond add `rate` from `at` on; of several at one instant the last one holds."""
        if self._starts and self._starts[-1] == at:
            self._rates[-1] = rate
            return
        before = _NOTHING
        if self._starts:
            before = _later(self._sums[-1], self._rates[-1], at - self._starts[-1])
        self._starts.append(at)
        self._sums.append(before)
        self._rates.append(rate)


def _totals(weights: Sequence[int]) -> set[int]:
    """Every weight that members taking part may have together."""
    totals = {0}
    for weight in weights:
        totals |= {total + weight for total in totals}
    return totals - {0}


def _later(sums: Sums, rate: Sums, milliseconds: int) -> Sums:
    return Sums(*[amount + each * milliseconds for amount, each in zip(sums, rate, strict=True)])
