"""What became of an agreement in a period: all of its targets, and what is owed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exporter.sla.agreement import Agreement
from exporter.sla.credit import Credit, credit
from exporter.sla.credit_rule import NextStep, Outcome
from exporter.sla.evaluate import evaluate
from exporter.sla.evidence import Evidence, Period
from exporter.sla.judge import Verdict
from exporter.sla.result import TargetResult
from exporter.timeline.zones import days_of

WORST_FIRST = (Verdict.MISSED, Verdict.UNDETERMINED, Verdict.AT_RISK, Verdict.MET)
"""How bad verdicts are, beside each other."""


@dataclass(frozen=True, slots=True)
class PeriodResult:
    """One version of an agreement in a period, or in the part of one in which it was in force.

    Attributes:
        agreement: The version.
        period: What is judged: a calendar period, or the part of one.
        verdict: The worst of the targets', but of those that are suspended where others are left.
        targets: In the order of the agreement.
        evidence: By target.
        credit: What is owed.
        before: Credits of earlier periods of the year, as shares of the fee of one.
    """

    agreement: Agreement
    period: Period
    verdict: Verdict
    targets: tuple[TargetResult, ...]
    evidence: Mapping[str, Evidence]
    credit: Credit
    before: Fraction


def judge_period(
    agreement: Agreement,
    evidence: Mapping[str, Evidence],
    period: Period,
    before: Fraction = Fraction(0),
) -> PeriodResult:
    """Judge an agreement.

    Args:
        agreement: The version in force.
        evidence: By the name of the target; of each of them.
        period: What is judged.
        before: Credits of earlier periods of the year, as shares of the fee of one period.
    """
    results = [
        evaluate(agreement.terms, each, evidence[each.name], period) for each in agreement.terms.targets
    ]
    days = days_of(period.span, agreement.period.zone)
    owed = credit(agreement.credits, results, period, days, before)
    return PeriodResult(
        agreement,
        period,
        worst([each.verdict for each in [each for each in results if not each.suspended] or results]),
        tuple(results),
        evidence,
        owed,
        before,
    )


def next_step(result: PeriodResult, found: TargetResult) -> NextStep | None:
    """What one of the targets costs next; None where the period is over, no credit is agreed or nobody can say."""
    named = result.agreement.credits.rules.get(found.target.credit)
    if named is None or result.period.over:
        return None
    return named.rule.next_step(Outcome(found, days_of(result.period.span, result.agreement.period.zone)))


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """The worst of several; of none nothing can be said."""
    return next((each for each in WORST_FIRST if each in verdicts), Verdict.UNDETERMINED)
