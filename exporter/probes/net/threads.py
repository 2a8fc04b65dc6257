"""Threads for probes over TLS, so that a handshake's arithmetic never delays a plain probe."""

import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from exporter.probes.check import TlsCheck
from exporter.probes.net.faults import said
from exporter.probes.net.poller import Poller
from exporter.probes.result import ProbeInconclusive

if TYPE_CHECKING:
    from exporter.probes.net.tls import Handshakes

_BUSY = 32

LEAVE_SECONDS = 5.0
"""How long a thread may take to end when the daemon does."""


class Lane:
    """One thread with a poller of its own.

    Attributes:
        poller: It runs in the thread.
        handshakes: OpenSSL contexts and memories, for the thread only; None before it has them.
        load: Probes given to it that have no result yet; kept on the event loop's thread.
    """

    def __init__(self, number: int) -> None:
        """Start the thread.

        Raises:
            OSError: There is no descriptor for it.
            RuntimeError: There is no thread for it.
        """
        self.load = 0
        self.handshakes: Handshakes | None = None
        self.poller = Poller()
        self.thread = threading.Thread(target=self._run, name=f"tls-{number}", daemon=True)
        try:
            self.thread.start()
        except RuntimeError:
            self.poller.close()
            raise

    def _run(self) -> None:
        # OpenSSL is loaded on first use, off the loop; where it cannot be, probes are told when they come.
        with suppress(ImportError):
            from exporter.probes.net.tls import Handshakes  # noqa: PLC0415

            self.handshakes = Handshakes()
        self.poller.run()

    def ready_for(self, check: TlsCheck) -> None:
        """See that a handshake can be made; in the thread.

        Raises:
            ProbeInconclusive: OpenSSL or a local file cannot be loaded.
        """
        if self.handshakes is None:
            msg = "pyOpenSSL cannot be loaded"
            raise ProbeInconclusive(msg)
        self.handshakes.context(check)

    def close(self) -> None:
        """End the thread and drop its probes."""
        self.poller.stop()
        self.thread.join(LEAVE_SECONDS)
        if self.thread.is_alive():  # stuck in a file system that hangs, say: it ends with the process
            return
        self.poller.abandon()
        self.poller.close()


class TlsThreads:
    """Up to one thread for each core; another is started only where those that run are busy."""

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit or len(os.sched_getaffinity(0))
        self._lanes: list[Lane] = []

    def lane(self) -> Lane:
        """Choose the thread for one more probe, and count it there.

        Raises:
            ProbeInconclusive: None runs and none can be started.
        """
        least = min(self._lanes, key=_load, default=None)
        if least is None or (least.load >= _BUSY and len(self._lanes) < self._limit):
            try:
                least = Lane(len(self._lanes))
                self._lanes.append(least)
            except OSError as error:
                if least is None:
                    raise ProbeInconclusive(said(error.errno or 0)) from error
            except RuntimeError as error:
                if least is None:
                    msg = f"no thread can be started for TLS: {error}"
                    raise ProbeInconclusive(msg) from error
        least.load += 1
        return least

    def close(self) -> None:
        """End all threads and drop their probes."""
        for lane in self._lanes:
            lane.close()
        self._lanes.clear()


def _load(lane: Lane) -> int:
    return lane.load
