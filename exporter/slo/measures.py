"""What an SLO counts as good and bad: time, events or slices of time (rule 5).

Every figure is computed alike from these amounts, whatever their unit.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Protocol

from exporter.slo.objective import Objective
from exporter.slo.ratio import Ratio
from exporter.timeline.past import Past
from exporter.timeline.slices import Slices
from exporter.timeline.tally import Tally, tally

Amounts = tuple[int, int]
"""Good and bad, in the measure's own unit."""


class Measure(Protocol):
    """Good and bad amounts before any instant, and what the budget is a share of."""

    def before(self, at: int) -> Amounts:
        """Good and bad before the instant `at`, O(log n)."""

    def base(self, start: int, end: int) -> Ratio:
        """What would be good and bad together in [start, end), were all of it seen; exclusions aside."""

    def bounds(self, start: int, end: int) -> tuple[Ratio | None, Ratio | None]:
        """The SLI of [start, end) if what is unknown though watched had been good, and bad."""

    def guards(self, bad: int, guard: int, interval: int) -> bool:
        """Whether a bad amount is that of at least `guard` bad events; of time, of beats `interval` milliseconds apart."""

    @property
    def one(self) -> int:
        """How many of its units are one second of time, one event or one slice; >= 1."""


class TimeMeasure:
    """Time, in units of 1/`scale` milliseconds of the history."""

    __slots__ = ("_past", "_unknown", "before")

    def __init__(self, past: Past, unknown: str) -> None:
        self._past = past
        self._unknown = unknown
        self.before = _time_before(past, unknown)

    def base(self, start: int, end: int) -> Ratio:
        """The time that is not excluded."""
        history = self._past.history
        excluded = history.sums(end).excluded - history.sums(start).excluded
        return (end - start) * history.scale - excluded, 1

    def bounds(self, start: int, end: int) -> tuple[Ratio | None, Ratio | None]:
        """The SLI if watched unknown time had been up, and down."""
        return bounds_of(tally(self._past.history, start, end))

    def guards(self, bad: int, guard: int, interval: int) -> bool:
        """Whether the time is more than what one beat less can stand for."""
        return bad > (guard - 1) * interval * self._past.history.scale

    @property
    def one(self) -> int:
        """Of a second."""
        return 1000 * self._past.history.scale


def _time_before(past: Past, unknown: str) -> Callable[[int], Amounts]:
    sums_of = past.history.sums

    def ignoring(at: int) -> Amounts:
        sums = sums_of(at)
        return sums[0], sums[1]

    def as_down(at: int) -> Amounts:
        sums = sums_of(at)
        return sums.up, sums.watched - sums.up

    def as_up(at: int) -> Amounts:
        sums = sums_of(at)
        return sums.watched - sums.down, sums.down

    return {"ignore": ignoring, "down": as_down, "up": as_up}[unknown]


def bounds_of(found: Tally) -> tuple[Ratio | None, Ratio | None]:
    """Best and worst SLI of a window by time; None where nothing of it was watched."""
    watched = found.up + found.down + found.watched_unknown
    if not watched:
        return None, None
    return (found.up + found.watched_unknown, watched), (found.up, watched)


class EventMeasure:
    """Events, in units of 1/`unit` of the past."""

    __slots__ = ("_past",)

    def __init__(self, past: Past) -> None:
        self._past = past

    def before(self, at: int) -> Amounts:
        """Good and bad events."""
        return self._past.counted(at)

    def base(self, start: int, end: int) -> Ratio:
        """The larger of the beats that were due and the events that are counted (ruling 27)."""
        first, last = self.before(start), self.before(end)
        counted = last[0] - first[0] + last[1] - first[1]
        return max(self._past.due(start, end), Fraction(counted)).as_integer_ratio()

    def bounds(self, start: int, end: int) -> tuple[Ratio | None, Ratio | None]:
        """The SLI if the events that watched unknown time stands for had been good, and bad."""
        first, last = self.before(start), self.before(end)
        good, bad = last[0] - first[0], last[1] - first[1]
        missing = self._past.missing(start, end)
        whole = good + bad + missing
        if not whole:
            return None, None
        return ((good + missing) / whole).as_integer_ratio(), (good / whole).as_integer_ratio()

    def guards(self, bad: int, guard: int, interval: int) -> bool:  # noqa: ARG002 -- a `Measure`
        """Whether there are that many."""
        return bad >= guard * self._past.unit

    @property
    def one(self) -> int:
        """Of an event."""
        return self._past.unit


class SliceMeasure:
    """Slices of time that have ended.

    Attributes:
        slices: Each slice's own verdict.
    """

    __slots__ = ("_bounding", "_objective", "_past", "slices")

    def __init__(self, past: Past, objective: Objective) -> None:
        self._past = past
        self._objective = objective
        self._bounding: dict[str, Slices] = {}
        self.slices = self._sliced(objective.unknown)

    def before(self, at: int) -> Amounts:
        """Good and bad slices."""
        good, bad, _ = self.slices.before(at)
        return good, bad

    def base(self, start: int, end: int) -> Ratio:
        """The slices that are not excluded as a whole (ruling 30)."""
        length = self._objective.slice
        excluded = self.slices.before(end)[2] - self.slices.before(start)[2]
        return end // length - start // length - excluded, 1

    def bounds(self, start: int, end: int) -> tuple[Ratio | None, Ratio | None]:
        """The SLI if watched unknown time had been up, and down: of slices judged anew."""
        return self._sli("up", start, end), self._sli("down", start, end)

    def guards(self, bad: int, guard: int, interval: int) -> bool:  # noqa: ARG002 -- a `Measure`
        """Whether there are that many."""
        return bad >= guard

    @property
    def one(self) -> int:
        """Of a slice."""
        return 1

    def _sli(self, unknown: str, start: int, end: int) -> Ratio | None:
        if unknown not in self._bounding:
            self._bounding[unknown] = self._sliced(unknown)
        slices = self._bounding[unknown]
        first, last = slices.before(start), slices.before(end)
        good, bad = last[0] - first[0], last[1] - first[1]
        return (good, good + bad) if good + bad else None

    def _sliced(self, unknown: str) -> Slices:
        objective = self._objective
        return Slices(self._past.history, objective.slice, objective.slice_objective, unknown)
