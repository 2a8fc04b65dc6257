"""A bar on long work, when a person is watching."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
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


@contextmanager
def advancing(total: int, label: str) -> Iterator[Callable[[int], object]]:
    """Give a function that moves a bar on by so much of `total`; nothing is shown where nobody watches."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 -- only where a person watches
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=total)
        yield lambda step: progress.advance(task, step)
