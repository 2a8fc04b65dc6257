"""When an SLO was bad, and because of whom: what its incidents are made of.

All that a figure counts as bad lies within these spans, so that what they hold adds up to it.
"""

from collections.abc import Iterator
from itertools import pairwise

from exporter.slo.days import outages
from exporter.slo.measures import SliceMeasure
from exporter.slo.question import Question
from exporter.timeline.spans import Span
from exporter.timeline.tally import Standing

_DOWN = frozenset({Standing.DOWN})
_NOT_UP = frozenset({Standing.DOWN, Standing.UNKNOWN})


def bad_spans(question: Question, start: int, end: int) -> Iterator[Span]:
    """Spans of [start, end) in which an SLO was bad, oldest first; none touch.

    Of time they are what is bad by the SLO's `unknown` policy; of events what a bad one says until something
    else is said; of slices the bad ones that end in (start, end], each whole.
    """
    if isinstance(question.measure, SliceMeasure):
        runs = question.measure.slices.runs(start, end)
        return joined((first, beyond) for first, beyond, standing in runs if standing is Standing.DOWN)
    if question.objective.method == "events":
        return joined(_with_bad_events(question, start, end))
    kinds = _NOT_UP if question.objective.unknown == "down" else _DOWN
    return outages(question.past.history, start, end, kinds)


def blamed(question: Question, start: int, end: int) -> list[str]:
    """Names of the members that were bad in [start, end) and not excluded, as `service/endpoint`; in order."""
    events, unknown = question.objective.method == "events", question.objective.unknown == "down"
    return [
        share.name
        for share in question.past.shares(start, end)
        if (share.events.bad if events else share.time.down + unknown * share.time.watched_unknown)
    ]


def last_told(question: Question, at: int) -> int:
    """The latest instant up to `at` of which it can be known whether it is bad: a slice is once it has ended."""
    latest = question.past.latest(at, question.objective.lag)
    if isinstance(question.measure, SliceMeasure):
        latest -= latest % question.measure.slices.length
    return latest


def joined(spans: Iterator[Span]) -> Iterator[Span]:
    """Spans in order, of which those that touch are one."""
    last = None
    for start, end in spans:
        if last is not None and last[1] == start:
            last = last[0], end
            continue
        if last is not None:
            yield last
        last = start, end
    if last is not None:
        yield last


def _with_bad_events(question: Question, start: int, end: int) -> Iterator[Span]:
    """Spans in which everything says the same, among it a bad event."""
    past, before = question.past, question.measure.before
    edges = {start, end, *(at for at, _ in past.history.standings(start, end))}
    for member in past.members:
        edges.update(member.beats.edges(start, end))
        edges.update(edge for span in member.excluded.within(start, end) for edge in span)
    for first, beyond in pairwise(sorted(edges)):
        if before(beyond)[1] > before(first)[1]:
            yield first, beyond
