"""Incidents that are open now, whenever they began."""

from collections.abc import Iterator
from dataclasses import replace

from exporter.record.agreements.evidence import Sources, of_cases
from exporter.sla.agreement import Agreement
from exporter.sla.evaluate import evaluate
from exporter.sla.evidence import Period
from exporter.sla.incidents.heard import heard
from exporter.sla.incidents.incident import Act, Incident, Kind
from exporter.sla.others import EVERYTHING
from exporter.sla.result import TargetResult
from exporter.sla.standing import OpenIncidents, open_incidents
from exporter.sla.terms import PARTIES


def standing_of(sources: Sources, agreement: Agreement, now: int) -> list[OpenIncidents]:
    """How the open incidents of an agreement stand, by severity; nothing where it promises no answers.

    Args:
        sources: The record.
        agreement: The version in force.
        now: Milliseconds since the epoch.
    """
    if not any(each.answers is not None for each in agreement.terms.targets):
        return []
    open_ = list(_open(sources, agreement))
    return list(open_incidents(agreement, list(_judged(sources, agreement, open_, now)), sources.until))


def _open(sources: Sources, agreement: Agreement) -> Iterator[Incident]:
    """Its incidents that are open as any of its targets hears them."""
    terms = agreement.terms
    people = [terms.people.get(party, frozenset()) for party in PARTIES]
    hearings = {terms.measure_of(each).hearing for each in (EVERYTHING, *terms.targets)}
    for each in sources.incidents_of(agreement):
        views = (
            () if _is_over(each, sources.until) else (heard(each, hearing, people) for hearing in hearings)
        )
        if any(view.is_open(sources.until) for view in views):
            yield each


def _is_over(incident: Incident, until: int) -> bool:
    """Whether an outage is over whatever counts of what people wrote, as nearly all are."""
    ended = incident.kind is Kind.OUTAGE and incident.end is not None and incident.end <= until
    return ended and all(each.act is not Act.REOPEN for each in incident.entries)


def _judged(
    sources: Sources, agreement: Agreement, open_: list[Incident], now: int
) -> Iterator[TargetResult]:
    """What becomes of open incidents, and of no others, as each target looks at them, and last as all do whether or not one is about them.

    One that nobody closed may have begun long ago: what was measured since is read only as far as somebody needs it.
    """
    span = min((each.start for each in open_), default=now), now + 1
    measured = (each.start for each in open_ if each.kind is Kind.OUTAGE or not each.severity)
    seen_from = min(measured, default=sources.until)
    idents = {each.ident for each in open_}
    left = {
        ident: each
        for ident, each in sources.ledger.incidents.items()
        if ident in idents or each.kind is Kind.FAULT  # by which outages were reported
    }
    needed = replace(sources, ledger=sources.ledger._replace(incidents=left))
    for target in (*agreement.terms.targets, EVERYTHING):
        if target.answers is not None:
            seen = of_cases(needed, agreement, target, span, seen_from)
            incidents = tuple(each for each in seen.incidents if each.ident in idents)
            yield evaluate(
                agreement.terms, target, replace(seen, incidents=incidents), Period(span, sources.until)
            )
