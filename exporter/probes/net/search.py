"""Searching for rules in coroutines: at once for a moment, then in a thread."""

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

from exporter.probes.check import Rule

if TYPE_CHECKING:
    import regex

_MOMENT = 0.002


async def found(rule: Rule, text: str, deadline: int) -> "regex.Match[str] | None":
    """The first match of a rule; what takes longer than a moment does so in a thread, which lets all others run.

    Args:
        rule: To be searched for.
        text: In which.
        deadline: Monotonic nanoseconds at which the search is given up.

    Raises:
        TimeoutError: The deadline passed.
    """
    try:
        return rule.pattern.search(text, timeout=_MOMENT)
    except TimeoutError:
        left = max(_MOMENT, (deadline - time.monotonic_ns()) / 1e9)
        return await asyncio.to_thread(partial(rule.pattern.search, text, concurrent=True, timeout=left))
