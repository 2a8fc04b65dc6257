"""The daemon's heart: starts probes when they are due, takes their results, commits once a second."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial

from exporter.engine.instants import Advance, Instants
from exporter.engine.live import Health
from exporter.engine.recorder import Recorder
from exporter.engine.schedule import Schedule
from exporter.engine.slot import Slot
from exporter.errors import StoreError
from exporter.log import log
from exporter.probes.result import Outcome, Result
from exporter.store.base import Commit, Writer
from exporter.timeline.row import Row
from exporter.timeline.tally import State

TICK = 10
"""Milliseconds between two looks at what is due: probes that are due together start together."""

LONGEST_NAP = 500
"""Milliseconds after which the clock is looked at although nothing is due, so that its steps are found."""

COMMIT_SECONDS = 1.0

_Kept = tuple[Sequence[Row], Mapping[int, Sequence[int]]]
"""Rows and slow successes of an endpoint."""


class Engine:
    """Schedule, recorder and store of one running daemon, all on one event loop.

    Attributes:
        recorder: What was found and waits for a commit.
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
        redact: Callable[[str], str] = str,
    ) -> None:
        """An engine that probes nothing yet.

        Args:
            instants: Its clock.
            store: Where the record is kept.
            health: Kept up to date here.
            held_until: The instant at which the record was taken up, see `Recorder`.
            redact: Masks secrets in what failures say of themselves, before anybody sees it.
        """
        self._instants = instants
        self._store = store
        self._held_until = held_until
        self._redact = lru_cache(maxsize=4096)(redact)  # an outage says the same again and again
        self._thread = ThreadPoolExecutor(1, "store")
        self._went_back_from: int | None = None
        self._writing: asyncio.Future[int] | None = None
        self.health = health
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
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._beats(), name="beats")
                group.create_task(self._commits(), name="commits")
        finally:
            await self._end()

    async def _end(self) -> None:
        """Commit everything up to this instant; a probe that is due by then is left undone."""
        if self._went_back_from is None:
            self.schedule.fire(self._look())
        for slot in self.recorder.slots:
            slot.prober.cancel(slot)
        if self._went_back_from is None and not (await self.commit() and await self._commit_hours()):
            log().error("stopped_unwritten", rows=self.recorder.pending_rows, error=self.health.store_error)
        self._thread.shutdown()

    async def _commit_hours(self) -> bool:
        """Write the latencies of hours that are not over, once everything else is safe: they take a moment."""
        self.recorder.end_hours()
        return await self.commit()

    async def commit(self) -> bool:
        """Write what happened since the last commit; False where it could not be written and waits.

        A commit that has begun is seen to its end also where the caller is cancelled.
        """
        while self._writing is not None:
            await asyncio.wait([self._writing])
        commit = self.recorder.take(self.schedule.fired)
        if commit is None:
            return True
        loop = asyncio.get_running_loop()
        self._writing = loop.run_in_executor(self._thread, self._write, commit)
        self._writing.add_done_callback(partial(self._written, commit))
        await asyncio.wait([self._writing])
        return not self.health.store_error

    def finished(self, slot: Slot, result: Result) -> None:
        """Take the result of a slot's probe; a failure that is not yet a verdict is tried again soon."""
        at = slot.at
        if result.detail:
            result.detail = self._redact(result.detail)
        self.recorder.finished(slot, result, self.schedule.fired)
        if at is not None and result.outcome is Outcome.FAILURE and slot.history.timeline.votes == State.DOWN:
            self.schedule.once(slot, max(at + slot.config.retry_interval, self.schedule.fired))

    def _begin(self, slot: Slot) -> None:
        self.recorder.started(slot)
        slot.prober.begin(slot)

    def _late(self, milliseconds: int) -> None:
        self.health.lag.observe(milliseconds * 1_000_000)

    async def _beats(self) -> None:
        """Start what is due, and come back when something is."""
        while True:
            now = self._look()
            if self._went_back_from is not None:
                now = await self._rewind(self._went_back_from)
                self._went_back_from = None
            self.schedule.fire(now)
            self.health.missed = self.schedule.missed
            self.health.pending_rows = self.recorder.pending_rows
            await asyncio.sleep(min(max(TICK, self.schedule.next_due() - now), LONGEST_NAP) / 1000)

    async def _commits(self) -> None:
        while True:
            await asyncio.sleep(COMMIT_SECONDS)
            if self._went_back_from is None:
                await self.commit()

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
            self.schedule.seek(found.before, found.now)
        elif self._went_back_from is None:
            self._went_back_from = found.before

    async def _rewind(self, end: int) -> int:
        """Go on with the record from the instant to which the clock went back (ruling 13).

        Where nothing was recorded yet, because the clock is behind the record, it stays so.

        Args:
            end: How far the record went; what is stamped from now on up to it is set aside.

        Returns:
            The present instant.
        """
        dropped = [slot for slot in self.recorder.slots if slot.at is not None]
        for slot in self.recorder.slots:
            slot.forget_probe()
        mark = None
        while self.recorder.held_until < end and mark is None:
            mark = await self._set_aside(end)
            if mark is None:
                await asyncio.sleep(COMMIT_SECONDS)
        now = self._instants.advance().now
        if mark is not None:
            self.recorder.restart(now, mark)
        self.schedule.seek(end, now)
        for slot in dropped:
            self.schedule.once(slot, now)
        return now

    async def _set_aside(self, end: int) -> int | None:
        """Commit what waits, set aside what the clock took back, and read the rest again.

        Returns:
            The instant at which the record ends now; None where it has to be tried again.
        """
        if not await self.commit():
            return None
        now = self._instants.now
        try:
            kept, absences = await asyncio.get_running_loop().run_in_executor(
                self._thread, self._set_aside_and_read, end, now
            )
            for slot in self.recorder.slots:
                rows, slow = kept[slot.number]
                slot.history.load(rows, absences, slow)
        except StoreError as error:
            log().error("set_aside_failed", error=str(error))
            return None
        self.health.commit_at = now
        return now

    def _set_aside_and_read(self, end: int, now: int) -> tuple[dict[int, _Kept], Sequence[int]]:
        """Runs in the store's thread; what the record has afterwards."""
        store = self._store
        store.set_aside(end, now)
        numbers = [slot.number for slot in self.recorder.slots]
        return {number: (store.rows(number), store.slow(number)) for number in numbers}, store.absences()

    def _written(self, commit: Commit, writing: asyncio.Future[int]) -> None:
        """Take note of how a commit ended."""
        self._writing = None
        health = self.health
        error = writing.exception()
        if error is not None:
            self.recorder.failed(commit)
            if not isinstance(error, StoreError):
                raise error  # a mistake of this program: the event loop says so
            health.write_failures += 1
            if health.store_error != str(error):
                log().error("commit_failed", error=str(error), rows=self.recorder.pending_rows)
            health.store_error = str(error)
        else:
            health.store_bytes = writing.result()
            self.recorder.committed(commit)
            health.commit_at = commit.mark.at
            if health.store_error:
                log().info("commit_recovered", rows=len(commit.opened))
                health.store_error = ""
        health.pending_rows = self.recorder.pending_rows

    def _write(self, commit: Commit) -> int:
        """Runs in the store's thread; the size of the store afterwards."""
        self._store.commit(commit)
        return self._store.size()
