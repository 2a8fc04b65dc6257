"""What became of agreements in their periods, as the record has it now."""

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction

from exporter.record.agreements.evidence import Sources, gather
from exporter.sla.agreement import Agreement, Segment, in_force, segments
from exporter.sla.evidence import Period
from exporter.sla.period import PeriodResult, judge_period
from exporter.store.base import Said
from exporter.timeline.spans import Span
from exporter.timeline.zones import local_of, zone


def results(
    sources: Sources,
    versions: Sequence[Agreement],
    whole: Span,
    said: Sequence[Said] = (),
    kept: Collection[Span] = (),
) -> list[PeriodResult]:
    """Judge a period of an agreement: one result for each version that was in force in it, none where none was.

    Args:
        sources: The record.
        versions: Of the agreement; drafts hold nowhere.
        whole: The calendar period, milliseconds since the epoch.
        said: Of it before, for the cap of the year.
        kept: Parts of the period of which what was said stands, whatever comes out of the record by now.
    """
    found = list[PeriodResult]()
    standing = {each.span: Fraction(each.share) for each in latest(said) if each.span in kept}
    parts = segments(versions, whole)
    for agreement, span in ((each.agreement, each.span) for each in parts):
        evidence = {
            target.name: gather(sources, agreement, target, span) for target in agreement.terms.targets
        }
        until = min(max(sources.until, span[0]), span[1])
        period = Period(span, until, whole, _part(agreement, span, whole, parts))
        # Parts of this period are judged here, and not by what was said of them.
        earlier = sum((Fraction(each.share) for each in credited(agreement, said, whole)), Fraction(0))
        owed = (standing.get(each.period.span, each.credit.share) for each in found)
        before = earlier + sum(owed, Fraction(0))
        found.append(judge_period(agreement, evidence, period, before))
    return found


def _part(agreement: Agreement, span: Span, whole: Span, parts: Sequence[Segment]) -> Fraction:
    """The share of a period's fee, allowances and caps that a part of it has: of all of it, or of the time in which any version was in force."""
    judged = sum(end - start for start, end in (each.span for each in parts))
    return Fraction(span[1] - span[0], whole[1] - whole[0] if agreement.prorate else judged)


def credited(agreement: Agreement, said: Sequence[Said], span: Span) -> list[Said]:
    """What was said of the calendar year of a span before it, by the latest issue of each: what its cap is asked of."""
    where = zone(agreement.period.zone)
    year = local_of(span[0], where).year
    return [
        each
        for each in latest(said)
        if each.span[1] <= span[0] and local_of(each.span[0], where).year == year
    ]


def latest(said: Sequence[Said]) -> list[Said]:
    """What still stands of what was said, oldest span first: the latest of each span that no later one overlaps."""
    standing = list[Said]()
    for later in said:
        standing = [each for each in standing if not _overlap(each.span, later.span)]
        standing.append(later)
    return sorted(standing, key=lambda each: each.span)


def _overlap(one: Span, other: Span) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])


def whole_period(versions: Sequence[Agreement], at: int) -> Span:
    """The calendar period of an agreement that holds an instant, by the version in force then; by its first one where none was."""
    held = in_force(versions, at) or min(versions, key=lambda each: (each.is_draft, each.start))
    return held.period.period(at + 1)


def closed_periods(versions: Sequence[Agreement], now: int) -> Iterator[Span]:
    """The periods that have ended since the first version was in force, the latest first."""
    first = min((each.start for each in versions if not each.is_draft), default=now)
    end = now
    while end > first:
        span = whole_period(versions, end - 1)
        if span[1] <= now:
            yield span
        end = span[0]
