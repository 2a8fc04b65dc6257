"""The daemon's heart: starts probes when they are due, takes their results, commits once a second."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import TypeVar

from exporter.engine.anchors import Checks
from exporter.engine.change import Change
from exporter.engine.connectivity import Held, Waiting
from exporter.engine.heartbeats import Heartbeats
from exporter.engine.instants import Instants
from exporter.engine.live import Health
from exporter.engine.recorder import Recorder
from exporter.engine.schedule import Schedule
from exporter.engine.slot import Slot
from exporter.engine.steps import Steps
from exporter.engine.storage import Storage
from exporter.errors import StoreError
from exporter.log import log
from exporter.probes.result import Outcome, Result
from exporter.record.histories import Known
from exporter.record.sampled import NONE_SAMPLED, Sampled
from exporter.store.base import EndpointKey, Writer
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.tally import State

T = TypeVar("T")

TICK = 10
"""Milliseconds between two looks at what is due: probes that are due together start together."""

LONGEST_NAP = 500
"""Milliseconds after which the clock is looked at although nothing is due, so that its steps are found."""

COMMIT_SECONDS = 1.0


class Engine:
    """Schedule, recorder and store of one running daemon, all on one event loop.

    Attributes:
        recorder: What was found and waits for a commit.
        storage: The one way to the store while the engine runs.
        schedule: What is due when.
        health: The daemon's own state, kept up to date here.
    """

    def __init__(
        self,
        instants: Instants,
        store: Writer,
        health: Health,
        held_until: int,
        *,
        known: Iterable[Known],
        sampled: Sampled = NONE_SAMPLED,
        redact: Callable[[str], str] = str,
        checks: Checks | None = None,
    ) -> None:
        """An engine that probes nothing yet.

        Args:
            instants: Its clock.
            store: Where the record is kept.
            health: Kept up to date here.
            held_until: The instant at which the record was taken up, see `Recorder`.
            known: The pasts of all endpoints, also of those that are no longer configured.
            sampled: The pasts of SLOs over `promql`, of whichever configuration is in force.
            redact: Masks secrets in what failures say of themselves, before anybody sees it.
            checks: Of the connectivity anchors; None where there are none, and no result waits.
        """
        self._steps = Steps(instants, health, self._jumped)
        self.storage = Storage(store, health, known, sampled)
        self._turn = asyncio.Lock()  # who reads histories again: one at a time
        self._paused: list[Callable[[], None]] | None = None
        self._held_until = held_until
        self._redact = lru_cache(maxsize=4096)(redact)  # an outage says the same again and again
        self.health = health
        self._heartbeats = Heartbeats()
        self._waiting = self._waiting_for(checks)
        self.recorder = Recorder((), held_until)
        self.schedule = Schedule((), instants.now, self._begin, self._late)

    def now(self) -> int:
        """The instant that figures are given for: the present, or the end of the record if that is later."""
        return max(self._look(), self.recorder.held_until)

    async def run(self, slots: Sequence[Slot]) -> None:
        """Probe until cancelled; then drop what is in flight and commit what is known.

        Args:
            slots: What is probed; their histories hold what the record knows.
        """
        self.recorder = Recorder(slots, self._held_until)
        self.schedule = Schedule(slots, self._look(), self._begin, self._late)
        self._heartbeats.follow(slots)
        if self._waiting is not None:
            self._waiting.start()
        await self._take_up_heartbeats()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._beats(), name="beats")
                group.create_task(self._commits(), name="commits")
        finally:
            await self._end()

    async def beat(self, slot: Slot, *, done: bool) -> None:
        """Record that a slot which is told of was told that its job was done, or failed; it is durable then.

        Raises:
            StoreError: It could not be written, and waits.
        """
        async with self._turn:
            now = self._look()
            if self._steps.back_from is not None or now <= self.recorder.held_until:
                msg = "the clock went back, and the record with it"
                raise StoreError(msg)
            self.schedule.fire(now)
            self._miss(now)
            self._heartbeats.beat(slot, now, self.recorder, done=done)
            if not await self.commit():
                raise StoreError(self.health.store_error)

    def _miss(self, now: int) -> None:
        """See whether beats are missed; while the prober is blind nobody could have heard them."""
        if self._heartbeats.next_due() > now or self._paused is not None:
            return
        if self.health.blind_since is not None:
            self._heartbeats.put_off(now)
        else:
            self._heartbeats.miss(now, self.recorder)

    async def _take_up_heartbeats(self) -> None:
        """Go on with what the record has of them; since its latest absence nobody has listened."""
        numbers = list(self._heartbeats.slots)
        if not numbers:
            return
        rows = await self.storage.run(lambda store: {number: store.rows(number) for number in numbers})
        absences = await self.storage.run(lambda store: store.absence_spans())
        self._heartbeats.remember(rows)
        if absences:
            last = absences[-1]
            self._heartbeats.absent(last.since, max(last.until, self._look()) + 1, self.recorder)

    async def _end(self) -> None:
        """Commit everything up to this instant; a probe that is due by then is left undone."""
        if self._steps.back_from is None:
            self.schedule.fire(self._look())
        for slot in self.recorder.slots:
            slot.prober.cancel(slot)
        if self._waiting is not None:
            await self._waiting.end()
        if self._steps.back_from is None and not (await self.commit() and await self._commit_hours()):
            log().error("stopped_unwritten", rows=self.recorder.pending_rows, error=self.health.store_error)
        self.storage.close()

    async def _commit_hours(self) -> bool:
        """Write the latencies of hours that are not over, once everything else is safe: they take a moment."""
        self.recorder.end_hours()
        return await self.commit()

    async def settle(self) -> bool:
        """Commit once nothing is held back: everything up to now is durable then; False where it could not be written."""
        async with self._turn:
            return await self.commit()

    async def commit(self) -> bool:
        """Write what happened since the last commit; False where it could not be written and waits."""
        return await self.storage.commit(self.recorder, self.schedule.fired)

    def finished(self, slot: Slot, result: Result) -> None:
        """Take the result of a slot's probe."""
        at, slot.at = slot.at, None
        if at is None:
            return
        if result.detail:
            result.detail = self._redact(result.detail)
        if self._waiting is not None:
            self._waiting.take(slot, at, result)
        elif self._paused is None:
            self._record(slot, at, slot.step, result, event=slot.event, policy=slot.policy)
        else:
            self._release(Held(slot, at, slot.step, slot.event, slot.policy, result, 0), result, None)

    async def rewrite(self, prepared: Callable[[], Callable[[Writer], T]], slots: Sequence[Slot]) -> T:
        """Do something with the store that changes the past of some slots; what happens meanwhile waits.

        Args:
            prepared: Gives the work once nobody else is at it; that is given the store, in its thread.
            slots: Whose histories are read again.

        Raises:
            StoreError: It could not be done; nothing has changed.
        """
        async with self._turn:
            work = prepared()
            self._paused = []
            try:
                self.recorder.close_rows(slots)
                if not await self.commit():
                    raise StoreError(self.health.store_error)
                done = await self.storage.rewrite(work, slots)
                self.recorder.unsettle(slots)
            finally:
                paused, self._paused = self._paused, None
                for each in paused:
                    each()
            return done

    async def follow(self, change: Change) -> None:
        """Probe as another configuration says from now on: as a whole, or with an error not at all.

        A probe in flight belongs to the settings that it began with; that of an endpoint that is gone is dropped.

        Args:
            change: What is to be done; its endpoints that are gone were probed until now.

        Raises:
            StoreError: It could not be written; nothing has changed.
        """
        while not await self._has_followed(change):  # noqa: ASYNC110 -- the clock went back, and that is no event
            await asyncio.sleep(TICK / 1000)

    async def _has_followed(self, change: Change) -> bool:
        """Do it, unless the record is about to go back: first that."""
        async with self._turn:
            now = self._look()
            if self._steps.back_from is not None:
                return False
            self.schedule.fire(now)
            at = self.now() + 1  # after every result so far
            self._paused = []
            try:
                self.recorder.close_rows([*change.gone, *change.reshaped])
                if not await self.commit():
                    raise StoreError(self.health.store_error)
                numbers, told = await self.storage.run(partial(self._written, change, at))
                slots = change.apply(at, numbers)
                if self._waiting is not None:
                    self._waiting.forget(change.gone)
                self.recorder.follow(slots)
                self._heartbeats.follow(slots)
                self._heartbeats.bring_back(told, at, self.recorder)
                self.schedule.follow(slots, change.soon(slots))
            finally:
                paused, self._paused = self._paused, None
                for each in paused:
                    each()
            return True

    def _written(
        self, change: Change, at: int, store: Writer
    ) -> tuple[Mapping[EndpointKey, int], Mapping[int, Sequence[Row]]]:
        """Write a change; the endpoints' numbers, and the rows of those that nobody has listened to until now."""
        rows = {
            each.number: store.rows(each.number)
            for each in store.endpoints()
            if (each.service, each.id) in change.told and each.number not in self._heartbeats.slots
        }
        return change.write(store, at), rows

    def keep_secret(self, redact: Callable[[str], str]) -> None:
        """Mask by `redact` from now on."""
        self._redact = lru_cache(maxsize=4096)(redact)

    async def vouch(self, checks: Checks | None) -> None:
        """Let other anchors vouch for the results from now on; None for nobody."""
        if self._waiting is not None:
            await self._waiting.close()
        self._waiting = self._waiting_for(checks)
        if self._waiting is not None:
            self._waiting.start()

    def _waiting_for(self, checks: Checks | None) -> Waiting | None:
        return Waiting(checks, self.health, self._look, self._release) if checks is not None else None

    def _record(self, slot: Slot, at: int, step: int, result: Result, *, event: bool, policy: Policy) -> None:
        """Record a result; a failure that is not yet a verdict is tried again soon."""
        self.recorder.finished(slot, at, step, result, self.schedule.fired, event=event, policy=policy)
        if (
            result.outcome is Outcome.FAILURE
            and slot.history.timeline.votes == State.DOWN
            and slot.begun == at  # else it has been tried again while it waited
        ):
            self.schedule.once(slot, max(at + slot.config.retry_interval, self.schedule.fired))

    def _release(self, held: Held, result: Result, follows: int | None) -> None:
        """Record a result that waits no longer; what its endpoint has begun since is still not done."""
        if self._paused is not None:
            self._paused.append(partial(self._release, held, result, follows))
            return
        slot = held.slot
        if slot not in self.recorder:
            return
        self._record(slot, held.at, held.step, result, event=held.event, policy=held.policy)
        begun = slot.at if follows is None else follows
        if begun is not None:
            self.recorder.started(slot, begun)

    def _begin(self, slot: Slot) -> None:
        slot.policy = slot.config.policy
        self.recorder.started(slot, slot.begun)
        slot.prober.begin(slot)

    def _late(self, milliseconds: int) -> None:
        self.health.lag.observe(milliseconds * 1_000_000)

    async def _beats(self) -> None:
        """Start what is due, and come back when something is."""
        while True:
            now = self._look()
            if self._steps.back_from is not None:
                async with self._turn:
                    now = await self._rewind(self._steps.back_from)
                self._steps.back_from = None
            self.schedule.fire(now)
            self._miss(now)
            self.health.missed = self.schedule.missed
            self.health.pending_rows = self.recorder.pending_rows
            due = min(self.schedule.next_due(), self._heartbeats.next_due())
            await asyncio.sleep(min(max(TICK, due - now), LONGEST_NAP) / 1000)

    async def _commits(self) -> None:
        while True:
            await asyncio.sleep(COMMIT_SECONDS)
            if self._steps.back_from is None:
                await self.commit()

    def _look(self) -> int:
        """The present instant."""
        now = self._steps.look()
        self.health.behind_record = max(0, self.recorder.held_until - now)
        return now

    def _jumped(self, before: int, now: int) -> None:
        """The clock went forward: the span was not lived."""
        absent = partial(self._absent, before, now)
        if self._paused is None:
            absent()
        else:
            self._paused.append(absent)  # histories are read from what the store had before it
        self.schedule.seek(before, now)

    def _absent(self, before: int, now: int) -> None:
        self.recorder.absent(before, now, "clock")
        self._heartbeats.absent(before, now, self.recorder)

    async def _rewind(self, end: int) -> int:
        """Go on with the record from the instant to which the clock went back (ruling 13).

        Where nothing was recorded yet, because the clock is behind the record, it stays so.

        Args:
            end: How far the record went; what is stamped from now on up to it is set aside.

        Returns:
            The present instant.
        """
        dropped = {slot for slot in self.recorder.slots if slot.at is not None}
        for slot in self.recorder.slots:
            slot.prober.cancel(slot)
        if self._waiting is not None:
            dropped |= self._waiting.drop()
        now = self._look()
        if self.recorder.held_until < end:
            now = await self._steps.set_aside(end, self.recorder, self.storage, self.commit)
        else:
            self.recorder.forget()
        self.schedule.seek(end, now)
        for slot in self.recorder.slots:
            if slot in dropped:
                self.schedule.once(slot, now)
        if self._waiting is not None:
            self._waiting.restart(now)
        await self._take_up_heartbeats()
        return now
