"""Alerts about open incidents of agreements: answers that are due, or late, and whom it is time to tell."""

from exporter.output import names
from exporter.output.rules.promql import duration, series, values
from exporter.output.rules.rule import (
    EXPORTER,
    OTHER,
    PAGE,
    TICKET,
    Alert,
    Case,
    Firing,
    Labels,
    Subject,
    firing,
)
from exporter.sla.agreement import Kind
from exporter.sla.incidents.answers import Task
from exporter.units import HOUR, MINUTE, SECOND

INCIDENT_SEVERITY = "incident_severity"
"""The incident's severity, as alerts have one of their own."""

SOON, SOON_REPAIRED = 10 * MINUTE, HOUR
"""How long before its end somebody is told: an answer takes a minute, and may be promised within a quarter of an hour; a repair takes longer."""

_LATE, _ESCALATED = "AgreementAnswerLate", "AgreementEscalationDue"
_SEVERITY = f"{{{{ with $labels.{INCIDENT_SEVERITY} }}}} ({{{{ . }}}}){{{{ end }}}}"
_WHICH = f"incident {{{{ $labels.{names.INCIDENT} }}}} of {{{{ $labels.{names.AGREEMENT} }}}}{_SEVERITY}"
_VALUE = "{{ $value | humanizeDuration }}"
_KEY = f"{names.AGREEMENT}, {INCIDENT_SEVERITY}, {names.INCIDENT}"
_TOLD = {_SEVERITY: " (sev1)"}
_ACME = {names.AGREEMENT: "acme", names.INCIDENT: "i7"}
_SEV1 = _ACME | {"severity": "sev1"}
_FIRED = _ACME | {INCIDENT_SEVERITY: "sev1"}


def incident_alerts(subject: Subject) -> tuple[Alert, ...]:
    """All of these alerts."""
    return (
        _due(subject, "AgreementResponseDue", Task.RESPOND, SOON, "The first answer to"),
        _due(subject, "AgreementUpdateDue", Task.UPDATE, SOON, "The next update on"),
        _due(subject, "AgreementRepairDue", Task.REPAIR, SOON_REPAIRED, "The repair of"),
        _late(subject),
        _escalated(subject),
    )


def _due(subject: Subject, name: str, task: Task, ahead: int, what: str) -> Alert:
    """What we promise of an open incident is in time for a little longer only; what a vendor does is not for us to do.

    What was answered is seen by its series that ends, so that it must hold for longer than that is bridged.
    """
    labels = subject.labels(PAGE)
    annotations = {"summary": f"{what} {_WHICH} is in time for {_VALUE} only", **subject.links(name)}
    hold = subject.hold(2 * MINUTE)
    minute, of_it = hold // MINUTE + 1, {"clock": task.value}
    seconds = (ahead + hold - 2 * MINUTE) // SECOND  # rarer scrapes make it no shorter
    fired, told = _FIRED | of_it | labels, (minute + 9) * 60
    one, other = (_deadline(exporter, of_it) for exporter in (EXPORTER, OTHER))

    in_time = firing(minute, fired, annotations, _TOLD | {_VALUE: duration(seconds - 1 - minute * 60)})
    return Alert(
        name,
        f"({_first(subject, clock=task.value)} - time() > 0) < {seconds}\n"
        f"unless on ({names.AGREEMENT}) {subject.briefly(names.SLA_INFO, kind=Kind.VENDOR.value)}",
        labels,
        annotations,
        hold=hold,
        cases=(
            Case(
                "it is near, as one of two exporters sees it",
                {one: f"{seconds - 1}x{minute + 9}", other: f"{seconds + told}x{minute + 9}"},
                silent=(minute - 2,),
                fires=(in_time,),
            ),
            Case("it is far", {one: f"{seconds + told}x{minute + 9}"}, silent=(minute, minute + 9)),
            Case("it has passed", {one: f"0x{minute + 9}"}, silent=(minute, minute + 9)),
            Case(
                "it was answered just before", {one: f"{seconds - 1} stale"}, silent=tuple(range(minute + 9))
            ),
            Case(
                "a vendor has promised it",
                {one: f"{seconds - 1}x{minute + 9}", _info(Kind.VENDOR): f"1x{minute + 9}"},
                silent=(minute,),
            ),
            Case(
                "a customer was promised it",
                {one: f"{seconds - 1}x{minute + 9}", _info(Kind.CUSTOMER): f"1x{minute + 9}"},
                fires=(in_time,),
            ),
        ),
    )


def _late(subject: Subject) -> Alert:
    """What was promised of an open incident was not done in time, and still is not."""
    labels, of_it = subject.labels(TICKET), {"clock": Task.REPAIR.value}
    summary = f"What was promised of {_WHICH} is late by {_VALUE}: {{{{ $labels.clock }}}}"
    annotations = {"summary": summary, **subject.links(_LATE)}
    hold = subject.hold(2 * MINUTE)
    first = hold // MINUTE + 2  # it must be late, not just due
    by = {_VALUE: duration(first * 60 - 60)}
    fired, one = _FIRED | of_it | labels, _deadline(EXPORTER, of_it)
    other = series(names.SLA_INCIDENT_DUE, EXPORTER | _ACME | of_it)
    return Alert(
        _LATE,
        f"time() - {_first(subject)} > 0",
        labels,
        annotations,
        hold=hold,
        cases=(
            Case(
                "it is so until it is done",
                {one: f"60x{first} stale", _deadline(OTHER, of_it): f"6000000x{first + 9}"},
                silent=(first - 1, first + hold // MINUTE),
                fires=(firing(first, fired, annotations, _TOLD | by),),
            ),
            Case(
                "no rule has a severity for it",
                {other: f"60x{first + 9}"},
                fires=(firing(first, _ACME | of_it | labels, annotations, by | {_SEVERITY: ""}),),
            ),
            Case("it was done just in time", {one: "60 60 stale"}, silent=tuple(range(first + 3))),
            Case("it is in time", {one: f"6000000x{first + 9}"}, silent=(first, first + 9)),
        ),
    )


def _escalated(subject: Subject) -> Alert:
    """A step of the escalation is due: an alert for each level, so that the next one is told anew."""
    labels = subject.labels(TICKET)
    summary = (
        f"Step {{{{ $labels.level }}}} of the escalation of {_WHICH} is due: tell whom the agreement names"
    )
    annotations = {"summary": summary, **subject.links(_ESCALATED)}
    one, other = (series(names.SLA_ESCALATION, each | _SEV1) for each in (EXPORTER, OTHER))

    def due(minute: int, level: int) -> Firing:
        return firing(minute, _FIRED | {"level": str(level)} | labels, annotations, _TOLD)

    return Alert(
        _ESCALATED,
        f'count_values by ({_KEY}) ("level", max by ({_KEY}) ({_renamed(subject.over(names.SLA_ESCALATION))}) > 0)',
        labels,
        annotations,
        cases=(
            Case(
                "each level is told, until the incident is over, as the first of two exporters sees it",
                {one: values([0, 1, 1, 2, 2, 0, 0]), other: "0x9"},
                silent=(0, 5),
                fires=(due(1, 1), due(2, 1), due(3, 2), due(4, 2)),
            ),
            Case("no step is due", {one: "0x9"}, silent=(0, 9)),
        ),
    )


def _first(subject: Subject, **matchers: str) -> str:
    """The instant that is first of any exporter's."""
    found = subject.briefly(names.SLA_INCIDENT_DUE, **matchers)
    return f"min by ({_KEY}, clock) ({_renamed(found)})"


def _renamed(found: str) -> str:
    """The same with the incident's severity under a name that the alert's own does not take."""
    return f'label_replace({found}, "{INCIDENT_SEVERITY}", "$1", "severity", "(.*)")'


def _deadline(exporter: Labels, of_it: Labels) -> str:
    return series(names.SLA_INCIDENT_DUE, dict(exporter) | _SEV1 | dict(of_it))


def _info(kind: Kind) -> str:
    return series(names.SLA_INFO, EXPORTER | {names.AGREEMENT: "acme", "version": "1", "kind": kind.value})
