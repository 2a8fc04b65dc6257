"""Targets of answers: in what share of incidents people did in time what was promised."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from exporter.sla.case import Case
from exporter.sla.incidents.answers import AnswerTerms, Clock, clocks, of_two
from exporter.sla.incidents.heard import heard
from exporter.sla.incidents.incident import Act, Incident, Kind
from exporter.sla.incidents.severity import agreed_value, severity_of
from exporter.sla.lane import Lane
from exporter.sla.services import by_service, left
from exporter.sla.terms import FOLLOWED, PARTIES, Starts
from exporter.timeline.spans import NOTHING, Span, Spans
from exporter.timeline.tally import Standing
from exporter.units import describe_duration

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
    versions = [terms.people, *(each.people for each in evidence.later)]
    people = [frozenset().union(*(each.get(party, ()) for each in versions)) for party in PARTIES]
    services = _services(case)
    found = list[Handled]()
    for each in sorted(evidence.incidents, key=lambda each: (each.start, each.ident)):
        incident, service = heard(each, case.measure.hearing, people), services.get(each.service, _UNSEEN)
        severity = severity_of(incident, terms.severities, service.lanes, people)
        if start <= incident.start < end and answers.is_about(incident, severity):
            ran = tuple(_clocks(case, answers, incident, people[0], service))
            why = _ignored(case, incident, people, service) or _undue(case, answers, incident, ran)
            found.append(Handled(incident, severity, ran, why))
    return found


class _Service(NamedTuple):
    """What was measured of a service.

    Attributes:
        lanes: By endpoint.
        down: When any of them was down.
        counts: When any of them was, exclusions aside.
    """

    lanes: Mapping[str, Lane]
    down: Spans
    counts: Spans


_UNSEEN = _Service({}, NOTHING, NOTHING)


def _services(case: Case) -> Mapping[str, _Service]:
    lanes = case.evidence.lanes
    counting = by_service(left(lanes, case.ruled))
    return {name: _Service(own, _down(own), _down(counting[name])) for name, own in by_service(lanes).items()}


def _down(lanes: Mapping[str, Lane]) -> Spans:
    return Spans(span for lane in lanes.values() for span in lane.spans(Standing.DOWN))


def _clocks(
    case: Case, answers: AnswerTerms, incident: Incident, people: frozenset[str], service: _Service
) -> Iterator[Clock]:
    """Clocks of an incident; of an outage that ended while nothing was known as of both instants at which it may have."""
    evidence, until = case.evidence, case.evidence.span[1]
    always = Spans([(evidence.span[0], until + FOLLOWED)])
    promised = always if evidence.hours is None else evidence.hours
    if _is_excluded(incident, service, until):  # of what is opened again only what comes then counts
        promised -= Spans([(incident.start, _end(incident, until))])

    def ran(each: Incident) -> list[Clock]:
        from_report = case.measure.starts is Starts.REPORTED
        return list(clocks(answers, each, people, promised, until, from_report=from_report))

    seen = _within(service.down, incident, until)
    if not seen or seen[-1][1] >= _end(incident, until):
        return iter(ran(incident))
    found = of_two(ran(incident), ran(replace(incident, end=seen[-1][1])))
    if seen[-1][1] - incident.start < case.measure.smallest_outage:  # then it may not count at all
        found = (each if each.met else replace(each, met=None) for each in found)
    return found


def _within(down: Spans, incident: Incident, until: int) -> Sequence[Span]:
    """When its service was down while an outage lasted; nothing of what is no outage."""
    if incident.kind is not Kind.OUTAGE:
        return ()
    return list(down.within(incident.start, _end(incident, until)))


def _is_excluded(incident: Incident, service: _Service, until: int) -> bool:
    """Whether all that was down while an outage lasted does not count."""
    return bool(_within(service.down, incident, until)) and not _within(service.counts, incident, until)


def _end(incident: Incident, until: int) -> int:
    return until if incident.end is None else incident.end


def _ignored(case: Case, incident: Incident, people: Sequence[frozenset[str]], service: _Service) -> str:
    """Why an incident does not count; empty where it does."""
    fault, until = agreed_value(incident, Act.FAULT, people), case.evidence.span[1]
    if fault and fault != "provider":
        return f"both parties say that it was {_BLAMED.get(fault, f'the fault of the {fault}')}"
    if any(incident.of(Act.REOPEN)):  # then somebody says that it was more than what probes saw
        return ""
    if _is_excluded(incident, service, until):
        return "all of it was excluded"
    smallest, is_over = case.measure.smallest_outage, incident.end is not None
    if incident.kind is Kind.OUTAGE and is_over and _end(incident, until) - incident.start < smallest:
        return f"it was shorter than {describe_duration(smallest)}"
    return ""


def _undue(case: Case, answers: AnswerTerms, incident: Incident, ran: Sequence[Clock]) -> str:
    """Why nothing was to be done; empty where something was, and where nothing ever is."""
    if ran:
        return ""
    if case.measure.starts is Starts.REPORTED and incident.reported_at is None:
        return "nobody reported it"
    return "it was over before anything was due" if answers.limits else ""
