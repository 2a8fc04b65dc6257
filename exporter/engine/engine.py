"""The daemon's heart: starts probes when they are due, takes their results, commits once a second."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from exporter.engine.instants import Advance, Instants
from exporter.engine.live import Health
from exporter.engine.recorder import Recorder
from exporter.engine.schedule import Schedule
from exporter.engine.slot import Slot
from exporter.errors import StoreError
from exporter.log import log
from exporter.probes.result import Outcome, Result
from exporter.store.base import Commit, Writer
from exporter.timeline.tally import State

TICK = 10
"""Milliseconds between two looks at what is due: probes that are due together start together."""

LONGEST_NAP = 500
"""Milliseconds after which the clock is looked at although nothing is due, so that its steps are found."""

COMMIT_SECONDS = 1.0


class Engine:
    """Schedule, recorder and store of one running daemon, all on one event loop.

    Attributes:
        recorder: What was found and waits for a commit.
        schedule: What is due when.
        health: The daemon's own state, kept up to date here.
    """

    def __init__(self, instants: Instants, store: Writer, health: Health, held_until: int) -> None:
        """An engine that probes nothing yet.

        Args:
            instants: Its clock.
            store: Where the record is kept.
            health: Kept up to date here.
            held_until: The instant at which the record was taken up, see `Recorder`.
        """
        self._instants = instants
        self._store = store
        self._held_until = held_until
        self._thread = ThreadPoolExecutor(1, "store")
        self._timer: asyncio.TimerHandle | None = None
        self._rewinding: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self.health = health
        self.recorder = Recorder((), held_until)
        self.schedule = Schedule((), instants.now, self._begin, self._late)

    def now(self) -> int:
        """The instant that figures are given for: the present, or the end of the record if that is later."""
        return max(self._look(), self.recorder.held_until)

    def start(self, slots: Sequence[Slot]) -> None:
        """Begin to probe `slots`, whose histories hold what the record knows."""
        now = self._look()
        self.recorder = Recorder(slots, self._held_until)
        self.schedule = Schedule(slots, now, self._begin, self._late)
        self._tick()

    async def run(self) -> None:
        """Commit once a second, until cancelled."""
        while True:
            await asyncio.sleep(COMMIT_SECONDS)
            if self._rewinding is None:
                await self.commit()

    async def stop(self) -> None:
        """Drop what is in flight, commit what is known, and end."""
        if self._timer is not None:
            self._timer.cancel()
        if self._rewinding is not None:
            self._rewinding.cancel()
        for slot in self.recorder.slots:
            slot.prober.cancel(slot)
        await self.commit()
        self._thread.shutdown()

    async def commit(self) -> bool:
        """Write what happened since the last commit; False where it could not be written and waits."""
        async with self._writing:
            commit = self.recorder.take(self.schedule.fired)
            if commit is None:
                return True
            loop = asyncio.get_running_loop()
            try:
                self.health.store_bytes = await loop.run_in_executor(self._thread, self._write, commit)
            except StoreError as error:
                self.recorder.failed(commit)
                self.health.write_failures += 1
                if self.health.store_error != str(error):
                    log().error("commit_failed", error=str(error), rows=self.recorder.pending_rows)
                self.health.store_error = str(error)
                return False
            finally:
                self.health.pending_rows = self.recorder.pending_rows
            if self.health.store_error:
                log().info("commit_recovered", rows=len(commit.opened))
                self.health.store_error = ""
            self.recorder.committed(commit)
            self.health.commit_at = commit.mark.at
            return True

    def finished(self, slot: Slot, result: Result) -> None:
        """Take the result of a slot's probe; a failure that is not yet a verdict is tried again soon."""
        at = slot.at
        self.recorder.finished(slot, result, self.schedule.fired)
        if at is not None and result.outcome is Outcome.FAILURE and slot.history.timeline.votes == State.DOWN:
            self.schedule.once(slot, max(at + slot.config.retry_interval, self.schedule.fired))

    def _begin(self, slot: Slot) -> None:
        self.recorder.started(slot)
        slot.prober.begin(slot)

    def _late(self, milliseconds: int) -> None:
        self.health.lag.observe(milliseconds * 1_000_000)

    def _tick(self) -> None:
        """Start what is due, and come back when something is."""
        now = self._look()
        if self._rewinding is None:
            self.schedule.fire(now)
            self.health.missed = self.schedule.missed
        nap = min(max(TICK, self.schedule.next_due() - now), LONGEST_NAP)
        self._timer = asyncio.get_running_loop().call_later(nap / 1000, self._tick)

    def _look(self) -> int:
        """The present instant; what a step of the clock makes of the record is seen to."""
        found = self._instants.advance()
        self.health.behind_record = max(0, self.recorder.held_until - found.now)
        if found.stepped:
            self._stepped(found)
        return found.now

    def _stepped(self, found: Advance) -> None:
        self.health.clock_steps += 1
        log().warning("clock_stepped", by_seconds=(found.now - found.before) / 1000)
        if found.now >= found.before:
            self.recorder.absent(found.before, found.now, "clock")
            self.schedule.seek(found.now)
        elif self._rewinding is None:
            self._rewinding = asyncio.get_running_loop().create_task(self._rewind(found.before))

    async def _rewind(self, end: int) -> None:
        """Go on with the record from the instant to which the clock went back (ruling 13).

        Args:
            end: How far the record went; what is stamped from now on up to it is set aside.
        """
        for slot in self.recorder.slots:
            slot.forget_probe()
        while self.recorder.held_until < end:
            if await self._set_aside(end):
                break
            await asyncio.sleep(COMMIT_SECONDS)
        now = self._instants.advance().now
        self.recorder.restart(now)
        self.schedule.seek(now)
        self._rewinding = None

    async def _set_aside(self, end: int) -> bool:
        """Commit what waits, set aside what the clock took back, and read the rest again; False to try again."""
        if not await self.commit():
            return False
        now = self._instants.now
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._store.set_aside, end, now)
            absences = self._store.absences()
            for slot in self.recorder.slots:
                slot.history.load(self._store.rows(slot.number), absences)
        except StoreError as error:
            log().error("set_aside_failed", error=str(error))
            return False
        return True

    def _write(self, commit: Commit) -> int:
        """Runs in the store's thread; the size of the store afterwards."""
        self._store.commit(commit)
        return self._store.size()
