"""A bar on long work, when a person is watching."""

import sys
from collections.abc import Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")

LONG = 50_000
"""Steps from which on a bar is worth its line."""


def watched(steps: Sequence[T], label: str) -> Iterable[T]:
    """Go through `steps`, with a bar on standard error where that is a terminal and they are many."""
    if len(steps) < LONG or not sys.stderr.isatty():
        return steps
    from rich.console import Console  # noqa: PLC0415 -- only where a person watches
    from rich.progress import track  # noqa: PLC0415

    return track(steps, label, console=Console(stderr=True), transient=True)
