"""What the daemon does once a day: lets go of what is older than the retention, and looks ahead anew."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from exporter.engine.engine import Engine
from exporter.engine.storage import Storage
from exporter.errors import StoreError
from exporter.log import log
from exporter.units import DAY, HOUR, SECOND, format_instant

AFTER_START = 60 * SECOND
"""Milliseconds after the start at which it is done first: a start has enough to do."""


LEAP = 2 * DAY
"""A longer absence may be a clock that is wrong: what it makes old is kept for a day more, until somebody has looked."""


class Forgetting(Protocol):
    """A past that can give up what is old."""

    def forget(self, before: int) -> None:
        """Give up what lies before an instant."""


async def daily(
    engine: Engine,
    histories: Callable[[], Iterable[Forgetting]],
    *,
    retention: Callable[[], int],
    renew: Callable[[], Awaitable[None]],
) -> None:
    """Prune and renew once a day, until cancelled.

    Args:
        engine: Has the store.
        histories: Gives all pasts; they forget what the store forgets.
        retention: Gives the milliseconds for which history is kept.
        renew: Called each time: recurring exclusions are to be expanded for another day.
    """
    await asyncio.sleep(AFTER_START / SECOND)
    while True:
        now = engine.now()
        if obstacle := await _obstacle(engine, now):
            log().warning("prune_put_off", by_seconds=DAY / SECOND, reason=obstacle)
        else:
            await prune(engine.storage, list(histories()), now - retention())
        await renew()
        await asyncio.sleep(DAY / SECOND)


async def prune(storage: Storage, histories: Iterable[Forgetting], before: int) -> None:
    """Let go of what ended before an instant; whole hours, so that it is the same for everybody who asks."""
    before -= before % HOUR
    try:
        rows = await storage.prune(before)
    except StoreError as error:
        log().error("prune_failed", error=str(error))
        return
    for history in histories:
        history.forget(before)
        await asyncio.sleep(0)
    if rows:
        log().info("store_pruned", rows=rows, before=format_instant(before))


async def _obstacle(engine: Engine, now: int) -> str:
    """Why nothing may be let go of now; empty where it may.

    A long absence that ended within a day may be a clock that is years ahead: it would let go of all there is.
    """
    try:
        settled = await engine.settle()
        absences = await engine.storage.run(lambda store: store.absence_spans())
    except StoreError as error:
        return f"the store cannot be read: {error}"
    if not settled:
        return "the store cannot be written"
    leapt = any(each.until - each.since > LEAP and each.until > now - DAY for each in absences)
    return "the clock may have leapt" if leapt else ""
