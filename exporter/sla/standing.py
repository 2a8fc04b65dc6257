"""How incidents stand: what is open, what is due next, and who is to be told."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from exporter.sla.agreement import Agreement
from exporter.sla.answered import Handled
from exporter.sla.incidents.answers import Task
from exporter.sla.incidents.escalation import level
from exporter.sla.result import TargetResult


class OpenIncident(NamedTuple):
    """One of them.

    Attributes:
        ident: Of it.
        due: Until when the next of each task is in time, milliseconds since the epoch, as the target says that asks for it first.
        level: How many steps of the escalation are due.
    """

    ident: str
    due: Mapping[Task, int]
    level: int


class OpenIncidents(NamedTuple):
    """Those of a severity.

    Attributes:
        severity: Its name; empty where no rule has one.
        incidents: In order of their starts.
    """

    severity: str
    incidents: Sequence[OpenIncident]


def open_incidents(
    agreement: Agreement, results: Sequence[TargetResult], until: int
) -> Iterator[OpenIncidents]:
    """By severity, in the order of the rules. One that several targets are about is one.

    Args:
        agreement: Has the rules, and the steps of the escalation.
        results: Of its targets of answers, as the first that is about an incident sees it.
        until: How far incidents are known, milliseconds since the epoch.
    """
    found: dict[str, dict[str, list[Handled]]] = {rule.name: {} for rule in agreement.terms.severities}
    for result in results:
        for each in result.handled:
            if not each.ignored and each.incident.is_open(until):
                found.setdefault(each.severity, {}).setdefault(each.incident.ident, []).append(each)
    for severity, by_ident in found.items():
        standing = (
            OpenIncident(ident, _due(each), level(agreement.escalation, each[0].incident, severity, until))
            for ident, each in by_ident.items()
        )
        yield OpenIncidents(severity, tuple(standing))


def _due(handled: Sequence[Handled]) -> Mapping[Task, int]:
    found = dict[Task, int]()
    for each in handled:
        for clock in each.clocks:
            if clock.stop is None and clock.due is not None:
                found[clock.task] = min(found.get(clock.task, clock.due), clock.due)
    return found
