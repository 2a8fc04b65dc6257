"""One writer per store: an advisory lock on a file beside it, held by the process that lives."""

import fcntl
import os
from pathlib import Path

from exporter.errors import StoreError, StoreLockedError


class Lock:
    """Held from its making until `release`, or until the process ends, however it ends."""

    def __init__(self, store: Path) -> None:
        """Take the lock of the store.

        Raises:
            StoreLockedError: Another process has it.
            StoreError: The lock file cannot be made.
        """
        self.path = store.with_name(store.name + ".lock")
        try:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            msg = f"{store}: cannot make its lock file {self.path}: {error.strerror}"
            raise StoreError(msg) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(self._descriptor, 32).decode(errors="replace").strip()
            os.close(self._descriptor)
            process = f"process {holder}" if holder else "another process"
            msg = f"{store}: {process} is writing to it; stop that one, or give another --storage"
            raise StoreLockedError(msg) from error
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Let others write. The file stays: removing it would let two hold two."""
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)
