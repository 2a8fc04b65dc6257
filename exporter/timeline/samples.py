"""Events that somebody else has counted, step by step, such as a Prometheus (ruling 44)."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from exporter.timeline.columns import Columns
from exporter.timeline.events import Events
from exporter.timeline.spans import FOREVER
from exporter.timeline.tally import Standing, State, Sums

MICRO = 1_000_000
"""Events are counted in millionths: an increase over a step is seldom a whole number."""

BANDS = (1000, 100, 10)
"""One bad event in so many, ascending shares: in which of them a step is changes seldom."""


class Step(NamedTuple):
    """What a source said of one step.

    Attributes:
        at: Its start, milliseconds since the epoch.
        length: Milliseconds, > 0.
        good: Good events in it, in millionths.
        bad: Bad ones, likewise.
        known: Whether anything is known of it; its events are 0 where nothing is.
    """

    at: int
    length: int
    good: int
    bad: int
    known: bool

    @property
    def state(self) -> State:
        """Unknown, down where all of its events were bad, else up; also where there were none."""
        if not self.known:
            return State.UNKNOWN
        return State.DOWN if self.bad and not self.good else State.UP

    @property
    def band(self) -> int:
        """How much of its events was bad: 0 for none, 1 for all, else the largest of `BANDS` that they stay under; -1 for more."""
        if not self.bad:
            return 0
        if not self.good:
            return 1
        return next((band for band in BANDS if self.bad * band < self.good + self.bad), -1)


class SampleHistory:
    """What a source said of all steps so far; a `History`, and `Beats`.

    The events of a step lie at its start and are not split. It is watched from its first
    step on, within what is kept. 36 bytes a step with events.

    Attributes:
        first: The instant from which it is watched; None before any step.
        kept_from: The instant before which steps were pruned; before every other where none were.
        until: End of the latest step; None before any.
        edition: Grows when its past was replaced as a whole, and when it begins.
    """

    __slots__ = (
        "_columns",
        "_lengths",
        "_micros",
        "_starts",
        "_wholes",
        "edition",
        "first",
        "kept_from",
        "until",
    )

    def __init__(self, *, kept_from: int | None = None) -> None:
        """An empty past; `kept_from` is None where nothing was pruned."""
        self.kept_from = -FOREVER if kept_from is None else kept_from
        self.edition = 0
        self.first: int | None = None
        self.until: int | None = None
        self._columns = Columns()
        self._starts = array("q")
        self._lengths = array("i")
        # Of good and bad before each start, and at the end of the last: whole events, and millionths
        # of one more. Millionths alone would pass 64 bits within a year of a busy service.
        self._wholes = (array("q", (0,)), array("q", (0,)))
        self._micros = (array("i", (0,)), array("i", (0,)))

    def extend(self, steps: Iterable[Step]) -> None:
        """Take the next steps, in order.

        Raises:
            ValueError: One begins before the end of the one before it.
        """
        push, starts, lengths = self._columns.push, self._starts, self._lengths
        (wholes_good, wholes_bad), (micros_good, micros_bad) = self._wholes, self._micros
        until, state = self.until, None
        for step in steps:
            at, length, good, bad, _ = step
            if until is None:
                self.first = max(at, self.kept_from)
                self.edition += 1
            elif at != until:
                if at < until:
                    msg = f"a step begins at {at}, before the end of the latest, {until}"
                    raise ValueError(msg)
                push(until, State.UNKNOWN)
                state = State.UNKNOWN
            if step.state is not state:
                state = step.state
                push(at, state)
            self.until = until = at + length
            if good or bad:
                starts.append(at)
                lengths.append(length)
                more, rest = divmod(micros_good[-1] + good, MICRO)
                wholes_good.append(wholes_good[-1] + more)
                micros_good.append(rest)
                more, rest = divmod(micros_bad[-1] + bad, MICRO)
                wholes_bad.append(wholes_bad[-1] + more)
                micros_bad.append(rest)

    def take_over(self, other: "SampleHistory") -> None:
        """Be as another past of the same source, in place of what was known."""
        edition = self.edition + 1
        for name in self.__slots__:
            setattr(self, name, getattr(other, name))
        self.edition = edition

    def forget(self, before: int) -> None:
        """Give up what lies before an instant (ruling 43): it is unwatched from now on."""
        self.edition += 1
        self.kept_from = max(self.kept_from, before)
        if self.first is not None:
            self.first = max(self.first, self.kept_from)
        self._columns.forget(before)
        passed = bisect_left(self._starts, before)
        for column in (self._starts, self._lengths, *self._wholes, *self._micros):
            del column[:passed]

    @property
    def unit(self) -> int:
        """Events are in millionths."""
        return MICRO

    @property
    def scale(self) -> int:
        """Sums are in milliseconds."""
        return 1

    @property
    def version(self) -> tuple[int, int | None]:
        """Differs once any answer may have changed."""
        return self.edition, self.until

    @property
    def stable(self) -> int:
        """The instant before which later steps change nothing."""
        return FOREVER if self.until is None else self.until

    def events(self, at: int) -> Events:
        """Good and bad events, in millionths, of the steps that are kept and begin before the instant `at`."""
        index = bisect_left(self._starts, max(at, self.kept_from))
        good, bad = (
            wholes[index] * MICRO + micros[index]
            for wholes, micros in zip(self._wholes, self._micros, strict=True)
        )
        return Events(good, bad)

    def edges(self, start: int, end: int) -> Iterator[int]:
        """Instants in [start, end) at which steps begin to be in another band, or end to be in one."""
        return (edge for edge in self._band_edges(start, end) if start <= edge < end)

    def _band_edges(self, start: int, end: int) -> Iterator[int]:
        until, before = -FOREVER, 0
        for index in range(max(0, bisect_right(self._starts, start) - 1), bisect_left(self._starts, end)):
            at, found = self._starts[index], self._at(index).band
            if before and (at != until or found != before):
                yield until
            if found and (at != until or found != before):
                yield at
            until, before = at + self._lengths[index], found
        if before:
            yield until

    def step(self, at: int) -> Step | None:
        """The step with events that holds the instant `at`; None where there is none."""
        index = bisect_right(self._starts, at) - 1
        if index < 0 or at >= self._starts[index] + self._lengths[index]:
            return None
        return self._at(index)

    def _at(self, index: int) -> Step:
        """A step by its place among those with events."""
        good, bad = (
            (wholes[index + 1] - wholes[index]) * MICRO + micros[index + 1] - micros[index]
            for wholes, micros in zip(self._wholes, self._micros, strict=True)
        )
        return Step(self._starts[index], self._lengths[index], good, bad, known=True)

    def _ended(self) -> int:
        """Beyond the latest step nothing is known."""
        return -FOREVER if self.until is None else self.until

    def sums(self, at: int) -> Sums:
        """Sums of everything that is kept before the instant `at`."""
        at = max(at, self.kept_from)
        up, down = self._columns.before(at, self._ended())
        first = self.first
        return Sums(up, down, 0, 0 if first is None or at <= first else at - first)

    def state(self, at: int) -> State:
        """What is known of the instant `at`."""
        return self._columns.state(at) if self.kept_from <= at < self._ended() else State.UNKNOWN

    def excluded(self, at: int) -> bool:  # noqa: ARG002 -- a `History`
        """Whether the instant `at` does not count; exclusions lie over this."""
        return False

    def standings(self, start: int, end: int) -> Iterator[tuple[int, Standing]]:
        """The standing at `start` and at each change in (start, end)."""
        yield start, self._standing(start)
        first = self.first
        if first is None:
            return
        edges = {at for at, _ in self._columns.runs(start)} | {first, self._ended()}
        for at in sorted(edge for edge in edges if start < edge < end):
            yield at, self._standing(at)

    def _standing(self, at: int) -> Standing:
        watches = self.first is not None and at >= self.first
        return Standing(self.state(at)) if watches else Standing.ABSENT
