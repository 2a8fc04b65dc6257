"""What was down, of which endpoint, from when to when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from exporter.engine.live import LiveEndpoint
from exporter.slo.days import outages
from exporter.slo.tiers import DAY
from exporter.timeline.overlay import exclude
from exporter.timeline.spans import Span
from exporter.timeline.tally import History
from exporter.units import SECOND, YEAR, describe_duration, format_instant

REACH = 90 * DAY
MOST = 100
_PIECE = 2 * DAY
_FURTHEST = 3 * YEAR


@dataclass(frozen=True, slots=True)
class Incident:
    """An outage of an endpoint.

    Attributes:
        service: Its service.
        endpoint: Its name.
        since: Milliseconds since the epoch.
        until: The first instant beyond; None while it goes on.
        at: When this was said.
    """

    service: str
    endpoint: str
    since: int
    until: int | None
    at: int

    @property
    def start(self) -> str:
        """For people."""
        return format_instant(self.since // SECOND * SECOND)

    @property
    def end(self) -> str:
        """Likewise."""
        return "goes on" if self.until is None else format_instant(self.until // SECOND * SECOND)

    @property
    def lasted(self) -> str:
        """Likewise; at least a second."""
        length = (self.until or self.at) - self.since
        return describe_duration(max(SECOND, length // SECOND * SECOND))


def incidents(
    endpoints: Sequence[LiveEndpoint], at: int, reach: int = REACH, most: int = MOST
) -> list[Incident]:
    """The latest of the endpoints of a service first; none that is excluded.

    Args:
        endpoints: Of one service.
        at: Now.
        reach: Milliseconds to look back.
        most: How many at most, of each endpoint and in all.
    """
    found = [
        Incident(each.service.name, each.config.name, since, None if until == at else until, at)
        for each in endpoints
        for since, until in _latest(exclude(cast("History", each.history), each.excluded), at, reach, most)
    ]
    found.sort(key=lambda each: (-each.since, each.endpoint))
    return found[:most]


def _latest(history: History, at: int, reach: int, most: int) -> list[Span]:
    """The latest outages, piece by piece back in time, so that those of long ago cost nothing where there are many.

    One that began before all that is looked at is followed to its start.
    """
    found: list[Span] = []
    end, earliest = at, at - reach
    while end > earliest or (found and found[0][0] == end and end > at - _FURTHEST):
        start = end - _PIECE
        piece = list(outages(history, start, end))
        if piece and found and piece[-1][1] == end == found[0][0]:
            found[0] = (piece.pop()[0], found[0][1])
        found = [*piece, *found]
        if len(found) > most and found[0][0] != start:
            break
        end = start
    return found[-most:]
