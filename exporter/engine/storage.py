"""Commits: written in a thread of their own, one after another."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from exporter.engine.live import Health
from exporter.engine.recorder import Recorder
from exporter.engine.slot import Slot
from exporter.errors import StoreError
from exporter.log import log
from exporter.record.histories import Known, load_again
from exporter.record.sampled import NONE_SAMPLED, Sampled, load_sampled
from exporter.store.base import Commit, SloKey, Writer
from exporter.timeline.endpoint import EndpointHistory

T = TypeVar("T")


class Storage:
    """The one way from the engine to the store.

    Args:
        store: Where the record is kept.
        health: Told how commits end.
        known: The pasts of all endpoints, also of those that are no longer configured.
        sampled: The pasts of SLOs over `promql`, of whichever configuration is in force.
    """

    def __init__(
        self, store: Writer, health: Health, known: Iterable[Known], sampled: Sampled = NONE_SAMPLED
    ) -> None:
        self._store = store
        self._health = health
        self._histories = {each.stored.number: each.history for each in known}
        self._sampled = sampled
        self._thread = ThreadPoolExecutor(1, "store")
        self._writing: asyncio.Future[int] | None = None

    def follow(self, known: Iterable[Known]) -> None:
        """Go on with the pasts of other endpoints."""
        self._histories = {each.stored.number: each.history for each in known}

    def close(self) -> None:
        """Wait for the thread."""
        self._thread.shutdown()

    async def commit(self, recorder: Recorder, at: int) -> bool:
        """Write what happened since the last commit, as of the instant `at`.

        A commit that has begun is seen to its end also where the caller is cancelled.

        Returns:
            False where it could not be written and waits.
        """
        while self._writing is not None:
            await asyncio.wait([self._writing])
        commit = recorder.take(at)
        if commit is None:
            return True
        loop = asyncio.get_running_loop()
        self._writing = loop.run_in_executor(self._thread, self._write, commit)
        self._writing.add_done_callback(partial(self._written, recorder, commit))
        await asyncio.wait([self._writing])
        return not self._health.store_error

    async def set_aside(self, end: int, at: int) -> bool:
        """Set aside what the clock took back, and let all histories have the rest.

        Args:
            end: How far the record went.
            at: The instant to which the clock went back.

        Returns:
            False where that could not be done; nothing has changed then.
        """
        loop = asyncio.get_running_loop()
        slos = list(self._sampled)
        try:
            read, counted = await loop.run_in_executor(self._thread, self._set_aside_and_read, end, at, slos)
        except StoreError as error:
            log().error("set_aside_failed", error=str(error))
            return False
        self._take_over(read)
        for slo, history in counted.items():
            self._sampled[slo].take_over(history)
        self._health.commit_at = at
        return True

    async def run(self, work: Callable[[Writer], T]) -> T:
        """Do something with the store, between two commits; its errors are the caller's."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, self._store)

    async def rewrite(self, work: Callable[[Writer], T], slots: Sequence[Slot]) -> T:
        """Do something with the store that changes the past of some slots, and let them have it.

        Raises:
            StoreError: It could not be done; nothing has changed then.
        """
        numbers = [slot.number for slot in slots]

        def rewrite_and_read(store: Writer) -> tuple[T, Mapping[int, EndpointHistory]]:
            return work(store), load_again(store, numbers)

        done, read = await self.run(rewrite_and_read)
        self._take_over(read)
        return done

    async def prune(self, before: int) -> int:
        """Let go of what ended before an instant, in slices between which commits are written; how many rows that were.

        Raises:
            StoreError: It could not be done to its end.
        """
        slices, rows = self._store.pruning(before), 0
        while (deleted := await self.run(lambda _: next(slices, None))) is not None:
            rows += deleted
        return rows

    def _set_aside_and_read(
        self, end: int, at: int, slos: Iterable[SloKey]
    ) -> tuple[Mapping[int, EndpointHistory], Sampled]:
        """Runs in the thread; what the record has afterwards."""
        self._store.set_aside(end, at)
        return load_again(self._store, self._histories), load_sampled(self._store, slos)

    def _take_over(self, read: Mapping[int, EndpointHistory]) -> None:
        """Let histories be what was read of them; they are the same objects for whoever asks them."""
        for number, history in read.items():
            if number in self._histories:  # else a reload has removed it meanwhile
                self._histories[number].take_over(history)

    def _write(self, commit: Commit) -> int:
        """Runs in the thread; the size of the store afterwards."""
        self._store.commit(commit)
        return self._store.size()

    def _written(self, recorder: Recorder, commit: Commit, writing: asyncio.Future[int]) -> None:
        """Take note of how a commit ended."""
        self._writing = None
        health = self._health
        error = writing.exception()
        if error is not None:
            recorder.failed(commit)
            if not isinstance(error, StoreError):
                raise error  # a mistake of this program: the event loop says so
            health.write_failures += 1
            if health.store_error != str(error):
                log().error("commit_failed", error=str(error), rows=recorder.pending_rows)
            health.store_error = str(error)
        else:
            health.store_bytes = writing.result()
            recorder.committed(commit)
            health.commit_at = commit.mark.at
            if health.store_error:
                log().info("commit_recovered", rows=len(commit.opened))
                health.store_error = ""
        health.pending_rows = recorder.pending_rows
