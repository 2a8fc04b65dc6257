"""What became of a target in a period: one pure function of terms, evidence and period."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import floor

from exporter.sla.case import Case
from exporter.sla.cases import of_answers, of_recorded
from exporter.sla.claims import Ruling, rulings
from exporter.sla.counted import all_within, as_time, tallied
from exporter.sla.downtime import EXCLUSIONS, HOURS, RAW, Downtime, Line, downtime
from exporter.sla.evidence import Claim, Evidence, Period
from exporter.sla.judge import Allowance, Figures, Verdict
from exporter.sla.lane import combined
from exporter.sla.recorded import suspended
from exporter.sla.result import TargetResult
from exporter.sla.services import rulings_by_service
from exporter.sla.terms import Denominator, Judged, SliceTerms, Target, Terms, Unknown
from exporter.timeline.spans import NOTHING, Spans
from exporter.timeline.tally import Standing
from exporter.units import DAY

THIRTY_DAYS = 30 * DAY


def evaluate(terms: Terms, target: Target, evidence: Evidence, period: Period) -> TargetResult:
    """Judge a target.

    Args:
        terms: That it is part of.
        target: What was promised.
        evidence: Covers the whole period as far as it is over.
        period: Which.
    """
    slices = target.slices
    claims = [_of_all(each, evidence) for each in evidence.claims]
    if slices is not None and slices.judged is Judged.BAD:
        evidence = as_time(slices, evidence)
    within = min(evidence.span[0], period.span[0]), max(evidence.span[1], period.span[1])
    promised = Spans([within]) if evidence.hours is None else evidence.hours
    if target.answers is not None:
        ruled = rulings_by_service(evidence.claims, terms, promised, period, evidence.lanes)
    else:
        ruled = rulings(claims, terms, promised, period, together=slices is not None)
    case = Case(terms, target, evidence, tuple(ruled), period)
    why = suspended(target.ceiling, evidence.volume, period)
    if why:
        return replace(_of_any(case), verdict=Verdict.UNDETERMINED, suspended=why)
    return _of_any(case)


def _of_any(case: Case) -> TargetResult:
    slices = case.target.slices
    if case.target.answers is not None:
        return of_answers(case, case.target.answers)
    if case.target.recorded is not None:
        return of_recorded(case, case.target.recorded)
    return _of_time(case) if slices is None or slices.judged is Judged.BAD else _of_slices(case, slices)


def _of_all(claim: Claim, evidence: Evidence) -> Claim:
    """A claim that names every endpoint there is is one of the whole service."""
    names_all = claim.endpoints is not None and claim.endpoints >= set(evidence.lanes)
    return replace(claim, endpoints=None) if names_all else claim


def _of_time(case: Case) -> TargetResult:
    measure, within = case.measure, case.period.elapsed

    def found(unknown: Unknown, ruled: Sequence[Ruling] = case.ruled) -> Downtime:
        return downtime(measure, case.evidence, ruled, unknown, within)

    agreed, best, worst = found(measure.unknown), *_bounds(found(Unknown.UP), found(Unknown.DOWN))
    claimed = found(measure.unknown, [replace(each, counts=Spans([each.claim.span])) for each in case.ruled])
    figures = Figures(
        _raw(case),
        _figure(case, claimed, measure.unknown),
        _figure(case, agreed, measure.unknown),
        _figure(case, best, Unknown.UP),
        _figure(case, worst, Unknown.DOWN),
    )
    whole = _whole_base(case)
    allowed = (1 - case.target.agreed) * whole
    coverage = Fraction(agreed.base - agreed.unknown, agreed.base) if agreed.base else None
    spent = Allowance(allowed, Fraction(best.counted), Fraction(worst.counted))
    return TargetResult(
        case.target,
        case.verdict(figures, spent, coverage),
        figures,
        _base(case, agreed, measure.unknown),
        agreed.counted,
        floor(allowed),
        whole,
        agreed.bridge,
        agreed.outages,
        agreed.unknown,
        coverage,
        case.ruled,
        tuple(_excused(case)),
        agreed.at,
    )


def _bounds(one: Downtime, other: Downtime) -> Sequence[Downtime]:
    """The least and the most downtime: where outages are rounded up, two that unknown time joins may come to less than both."""
    return sorted((one, other), key=lambda each: each.counted)


def _excused(case: Case) -> Iterator[int]:
    """How much of what was down and promised each exclusion covers, that none before it does."""
    lanes, within = case.evidence.lanes, case.period.elapsed
    rule, promised = case.measure.combine, case.promised(within)
    down = {name: lane.spans(Standing.DOWN) & promised for name, lane in lanes.items()}
    left = combined(list(lanes.values()), rule, case.evidence.span).down & promised
    for each in case.ruled:
        covered = each.counts & left
        if each.claim.endpoints is not None:
            covered &= Spans(span for name in each.claim.endpoints for span in down.get(name, NOTHING))
        yield covered.lengths[-1]
        left -= covered


def _raw(case: Case) -> Fraction | None:
    lanes, within = list(case.evidence.lanes.values()), Spans([case.period.elapsed])
    parts = combined(lanes, case.measure.combine, case.evidence.span)
    up, down = ((spans & within).lengths[-1] for spans in (parts.up, parts.down))
    return Fraction(up, up + down) if up + down else None


def _base(case: Case, found: Downtime, unknown: Unknown) -> int:
    """What downtime of the part that is over is divided by, in milliseconds."""
    denominator, within = case.measure.denominator, case.period.elapsed
    if denominator is Denominator.THIRTY_DAYS:
        return _thirty_days(case)
    whole = found.base if denominator is Denominator.AGREED_TIME else within[1] - within[0]
    return whole - found.unknown if unknown is Unknown.IGNORE else whole


def _figure(case: Case, found: Downtime, unknown: Unknown) -> Fraction | None:
    """1 less counted downtime by the base, 0 at least; None where nothing was promised, or nothing of it is known."""
    base = _base(case, found, unknown)
    return max(Fraction(0), 1 - Fraction(found.counted, base)) if base > 0 and found.base else None


def _whole_base(case: Case) -> int:
    """The base of the whole period, as far as that can be known before it is over."""
    denominator, span = case.measure.denominator, case.period.span
    if denominator is Denominator.THIRTY_DAYS:
        return _thirty_days(case)
    if denominator is Denominator.CALENDAR_TIME:
        return span[1] - span[0]
    return (case.promised(span) - case.excluded - case.excluded_together).lengths[-1]


def _thirty_days(case: Case) -> int:
    """Of a part of a period its part, so that versions that follow each other have no more between them than one."""
    return floor(THIRTY_DAYS * case.period.part)


def _of_slices(case: Case, slices: SliceTerms) -> TargetResult:
    """The mean of error rates, or a share of events: of slices that lie in agreed time as a whole."""
    elapsed, is_mean = case.period.elapsed, slices.judged is Judged.MEAN
    promised = case.promised(elapsed)
    raw, hours, agreed, claimed = (
        tallied(slices, case.evidence.slices, time, excluded)
        for time, excluded in (
            (Spans([elapsed]), NOTHING),
            (promised, NOTHING),
            (promised, case.excluded),
            (promised, case.claimed),
        )
    )
    missing = all_within(slices.length, promised, case.excluded) - agreed.known
    figures = Figures(
        raw.figure,
        claimed.figure,
        agreed.figure,
        agreed.with_unknown(missing, bad=False),
        agreed.with_unknown(missing, bad=True),
    )
    seen = agreed.known + missing
    coverage = Fraction(agreed.known, seen) if seen else None
    whole = all_within(slices.length, case.promised(case.period.span), case.excluded)
    spent = Allowance((1 - case.target.agreed) * whole, agreed.bad, agreed.bad + missing) if is_mean else None
    lost = [floor(each.bad * slices.length) for each in (raw, hours, agreed)] if is_mean else []
    return TargetResult(
        case.target,
        case.verdict(figures, spent, coverage),
        figures,
        agreed.whole if is_mean else agreed.whole // case.evidence.unit,
        lost[-1] if lost else 0,
        floor(spent.whole * slices.length) if spent else None,
        whole * slices.length if spent else None,
        tuple(_bridge_of_slices(lost)),
        (),
        missing * slices.length,
        coverage,
        case.ruled,
        (0,) * len(case.ruled),
    )


def _bridge_of_slices(lost: Sequence[int]) -> Iterator[Line]:
    for before, after, rule in zip((0, *lost), lost, (RAW, HOURS, EXCLUSIONS), strict=False):
        yield Line(rule, after - before)
