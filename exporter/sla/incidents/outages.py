"""Outages as incidents have them: from the first instant at which something was down until it is seen up again.

Time of which nothing is known ends none: a restart of the exporter in the middle of an outage makes no two of it.
"""

from collections.abc import Iterable, Iterator

from exporter.sla.lane import Lane
from exporter.timeline.spans import Span, Spans
from exporter.timeline.tally import Standing

_GOES_ON = (Standing.DOWN, Standing.UNKNOWN)


def outages(lanes: Iterable[Lane]) -> Spans:
    """The outages of a service: while any of its endpoints has one."""
    return Spans(span for lane in lanes for span in _of_lane(lane))


def doubtful(lanes: Iterable[Lane]) -> Spans:
    """Spans from the start of lanes in which an outage may have begun earlier: down, or not known, from the first instant on."""
    return Spans(each for lane in lanes for each in _first(lane))


def _of_lane(lane: Lane) -> Iterator[Span]:
    since: int | None = None
    for at, standing in lane.runs:
        if standing is Standing.DOWN and since is None:
            since = at
        elif since is not None and standing not in _GOES_ON:
            yield since, at
            since = None
    if since is not None:
        yield since, lane.end


def _first(lane: Lane) -> Iterator[Span]:
    end = next((at for at, standing in lane.runs if standing not in _GOES_ON), lane.end)
    if end > lane.start:
        yield lane.start, end
