"""Endpoints that are told of: a beat holds until the next one is overdue, and each that is missed is a failure.

A deadline counts from the latest beat that the record has, so that no restart resets it. Time in which nobody
listened uses up no grace (ruling 12).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from exporter.engine.recorder import Recorder
from exporter.engine.slot import Slot
from exporter.probes.result import Outcome, Reason, Result
from exporter.timeline.row import Row
from exporter.timeline.spans import FOREVER
from exporter.timeline.tally import State
from exporter.units import format_duration, format_instant


class Awaited(NamedTuple):
    """What an endpoint has said, and until when it is to speak again.

    Attributes:
        at: Instant of the latest beat or missed beat.
        vote: What that says of it.
        reason: Why it is down; empty while it is not.
        until: Instant at which the next beat is missed.
        recorded: Instant of the latest row of the record, which may say that a state goes on after an absence.
    """

    at: int
    vote: State
    reason: str
    until: int
    recorded: int


class Heartbeats:
    """Awaits the beats of all slots that are told of.

    Attributes:
        slots: By their numbers.
    """

    def __init__(self) -> None:
        self.slots: dict[int, Slot] = {}
        self._awaited: dict[int, Awaited] = {}

    def follow(self, slots: Iterable[Slot]) -> None:
        """Await those of some slots that are told of; the others that were are forgotten."""
        self.slots = {slot.number: slot for slot in slots if slot.is_told}
        self._awaited = {number: each for number, each in self._awaited.items() if number in self.slots}

    def next_due(self) -> int:
        """The instant at which a beat is missed next; after every other where none can be."""
        return min((each.until for each in self._awaited.values()), default=FOREVER)

    def remember(self, rows: Mapping[int, Sequence[Row]]) -> None:
        """Take up what the record has, as of its end.

        Args:
            rows: Of slots, by their numbers.
        """
        for number, found in rows.items():
            beats = [row for row in found if row.event]
            if not beats or number not in self.slots:
                continue
            last, latest = beats[-1], found[-1]
            check = self.slots[number].check
            until = latest.last + latest.policy.staleness
            if latest.event:
                until = latest.last + check.every + (0 if latest.reason == Reason.MISSED else check.grace)
            self._awaited[number] = Awaited(last.last, latest.vote, latest.reason, until, latest.last)

    def beat(self, slot: Slot, at: int, recorder: Recorder, *, done: bool) -> None:
        """Record a beat.

        Args:
            slot: Whose.
            at: When it came.
            recorder: Of the record.
            done: Whether the job was done; else it says that it failed.
        """
        known = self._awaited.get(slot.number)
        if known is not None and at <= known.recorded:
            return  # it has been told at this very millisecond
        check = slot.check
        if done:
            result = Result(Outcome.SUCCESS)
        else:
            result = Result(Outcome.FAILURE, Reason.COMMAND, "it said that it failed")
        self._record(slot, at, result, recorder)
        vote, reason = (State.UP, "") if done else (State.DOWN, Reason.COMMAND.value)
        self._awaited[slot.number] = Awaited(at, vote, reason, at + check.every + check.grace, at)

    def miss(self, now: int, recorder: Recorder) -> None:
        """Record all beats that are missed at `now`, each at its deadline."""
        for number, awaited in list(self._awaited.items()):
            slot, known = self.slots[number], awaited
            while known.until <= now:
                said = f"no beat since {format_instant(awaited.at)}, of one every {format_duration(slot.check.every)}"
                result = Result(Outcome.FAILURE, Reason.MISSED, said)
                self._record(slot, known.until, result, recorder)
                at = known.until
                known = Awaited(at, State.DOWN, Reason.MISSED.value, at + slot.check.every, at)
            self._awaited[number] = known

    def put_off(self, now: int) -> None:
        """Miss nothing at `now`: nobody could have heard."""
        for number, awaited in self._awaited.items():
            if awaited.until <= now:
                self._awaited[number] = awaited._replace(until=now + 1_000)

    def absent(self, since: int, until: int, recorder: Recorder) -> None:
        """Go on at `until` with the state of before, as nobody listened from `since` on."""
        for number in list(self._awaited):
            self._go_on(number, since, until, recorder)

    def bring_back(self, rows: Mapping[int, Sequence[Row]], at: int, recorder: Recorder) -> None:
        """Await beats again of slots that were not configured until `at`; meanwhile nobody listened to them.

        Args:
            rows: What the record has of them, by their numbers.
            at: The instant.
            recorder: Of the record.
        """
        self.remember(rows)
        for number in rows.keys() & self._awaited.keys():
            since = next((since for since, until in self.slots[number].history.removed if until == at), at)
            self._go_on(number, since, at, recorder)

    def _go_on(self, number: int, since: int, until: int, recorder: Recorder) -> None:
        awaited = self._awaited[number]
        if awaited.recorded >= until:
            return
        slot = self.slots[number]
        deadline = _after(awaited, since, until, slot.check.every, slot.check.grace)
        policy = replace(slot.config.policy, staleness=max(1, deadline - until))
        recorder.resume(slot, until, awaited.vote, awaited.reason, policy)
        self._awaited[number] = awaited._replace(until=deadline, recorded=until)

    def _record(self, slot: Slot, at: int, result: Result, recorder: Recorder) -> None:
        slot.begun = at
        recorder.finished(slot, at, 0, result, at, event=True, policy=slot.config.policy)


def _after(awaited: Awaited, since: int, until: int, every: int, grace: int) -> int:
    """The deadline after a span in which nobody listened: later than `until`, at which the state goes on."""
    deadline = awaited.until
    if until < deadline and (awaited.reason == Reason.MISSED or until <= deadline - grace):
        return deadline
    if awaited.reason == Reason.MISSED:
        return deadline + ((until - deadline) // every + 1) * every
    # where no grace is left it is missed as soon as somebody listens, but no row can be at the instant of another
    return max(deadline, until + max(1, min(grace, deadline - since)))
