"""Targets that are about cases: incidents that were answered, groups of which something was written down."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from exporter.sla.answered import handled
from exporter.sla.case import Case
from exporter.sla.incidents.answers import AnswerTerms
from exporter.sla.judge import Figures, Verdict
from exporter.sla.recorded import groups
from exporter.sla.result import TargetResult
from exporter.sla.terms import RecordedTerms
from exporter.timeline.spans import Spans
from exporter.timeline.tally import Standing


def of_answers(case: Case, answers: AnswerTerms) -> TargetResult:
    """In what share of incidents all was done in time."""
    found = handled(case, answers)
    met = [each.met for each in found if not each.ignored]
    result = replace(_of_cases(case, met), handled=tuple(found))
    if not met and not _is_seen(case):  # there may have been some
        return replace(result, verdict=Verdict.UNDETERMINED, coverage=Fraction(0))
    return result


def _is_seen(case: Case) -> bool:
    """Whether anything is known of the services in the period; of what no probe sees people tell."""
    within = Spans([case.period.elapsed])
    lanes = case.evidence.lanes.values()
    return not lanes or any(lane.spans(Standing.UP, Standing.DOWN) & within for lane in lanes)


def of_recorded(case: Case, recorded: RecordedTerms) -> TargetResult:
    """In what share of its groups a measure is what was promised."""
    found = groups(recorded, case.evidence.records, case.period.elapsed)
    result = _of_cases(case, [each.holds for each in found])
    if not found:  # of what nobody has written down nothing is known
        result = replace(result, verdict=Verdict.UNDETERMINED, coverage=Fraction(0))
    return replace(result, groups=tuple(found))


def _of_cases(case: Case, met: Sequence[bool | None]) -> TargetResult:
    """A share of cases: of those that are decided; at best and at worst of all. Where there was none, nothing was missed."""
    count, good, bad = len(met), met.count(True), met.count(False)
    agreed = Fraction(good, good + bad) if good + bad else None
    best = Fraction(count - bad, count) if count else None
    worst = Fraction(good, count) if count else None
    figures = Figures(agreed, agreed, agreed, best, worst)
    verdict = case.verdict(figures, None, Fraction(1)) if count else Verdict.MET
    if bad and case.target.agreed == 1:
        verdict = Verdict.MISSED  # whatever is still to come
    return TargetResult(
        case.target,
        verdict,
        figures,
        count,
        0,
        None,
        None,
        (),
        (),
        0,
        Fraction(1),
        case.ruled,
        (0,) * len(case.ruled),
    )
