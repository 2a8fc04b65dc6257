"""What the record has of an agreement's target in a period, as plain evidence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from exporter.config.agreements.bind import counting_slo
from exporter.config.model import Config, Service
from exporter.config.objectives import HEARTBEAT
from exporter.record.agreements.slices import Counted, slices
from exporter.record.exclusions import approvals, in_force
from exporter.record.histories import Known
from exporter.record.incidents.ledger import NOTHING_WRITTEN, Ledger
from exporter.record.questions import Index
from exporter.record.sampled import Sampled
from exporter.sla.agreement import Agreement, ever_held
from exporter.sla.evidence import Approval, Claim, Evidence, Record, Successor
from exporter.sla.incidents.incident import Incident
from exporter.sla.incidents.incident import Kind as IncidentKind
from exporter.sla.incidents.owning import is_of
from exporter.sla.lane import Lane
from exporter.sla.services import nobody
from exporter.sla.terms import FOLLOWED, Target
from exporter.store.base import Absence, LogEntry, Said, SloKey
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.exclusion import Exclusion, When
from exporter.timeline.samples import SampleHistory
from exporter.timeline.spans import FOREVER, Span, Spans, first_within
from exporter.timeline.tally import Standing
from exporter.units import DAY, YEAR

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
        ledger: What was written down of incidents and measures.
        said: What was issued of agreements that others rest on, by name.
    """

    config: Config
    known: Mapping[str, Sequence[Known]]
    log: Sequence[LogEntry]
    until: int
    absences: Sequence[Absence] = ()
    sampled: Sampled = field(default_factory=dict)
    ledger: Ledger = NOTHING_WRITTEN
    said: Mapping[str, Sequence[Said]] = field(default_factory=dict)

    @property
    def first(self) -> int | None:
        """The instant of the first thing that it knows; None where it knows nothing."""
        probed = (each.history.first for known in self.known.values() for each in known)
        counted = (history.first for history in self.sampled.values())
        return min((first for first in (*probed, *counted) if first is not None), default=None)

    def incidents_of(self, agreement: Agreement) -> list[Incident]:
        """Incidents of an agreement, of any time; not what somebody opened who is nobody of it."""
        versions, services = ever_held(self.config.agreements, agreement.name), set(agreement.services)
        return [
            each
            for each in self.ledger.incidents.values()
            if each.service in services and is_of(each, [agreement, *versions])
        ]


def gather(sources: Sources, agreement: Agreement, target: Target, period: Span) -> Evidence:
    """Take down what the record has of a target.

    It reaches beyond the period where an outage does, so that each is there as a whole.

    Args:
        sources: The record.
        agreement: That has the target.
        target: Whose service.
        period: Milliseconds since the epoch.
    """
    if target.answers is not None or target.recorded is not None:
        return of_cases(sources, agreement, target, period)
    return _of_service(sources, agreement, target, period)


def _of_service(sources: Sources, agreement: Agreement, target: Target, period: Span) -> Evidence:
    service = _service(sources, target.service)
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
        promised(agreement.hours[target.hours], reach(target, span, period[1])) if target.hours else None,
        reported=tuple(_reports(sources, agreement, service.name)),
        interval=max((_interval(history, span) for _, _, history in members), default=0),
        slices=slices(target, counted, span),
        volume=_records(sources, agreement, target.ceiling.measure if target.ceiling else "", period),
        unit=max((each.unit for each in counted if isinstance(each, SampleHistory)), default=1),
    )


def of_cases(
    sources: Sources, agreement: Agreement, target: Target, period: Span, seen_from: int = -FOREVER
) -> Evidence:
    """Take down the incidents of a period, with what was measured of their services up to now; or what was recorded.

    Args:
        sources: The record.
        agreement: That has the target.
        target: Of answers, or of what is recorded.
        period: Milliseconds since the epoch.
        seen_from: What was measured before this instant is left out.
    """
    names = agreement.services_of(target)
    # From a moment earlier on, so that it is seen whether what is down at the start began with the period.
    span = period[0] - 1, max(period[0], min(sources.until, period[1] + FOLLOWED))
    measured = min(max(span[0], seen_from), span[1] - 1), span[1]  # a moment is left of each endpoint
    services = [_service(sources, name) for name in names] if target.answers is not None else []
    lanes, claims = dict[str, Lane](), list[Claim]()
    for service in services:
        members = _members(sources, service, replace(target, endpoints=()))
        lanes |= {
            f"{service.name}/{name}": Lane.of(history.standings(*measured), *measured)
            for _, name, history in members
        } or _never_measured(service, measured)
        names_of_it = {ident: f"{service.name}/{name}" for ident, name, _ in members}
        claims += [
            each if each.endpoints is not None else replace(each, endpoints=frozenset(names_of_it.values()))
            for each in _claims(sources, service, names_of_it, span)
        ]
    found = [
        each for service in services for each in _incidents(sources, agreement, service.name, period, span[1])
    ]
    return Evidence(
        span,
        lanes,
        tuple(claims),
        promised(agreement.hours[target.hours], reach(target, span, period[1])) if target.hours else None,
        incidents=tuple(found),
        records=_records(sources, agreement, target.recorded.measure if target.recorded else "", period),
        volume=_records(sources, agreement, target.ceiling.measure if target.ceiling else "", period),
        later=tuple(_later(sources, agreement, span[1])) if target.answers is not None else (),
    )


def _never_measured(service: Service, span: Span) -> Mapping[str, Lane]:
    """A lane on which nothing is, of a service that has something to probe; of one that has not people tell."""
    if all(each.kind == HEARTBEAT for each in service.endpoints):
        return {}
    return {nobody(service.name): Lane(*span, ((span[0], Standing.ABSENT),))}


def _later(sources: Sources, agreement: Agreement, until: int) -> Iterator[Successor]:
    """The versions that came into force after one, and before an instant, in order."""
    held = ever_held(sources.config.agreements, agreement.name)
    for each in sorted(held, key=lambda each: each.start):
        if agreement.start < each.start < until:
            yield Successor(each.version, each.sha256, each.terms.people)


def _incidents(
    sources: Sources, agreement: Agreement, service: str, period: Span, until: int
) -> Iterator[Incident]:
    """An agreement's incidents of a service that began in a period; an outage was reported when somebody first reported anything while it lasted."""
    told = _reports(sources, agreement, service)
    for each in sources.incidents_of(agreement):
        if each.service == service and period[0] <= each.start < period[1]:
            end = until if each.end is None else each.end
            first = first_within(told, (each.start, end))
            yield each if each.kind is not IncidentKind.OUTAGE else replace(each, reported_at=first)


def _reports(sources: Sources, agreement: Agreement, service: str) -> list[int]:
    """Instants at which somebody of an agreement reported that something of a service does not work, ascending; requests are no reports of that."""
    found = (
        each.reported_at
        for each in sources.incidents_of(agreement)
        if each.service == service and each.kind is IncidentKind.FAULT
    )
    return sorted(at for at in found if at is not None)


def reach(target: Target, span: Span, end: int) -> Span:
    """How far hours are told: for answers as far ahead as deadlines are looked for."""
    return span[0], max(span[1], end) + (FOLLOWED if target.answers is not None else 0)


def _records(sources: Sources, agreement: Agreement, measure: str, period: Span) -> tuple[Record, ...]:
    """Values of a period that somebody of the agreement, or of a later version, wrote down; what somebody else has withdrawn stands here."""
    held = [
        each for each in ever_held(sources.config.agreements, agreement.name) if each.start >= agreement.start
    ] or [agreement]

    def may_write(name: str) -> bool:
        return any(each.may_write(name) for each in held)

    return tuple(
        each if may_write(each.withdrawn_by) else replace(each, withdrawn_by="", withdrawn="")
        for each in sources.ledger.records.get(measure, ())
        if period[0] <= each.at < period[1] and may_write(each.by)
    )


def _service(sources: Sources, name: str) -> Service:
    return next(each for each in sources.config.services if each.name == name)


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
