"""Events in slices of time, as the record has them."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from exporter.sla.evidence import Slice
from exporter.sla.terms import Target
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.samples import SampleHistory
from exporter.timeline.spans import Span
from exporter.timeline.tally import Standing

Counted = EndpointHistory | SampleHistory
Told = tuple[int, int]
"""Good and bad events."""


def slices(target: Target, histories: Sequence[Counted], span: Span) -> tuple[Slice, ...]:
    """Events of slices that lie in a span as a whole; those in which nothing was known of anybody are left out."""
    if target.slices is None:
        return ()
    length = target.slices.length
    edges = range(-(-span[0] // length) * length, span[1] // length * length + 1, length)
    sums = ((at, *_events(target, histories, at)) for at in edges)
    told = (
        (start, _of_slice(histories, (start, end), (good - good_before, bad - bad_before)))
        for (start, good_before, bad_before), (end, good, bad) in pairwise(sums)
    )
    return tuple(_runs(told))


def _events(target: Target, histories: Sequence[Counted], at: int) -> Told:
    """Good and bad events of all before an instant; those that were too slow are bad."""
    good = bad = 0
    for history in histories:
        found, slow = history.events(at), _slow(history, target.threshold, at)
        good, bad = good + found.good - slow, bad + found.bad + slow
    return good, bad


def _slow(history: Counted, threshold: int | None, at: int) -> int:
    """How many of the good ones before an instant were slower."""
    if isinstance(history, SampleHistory) or threshold is None:
        return 0
    return bisect_left(history.slow.get(threshold, ()), at)


def _of_slice(histories: Sequence[Counted], span: Span, events: Told) -> Told | None:
    """The events of a slice; None where nothing is known of it, or where something was down between two events."""
    if any(events):
        return events
    seen = {standing for each in histories for _, standing in each.standings(*span)}
    return events if Standing.UP in seen and Standing.DOWN not in seen else None


def _runs(told: Iterable[tuple[int, Told | None]]) -> Iterator[Slice]:
    """Slices in a row with the same events as one; those of which nothing is known are left out."""
    for events, run in groupby(told, key=lambda each: each[1]):
        starts = [start for start, _ in run]
        if events is not None:
            yield Slice(starts[0], len(starts), *events)
