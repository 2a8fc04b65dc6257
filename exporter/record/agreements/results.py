"""What became of agreements in their periods, as the record has it now."""

import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from exporter.record.agreements.evidence import Sources, gather
from exporter.sla.agreement import Agreement, in_force, segments
from exporter.sla.evaluate import Period
from exporter.sla.period import PeriodResult, judge_period
from exporter.store.base import Issue
from exporter.timeline.spans import Span
from exporter.timeline.zones import local_of, zone


def results(
    sources: Sources, versions: Sequence[Agreement], whole: Span, issued: Sequence[Issue] = ()
) -> list[PeriodResult]:
    """Judge a period of an agreement: one result for each version that was in force in it, none where none was.

    Args:
        sources: The record.
        versions: Of the agreement; drafts hold nowhere.
        whole: The calendar period, milliseconds since the epoch.
        issued: What was said of it before, for the cap of the year.
    """
    found = list[PeriodResult]()
    for agreement, span in ((each.agreement, each.span) for each in segments(versions, whole)):
        evidence = {
            target.name: gather(sources, agreement, target, span) for target in agreement.terms.targets
        }
        period = Period(span, min(max(sources.until, span[0]), span[1]))
        # Parts of this period are judged here, and not by what was said of them.
        before = credited(agreement, issued, whole) + sum((each.credit.share for each in found), Fraction(0))
        found.append(judge_period(agreement, evidence, whole, period, before))
    return found


def credited(agreement: Agreement, issued: Sequence[Issue], span: Span) -> Fraction:
    """What was credited in the calendar year of a period before it, as shares of the fee of one: by the latest issue of each."""
    where = zone(agreement.period.zone)
    year = local_of(span[0], where).year
    return sum(
        (
            Fraction(json.loads(each.document)["credit"]["share"])
            for each in latest(issued)
            if each.span[1] <= span[0] and local_of(each.span[0], where).year == year
        ),
        Fraction(0),
    )


def latest(issued: Sequence[Issue]) -> list[Issue]:
    """What still stands of what was said, oldest span first: the latest of each span that no later one overlaps."""
    standing = list[Issue]()
    for issue in issued:
        standing = [each for each in standing if not _overlap(each.span, issue.span)]
        standing.append(issue)
    return sorted(standing, key=lambda each: each.span)


def last_of(issued: Sequence[Issue], span: Span) -> Issue | None:
    """The latest that was said of just this span; None where nothing was."""
    return next((each for each in reversed(issued) if each.span == span), None)


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


def by_name(agreements: Sequence[Agreement]) -> Mapping[str, Sequence[Agreement]]:
    """All versions of each agreement."""
    found = dict[str, list[Agreement]]()
    for each in agreements:
        found.setdefault(each.name, []).append(each)
    return found
