"""How severe an outage is, by rules over how many endpoints are down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exporter.sla.incidents.incident import Act, Incident
from exporter.sla.lane import Lane
from exporter.timeline.spans import Span, Spans
from exporter.timeline.tally import Standing


@dataclass(frozen=True, slots=True)
class SeverityRule:
    """When an outage is of a severity.

    Attributes:
        name: Of the severity.
        down: How many endpoints are down at once, at least; 0 for all of them; None where only people say so.
    """

    name: str
    down: int | None


def severity_of(
    incident: Incident,
    rules: Sequence[SeverityRule],
    lanes: Mapping[str, Lane],
    both: Sequence[frozenset[str]],
) -> str:
    """The severity of an incident: the first whose rule held at any instant of an outage, or that it was opened with.

    Another one counts once people of both parties have written it, so that neither makes light, or much, of it alone.

    Args:
        incident: It.
        rules: The severest first.
        lanes: What was measured, by endpoint.
        both: The people of each party.

    Returns:
        Its name; empty where no rule has it.
    """
    agreed = agreed_value(incident, Act.SEVERITY, both)
    if agreed or incident.severity:
        return agreed or incident.severity
    within = Spans(incident.open(_end(lanes, incident.start)))
    return next((rule.name for rule in rules if _holds(rule, lanes, within)), "")


def agreed_value(incident: Incident, act: Act, both: Sequence[frozenset[str]]) -> str:
    """The latest value that people of both parties have written; empty where there is none."""
    said = [dict[str, int]() for _ in both]
    for number, entry in enumerate(incident.of(act)):
        for people, values in zip(both, said, strict=True):
            if entry.by in people:
                values[entry.value] = number
    common = set(said[0]).intersection(*said[1:]) if said else set()
    return max(common, key=lambda value: max(values[value] for values in said), default="")


def outages(lanes: Mapping[str, Lane], span: Span) -> Spans:
    """When any endpoint was down."""
    return Spans(each for lane in lanes.values() for each in lane.spans(Standing.DOWN)) & Spans([span])


def _holds(rule: SeverityRule, lanes: Mapping[str, Lane], within: Spans) -> bool:
    if rule.down is None or not lanes:
        return False
    wanted = rule.down or len(lanes)
    edges = sorted(
        (at, step)
        for lane in lanes.values()
        for start, end in lane.spans(Standing.DOWN) & within
        for at, step in ((start, 1), (end, -1))
    )
    down = 0
    for _, step in edges:  # at one instant ends come first
        down += step
        if down >= wanted:
            return True
    return False


def _end(lanes: Mapping[str, Lane], start: int) -> int:
    return max((lane.end for lane in lanes.values()), default=start)
