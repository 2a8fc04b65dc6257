"""What was down, of which endpoint, from when to when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exporter.engine.live import LiveSlo
from exporter.slo.days import outages
from exporter.slo.tiers import DAY
from exporter.timeline.past import Member
from exporter.units import SECOND, describe_duration, format_instant

REACH = 90 * DAY
MOST = 200


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

    @property
    def what(self) -> str:
        """Likewise."""
        return self.endpoint


def incidents(slos: Sequence[LiveSlo], at: int, reach: int = REACH, most: int = MOST) -> list[Incident]:
    """Those of the endpoints that some SLOs ask about, the latest first; none that is excluded.

    Args:
        slos: Of one service.
        at: Now.
        reach: Milliseconds to look back.
        most: How many at most.
    """
    found = [
        Incident(slos[0].service.name, name, since, None if until == at else until, at)
        for name, member in _members(slos)
        for since, until in outages(member.standing(), at - reach, at)
    ]
    found.sort(key=lambda each: (-each.since, each.endpoint))
    return found[:most]


def _members(slos: Sequence[LiveSlo]) -> Iterator[tuple[str, Member]]:
    """Each endpoint once."""
    seen = set[str]()
    for slo in slos:
        for member in slo.question.past.members:
            name = member.name.partition("/")[2] or member.name
            if name not in seen:
                seen.add(name)
                yield name, member
