"""How severe an outage is, by rules over how many endpoints are down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exporter.sla.incidents.incident import Act, Incident
from exporter.sla.lane import Lane
from exporter.timeline.spans import Spans
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
    """The value on which people of both parties have agreed last; empty where they never did, and where there are no parties.

    It stands until their latest words are another one: what a party has taken back it does not say any more. In the order in
    which it was written down, whatever time it is about.
    """
    said, agreed = ["" for _ in both], ""
    for entry in sorted(incident.of(act), key=lambda each: each.entered_at):
        for number, people in enumerate(both):
            if entry.by in people:
                said[number] = entry.value
        latest = set(said)
        if len(latest) == 1 and "" not in latest:
            (agreed,) = latest
    return agreed


def _holds(rule: SeverityRule, lanes: Mapping[str, Lane], within: Spans) -> bool:
    watched = [lane for lane in lanes.values() if lane.spans(Standing.UP, Standing.DOWN) & within]
    if rule.down is None or not watched:
        return False
    wanted = rule.down or len(watched)  # of all that were watched then
    edges = sorted(
        (at, step)
        for lane in watched
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
