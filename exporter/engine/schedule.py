"""When each endpoint is due: a cursor over endpoints sorted by phase, one list an interval.

Everything here is a function of the instants that it is given. Beats are multiples of
the interval plus the endpoint's phase; they are never queued up: a beat that finds a
probe in flight, or that nobody was awake for, is missed and counted.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from heapq import heappop, heappush

from exporter.engine.slot import Slot, spread
from exporter.timeline.spans import FOREVER

FIRST_PROBE_WITHIN = 15_000
"""Milliseconds after the start in which every endpoint has been probed once."""

Start = Callable[[Slot], None]
"""Starts a probe of a slot whose `at`, `step` and `event` say what it is."""


class _Round:
    """The endpoints of one interval, in the order of their phases."""

    __slots__ = ("base", "cursor", "interval", "phases", "slots")

    def __init__(self, interval: int, slots: list[Slot], now: int) -> None:
        self.interval = interval
        self.slots = sorted(slots, key=lambda slot: slot.phase)
        self.phases = [slot.phase for slot in self.slots]
        self.base = self.cursor = 0
        self.seek(now)

    def seek(self, now: int) -> None:
        """Let the first beat after `now` be the next."""
        self.base = now // self.interval * self.interval
        self.cursor = bisect_right(self.phases, now - self.base)
        self._wrap()

    def due(self) -> int:
        """The next beat."""
        return self.base + self.phases[self.cursor]

    def skip(self, now: int) -> int:
        """Leave out whole rounds that have passed; how many beats that were."""
        rounds = max(0, now - self.due()) // self.interval
        self.base += rounds * self.interval
        return rounds * len(self.slots)

    def take(self) -> Slot:
        """The slot of the next beat, which becomes the one after it."""
        slot = self.slots[self.cursor]
        self.cursor += 1
        self._wrap()
        return slot

    def _wrap(self) -> None:
        if self.cursor == len(self.slots):
            self.cursor = 0
            self.base += self.interval


class Schedule:
    """Starts probes when they are due.

    Attributes:
        fired: The instant up to which every beat has begun or was missed.
        missed: Beats that were missed.
    """

    def __init__(self, slots: Iterable[Slot], now: int, start: Start, late: Callable[[int], None]) -> None:
        """Begin after `now`.

        Args:
            slots: What is to be probed.
            now: Milliseconds since the epoch.
            start: Starts a probe.
            late: Told by how many milliseconds each beat that is started is late.
        """
        self.fired = now
        self.missed = 0
        self._start = start
        self._late = late
        self._one_offs: list[tuple[int, int, Slot]] = []
        self._sequence = 0
        self._rounds: list[_Round] = []
        slots = tuple(slots)
        self.follow(slots, slots)

    def follow(self, slots: Iterable[Slot], soon: Iterable[Slot]) -> None:
        """Let these slots be due from now on; those that were keep their beats and retries.

        Args:
            slots: All of them.
            soon: Those that are new or to be probed otherwise: each is probed within `FIRST_PROBE_WITHIN`.
        """
        by_interval = dict[int, list[Slot]]()
        for slot in slots:
            if slot.is_told:
                continue
            by_interval.setdefault(slot.config.policy.interval, []).append(slot)
        self._rounds = [_Round(interval, group, self.fired) for interval, group in by_interval.items()]
        for slot in soon:
            if (
                slot.one_off is None
                and not slot.is_told
                and slot.next_beat(self.fired) > self.fired + FIRST_PROBE_WITHIN
            ):
                self.once(slot, self.fired + spread(slot.service.id, slot.config.id, FIRST_PROBE_WITHIN))

    def once(self, slot: Slot, at: int) -> None:
        """Probe once more at the instant `at`, unless the next beat is as near: then that is it."""
        if at + slot.tolerance < slot.next_beat(self.fired):
            slot.one_off = at
            self._sequence += 1
            heappush(self._one_offs, (at, self._sequence, slot))

    def fire(self, now: int) -> None:
        """Start what is due at `now`, each endpoint at most once."""
        self.fired = now
        one_offs = self._one_offs
        while one_offs and one_offs[0][0] <= now:
            at, _, slot = heappop(one_offs)
            if slot.one_off == at:  # else a beat came first
                slot.one_off = None
                self._begin(slot, at if now - at <= slot.tolerance else now, 0, event=False)
        for each in self._rounds:
            self.missed += each.skip(now)
            due = each.due()
            while due <= now:
                self._beat(each.take(), due, now, each.interval)
                due = each.due()

    def seek(self, before: int, now: int) -> None:
        """Go on after `now`, to which the clock was stepped from `before`: the beats in between were not lived.

        Retries and first probes come as much later as they would have.
        """
        waiting = [(at - before, slot) for at, _, slot in self._one_offs if slot.one_off == at]
        self.fired = now
        self._one_offs = []
        for each in self._rounds:
            each.seek(now)
        for after, slot in waiting:
            slot.one_off = None
            self.once(slot, now + max(0, after))

    def next_due(self) -> int:
        """The instant at which something is due next; after every other where nothing is."""
        due = self._one_offs[0][0] if self._one_offs else FOREVER
        return min([due, *(each.due() for each in self._rounds)])

    def _beat(self, slot: Slot, due: int, now: int, interval: int) -> None:
        slot.one_off = None
        in_time = now - due <= slot.tolerance
        if self._begin(slot, due if in_time else now, interval if in_time else 0, event=True):
            self._late(now - due)
        else:
            self.missed += 1

    def _begin(self, slot: Slot, at: int, step: int, *, event: bool) -> bool:
        """Start a probe at the instant `at`, unless one is in flight or has been begun then: False."""
        if slot.at is not None or at <= slot.begun:
            return False
        slot.at = slot.begun = at
        slot.step, slot.event = step, event
        self._start(slot)
        return True
