"""Incidents that are open now, whenever they began."""

from exporter.record.agreements.evidence import Sources, gather
from exporter.sla.agreement import Agreement
from exporter.sla.evaluate import evaluate
from exporter.sla.evidence import Period
from exporter.sla.others import EVERYTHING
from exporter.sla.standing import OpenIncidents, open_incidents


def standing_of(sources: Sources, agreement: Agreement, now: int) -> list[OpenIncidents]:
    """How the open incidents of an agreement stand, by severity; nothing where it promises no answers.

    Args:
        sources: The record.
        agreement: The version in force.
        now: Milliseconds since the epoch.
    """
    targets = [each for each in agreement.terms.targets if each.answers is not None]
    if not targets:
        return []
    services = set(agreement.services)
    begun = [
        each.start
        for each in sources.ledger.incidents.values()
        if each.service in services and each.is_open(sources.until)
    ]
    span = min(begun, default=now), now + 1
    found = [
        (evaluate(agreement.terms, each, gather(sources, agreement, each, span), Period(span, sources.until)))
        for each in (*targets, EVERYTHING)
    ]
    return list(open_incidents(agreement, found, sources.until))
