"""A past as bars of a day each, and as incidents: what people look at."""

from collections.abc import Container, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from exporter.slo.measures import Measure
from exporter.slo.tiers import DAY
from exporter.timeline.spans import Span
from exporter.timeline.tally import History, Standing, Sums, Tally, between


class Day(NamedTuple):
    """A day, or what there is of one.

    Attributes:
        start: Midnight UTC, milliseconds since the epoch.
        end: The next one, or the instant that was asked about.
        tally: What is known of it, in units of 1/scale milliseconds of the history.
    """

    start: int
    end: int
    tally: Tally


def days(history: History, at: int, count: int) -> list[Day]:
    """The last days of a history, the running one included, oldest first; O(log n) each.

    Args:
        history: With what is excluded of it.
        at: Milliseconds since the epoch; the last day ends there.
        count: How many days, >= 1.
    """
    last = (at - 1) // DAY * DAY
    starts = [last - DAY * before for before in range(count - 1, -1, -1)]
    sums: list[Sums] = [history.sums(start) for start in (*starts, at)]
    return [
        Day(start, end, between(first, then, (end - start) * history.scale))
        for start, end, first, then in zip(starts, (*starts[1:], at), sums, sums[1:], strict=False)
    ]


def bad_shares(measure: Measure, shown: Sequence[Day]) -> list[Fraction | None]:
    """Of each day the share that an SLO counts as bad, whatever it counts; None where it counts nothing.

    Args:
        measure: Of the SLO.
        shown: Days that follow each other; at least one.
    """
    edges = [measure.before(at) for at in (*(each.start for each in shown), shown[-1].end)]
    return [
        Fraction(bad - bad0, good + bad - good0 - bad0) if good + bad > good0 + bad0 else None
        for (good0, bad0), (good, bad) in pairwise(edges)
    ]


def outages(
    history: History, start: int, end: int, kinds: Container[Standing] = (Standing.DOWN,)
) -> Iterator[Span]:
    """Spans of [start, end) that are down and not excluded, oldest first; one that goes on ends at `end`.

    What is excluded ends an outage, and so does what is unknown, unless it is among the `kinds` that count
    as down: nobody can say what was then.
    """
    since = None
    for at, standing in history.standings(start, end):
        down = standing in kinds
        if down and since is None:
            since = at
        elif not down and since is not None:
            yield since, at
            since = None
    if since is not None:
        yield since, end
