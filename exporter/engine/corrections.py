"""Exclusions of the running daemon: entered and taken back while it probes, durable before anybody is told."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from itertools import islice

from exporter.config.model import Config
from exporter.log import log
from exporter.record.corrections import Correction, adding, removing
from exporter.record.exclusions import changed, in_force, last_seen, moving
from exporter.record.histories import Known
from exporter.record.moves import MOST, State, moves
from exporter.record.wanted import Wanted
from exporter.store.base import LogEntry
from exporter.timeline.exclusion import Exclusion

Write = Callable[[Sequence[LogEntry]], Awaitable[None]]
"""Makes entries durable, or raises a StoreError."""


class Corrections:
    """The trail of exclusions, and the only way to add to it while the daemon runs.

    Attributes:
        trail: All that was ever done to exclusions, oldest first.
    """

    def __init__(
        self,
        config: Config,
        known: Mapping[str, Sequence[Known]],
        trail: Sequence[LogEntry],
        *,
        now: Callable[[], int],
        write: Write,
        show: Callable[[], None],
    ) -> None:
        """Take up the trail.

        Args:
            config: That is in force.
            known: The pasts of all services.
            trail: As the store has it.
            now: Gives the engine's present instant.
            write: Makes entries durable.
            show: Called once other exclusions are in force, before anybody is told.
        """
        self.config = config
        self.trail = tuple(trail)
        self._known = known
        self._now = now
        self._write = write
        self._show = show
        self._turn = asyncio.Lock()

    @property
    def in_force(self) -> tuple[Exclusion, ...]:
        """Of the configuration, and entered."""
        return in_force(self.config, self.trail)

    async def take_up(self) -> None:
        """Enter what the configuration says otherwise than when the daemon last saw it, with the figures that move.

        Raises:
            StoreError: It could not be written.
        """
        now = self._now()
        entries = changed(self.config, self.trail, now)
        if entries:
            config = last_seen(self.config, self.trail)
            before = State(config, in_force(config, self.trail))
            moved = islice(moves(self._known, before, State(self.config, self.in_force), now), MOST)
            entries = moving(entries, list(moved))
            await self._write(entries)
            self.trail = (*self.trail, *entries)
            log().info("exclusions_changed", entries=len(entries))

    async def add(self, wanted: Wanted, author: str) -> Correction:
        """Enter an exclusion: every figure follows at once.

        Raises:
            UsageError: With everything that is wrong with it; nothing was entered.
            StoreError: It could not be written; nothing was entered.
        """
        return await self._do(partial(adding, wanted), author)

    async def remove(self, ident: str, why: str, author: str) -> Correction:
        """Take one back: every figure is what it was before, to the last digit.

        Raises:
            UsageError: There is no such one, or no reason is given.
            StoreError: It could not be written; it still counts.
        """
        return await self._do(partial(removing, ident, why), author)

    async def _do(self, work_out: Callable[..., Correction], author: str) -> Correction:
        async with self._turn:  # one after the other: each has an identity of its own
            correction = work_out(self.config, self.trail, self._known, author=author, now=self._now())
            await self._write([correction.entry])
            self.trail = (*self.trail, correction.entry)
            self._show()
        log().info(
            "exclusion_changed",
            action=correction.entry.action,
            id=correction.exclusion.ident,
            who=author,
            figures=len(correction.moves),
        )
        return correction
