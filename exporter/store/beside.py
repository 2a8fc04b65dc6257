"""What lies beside a store: the socket of the daemon that writes to it, and the targets that it has found."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LONGEST_ADDRESS = 100
"""Bytes of a socket's path that every system takes."""


def socket_path(storage: Path) -> Path:
    """Where the socket of the daemon is that writes to a store."""
    return storage.with_name(f"{storage.name}.sock")


def targets_path(storage: Path) -> Path:
    """Where the daemon that writes to a store keeps what discovery has found."""
    return storage.with_name(f"{storage.name}.targets")


@contextmanager
def reachable(path: Path) -> Iterator[str]:
    """Give an address of a socket that is short enough for the system, however long its path is.

    Raises:
        OSError: Its folder cannot be opened.
    """
    if len(os.fsencode(path)) <= LONGEST_ADDRESS:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
