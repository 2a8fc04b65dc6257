"""Whether the evidence of a report is all of it, and goes with itself: nothing of it may be left out, or told twice in two ways."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from exporter.record.agreements.evidence import promised, reach
from exporter.sla.agreement import Agreement
from exporter.sla.evidence import Evidence, Period
from exporter.sla.incidents.incident import Act, Incident, Kind
from exporter.sla.incidents.outages import doubtful, outages
from exporter.sla.lane import Lane
from exporter.sla.services import by_service, nobody
from exporter.sla.terms import Target
from exporter.timeline.spans import Span, Spans, first_within
from exporter.timeline.tally import Standing


def misfits(agreement: Agreement, evidence: Mapping[str, Evidence], period: Period) -> Iterator[str]:
    """What of evidence the terms say otherwise, or what two targets were told of one thing.

    Args:
        agreement: Whose targets.
        evidence: Of each of them, by name.
        period: That it is of.
    """
    for target in agreement.terms.targets:
        for problem in _of_target(agreement, target, evidence[target.name], period):
            yield f"the evidence of `{target.name}` {problem}"
    yield from _told_otherwise(agreement, evidence)


def _of_target(agreement: Agreement, target: Target, seen: Evidence, period: Period) -> Iterator[str]:
    start, until = period.elapsed
    if seen.span[0] > start or seen.span[1] < until:
        yield "does not cover the period"
    if any(not start <= each.start < period.span[1] for each in seen.incidents):
        yield "has incidents of other periods"
    if any(each.service not in agreement.services_of(target) for each in seen.incidents):
        yield "has incidents of other services"
    if target.answers is not None:
        yield from _other_outages(seen, period.span)
        yield from _taken_back(seen)
        if any(entry.entered_at < entry.at for each in seen.incidents for entry in each.entries):
            yield "has an entry that was written down before what it is about"
    if target.endpoints and set(seen.lanes) != set(target.endpoints):
        yield "is not of its endpoints"
    if any(not _is_whole(lane, seen.span) for lane in seen.lanes.values()):
        yield "has gaps, or is not in order"
    told = reach(target, seen.span, period.span[1])
    if seen.hours != (promised(agreement.hours[target.hours], told) if target.hours else None):
        yield "has other hours than the terms"
    length = target.slices.length if target.slices else 1
    edges = [(each.start, each.start + each.count * length) for each in seen.slices]
    if any(later[0] < earlier[1] for earlier, later in pairwise(edges)):
        yield "has slices that overlap"


def _other_outages(seen: Evidence, span: Span) -> Iterator[str]:
    """Incidents of outages that are not those of the lanes; one that may have begun before them is not looked for."""
    told = [each for each in seen.incidents if each.kind is Kind.OUTAGE]
    if any(each.severity or each.channel or each.title or each.opened_by or each.opened_at for each in told):
        yield "has an outage that says what only people say of what they open"
    reports = _reports(seen)
    if any(_is_reported_otherwise(each, reports.get(each.service, ()), seen) for each in told):
        yield "has an outage that was reported at another time than its reports say"
    known = {(each.service, each.start, _until(each.end, seen.span)) for each in told}
    sure, possible = set[_Outage](), set[_Outage]()
    for service, by_name in by_service(seen.lanes).items():
        lanes = list(by_name.values())
        measured = [each for each in outages(lanes) if span[0] <= each[0] < span[1]]
        sure |= {(service, each[0], _until(each[1], seen.span)) for each in measured if _is_sure(each, lanes)}
        possible |= {(service, start, _until(end, seen.span)) for start, end in measured}
        possible |= {each for each in known if each[0] == service and _is_absent(lanes, each[1])}
    if sure - known or known - possible or len(known) < len(told):
        yield "has not the outages that its lanes have"


_Outage = tuple[str, int, int | None]
"""Service, start, and end; None for one that goes on."""


def _is_sure(outage: Span, lanes: Sequence[Lane]) -> bool:
    """Whether lanes say when an outage began: not where they begin with it, or where what was before is no longer kept."""
    return not Spans([outage]) & doubtful(lanes) and not _is_absent(lanes, outage[0] - 1)


def _until(end: int | None, seen: Span) -> int | None:
    """The end of an outage, as far as lanes tell it."""
    return None if end is None or end >= seen[1] else end


def _is_absent(lanes: Sequence[Lane], at: int) -> bool:
    """Whether lanes say nothing of an instant: what was told of it before it was pruned has stayed."""
    return all(next(lane.standings(at, at + 1))[1] is Standing.ABSENT for lane in lanes)


def _taken_back(seen: Evidence) -> Iterator[str]:
    """Entries that count for nothing though nobody has withdrawn them, or that count though somebody has."""
    for incident in seen.incidents:
        said = {(each.value, each.by, each.text) for each in incident.entries if each.act is Act.WITHDRAW}
        done = {
            (str(each.number), each.withdrawn_by, each.withdrawn)
            for each in incident.entries
            if each.withdrawn_by
        }
        if said != done:
            yield f"has entries of {incident.ident} that were withdrawn otherwise than its entries say"


def _reports(seen: Evidence) -> Mapping[str, Sequence[int]]:
    """Instants at which faults were reported, by service, ascending."""
    found = dict[str, list[int]]()
    for each in seen.incidents:
        if each.kind is Kind.FAULT and each.reported_at is not None:
            found.setdefault(each.service, []).append(each.reported_at)
    return {service: sorted(reports) for service, reports in found.items()}


def _is_reported_otherwise(outage: Incident, reports: Sequence[int], seen: Evidence) -> bool:
    """Whether an outage was reported before or after it lasted, or later than by a fault that is told beside it."""
    end = seen.span[1] if outage.end is None else outage.end
    first = first_within(reports, (outage.start, end))
    if outage.reported_at is None:
        return first is not None
    return not outage.start <= outage.reported_at < end or (first is not None and first < outage.reported_at)


def _is_whole(lane: Lane, span: Span) -> bool:
    instants = [at for at, _ in lane.runs]
    return (lane.start, lane.end) == span and instants[:1] == [span[0]] and instants == sorted(set(instants))


def _told_otherwise(agreement: Agreement, evidence: Mapping[str, Evidence]) -> Iterator[str]:
    """What was told of one endpoint, or one service, in two ways."""
    lanes, endpoints = dict[str, Lane](), dict[str, frozenset[str]]()
    incidents = dict[str, frozenset[str]]()
    for target in agreement.terms.targets:
        seen = evidence[target.name]
        for name, lane in _named(target, seen).items():
            if not _agree(lanes.setdefault(name, lane), lane):
                yield f"the evidence of `{target.name}` tells `{name}` otherwise than that of another target"
        for service, names in _endpoints(agreement, target, seen).items():
            if endpoints.setdefault(service, names) != names:
                yield f"the evidence of `{target.name}` has other endpoints of `{service}` than that of another target"
        for service, told in _incidents(agreement, target, seen).items():
            if incidents.setdefault(service, told) != told:
                yield f"the evidence of `{target.name}` has other incidents of `{service}` than that of another target"


def _named(target: Target, seen: Evidence) -> Mapping[str, Lane]:
    """Lanes by service and endpoint."""
    if target.answers is not None:
        return seen.lanes
    return {f"{target.service}/{name}": lane for name, lane in seen.lanes.items()}


def _agree(one: Lane, other: Lane) -> bool:
    """Whether two lanes say the same of the time that both are about."""
    start, end = max(one.start, other.start), min(one.end, other.end)
    return start >= end or list(one.standings(start, end)) == list(other.standings(start, end))


def _endpoints(agreement: Agreement, target: Target, seen: Evidence) -> Mapping[str, frozenset[str]]:
    """Endpoints of each service, of a target that is about all of them."""
    if target.endpoints or target.recorded is not None or target.queries is not None:
        return {}
    named = _named(target, seen)
    return {
        service: frozenset(
            name for name in named if name.startswith(f"{service}/") and name != nobody(service)
        )
        for service in agreement.services_of(target)
    }


def _incidents(agreement: Agreement, target: Target, seen: Evidence) -> Mapping[str, frozenset[str]]:
    """What was told of the incidents of each service, of a target of answers."""
    if target.answers is None:
        return {}
    return {
        service: frozenset(repr(each) for each in seen.incidents if each.service == service)
        for service in agreement.services_of(target)
    }
