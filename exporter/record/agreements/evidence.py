"""What the record has of an agreement's target in a period, as plain evidence."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from exporter.config.agreements.bind import counting_slo
from exporter.config.model import Config, Service
from exporter.record.exclusions import approvals, in_force
from exporter.record.histories import Known
from exporter.record.questions import Index
from exporter.record.sampled import Sampled
from exporter.sla.agreement import Agreement
from exporter.sla.evidence import Approval, Claim, Evidence, Slice
from exporter.sla.lane import Lane
from exporter.sla.terms import Target
from exporter.store.base import Absence, LogEntry, SloKey
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.exclusion import Exclusion, When
from exporter.timeline.samples import SampleHistory
from exporter.timeline.spans import Span, Spans
from exporter.timeline.tally import Standing
from exporter.units import DAY, YEAR

HEARTBEAT = "heartbeat"
Counted = EndpointHistory | SampleHistory
_STEADY = (Standing.UP, Standing.EXCLUDED, Standing.ABSENT)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where evidence comes from.

    Attributes:
        config: Has the services.
        known: The pasts of their endpoints, by id of the service.
        log: The trail of the exclusions.
        until: The instant up to which the record goes.
        absences: In which the exporter did not run.
        sampled: What a Prometheus has counted, by SLO.
    """

    config: Config
    known: Mapping[str, Sequence[Known]]
    log: Sequence[LogEntry]
    until: int
    absences: Sequence[Absence] = ()
    sampled: Sampled = field(default_factory=dict)


def gather(sources: Sources, agreement: Agreement, target: Target, period: Span) -> Evidence:
    """Take down what the record has of a target.

    It reaches beyond the period where an outage does, so that each is there as a whole.

    Args:
        sources: The record.
        agreement: That has the target.
        target: Whose service.
        period: Milliseconds since the epoch.
    """
    service = next(each for each in sources.config.services if each.name == target.service)
    members = [] if target.queries else _members(sources, service, target)
    end = min(period[1], max(period[0], sources.until))
    span = _widened([history for _, _, history in members], (period[0], end), sources.until)
    counted = _counted(sources, service, target, members)
    lanes = {name: Lane.of(history.standings(*span), *span) for _, name, history in members}
    claims = _claims(
        sources, service, {ident: name for ident, name, _ in members}, (span[0], max(span[1], period[1]))
    )
    return Evidence(
        span,
        lanes,
        tuple(claims),
        promised(agreement.hours[target.hours], (span[0], max(span[1], period[1]))) if target.hours else None,
        interval=max((_interval(history, span) for _, _, history in members), default=0),
        slices=_slices(target, counted, span),
        unit=max((each.unit for each in counted if isinstance(each, SampleHistory)), default=1),
    )


def _members(sources: Sources, service: Service, target: Target) -> list[tuple[str, str, EndpointHistory]]:
    """Id, name and past of each endpoint that the target is about; of those it does not name, none that tell of themselves."""
    names = {each.id: each.name for each in service.endpoints}
    return [
        (each.stored.id, names.get(each.stored.id, each.stored.id), each.history)
        for each in sources.known.get(service.id, ())
        if (
            names.get(each.stored.id) in target.endpoints
            if target.endpoints
            else each.stored.kind != HEARTBEAT
        )
    ]


def _widened(histories: Sequence[EndpointHistory], span: Span, until: int) -> Span:
    """The span, with what goes on at its edges as a whole; a year further at most."""
    start, end = span
    first, last = start - YEAR, min(end + YEAR, until)
    while start > first and any(_is_unsteady(each, start - 1, start) for each in histories):
        start = max(first, start - DAY)
    while end < last and any(_is_unsteady(each, end, end + 1) for each in histories):
        end = min(last, end + DAY)
    return start, end


def _is_unsteady(history: EndpointHistory, start: int, end: int) -> bool:
    return any(standing not in _STEADY for _, standing in history.standings(start, end))


def _interval(history: EndpointHistory, span: Span) -> int:
    return max((policy.interval for _, _, policy in history.policies.segments(*span)), default=0)


def promised(outside: When, span: Span) -> Spans:
    """When a service is promised within a span, by what is outside of its hours."""
    return Spans([span]) - Spans(outside.spans(*span))


def _claims(sources: Sources, service: Service, names: Mapping[str, str], span: Span) -> Iterator[Claim]:
    """Every occurrence of every exclusion that covers anything, in order of their starts."""
    index = Index(in_force(sources.config, sources.log))
    covered = dict[Exclusion, frozenset[str] | None]()
    for ident, name in names.items():
        for each in index.of_endpoint(service, ident):
            covered[each] = (covered.get(each) or frozenset()) | {name}
    covered |= dict.fromkeys(index.of_service(service))
    told = [
        Claim(
            each.ident,
            each.name,
            each.category,
            occurrence,
            each.entered_at,
            each.author,
            each.reason,
            endpoints,
            tuple(Approval(entry.who, entry.at) for entry in approvals(sources.log, each.ident)),
        )
        for each, endpoints in covered.items()
        for occurrence in each.when.spans(*span)
    ]
    return iter(sorted(told, key=lambda claim: (claim.span, claim.ident)))


def _counted(
    sources: Sources, service: Service, target: Target, members: Sequence[tuple[str, str, EndpointHistory]]
) -> Sequence[Counted]:
    """Whose events a target is about: its endpoints', or those that a Prometheus has counted for an SLO with the same queries."""
    if target.queries is None:
        return [history for _, _, history in members]
    slo = counting_slo(service, target)
    return [] if slo is None else [sources.sampled.get(SloKey(service.id, slo.id)) or SampleHistory()]


def _slices(target: Target, histories: Sequence[Counted], span: Span) -> tuple[Slice, ...]:
    """Events of slices that lie in a span as a whole; those in which nothing was known of anybody are left out."""
    if target.slices is None:
        return ()
    length = target.slices.length
    numbers = range(-(-span[0] // length), span[1] // length)
    told = (
        (number, _events(target, histories, number * length, (number + 1) * length)) for number in numbers
    )
    return tuple(_runs(told, length))


def _events(target: Target, histories: Sequence[Counted], start: int, end: int) -> tuple[int, int] | None:
    """Good and bad events of a slice; None where nothing is known of it, or where something was down between two events."""
    good = bad = 0
    for history in histories:
        before, after = history.events(start), history.events(end)
        slow = _slow(history, target.threshold, start, end)
        good, bad = good + after.good - before.good - slow, bad + after.bad - before.bad + slow
    if good + bad:
        return good, bad
    seen = {standing for each in histories for _, standing in each.standings(start, end)}
    return (0, 0) if Standing.UP in seen and Standing.DOWN not in seen else None


def _slow(history: Counted, threshold: int | None, start: int, end: int) -> int:
    """How many of the good ones were slower."""
    if isinstance(history, SampleHistory):
        return 0
    instants = history.slow.get(threshold, ()) if threshold else ()
    return bisect_left(instants, end) - bisect_left(instants, start)


def _runs(told: Iterable[tuple[int, tuple[int, int] | None]], length: int) -> Iterator[Slice]:
    for events, run in groupby(told, key=lambda each: each[1]):
        numbers = [number for number, _ in run]
        if events is not None:
            yield Slice(numbers[0] * length, len(numbers), *events)
