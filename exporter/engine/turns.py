"""Long work on the event loop's thread, in turns with the probes.

What reads histories has to be on the thread that adds to them. A probe whose answer waits
for seconds of other work would run into its deadline: our own slowness as somebody's outage.
"""

import asyncio
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


async def in_turns(steps: Iterable[T]) -> list[T]:
    """Take all steps, and let everybody else go on after each."""
    taken = list[T]()
    for step in steps:
        taken.append(step)
        await asyncio.sleep(0)
    return taken
