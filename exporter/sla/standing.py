"""How incidents stand: what is open, what is due next, and who is to be told."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from exporter.sla.agreement import Agreement
from exporter.sla.answered import Handled
from exporter.sla.incidents.answers import Task
from exporter.sla.incidents.escalation import level
from exporter.sla.result import TargetResult


class OpenIncidents(NamedTuple):
    """Those of a severity.

    Attributes:
        severity: Its name.
        number: How many are open.
        due: Until when the next of each task is in time, milliseconds since the epoch.
        level: How many steps of the escalation are due, the most of any.
    """

    severity: str
    number: int
    due: Mapping[Task, int]
    level: int


def open_incidents(
    agreement: Agreement, results: Sequence[TargetResult], until: int
) -> Iterator[OpenIncidents]:
    """By severity, in the order of the rules; nothing where no answers are promised. One that several targets are about is one.

    Args:
        agreement: Has the rules, and the steps of the escalation.
        results: Of its targets.
        until: How far incidents are known, milliseconds since the epoch.
    """
    if not any(each.target.answers for each in results):
        return
    found: dict[str, list[Handled]] = {rule.name: [] for rule in agreement.terms.severities}
    for result in results:
        for each in result.handled:
            if not each.ignored and each.incident.is_open(until):
                found.setdefault(each.severity, []).append(each)
    for severity, handled in found.items():
        levels = (level(agreement.escalation, each.incident, severity, until) for each in handled)
        idents = {each.incident.ident for each in handled}
        yield OpenIncidents(severity, len(idents), _due(handled), max(levels, default=0))


def _due(handled: list[Handled]) -> dict[Task, int]:
    found = dict[Task, int]()
    for each in handled:
        for clock in each.clocks:
            if clock.stop is None and clock.due is not None:
                found[clock.task] = min(found.get(clock.task, clock.due), clock.due)
    return found
