"""Incidents that no target is about."""

from dataclasses import replace

from exporter.output.reports.blocks import Table
from exporter.output.reports.report import report_of
from exporter.sla.agreement import Agreement
from exporter.sla.evidence import Evidence
from exporter.sla.incidents.answers import AnswerTerms, Task
from exporter.sla.incidents.escalation import EscalationStep
from exporter.sla.incidents.incident import Act, Entry, Incident, Kind
from exporter.sla.incidents.severity import SeverityRule
from exporter.sla.others import others
from exporter.sla.period import PeriodResult, judge_period
from exporter.sla.terms import Measure, Starts, Target
from exporter.sla.wire import result_json
from exporter.units import DAY, HOUR, MINUTE, format_instant
from tests.support import reported
from tests.support.agreed import END, PERIOD, START, lane, percent
from tests.support.contracts import agreement

LIMITS = ((Task.RESPOND, 15 * MINUTE),)
OUTAGE = Incident("i1", "shop", Kind.OUTAGE, START + DAY, START + DAY + HOUR)
MAIL = Incident("i3", "shop", Kind.FAULT, START + DAY, title="Slow", severity="sev3", channel="mail")
PHONE = Incident("i2", "shop", Kind.FAULT, START + 2 * DAY, severity="sev3", channel="phone")
RESOLVED = Entry(START + DAY + 90 * MINUTE, "mara", Act.RESOLVE)
RULES = (SeverityRule("sev1", 0), SeverityRule("sev2", 1), SeverityRule("sev3", None))
STEPS = (
    EscalationStep(HOUR, "head of operations", ("sev3",)),
    EscalationStep(2 * HOUR, "both managements", ("sev3",)),
)


def held(*answers: AnswerTerms, measure: Measure | None = None) -> Agreement:
    targets = [
        Target(f"answers-{number}", "shop", (), percent("100"), answers=each)
        for number, each in enumerate(answers)
    ]
    made = agreement(*targets, measure=measure)
    return replace(made, terms=replace(made.terms, severities=RULES), escalation=STEPS)


def judged(made: Agreement, *incidents: Incident) -> PeriodResult:
    lanes = {"shop/web": lane([(DAY, DAY + HOUR)]), "shop/db": lane()}
    seen = Evidence((START, END), lanes, incidents=incidents)
    return judge_period(made, {each.name: seen for each in made.terms.targets}, PERIOD)


def test_they_are_those_of_other_severities_and_channels() -> None:
    """Each once, however many targets were told of it, in order of their starts."""
    of_two = held(AnswerTerms(("sev1",), "", LIMITS), AnswerTerms((), "phone", LIMITS))
    found = others(judged(of_two, PHONE, MAIL, OUTAGE))
    assert [(each.incident.ident, each.severity, each.clocks, each.ignored) for each in found] == [
        ("i1", "sev2", (), ""),
        ("i3", "sev3", (), ""),
    ]
    assert others(judged(held(AnswerTerms((), "", LIMITS)), PHONE, MAIL, OUTAGE)) == []
    assert others(judged(agreement(), PHONE)) == [], "where no answers are promised nobody asks"


def test_why_they_do_not_count_is_said_of_them_too() -> None:
    of_phone = held(AnswerTerms((), "phone", LIMITS), measure=Measure(starts=Starts.REPORTED))
    told = replace(MAIL, reported_at=START + DAY)
    (unreported, counts) = others(judged(of_phone, OUTAGE, told))
    assert (unreported.ignored, counts.ignored) == ("nobody reported it", "")


def test_a_result_has_them_with_the_steps_that_were_due() -> None:
    result = judged(held(AnswerTerms((), "phone", LIMITS)), replace(MAIL, entries=(RESOLVED,)))
    at = format_instant(START + DAY + HOUR)
    assert result_json(result)["others"] == [
        {
            "id": "i3",
            "severity": "sev3",
            "ignored": "",
            "disputed": False,
            "paused": [],
            "escalated": [{"to": "head of operations", "after_ms": HOUR, "at": at}],
        }
    ]
    assert result_json(judged(agreement()))["others"] == []


def test_a_report_lists_them_and_whom_they_were_escalated_to() -> None:
    result = judged(held(AnswerTerms((), "phone", LIMITS)), PHONE, replace(MAIL, entries=(RESOLVED,)))
    tables = _tables(result)
    ((name, severity, counts),) = tables["Others"].rows
    assert (name.text, severity.text, counts.text) == ("Slow", "sev3", "no target is about it")
    assert [(row[0].text, row[2].text) for row in tables["Escalated"].rows] == [
        ("i2", "head of operations"),
        ("i2", "both managements"),
        ("i3", "head of operations"),
    ]
    assert "Others" not in _tables(judged(held(AnswerTerms((), "phone", LIMITS)), PHONE))


def _tables(result: PeriodResult) -> dict[str, Table]:
    told = reported.hashed({**result_json(result), "terms": reported.TEXT})
    (section,) = (each for each in report_of(told).sections if each.ident == "incidents")
    return {each.title: each for each in section.blocks if isinstance(each, Table)}
