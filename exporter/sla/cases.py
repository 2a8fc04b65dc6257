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


def of_answers(case: Case, answers: AnswerTerms) -> TargetResult:
    """In what share of incidents all was done in time."""
    found = handled(case, answers)
    met = [each.met for each in found if not each.ignored]
    return replace(_of_cases(case, met), handled=tuple(found))


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
