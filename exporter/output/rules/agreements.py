"""Alerts about agreements: terms in danger and missed, and days by which somebody has to act."""

from exporter.output import names
from exporter.output.rules.incidents import incident_alerts
from exporter.output.rules.promql import duration, series
from exporter.output.rules.rule import EXPORTER, OTHER, TICKET, Alert, Case, Labels, Subject, firing
from exporter.units import DAY, HOUR, MINUTE, SECOND

_AGREEMENT = f"{{{{ $labels.{names.AGREEMENT} }}}}"
_TERM = f"{_AGREEMENT}/{{{{ $labels.{names.TARGET} }}}}"
_VALUE = "{{ $value | humanizeDuration }}"
_TERM_KEY = f"{names.AGREEMENT}, {names.TARGET}"
_OF_TERM = {names.AGREEMENT: "acme", names.TARGET: "shop"}
_OF_AGREEMENT = {names.AGREEMENT: "acme"}
_REPORT_FAILED = "AgreementReportFailed"


def agreement_alerts(subject: Subject) -> tuple[Alert, ...]:
    """All of these alerts."""
    return (
        _verdict(
            subject, "AgreementAtRisk", "at_risk", f"{_TERM} has used most of what its running period allows"
        ),
        _verdict(subject, "AgreementMissed", "missed", f"{_TERM} can no longer be met in its running period"),
        _deadline(
            subject,
            "AgreementClaimEnding",
            names.SLA_CLAIM_BY,
            7 * DAY,
            f"A credit of {_AGREEMENT} is owed and can be claimed for {_VALUE} only",
        ),
        _deadline(
            subject,
            "AgreementNoticeEnding",
            names.SLA_NOTICE_BY,
            30 * DAY,
            f"Notice on {_AGREEMENT} can be given for {_VALUE} only; then it goes on, or ends, as it says",
        ),
        _deadline(
            subject,
            "AgreementReviewDue",
            names.SLA_REVIEW_BY,
            7 * DAY,
            f"The review of {_AGREEMENT} is overdue, or due within a week; write its day under `approved`: `reviewed`",
            until_done=True,
        ),
        _report(subject),
        *incident_alerts(subject),
    )


def _verdict(subject: Subject, name: str, verdict: str, summary: str) -> Alert:
    """Something is to be said of a term."""
    labels, annotations = subject.labels(TICKET), {"summary": summary, **subject.links(name)}
    fired = _OF_TERM | labels
    minutes = subject.hold(5 * MINUTE) // MINUTE

    def told(value: int, exporter: Labels = EXPORTER) -> dict[str, str]:
        return {
            series(
                names.SLA_VERDICT, dict(exporter) | _OF_TERM | {"verdict": verdict}
            ): f"{value}x{minutes + 9}"
        }

    return Alert(
        name,
        f"max by ({_TERM_KEY}) ({subject.briefly(names.SLA_VERDICT, verdict=verdict)}) == 1",
        labels,
        annotations,
        hold=minutes * MINUTE,
        cases=(
            Case(
                "one exporter that says so is enough",
                told(1) | told(0, OTHER),
                silent=(minutes - 1,),
                fires=(firing(minutes + 1, fired, annotations),),
            ),
            Case("nobody says so", told(0), silent=(minutes + 1, minutes + 5)),
        ),
    )


def _deadline(
    subject: Subject,
    name: str,
    family: names.Family,
    ahead: int,
    summary: str,
    *,
    until_done: bool = False,
) -> Alert:
    """A day is near by which somebody has to act; once it has passed it is too late, if it is not to go on until done."""
    labels, annotations = subject.labels(TICKET), {"summary": summary, **subject.links(name)}
    fired = _OF_AGREEMENT | labels
    left = f"min by ({names.AGREEMENT}) ({subject.briefly(family)}) - time()"
    hold = subject.hold(5 * MINUTE)
    minute = hold // MINUTE + 1
    seconds = ahead // SECOND
    near = seconds - HOUR // SECOND

    def due(at: int) -> dict[str, str]:
        return {series(family, EXPORTER | _OF_AGREEMENT): f"{at}x{minute + 9}"}

    due_now = firing(minute, fired, annotations, {_VALUE: duration(near - minute * 60)})
    return Alert(
        name,
        f"{left} < {seconds}" if until_done else f"({left} > 0) < {seconds}",
        labels,
        annotations,
        hold=hold,
        cases=(
            Case(
                "it is near",
                due(near),
                silent=(0,),
                fires=(due_now,),
            ),
            Case("it is far", due(seconds + 10_000_000), silent=(minute,)),
            Case("it has passed", due(0), silent=(0,), fires=(firing(minute, fired, annotations),))
            if until_done
            else Case("it has passed", due(0), silent=(minute,)),
        ),
    )


def _report(subject: Subject) -> Alert:
    """A report of a closed period could not be written."""
    labels = subject.labels(TICKET)
    summary = f"A report of {_AGREEMENT} could not be written; its log says why"
    annotations = {"summary": summary, **subject.links(_REPORT_FAILED)}
    fired = _OF_AGREEMENT | labels
    minutes = subject.hold(15 * MINUTE) // MINUTE

    def told(value: int) -> dict[str, str]:
        return {series(names.SLA_REPORT_OK, EXPORTER | _OF_AGREEMENT): f"{value}x{minutes + 9}"}

    return Alert(
        _REPORT_FAILED,
        f"max by ({names.AGREEMENT}) ({subject.briefly(names.SLA_REPORT_OK)}) == 0",
        labels,
        annotations,
        hold=minutes * MINUTE,
        cases=(
            Case(
                "it could not",
                told(0),
                silent=(minutes - 1,),
                fires=(firing(minutes + 1, fired, annotations),),
            ),
            Case("it was written", told(1), silent=(minutes + 1,)),
        ),
    )
