"""What became of a target in a period: one pure function of terms, evidence and period."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from math import floor
from operator import and_

from exporter.sla.claims import Ruling, rulings
from exporter.sla.counted import all_within, as_time, tallied
from exporter.sla.downtime import EXCLUSIONS, HOURS, RAW, Downtime, Line, Outage, downtime
from exporter.sla.evidence import Claim, Evidence, Period
from exporter.sla.judge import Allowance, Figures, Verdict, verdict_at_end, verdict_so_far
from exporter.sla.lane import combined
from exporter.sla.terms import Denominator, Judged, Measure, SliceTerms, Target, Terms, Unknown
from exporter.timeline.spans import NOTHING, Span, Spans
from exporter.timeline.tally import Standing
from exporter.units import DAY

THIRTY_DAYS = 30 * DAY


@dataclass(frozen=True, slots=True)
class TargetResult:
    """What became of a target.

    Attributes:
        target: It.
        verdict: Of it.
        figures: Its shares.
        base: Milliseconds that downtime is divided by, or what `base_unit` says.
        counted: Downtime that counts, milliseconds, floored where it is a sum of error rates.
        allowed: How much of that the whole period may have, floored; None where that cannot be said before it is over.
        whole: What `base` comes to for the whole period, in milliseconds; None as of `allowed`.
        bridge: From raw to counted downtime.
        outages: That lie in the period; none of a mean of error rates and of a share of events.
        unknown: Milliseconds of agreed time of which nothing is known.
        coverage: Share of the agreed time that is known; None where none was agreed.
        ruled: What became of the exclusions.
        excused: Milliseconds of downtime that each of them really excused.
        at: When counted downtime was.
    """

    target: Target
    verdict: Verdict
    figures: Figures
    base: int
    counted: int
    allowed: int | None
    whole: int | None
    bridge: tuple[Line, ...]
    outages: tuple[Outage, ...]
    unknown: int
    coverage: Fraction | None
    ruled: tuple[Ruling, ...]
    excused: tuple[int, ...]
    at: Spans = NOTHING

    @property
    def base_unit(self) -> str:
        """What `base` counts: `time` in milliseconds, `slices` or `events`."""
        slices = self.target.slices
        if slices is None or slices.judged is Judged.BAD:
            return "time"
        return "slices" if slices.judged is Judged.MEAN else "events"


@dataclass(frozen=True, slots=True)
class _Case:
    """All that is asked and known."""

    terms: Terms
    target: Target
    evidence: Evidence
    ruled: tuple[Ruling, ...]
    period: Period

    @property
    def measure(self) -> Measure:
        """How downtime is made."""
        return self.terms.measure_of(self.target)

    @property
    def excluded(self) -> Spans:
        """What does not count of the whole service."""
        return Spans(part for each in self.ruled if each.claim.endpoints is None for part in each.counts)

    @property
    def excluded_together(self) -> Spans:
        """What is excluded of every single endpoint: then nothing is left of the service."""
        of_one = [
            Spans(part for each in self.ruled if name in (each.claim.endpoints or ()) for part in each.counts)
            for name in self.evidence.lanes
        ]
        return reduce(and_, of_one) if of_one else NOTHING

    @property
    def claimed(self) -> Spans:
        """What would not, if every claim counted."""
        return Spans(each.claim.span for each in self.ruled if each.claim.endpoints is None)

    def promised(self, span: Span) -> Spans:
        """When the service is promised within a span, also where that is still to come."""
        hours = self.evidence.hours
        return Spans([span]) if hours is None else hours & Spans([span])


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
    ruled = rulings(claims, terms, promised, period, together=slices is not None)
    case = _Case(terms, target, evidence, tuple(ruled), period)
    return _of_time(case) if slices is None or slices.judged is Judged.BAD else _of_slices(case, slices)


def _of_all(claim: Claim, evidence: Evidence) -> Claim:
    """A claim that names every endpoint there is is one of the whole service."""
    names_all = claim.endpoints is not None and claim.endpoints >= set(evidence.lanes)
    return replace(claim, endpoints=None) if names_all else claim


def _of_time(case: _Case) -> TargetResult:
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
        _verdict(case, figures, spent, coverage),
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


def _excused(case: _Case) -> Iterator[int]:
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


def _verdict(case: _Case, figures: Figures, spent: Allowance | None, coverage: Fraction | None) -> Verdict:
    minimum = case.measure.minimum_coverage
    if spent is not None and not case.period.over:
        return verdict_so_far(spent, coverage, minimum)
    verdict = verdict_at_end(figures, case.target.agreed, coverage, minimum)
    # How many events are still to come nobody knows: nothing is lost before the end.
    return Verdict.AT_RISK if verdict is Verdict.MISSED and not case.period.over else verdict


def _raw(case: _Case) -> Fraction | None:
    lanes, within = list(case.evidence.lanes.values()), Spans([case.period.elapsed])
    parts = combined(lanes, case.measure.combine, case.evidence.span)
    up, down = ((spans & within).lengths[-1] for spans in (parts.up, parts.down))
    return Fraction(up, up + down) if up + down else None


def _base(case: _Case, found: Downtime, unknown: Unknown) -> int:
    """What downtime of the part that is over is divided by, in milliseconds."""
    denominator, within = case.measure.denominator, case.period.elapsed
    if denominator is Denominator.THIRTY_DAYS:
        return _thirty_days(case)
    whole = found.base if denominator is Denominator.AGREED_TIME else within[1] - within[0]
    return whole - found.unknown if unknown is Unknown.IGNORE else whole


def _figure(case: _Case, found: Downtime, unknown: Unknown) -> Fraction | None:
    """1 less counted downtime by the base, 0 at least; None where nothing was promised, or nothing of it is known."""
    base = _base(case, found, unknown)
    return max(Fraction(0), 1 - Fraction(found.counted, base)) if base > 0 and found.base else None


def _whole_base(case: _Case) -> int:
    """The base of the whole period, as far as that can be known before it is over."""
    denominator, span = case.measure.denominator, case.period.span
    if denominator is Denominator.THIRTY_DAYS:
        return _thirty_days(case)
    if denominator is Denominator.CALENDAR_TIME:
        return span[1] - span[0]
    return (case.promised(span) - case.excluded - case.excluded_together).lengths[-1]


def _thirty_days(case: _Case) -> int:
    """Of a part of a period its part, so that versions that follow each other have no more between them than one."""
    return floor(THIRTY_DAYS * case.period.part)


def _of_slices(case: _Case, slices: SliceTerms) -> TargetResult:
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
        _verdict(case, figures, spent, coverage),
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
