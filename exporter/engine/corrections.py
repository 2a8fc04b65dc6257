"""Exclusions of the running daemon: entered and taken back while it probes, durable before anybody is told."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

from exporter.config.model import Config
from exporter.engine.turns import in_turns
from exporter.log import log
from exporter.record.corrections import Correction, Draft, adding, approving, removing
from exporter.record.exclusions import changed, in_force, last_seen, moving
from exporter.record.histories import Known
from exporter.record.moves import Change, Move, State, compared, first_moves, moves
from exporter.record.sampled import NONE_SAMPLED, Sampled
from exporter.record.wanted import Wanted
from exporter.store.base import LogEntry
from exporter.timeline.exclusion import Exclusion

Write = Callable[[Sequence[LogEntry]], Awaitable[None]]
"""Makes entries durable, or raises a StoreError."""


Begin = Callable[[Sequence[LogEntry]], Awaitable[Mapping[str, Sequence[Known]]]]
"""Puts a configuration in force, with these entries."""


class Show(Protocol):
    """Lets everybody see figures with some exclusions in force."""

    def __call__(self, exclusions: Sequence[Exclusion], *, anew: bool) -> Awaitable[None]:
        """Show them; with `anew` recurring ones are expanded for another day, too."""


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
        show: Show,
        sampled: Sampled = NONE_SAMPLED,
    ) -> None:
        """Take up the trail.

        Args:
            config: That is in force.
            known: The pasts of all services.
            trail: As the store has it.
            now: Gives the engine's present instant.
            write: Makes entries durable.
            show: Shows all figures with these exclusions, before anybody is told of them.
            sampled: The pasts of SLOs over `promql`, of whichever configuration is in force.
        """
        self.config = config
        self.trail = tuple(trail)
        self._known = known
        self._sampled = sampled
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
        entries = await self._changed(self.config, self._known)
        if entries:
            await self._write(entries)
            self._append(entries)

    async def follow(self, config: Config, known: Mapping[str, Sequence[Known]], begin: Begin) -> None:
        """Go on with another configuration, and enter what it says otherwise.

        Args:
            config: That is to be in force.
            known: The pasts of its services as far as they have any.
            begin: Puts it in force and makes the entries durable, both or none; gives the pasts of all its services.

        Raises:
            StoreError: It could not be written; nothing has changed.
        """
        async with self._turn:
            entries = await self._changed(config, known)
            self._known = await begin(entries)
            self.config = config
            self._append(entries)
            await self._show(self.in_force, anew=True)

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

    async def approve(self, ident: str, why: str, author: str) -> Correction:
        """Let a person agree to one; no figure of an SLO moves.

        Raises:
            UsageError: There is no such one, or the person has agreed already.
            StoreError: It could not be written.
        """
        return await self._do(partial(approving, ident, why), author)

    async def show(self) -> None:
        """Show all figures, with recurring exclusions expanded for another day."""
        async with self._turn:
            await self._show(self.in_force, anew=True)

    async def _changed(self, config: Config, known: Mapping[str, Sequence[Known]]) -> Sequence[LogEntry]:
        """What a configuration says otherwise than the trail, with the figures that move."""
        now = self._now()
        entries = changed(config, self.trail, now)
        if not entries:
            return ()
        seen = last_seen(config, self.trail)
        before = State(seen, in_force(seen, self.trail))
        after = State(config, in_force(config, (*self.trail, *entries)))
        return moving(entries, first_moves(await self._moves(Change(before, after, now), known))[0])

    def _append(self, entries: Sequence[LogEntry]) -> None:
        if entries:
            self.trail = (*self.trail, *entries)
            log().info("exclusions_changed", entries=len(entries))

    async def _moves(self, change: Change, known: Mapping[str, Sequence[Known]]) -> Sequence[Move | None]:
        """The figures that a change moves, worked out in turns with the probes."""
        return await in_turns(moves(await asyncio.to_thread(compared, known, change, self._sampled)))

    async def _do(self, drafted: Callable[..., Draft], author: str) -> Correction:
        async with self._turn:  # one after the other: each has an identity of its own
            draft = drafted(self.config, self.trail, author=author, now=self._now())
            correction = draft.moving(await self._moves(draft.change, self._known))
            await self._write([correction.entry])
            self.trail = (*self.trail, correction.entry)
            await self._show(self.in_force, anew=False)
        log().info(
            "exclusion_changed",
            action=correction.entry.action,
            id=correction.exclusion.ident,
            who=author,
            figures=len(correction.moves),
        )
        return correction
