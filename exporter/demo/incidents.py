"""What goes wrong while somebody watches: the same again in every round, as a function of time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from exporter.demo.servers import WELL, Behaviour, Script
from exporter.units import describe_duration

BROKEN = Behaviour(status=503)
SLOW = Behaviour(delay=0.45)
HANGS = Behaviour(delay=60)
HANGS_UP = Behaviour(status=0)

LEAKS = 100
"""Of so many requests to the service that leaks one is never answered."""

SECOND = 1000


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that goes wrong once a round, at a share of it in per cent.

    Attributes:
        service: Its name.
        start: Share of the round at which it begins.
        end: Share at which it ends.
        behaviour: What the service does meanwhile.
        begins: What is said when it begins.
        ends: What is said when it ends.
    """

    service: str
    start: int
    end: int
    behaviour: Behaviour
    begins: str
    ends: str


INCIDENTS = (
    Incident("checkout", 10, 30, BROKEN, "answers 503 to everybody", "is well again"),
    Incident("vpn", 40, 43, HANGS_UP, "hangs up on everybody", "is back"),
    Incident("search", 50, 70, SLOW, "takes 0.45 s for an answer", "is quick again"),
    Incident("vpn", 80, 83, HANGS_UP, "hangs up on everybody", "is back"),
)


class Round:
    """A round of incidents, after which it begins anew.

    Args:
        length: Milliseconds > 0.
    """

    def __init__(self, length: int) -> None:
        self._length = length

    def behaviour(self, service: str, elapsed: float) -> Behaviour:
        """How a service behaves so many seconds after the beginning."""
        at = elapsed * SECOND % self._length
        for each in INCIDENTS:
            if each.service == service and self._at(each.start) <= at < self._at(each.end):
                return each.behaviour
        return WELL

    def happenings(self) -> Iterator[tuple[float, str]]:
        """What is said when, in seconds after the beginning, without an end."""
        begins = 0
        while True:
            for each in INCIDENTS:
                lasts = describe_duration(self._at(each.end) - self._at(each.start))
                at = (begins + self._at(each.start)) / SECOND
                yield at, f"{each.service} {each.begins}, for {lasts}"
                yield (begins + self._at(each.end)) / SECOND, f"{each.service} {each.ends}"
            begins += self._length

    def first(self, service: str) -> tuple[int, int]:
        """When the first incident of a service begins and ends, in milliseconds after the beginning."""
        found = next(each for each in INCIDENTS if each.service == service)
        return self._at(found.start), self._at(found.end)

    def _at(self, share: int) -> int:
        return self._length * share // 100


def scripts(services: Iterable[str], rounds: Round) -> Mapping[str, Script]:
    """What each of some services does."""

    def script(service: str) -> Script:
        return lambda elapsed, _: rounds.behaviour(service, elapsed)

    return {name: _leaking if name == "mail" else script(name) for name in services}


def _leaking(_: float, request: int) -> Behaviour:
    return HANGS if request % LEAKS == 0 else WELL
