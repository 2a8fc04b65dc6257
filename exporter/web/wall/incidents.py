"""What was bad, from when to when: of endpoints, and of an SLO with whom it was about."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import ceil
from typing import NamedTuple, cast

from exporter.config.model import Service
from exporter.engine.live import LiveEndpoint, LiveSlo
from exporter.slo.bad import bad_spans, blamed, last_told
from exporter.slo.causes import short_names
from exporter.slo.days import outages
from exporter.slo.figures import figures
from exporter.slo.question import Question
from exporter.slo.tiers import DAY
from exporter.timeline.overlay import exclude
from exporter.timeline.spans import Span
from exporter.timeline.tally import History
from exporter.units import HOUR, SECOND, YEAR, describe_duration, format_instant

REACH = 90 * DAY
MOST = 100
_FIRST, _PIECE = HOUR, 2 * DAY
"""Of a walk back in time: the first step, and the longest, to which each is twice the one before."""

_FURTHEST = 3 * YEAR
_UNITS = {"events": "event", "timeslices": "slice"}


@dataclass(frozen=True, slots=True)
class Incident:
    """A span in which something was bad.

    Attributes:
        service: Whose it is.
        endpoint: Id of the endpoint that was down; empty for an SLO's.
        what: What was down, for people.
        since: Milliseconds since the epoch.
        until: The first instant beyond; None while it goes on.
        at: When this was said.
        bad: How much an SLO counts as bad in it, where that is not how long it lasted; else empty.
    """

    service: Service
    endpoint: str
    what: str
    since: int
    until: int | None
    at: int
    bad: str = ""

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


class OfSlo(NamedTuple):
    """When an SLO was bad.

    Attributes:
        incidents: The latest first.
        since: Start of its window, for people.
        together: All that it counts as bad in its window, as its figure does; empty where that is nothing.
    """

    incidents: Sequence[Incident]
    since: str
    together: str


async def incidents(
    endpoints: Sequence[LiveEndpoint], at: int, reach: int = REACH, most: int = MOST
) -> list[Incident]:
    """The latest of the endpoints of a service first; none that is excluded.

    Args:
        endpoints: Of one service.
        at: Now.
        reach: Milliseconds to look back.
        most: How many at most, of each endpoint and in all.
    """
    found = list[Incident]()
    for each in endpoints:
        history = exclude(cast("History", each.history), each.excluded)
        found += [
            Incident(
                each.service, each.config.id, each.config.name, since, None if until == at else until, at
            )
            for since, until in await _latest(partial(outages, history), at, reach, most)
        ]
    found.sort(key=lambda each: (-each.since, each.what))
    return found[:most]


async def incidents_of(slo: LiveSlo, at: int) -> OfSlo:
    """When an SLO was bad by its own history, the latest first, and which endpoints were then."""
    question, found = slo.question, list[Incident]()
    known = last_told(question, at)
    for since, until in reversed(await _latest(partial(bad_spans, question), at, REACH, MOST)):
        names = ", ".join(short_names(blamed(question, since, until)))
        bad = "" if _is_plain(question) else _bad(question, since, until)
        found.append(Incident(slo.service, "", names, since, None if until >= known else until, at, bad))
        await asyncio.sleep(0)  # of many members
    figure = figures(question, at)
    together = _words(question, figure.bad) if figure.bad else ""
    return OfSlo(found, format_instant(figure.start // SECOND * SECOND), together)


def _is_plain(question: Question) -> bool:
    """Whether what is bad of an SLO is how long it was."""
    return question.objective.method == "time" and question.past.history.scale == 1


def _bad(question: Question, start: int, end: int) -> str:
    return _words(question, question.measure.before(end)[1] - question.measure.before(start)[1])


def _words(question: Question, amount: int) -> str:
    """An amount that an SLO counts as bad: time, never floored, or a number of events or slices."""
    unit = _UNITS.get(question.objective.method)
    if unit is None:
        return describe_duration(ceil(Fraction(amount, question.past.history.scale)))
    count = Fraction(amount, question.measure.one)
    number = f"{count.numerator:,}" if count.denominator == 1 else f"{float(count):,.3g}"
    return f"{number} bad {unit}{'' if count == 1 else 's'}"


async def _latest(find: Callable[[int, int], Iterable[Span]], at: int, reach: int, most: int) -> list[Span]:
    """The latest bad spans, piece by piece back in time, so that those of long ago cost nothing where there are many.

    One that began before all that is looked at is followed to its start. Others run between two pieces.
    """
    found: list[Span] = []
    end, earliest, length = at, at - reach, _FIRST
    while end > earliest or (found and found[0][0] <= end and end > at - _FURTHEST):
        start = max(end - length, earliest) if end > earliest else end - length
        piece = list(find(start, end))
        if piece and found and piece[-1][1] >= found[0][0]:
            found[0] = (piece.pop()[0], found[0][1])
        found = [*piece, *found]
        if len(found) > most and found[0][0] > start:
            break
        end, length = start, min(2 * length, _PIECE)
        await asyncio.sleep(0)
    return [span for span in found if span[1] > earliest][-most:]
