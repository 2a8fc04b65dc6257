"""Targets of answers: in what share of incidents people did in time what was promised."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from exporter.sla.case import Case
from exporter.sla.claims import Ruling
from exporter.sla.incidents.answers import AnswerTerms, Clock, clocks
from exporter.sla.incidents.heard import heard
from exporter.sla.incidents.incident import Act, Incident, Kind
from exporter.sla.incidents.severity import agreed_value, severity_of
from exporter.sla.lane import Lane
from exporter.sla.terms import Starts
from exporter.timeline.spans import Spans
from exporter.units import DAY

HORIZON = 31 * DAY
"""Milliseconds beyond what is known up to which deadlines are looked for."""

_BLAMED = {"nobody": "nobody's fault", "third party": "the fault of a third party"}


@dataclass(frozen=True, slots=True)
class Handled:
    """An incident as a target looks at it.

    Attributes:
        incident: It, with the entries that count.
        severity: Its name; empty where no rule has it.
        clocks: One for each task.
        ignored: Why it does not count; empty where it does.
    """

    incident: Incident
    severity: str
    clocks: tuple[Clock, ...]
    ignored: str = ""

    @property
    def met(self) -> bool | None:
        """Whether all was done in time; None while nobody knows. A dispute changes nothing of it before the parties agree."""
        found = {each.met for each in self.clocks}
        return False if False in found else None if None in found else True


def handled(case: Case, answers: AnswerTerms) -> list[Handled]:
    """The incidents of a period that a target is about, in order of their starts; each belongs to the period in which it began.

    Args:
        case: Has them.
        answers: What is promised.
    """
    terms, evidence, (start, end) = case.terms, case.evidence, case.period.span
    people = [terms.people.get(party, frozenset()) for party in ("provider", "customer")]
    from_report, until = case.measure.starts is Starts.REPORTED, evidence.span[1]
    always = Spans([(evidence.span[0], until + HORIZON)])
    promised = always if evidence.hours is None else evidence.hours
    found = list[Handled]()
    for each in sorted(evidence.incidents, key=lambda each: (each.start, each.ident)):
        incident = heard(each, case.measure.hearing, people)
        severity = severity_of(incident, terms.severities, _lanes(evidence.lanes, incident), people)
        if start <= incident.start < end and answers.is_about(incident, severity):
            ran = clocks(answers, incident, people[0], promised, until, from_report=from_report)
            found.append(
                Handled(incident, severity, tuple(ran), _ignored(incident, case.ruled, people, until))
            )
    return [_unreported(each) for each in found]


def _lanes(lanes: Mapping[str, Lane], incident: Incident) -> Mapping[str, Lane]:
    return {name: lane for name, lane in lanes.items() if name.startswith(f"{incident.service}/")}


def _ignored(
    incident: Incident, ruled: Sequence[Ruling], people: Sequence[frozenset[str]], until: int
) -> str:
    fault = agreed_value(incident, Act.FAULT, people)
    if fault and fault != "provider":
        return f"both parties say that it was {_BLAMED.get(fault, f'the fault of the {fault}')}"
    excluded = Spans(part for each in ruled for part in each.counts if each.claim.endpoints is None)
    if incident.kind is Kind.OUTAGE and not incident.open(until) - excluded:
        return "all of it was excluded"
    return ""


def _unreported(found: Handled) -> Handled:
    return found if found.clocks or found.ignored else replace(found, ignored="nobody reported it")
