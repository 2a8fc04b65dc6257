"""What an agreement rests on: what that cost in a period, and what is owed for it."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from exporter.record.agreements.evidence import Sources
from exporter.record.agreements.results import latest, results, whole_period
from exporter.sla.agreement import Agreement
from exporter.sla.period import PeriodResult
from exporter.sla.resting import cost
from exporter.sla.wire import Json, per_cent
from exporter.store.base import Said
from exporter.timeline.spans import Span, Spans
from exporter.units import format_instant


def resting(result: PeriodResult, sources: Sources) -> list[Json]:
    """Each agreement that one rests on, as far as it is known here: what its downtime cost, and what it owes.

    Args:
        result: Of the agreement.
        sources: The record, with all agreements.
    """
    found = list[Json]()
    for name in result.agreement.rests_on:
        versions = [each for each in sources.config.agreements if each.name == name]
        judged = list(_judged(versions, result, sources)) if versions else []
        down = Spans(span for each in judged for target in each.targets for span in target.at)
        said = latest(sources.said.get(name, ()))
        found.append(
            {
                **cost_json(name, result, down),
                "known": bool(versions),
                "owes": [
                    _owes(each, said) for each in judged if _share_most(each.period.span, result.period.span)
                ],
            }
        )
    return found


def cost_json(name: str, result: PeriodResult, down: Spans) -> Json:
    """What the downtime of another agreement cost one, with all that it is computed from.

    Args:
        name: Of the other.
        result: Of the one.
        down: When the other was down, by its own terms; it may reach beyond the period.
    """
    costs = cost(result, down)
    without = costs.without
    return {
        "agreement": name,
        "down": [list(span) for span in down],
        "shared_ms": dict(costs.shared),
        "credit_percent_without": per_cent(without.share),
        "credit_amount_without": None if without.amount is None else str(without.amount),
    }


def rested_on(agreements: Sequence[Agreement]) -> list[str]:
    """Names of the agreements that others rest on."""
    return list(dict.fromkeys(name for each in agreements for name in each.rests_on))


def _judged(versions: Sequence[Agreement], result: PeriodResult, sources: Sources) -> Iterator[PeriodResult]:
    """Their periods that lie in one, with any part."""
    start, end = result.period.elapsed
    at = start
    while at < end:
        whole = whole_period(versions, at)
        yield from results(sources, versions, whole, sources.said.get(versions[0].name, ()))
        at = whole[1]


def _share_most(one: Span, other: Span) -> bool:
    """Whether two periods have half of the shorter one in common: months of another time zone are not two of each."""
    common = min(one[1], other[1]) - max(one[0], other[0])
    return 2 * common >= min(one[1] - one[0], other[1] - other[0])


def _owes(result: PeriodResult, said: Sequence[Said]) -> Json:
    owed = result.credit
    issue = next((each for each in said if each.span == result.period.span), None)
    proved = issue is not None and Fraction(issue.share) == owed.share
    return {
        "version": result.agreement.version,
        "start": format_instant(result.period.span[0]),
        "end": format_instant(result.period.span[1]),
        "verdict": result.verdict.value,
        "percent": per_cent(owed.share),
        "amount": None if owed.amount is None else str(owed.amount),
        "currency": owed.currency,
        "claim_by": None if owed.claim_by is None else format_instant(owed.claim_by),
        "issue": {"number": issue.number, "sha256": issue.sha256} if issue and proved else None,
    }
