"""The engine's clock: instants that do not fall while the machine's clock is merely corrected."""

from typing import NamedTuple

from exporter.clock import Clock

LARGEST_SLEW = 1_000
"""Milliseconds by which wall and monotonic time may part between two looks without it being a step."""


class Advance(NamedTuple):
    """What a look at the clocks found.

    Attributes:
        now: The present instant, milliseconds since the epoch.
        before: The one before it.
        stepped: Whether the wall clock was stepped: forward where `now` > `before`, else back.
    """

    now: int
    before: int
    stepped: bool


class Instants:
    """Instants from the wall clock, its steps found against the monotonic one.

    A wall clock that falls behind by no more than a second (a slew, a leap second) lets
    time stand still until it has caught up.

    Attributes:
        now: The instant of the latest look.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wall = clock.wall()
        self._monotonic = clock.monotonic()
        self.now = self._wall

    def advance(self) -> Advance:
        """Look at the clocks."""
        wall, monotonic = self._clock.wall(), self._clock.monotonic()
        passed = (monotonic - self._monotonic) // 1_000_000
        stepped = abs(wall - self._wall - passed) > LARGEST_SLEW
        before, self.now = self.now, wall if stepped else max(self.now, wall)
        self._wall, self._monotonic = wall, monotonic
        return Advance(self.now, before, stepped)
