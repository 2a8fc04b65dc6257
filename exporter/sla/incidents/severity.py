"""How severe an outage is, by rules over how many endpoints are down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from exporter.sla.incidents.incident import Act, Incident
from exporter.sla.lane import Lane
from exporter.timeline.spans import Spans
from exporter.timeline.tally import Standing

_WATCHED = (Standing.UP, Standing.DOWN)


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
    most, watched = _down_at_once(lanes, within)
    return next((rule.name for rule in rules if _holds(rule, most, watched)), "")


def agreed_value(incident: Incident, act: Act, both: Sequence[frozenset[str]]) -> str:
    """The value on which people of both parties have agreed last; empty where they never did, and where there are no parties.

    It stands until their latest words are another one: what a party has taken back it does not say any more. In the order in
    which it was written down, whatever time it is about.
    """
    said, agreed = ["" for _ in both], ""
    for entry in sorted(incident.of(act), key=lambda each: (each.entered_at, each.number)):
        for number, people in enumerate(both):
            if entry.by in people:
                said[number] = entry.value
        latest = set(said)
        if len(latest) == 1 and "" not in latest:
            (agreed,) = latest
    return agreed


def _holds(rule: SeverityRule, most: int, watched: int) -> bool:
    """Whether a rule held when the most were down, of so many that were watched."""
    return rule.down is not None and watched > 0 and most >= (rule.down or watched)


def _down_at_once(lanes: Mapping[str, Lane], within: Spans) -> tuple[int, int]:
    """How many endpoints were down at any one instant, at most, and how many were watched at all."""
    edges, watched = list[tuple[int, int]](), 0
    for lane in lanes.values():
        stood = [each for span in within for each in lane.within(span)]
        watched += any(standing in _WATCHED for _, standing in stood)
        for (start, end), standing in stood:
            if standing is Standing.DOWN:
                edges += [(start, 1), (end, -1)]
    edges.sort()  # at one instant ends come first
    return max(accumulate(step for _, step in edges), default=0), watched


def _end(lanes: Mapping[str, Lane], start: int) -> int:
    return max((lane.end for lane in lanes.values()), default=start)
