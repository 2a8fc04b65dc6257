"""Durations of successful probes, until the hour in which they began is over."""

from array import array
from collections.abc import Iterator, Sequence

from exporter.record.latency import binning, pack
from exporter.store.base import Sketch
from exporter.units import HOUR, MINUTE

GRACE = MINUTE
"""Milliseconds after an hour's end for which probes that began in it may still end."""

_ROUND = 300  # commits, some minutes: a share of this of what is left goes with each
_FEWEST = 16  # sketches a commit, of some 30 us each


class Latencies:
    """Two bytes for each success of the running hour, by endpoint; a sketch for each hour that is over.

    What a kill loses are the latencies of the running hour, and in its first minutes those
    of the hour before as far as they are not written: never a figure of an SLO.
    """

    def __init__(self) -> None:
        self._bin = binning()
        self._hours: dict[int, dict[int, array[int]]] = {}

    def add(self, endpoint: int, at: int, duration: int) -> None:
        """Take how long a successful probe took, in nanoseconds; nothing where that is not known (0).

        Args:
            endpoint: Its number in the store.
            at: Its instant.
            duration: Of the whole probe.
        """
        if duration <= 0:
            return
        hour = at - at % HOUR
        of_hour = self._hours.get(hour)
        if of_hour is None:
            of_hour = self._hours[hour] = {}
        bins = of_hour.get(endpoint)
        if bins is None:
            bins = of_hour[endpoint] = array("H")
        bins.append(self._bin(duration))

    def take(self, at: int) -> Sequence[Sketch]:
        """Some of the sketches of hours that are over at the instant `at`: a commit's worth."""
        hour = min(self._hours, default=at)
        if hour + HOUR + GRACE > at:
            return ()
        left = self._hours[hour]
        numbers = list(left)[: max(_FEWEST, len(left) // _ROUND)]
        sketches = [Sketch(number, hour, pack(left.pop(number))) for number in numbers]
        if not left:
            del self._hours[hour]
        return sketches

    def take_all(self) -> Sequence[Sketch]:
        """All that there is, also of the running hour: the daemon stops."""
        return list(self._take_all())

    def _take_all(self) -> Iterator[Sketch]:
        while self._hours:
            hour = min(self._hours)
            for number, bins in self._hours.pop(hour).items():
                yield Sketch(number, hour, pack(bins))

    def forget(self, at: int) -> None:
        """Drop the hours that begin at or after an instant: the clock went back to it."""
        for hour in [hour for hour in self._hours if hour >= at]:
            del self._hours[hour]
