"""Severities of which no outage can ever be."""

from collections.abc import Iterator, Sequence

from exporter.config.agreements.findings.finding import Case, Finding, Kind
from exporter.config.objectives import HEARTBEAT
from exporter.config.tree import Map
from exporter.sla.incidents.severity import SeverityRule


def never(case: Case) -> Iterator[Finding]:
    """Rules that ask for more endpoints than there are, and those that one before them always forestalls."""
    severities, counts = case.written.root.get("severities"), _counts(case)
    rules = case.agreement.terms.severities
    for number, rule in enumerate(rules if isinstance(severities, Map) else ()):
        if rule.down is None or not isinstance(severities, Map):
            continue
        first = next((each for each in rules[:number] if _forestalls(each, rule, counts)), None)
        if counts and rule.down > max(counts):
            message = f"no outage is ever `{rule.name}`: no service that this is about has {rule.down} endpoints, but {max(counts)} at most; write `all endpoints down`"
            yield Finding(severities.mark_of(rule.name), Kind.UNUSED, message)
        elif first is not None:
            message = f"no outage is ever `{rule.name}`: `{first.name}` before it holds whenever it does, and the first that holds is taken; put the severest first"
            yield Finding(severities.mark_of(rule.name), Kind.UNUSED, message)


def _forestalls(first: SeverityRule, rule: SeverityRule, counts: Sequence[int]) -> bool:
    """Whether a rule holds wherever a later one does; `all endpoints` are as many as a service has."""
    if first.down is None or rule.down is None:
        return False
    if first.down in {1, rule.down}:
        return True
    if not first.down:
        return bool(counts) and rule.down >= max(counts)
    return first.down <= rule.down if rule.down else bool(counts) and first.down <= min(counts)


def _counts(case: Case) -> list[int]:
    """How many endpoints are probed of each service that an agreement is about; none where that is not known."""
    services = case.config.services if case.config is not None else ()
    found = (
        sum(each.kind != HEARTBEAT for each in service.endpoints)
        for service in services
        if service.name in case.agreement.services
    )
    return [count for count in found if count]
