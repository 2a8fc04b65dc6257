"""What would have become of terms in periods that are over: before they are signed, and of other services than they are about."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from exporter.errors import UsageError, nearest
from exporter.record.agreements.evidence import Sources, gather
from exporter.sla.agreement import Agreement
from exporter.sla.evidence import Period
from exporter.sla.judge import Verdict
from exporter.sla.period import PeriodResult, judge_period
from exporter.sla.result import TargetResult
from exporter.timeline.spans import Span
from exporter.timeline.zones import local_of, zone

MOST = 120
"""Periods."""


def simulated(sources: Sources, agreement: Agreement, count: int, now: int) -> list[PeriodResult]:
    """Judge the last closed periods by terms, as if they had been in force; a draft too. Oldest first.

    Args:
        sources: The record.
        agreement: Whose terms.
        count: How many periods, 1 to `MOST`.
        now: Milliseconds since the epoch.
    """
    found, before, where = list[PeriodResult](), dict[int, Fraction](), zone(agreement.period.zone)
    for span in periods(agreement, count, now):
        evidence = {each.name: gather(sources, agreement, each, span) for each in agreement.terms.targets}
        year = local_of(span[0], where).year
        until = min(max(sources.until, span[0]), span[1])
        result = judge_period(agreement, evidence, Period(span, until), before.get(year, Fraction(0)))
        before[year] = result.before + result.credit.share
        found.append(result)
    return found


def periods(agreement: Agreement, count: int, now: int) -> list[Span]:
    """The last periods that are over, oldest first."""
    found, end = list[Span](), agreement.period.period(now + 1)[0]
    for _ in range(count):
        found.append(agreement.period.period(end))
        end = found[-1][0]
    return found[::-1]


class Summary(NamedTuple):
    """What a target came to over several periods.

    Attributes:
        name: Of it, or of the service.
        verdicts: How many periods had which.
        figure: The agreed figure of all of them as one, each by what it is divided by and not by the month; None where there is none.
        lowest: The lowest of a period.
        counted: Milliseconds of downtime that counts, together; None of what has none.
        unknown: Milliseconds of agreed time of which nothing is known, together.
        outages: How many, together; None likewise.
        credit: Shares of the fee of a period, together, before any cap.
    """

    name: str
    verdicts: dict[Verdict, int]
    figure: Fraction | None
    lowest: Fraction | None
    counted: int | None
    unknown: int
    outages: int | None
    credit: Fraction


def summaries(results: Sequence[PeriodResult]) -> list[Summary]:
    """What each target came to, in the order of the agreement."""
    names = [each.target.name for each in results[0].targets] if results else []
    return [_summary(name, [_of(each, name) for each in results], results) for name in names]


def by_measure_of(agreement: Agreement, target: str) -> Agreement:
    """An agreement with one of its targets alone, by whose measure other services can be judged.

    Raises:
        UsageError: There is no such target, or its measure is only of its own service.
    """
    names = [each.name for each in agreement.terms.targets]
    if target not in names:
        hint = nearest(target, names) or f"; it has {', '.join(names)}"
        msg = f"`{agreement.name}` has no target `{target}`{hint}"
        raise UsageError(msg)
    found = agreement.terms.targets[names.index(target)]
    if found.queries is not None or found.threshold is not None or found.recorded is not None:
        msg = f"`{target}` is measured by what only its own service has; choose a target of availability or of answers"
        raise UsageError(msg)
    return replace(agreement, terms=replace(agreement.terms, targets=(replace(found, endpoints=()),)))


def compared(
    sources: Sources, agreement: Agreement, services: Sequence[str], count: int, now: int
) -> Iterator[Summary]:
    """What several services came to by the same measure, whatever each of them promises itself.

    Args:
        sources: The record.
        agreement: With one target, as `by_measure_of` gives it.
        services: Names of those that are compared.
        count: How many periods, 1 to `MOST`.
        now: Milliseconds since the epoch.

    Raises:
        UsageError: There is no such service.
    """
    known = [each.name for each in sources.config.services]
    for service in services:
        if service not in known:
            hint = nearest(service, known) or f"; there are {', '.join(known)}"
            msg = f"there is no service `{service}`{hint}"
            raise UsageError(msg)
    (target,) = agreement.terms.targets
    for service in services:
        terms = replace(agreement.terms, targets=(replace(target, service=service),))
        (found,) = summaries(simulated(sources, replace(agreement, terms=terms), count, now))
        yield found._replace(name=service)


def _of(result: PeriodResult, name: str) -> TargetResult:
    return next(each for each in result.targets if each.target.name == name)


def _summary(name: str, found: Sequence[TargetResult], results: Sequence[PeriodResult]) -> Summary:
    parts = [(each.figures.agreed, each.base) for each in found if each.figures.agreed is not None]
    whole = sum(base for _, base in parts)
    is_of_time = any(each.bridge for each in found)
    lines = [line for each in results for line in each.credit.lines if line.target == name]
    return Summary(
        name,
        {verdict: sum(each.verdict is verdict for each in found) for verdict in Verdict},
        sum((figure * base for figure, base in parts), Fraction(0)) / whole if whole else None,
        min((figure for figure, _ in parts), default=None),
        sum(each.counted for each in found) if is_of_time else None,
        sum(each.unknown for each in found),
        sum(len(each.outages) for each in found) if is_of_time else None,
        sum((each.share_of_fee for each in lines), Fraction(0)),
    )
