"""Steps of the wall clock: found, counted, and lived through (ruling 13)."""

import asyncio
from collections.abc import Awaitable, Callable

from exporter.engine.instants import Instants
from exporter.engine.live import Health
from exporter.engine.recorder import Recorder
from exporter.engine.storage import Storage
from exporter.log import log

RETRY_SECONDS = 1.0


class Steps:
    """Looks at the clock, and keeps in mind that it went back until that is seen to.

    Attributes:
        back_from: The instant from which the clock went back; None where that is seen to.
    """

    def __init__(self, instants: Instants, health: Health, forward: Callable[[int, int], None]) -> None:
        """Steps of a clock.

        Args:
            instants: The clock.
            health: Counts them.
            forward: Told of a span that was not lived.
        """
        self._instants = instants
        self._health = health
        self._forward = forward
        self._went_forward = False  # while a step back is not seen to
        self.back_from: int | None = None

    def look(self) -> int:
        """The present instant; what a step forward makes of the record is seen to."""
        found = self._instants.advance()
        if found.stepped:
            self._health.clock_steps += 1
            log().warning("clock_stepped", by_seconds=(found.now - found.before) / 1000)
            if found.now < found.before:
                self.back_from = found.before if self.back_from is None else self.back_from
            elif self.back_from is None:
                self._forward(found.before, found.now)
            else:
                self._went_forward = True
        return found.now

    async def set_aside(
        self, end: int, recorder: Recorder, storage: Storage, commit: Callable[[], Awaitable[bool]]
    ) -> int:
        """Commit what waits, set aside what the clock took back, and read the rest again.

        That is tried again where the store cannot be written, or the clock goes back further meanwhile. Where it
        goes forward meanwhile, the time since then was not lived.

        Args:
            end: How far the record went.
            recorder: Goes on with what the store then has.
            storage: Sets aside.
            commit: Commits.

        Returns:
            The present instant, at which the record goes on.
        """
        at, self._went_forward = self.look(), False
        while True:
            done = await commit() and await storage.set_aside(end, at)
            now = self.look()
            if done and now >= at:
                break
            at = min(at, now)
            if not done:
                await asyncio.sleep(RETRY_SECONDS)
        recorder.restart(now, at)
        if self._went_forward:
            recorder.absent(at, now, "clock")
        return now
