"""What agreements show: their running periods, without anybody's name and without amounts."""

from collections.abc import Sequence

from exporter.engine.live import LiveAgreement
from exporter.output import names
from exporter.output.column import Column, children
from exporter.output.style import labels
from exporter.sla.deadlines import notice_by, review_by
from exporter.sla.judge import FIGURES, Verdict
from exporter.sla.period import PeriodResult, next_step
from exporter.sla.result import TargetResult
from exporter.sla.standing import OpenIncident

_FIGURES = children("figure", FIGURES)
_VERDICTS = children("verdict", list(Verdict))


class _Columns:
    """A column for each family."""

    def __init__(self) -> None:
        self.info = Column(names.SLA_INFO)
        self.availability = Column(names.SLA_AVAILABILITY)
        self.target = Column(names.SLA_TARGET)
        self.downtime = Column(names.SLA_DOWNTIME)
        self.allowance = Column(names.SLA_ALLOWANCE)
        self.next_step = Column(names.SLA_NEXT_STEP)
        self.credit = Column(names.SLA_CREDIT)
        self.verdict = Column(names.SLA_VERDICT)
        self.incidents_open = Column(names.SLA_INCIDENTS_OPEN)
        self.incident_due = Column(names.SLA_INCIDENT_DUE)
        self.escalation = Column(names.SLA_ESCALATION)
        self.period_end = Column(names.SLA_PERIOD_END)
        self.evaluated = Column(names.SLA_EVALUATED)
        self.claim_by = Column(names.SLA_CLAIM_BY)
        self.review_by = Column(names.SLA_REVIEW_BY)
        self.notice_by = Column(names.SLA_NOTICE_BY)
        self.report_at = Column(names.SLA_REPORT_AT)
        self.report_ok = Column(names.SLA_REPORT_OK)

    def take(self, live: LiveAgreement, at: int) -> None:
        text = labels((names.AGREEMENT, live.agreement.name))
        self._take_instants(text, (self.claim_by, live.claim_by), (self.report_at, live.reported_at))
        if live.reported is not None:
            self.report_ok.add(text, int(live.reported))
        self._take_incidents(live, text)
        if live.result is not None:
            self._take_result(live, live.result, text, at)

    def _take_result(self, live: LiveAgreement, result: PeriodResult, text: str, at: int) -> None:
        agreement = result.agreement
        version = labels(("version", agreement.version), ("kind", agreement.kind.value))
        self.info.add(f"{text},{version}", 1)
        self._take_instants(
            text,
            (self.period_end, result.period.span[1]),
            (self.evaluated, result.period.until),
            (self.review_by, _first(review_by(agreement), live.review_from)),
            (self.notice_by, notice_by(agreement, at)),
        )
        for each in result.targets:
            self._take_target(result, each, f"{text},{labels((names.TARGET, each.target.name))}")

    def _take_incidents(self, live: LiveAgreement, text: str) -> None:
        for each in live.incidents:
            severity = f"{text},{labels(('severity', each.severity))}"
            self.incidents_open.add(severity, len(each.incidents))
            for one in each.incidents:
                self._take_incident(live, one, f"{severity},{labels((names.INCIDENT, one.ident))}")

    def _take_incident(self, live: LiveAgreement, incident: OpenIncident, text: str) -> None:
        for task, instant in incident.due.items():
            self.incident_due.add(f"{text},{labels(('clock', task.value))}", instant / 1000)
        if live.agreement.escalation:
            self.escalation.add(text, incident.level)

    @staticmethod
    def _take_instants(text: str, *found: tuple[Column, int | None]) -> None:
        for column, instant in found:
            if instant is not None:
                column.add(text, instant / 1000)

    def _take_target(self, result: PeriodResult, found: TargetResult, text: str) -> None:
        ratios = [getattr(found.figures, name) for name in FIGURES]
        self.availability.extend_known(
            text, _FIGURES, [None if each is None else float(each) for each in ratios]
        )
        self.target.add(text, float(found.target.agreed))
        if found.bridge:
            self.downtime.add(text, found.counted / 1000)
        if found.allowed is not None:
            self.allowance.add(text, (found.allowed - found.counted) / 1000)
        step = next_step(result, found)
        if step is not None:
            self.next_step.add(text, step.after / 1000)
        if found.target.credit in result.agreement.credits.rules:
            owed = (each.share_of_fee for each in result.credit.lines if each.target == found.target.name)
            self.credit.add(text, float(next(owed, 0)))
        self.verdict.extend(text, _VERDICTS, [int(found.verdict is each) for each in Verdict])


def _first(*instants: int | None) -> int | None:
    return min((each for each in instants if each is not None), default=None)


def agreement_columns(agreements: Sequence[LiveAgreement], at: int) -> list[Column]:
    """All that agreements show, in the order in which it is shown.

    Args:
        agreements: As they were last judged.
        at: Milliseconds since the epoch.
    """
    if not agreements:
        return []  # whoever has none is not told what they could show
    columns = _Columns()
    for each in agreements:
        columns.take(each, at)
    return [column for column in vars(columns).values() if isinstance(column, Column)]
