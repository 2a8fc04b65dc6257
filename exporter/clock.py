"""The only reader of the wall clock: everything else is given an instant or a `Clock`."""

import time
from typing import Protocol


class Clock(Protocol):
    """Wall and monotonic time of one machine."""

    def wall(self) -> int:
        """Milliseconds since the epoch; may step."""

    def monotonic(self) -> int:
        """Nanoseconds since an arbitrary start; never falls."""


class SystemClock:
    """The machine's own clocks."""

    def wall(self) -> int:
        """Milliseconds since the epoch, floored."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> int:
        """Nanoseconds since an arbitrary start."""
        return time.monotonic_ns()
