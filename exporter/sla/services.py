"""Targets of several services at once: whose endpoint is whose, and what is left of each once exclusions are taken off."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from exporter.sla.claims import Ruling, rulings
from exporter.sla.evidence import Claim, Period
from exporter.sla.lane import Lane
from exporter.sla.terms import Terms
from exporter.timeline.spans import Spans


def by_service(lanes: Mapping[str, Lane]) -> Mapping[str, Mapping[str, Lane]]:
    """Lanes named `service/endpoint` by service, still by those names."""
    found = dict[str, dict[str, Lane]]()
    for name, lane in lanes.items():
        found.setdefault(name.partition("/")[0], {})[name] = lane
    return found


def nobody(service: str) -> str:
    """The name of the lane that says that nothing of a service was ever measured."""
    return f"{service}/"


def rulings_by_service(
    claims: Sequence[Claim], terms: Terms, promised: Spans, period: Period, lanes: Mapping[str, Lane]
) -> list[Ruling]:
    """Judge claims for each service by itself, as for a target of that alone: what one had of an allowance another one still has.

    Args:
        claims: Their endpoints are named `service/endpoint`; one without is of all services.
        terms: Say which count.
        promised: When answers are due.
        period: Whose allowances are used.
        lanes: Of all endpoints.
    """
    found = list[Ruling]()
    for endpoints in by_service(lanes).values():
        own = [each for each in claims if each.endpoints is None or each.endpoints & endpoints.keys()]
        whole = [replace(each, endpoints=None) if _is_of_all(each, endpoints) else each for each in own]
        ruled = rulings(whole, terms, promised, period)
        found += [replace(each, claim=_named(each.claim, endpoints)) for each in ruled]
    return found


def left(lanes: Mapping[str, Lane], ruled: Sequence[Ruling]) -> Mapping[str, Lane]:
    """Lanes without what counts of exclusions of their endpoints."""
    return {name: lane.without(Spans(_counting(ruled, name))) for name, lane in lanes.items()}


def _counting(ruled: Iterable[Ruling], endpoint: str) -> Iterator[tuple[int, int]]:
    for each in ruled:
        if each.claim.endpoints is None or endpoint in each.claim.endpoints:
            yield from each.counts


def _is_of_all(claim: Claim, endpoints: Mapping[str, Lane]) -> bool:
    return claim.endpoints is None or claim.endpoints >= endpoints.keys()


def _named(claim: Claim, endpoints: Mapping[str, Lane]) -> Claim:
    return claim if claim.endpoints is not None else replace(claim, endpoints=frozenset(endpoints))
