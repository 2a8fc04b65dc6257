"""From results to the record: rows for the store, states and counters for whoever looks."""

from collections.abc import Iterable

from exporter.engine.latencies import Latencies
from exporter.engine.live import Counters
from exporter.engine.slot import Slot, exceeded
from exporter.log import Logger, log
from exporter.probes.result import Outcome, Reason, Result
from exporter.record.histories import settled_until
from exporter.store.base import Absence, ClosedRow, Commit, Mark, OpenRow, Sketch, SlowSuccess
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.spans import FOREVER
from exporter.timeline.tally import State
from exporter.units import format_instant

_VOTES = {Outcome.SUCCESS: State.UP, Outcome.FAILURE: State.DOWN, Outcome.INCONCLUSIVE: State.UNKNOWN}

_Counted = tuple[Counters, Outcome, Reason | None, int]


class Recorder:
    """Takes results as they end; gives a commit's worth at a time.

    What happened since the last commit waits here, through any number of failed ones.

    Attributes:
        held_until: The record's end when the daemon started: before it nothing is recorded,
            because the clock is wrong now or was wrong then (ruling 13).
        committed_at: Instant of the last commit; at first that of taking the record up.
    """

    def __init__(self, slots: Iterable[Slot], held_until: int) -> None:
        self.slots = tuple(slots)
        self._present = frozenset(self.slots)
        self.held_until = held_until
        self.committed_at = held_until
        self._unsettled = {slot.number: slot for slot in self.slots if slot.history.timeline.pending_since()}
        self._settled = self._settle(held_until)
        self._settled_when_written: dict[int, int] = {}
        self._closed: list[ClosedRow] = []
        self._opened: list[OpenRow] = []
        self._absences: list[Absence] = []
        self._slow: list[SlowSuccess] = []
        self._sketches: list[Sketch] = []
        self._latencies = Latencies()
        self._counted: list[_Counted] = []
        self._taken: list[_Counted] = []
        self._waiting: dict[Counters, Counters] = {}
        self._cut = -FOREVER  # start of the latest absence

    def __contains__(self, slot: Slot) -> bool:
        """Whether a slot is still one of those that are recorded."""
        return slot in self._present

    @property
    def pending_rows(self) -> int:
        """Rows that wait for a commit, new ones and ends of old ones."""
        return len(self._opened) + len(self._closed)

    def started(self, slot: Slot, at: int) -> None:
        """Note what an endpoint has begun: nothing is done from the instant `at` on, or from the first missed beat."""
        if at <= self.held_until:
            return
        row = slot.row
        first = min(at, slot.row_last + row.step) if row is not None and row.step else at
        if slot.undone is None or first < slot.undone:
            slot.undone = first
        self._unsettled[slot.number] = slot

    def follow(self, slots: Iterable[Slot]) -> None:
        """Go on with other slots; those that are gone have no open row."""
        self.slots = tuple(slots)
        self._present = frozenset(self.slots)
        self._unsettled = {number: slot for number, slot in self._unsettled.items() if slot in self._present}

    def finished(
        self, slot: Slot, at: int, step: int, result: Result, fired: int, *, event: bool, policy: Policy
    ) -> None:
        """Take the result of a probe.

        Args:
            slot: Whose it is.
            at: Instant of the probe; instants only grow.
            step: As `Slot.step` was.
            result: What it found.
            fired: The instant up to which every beat has begun or was missed.
            event: As `Slot.event` was.
            policy: As `Slot.policy` was.
        """
        told_nothing, slot.told_nothing = slot.told_nothing, result.outcome is Outcome.INCONCLUSIVE
        slot.last.update(at, result)
        if at <= self.held_until:
            return
        vote = _VOTES[result.outcome]
        timeline = slot.history.timeline
        before = timeline.verdict
        slow = exceeded(policy, result) if event else ()
        reason = result.reason.value if result.reason else ""
        slot.history.add(at, vote, policy, event=event, slow=slow, reason=reason)
        self._extend(slot, at, step, vote, reason, policy=policy, event=event)
        self._slow.extend(SlowSuccess(slot.number, threshold, at) for threshold in slow)
        if vote == State.UP:
            self._latencies.add(slot.number, at, result.duration)
        self._counted.append((slot.counters, result.outcome, result.reason, result.duration))
        missed = step and at + step <= fired  # while this one was in flight
        slot.undone = at + step if missed else None
        self._unsettled[slot.number] = slot
        if timeline.verdict != before:
            _log_verdict(slot, at, timeline.verdict, result)
        elif slot.told_nothing and not told_nothing:
            _named(slot).warning("endpoint_unknown", since=format_instant(at), detail=result.detail)
        elif told_nothing and not slot.told_nothing:
            _named(slot).info(
                "endpoint_known", since=format_instant(at), state=timeline.state(at).name.lower()
            )

    def resume(self, slot: Slot, at: int, vote: State, reason: str, policy: Policy) -> None:
        """Let a state go on after an absence, although nobody has said so anew; it is no event, and is not counted."""
        if at > self.held_until:
            slot.begun = at
            slot.history.add(at, vote, policy, event=False, reason=reason)
            self._extend(slot, at, 0, vote, reason, policy=policy, event=False)

    def absent(self, since: int, until: int, cause: str) -> None:
        """Enter a span that was not lived: what was measured before it ends there."""
        since = max(since, self.held_until)
        if until <= since:
            return
        self._absences.append(Absence(since, until, cause))
        self._cut = since
        for slot in self.slots:
            slot.history.timeline.cut(since)
            if slot.row is not None:
                self._close(slot, slot.row)

    def close_rows(self, slots: Iterable[Slot]) -> None:
        """Let the record of some slots go on with new rows: their pasts are about to be changed."""
        for slot in slots:
            if slot.row is not None:
                self._close(slot, slot.row)

    def unsettle(self, slots: Iterable[Slot]) -> None:
        """Look again at what is pending in the pasts of some slots, which were changed."""
        for slot in slots:
            self._unsettled[slot.number] = slot

    def forget(self) -> None:
        """Drop what is not done; the record of each endpoint goes on with a new row."""
        for slot in self.slots:
            slot.forget()

    def restart(self, at: int, committed: int) -> None:
        """Go on from the instant `at` with what the store now has; what waited is in it or set aside.

        Args:
            at: The present, milliseconds.
            committed: The store's mark, which went back too.
        """
        self.forget()
        self.held_until = min(self.held_until, at)
        self.committed_at = committed
        self._cut = -FOREVER
        self._latencies.forget(at)
        self._unsettled = {slot.number: slot for slot in self.slots if slot.history.timeline.pending_since()}
        self._settled = self._settle(committed)
        for slot in self.slots:
            slot.charged = at

    def take(self, at: int) -> Commit | None:
        """Everything since the last commit, as of the instant `at`; None while nothing is to be recorded."""
        if at < self.held_until:
            return None
        self._settled_when_written = self._settle(at)
        due = {number: slot.undone for number, slot in self._unsettled.items() if slot.undone is not None}
        sketches = [*self._sketches, *self._latencies.take(at)]
        commit = Commit(Mark(at, due), self._closed, self._opened, self._absences, self._slow, sketches)
        self._closed, self._opened, self._absences = [], [], []
        self._slow, self._sketches = [], []
        self._taken, self._counted = self._counted, []
        return commit

    def end_hours(self) -> None:
        """Let the next commit have all latencies, also those of the running hour: the daemon stops."""
        self._sketches += self._latencies.take_all()

    def committed(self, commit: Commit) -> None:
        """The commit is durable: what it counted may be shown."""
        self.committed_at, self._settled = commit.mark.at, self._settled_when_written
        for counters, outcome, reason, duration in self._taken:
            counters.count(outcome, reason, duration)
        for counters, waiting in self._waiting.items():
            counters.add(waiting)
        self._taken, self._waiting = [], {}

    def failed(self, commit: Commit) -> None:
        """The commit was not written: it waits for the next one."""
        self._closed = [*commit.closed, *self._closed]
        self._opened = [*commit.opened, *self._opened]
        self._absences = [*commit.absences, *self._absences]
        self._slow = [*commit.slow, *self._slow]
        self._sketches = [*commit.sketches, *self._sketches]
        for counters, outcome, reason, duration in self._taken:  # summed up, so that it cannot grow
            self._waiting.setdefault(counters, Counters()).count(outcome, reason, duration)
        self._taken = []

    def settled_until(self, slot: Slot) -> int:
        """The instant before which nothing of the endpoint changes but by corrections, as of the last commit."""
        return self._settled.get(slot.number, self.committed_at)

    def charge(self, slot: Slot) -> None:
        """Let the counters have the endpoint's time that has settled since (rule D)."""
        settled = self.settled_until(slot)
        if settled <= slot.charged:
            return
        up0, down0 = slot.history.timeline.before(slot.charged)
        up1, down1 = slot.history.timeline.before(settled)
        counters = slot.counters
        counters.up += up1 - up0
        counters.down += down1 - down0
        counters.unknown += settled - slot.charged - (up1 - up0) - (down1 - down0)
        slot.charged = settled

    def _settle(self, at: int) -> dict[int, int]:
        """Settled instants of the slots that are not settled up to `at`, by number; forgets those that are."""
        settled = {
            number: settled_until(slot.history.timeline, at, slot.undone)
            for number, slot in self._unsettled.items()
        }
        self._unsettled = {
            number: slot
            for number, slot in self._unsettled.items()
            if slot.undone is not None or slot.history.timeline.pending_since() is not None
        }
        return {number: instant for number, instant in settled.items() if instant < at}

    def _extend(
        self, slot: Slot, at: int, step: int, vote: State, reason: str, *, policy: Policy, event: bool
    ) -> None:
        row = slot.row
        if (
            row is not None
            and at == slot.row_last + row.step
            and slot.row_last > self._cut
            and step == row.step
            and vote == row.vote
            and reason == row.reason
            and event == row.event
            and policy is row.policy
        ):
            slot.row_last = at
            return
        if row is not None:
            self._close(slot, row)
        slot.row_last = at
        slot.row = Row(at, step, at, vote, reason, event, policy)
        self._opened.append(OpenRow(slot.number, slot.row))

    def _close(self, slot: Slot, row: Row) -> None:
        self._closed.append(ClosedRow(slot.number, row.at, slot.row_last))
        slot.row = None


def _log_verdict(slot: Slot, at: int, verdict: State, result: Result) -> None:
    """One line per transition, for people who read logs."""
    since = format_instant(slot.history.timeline.since(at) or at)
    if verdict == State.UP:
        _named(slot).info("endpoint_up", since=since)
    else:
        _named(slot).warning("endpoint_down", since=since, reason=result.reason, detail=result.detail)


def _named(slot: Slot) -> Logger:
    return log().bind(service=slot.service.name, endpoint=slot.config.name)
