"""Whether a report is true: everything in it that can be computed is computed again, from nothing but itself."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from fractions import Fraction
from itertools import pairwise
from typing import Any

from exporter.config.agreements.again import agreement_from
from exporter.errors import ConfigError
from exporter.record.agreements.documents import point_of, rights_of
from exporter.record.agreements.evidence import promised, reach
from exporter.sla.agreement import Agreement, ends
from exporter.sla.evidence import Evidence, Period
from exporter.sla.incidents.incident import Kind
from exporter.sla.incidents.outages import doubtful, outages
from exporter.sla.lane import Lane
from exporter.sla.period import judge_period
from exporter.sla.terms import Target
from exporter.sla.wire import SCHEMA, Json, digest, evidence_of, result_json
from exporter.timeline.spans import Span, Spans
from exporter.timeline.zones import first_instant, local_of, zone
from exporter.units import parse_instant

_HASH = re.compile(r"[0-9a-f]{64}")


def problems(told: Json) -> Iterator[str]:
    """What is not true of a document, in words; nothing where all of it is.

    It proves that terms and evidence give the figures, and that the evidence is of all the time that the terms are about; not that it is what
    was measured. What was credited before, and the version that ended the period, are named by their SHA-256, so that `breaks` finds
    whether they are what they were.
    """
    if told.get("schema") != SCHEMA:
        yield f"this reads `{SCHEMA}`, not `{told.get('schema')}`"
        return
    if digest(told) != told.get("sha256"):
        yield "its SHA-256 is not that of its content: it was changed after it was written"
    try:
        again = _computed(told)
        _ = told["issue"]["previous_sha256"], told["issue"]["at"]
    except (ConfigError, ArithmeticError, LookupError, ValueError, TypeError, AttributeError) as error:
        yield f"it cannot be computed again: {error}"
        return
    yield from _differences(again, told, "")
    yield from _rights(told)


def _rights(told: Json) -> Iterator[str]:
    """Rights to terminate that do not follow from the periods that it names."""
    found = rights_of(told, agreement_from(told["terms"]))
    if found != told["termination"]:
        yield f"termination says {told['termination']!r}, and comes to {found!r}"


def breaks(documents: Sequence[Json]) -> Iterator[str]:
    """Where issues of one agreement do not go with each other; of others, and of what is not issued, nothing is said."""
    issued = [each for each in documents if each["issue"]["number"] is not None]
    issued.sort(key=lambda each: (each["agreement"], each["issue"]["number"]))
    for earlier, later in pairwise(issued):
        if earlier["agreement"] == later["agreement"]:
            yield from _follows(earlier, later)
    numbered = {(each["agreement"], each["issue"]["number"]): each for each in issued}
    terms = {(each["agreement"], each["version"]): each["terms_sha256"] for each in issued}
    for told in issued:
        yield from _credits(told, numbered)
        yield from _versions(told, terms)
        yield from _trends(told, issued)


def _follows(earlier: Json, later: Json) -> Iterator[str]:
    name, before, number = later["agreement"], earlier["issue"]["number"], later["issue"]["number"]
    if number == before and later["sha256"] != earlier["sha256"]:
        yield f"there are two issues {number} of {name}"
    elif number == before + 1 and later["issue"]["previous_sha256"] != earlier["sha256"]:
        yield f"issue {number} of {name} does not follow this issue {before}: one of them was exchanged"


def _credits(told: Json, numbered: Mapping[tuple[str, int], Json]) -> Iterator[str]:
    """Credits of earlier issues, for the cap of the year, that these do not have."""
    name, number = told["agreement"], told["issue"]["number"]
    for named in told["issue"]["before"]:
        found = numbered.get((name, named["number"]))
        if found and (found["sha256"], found["credit"]["share"]) != (named["sha256"], named["share"]):
            yield f"issue {number} of {name} counts a credit that this issue {named['number']} does not have"


def _trends(told: Json, issued: Sequence[Json]) -> Iterator[str]:
    """Earlier periods that an issue tells otherwise than the issue which it had of them then."""
    name, number = told["agreement"], told["issue"]["number"]
    points = {each["label"]: each for each in told["trend"]}
    numbers = {each["issue"]["number"] for each in issued if each["agreement"] == name}
    latest = {
        each["period"]["name"]: each
        for each in issued
        if each["agreement"] == name and each["issue"]["number"] < number
    }
    for label, earlier in latest.items():
        complete = set(range(earlier["issue"]["number"], number)) <= numbers  # no later one of it is missing
        if complete and label in points and points[label] != point_of(earlier):
            yield f"issue {number} of {name} tells {label} otherwise than issue {earlier['issue']['number']}"


def _versions(told: Json, terms: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """A version that took over, and has other terms here."""
    after = told["issue"]["replaced_by"]
    if after is None:
        return
    name, version = told["agreement"], after["version"]
    if terms.get((name, version), after["terms_sha256"]) != after["terms_sha256"]:
        yield f"issue {told['issue']['number']} of {name} was ended by another version {version} than this one"


def _computed(told: Json) -> Json:
    agreement = agreement_from(told["terms"])
    computed = told["computed"]
    start, end = computed["span"]
    first, last = computed["whole"]
    evidence = {name: evidence_of(each) for name, each in told["evidence"].items()}
    period = Period((start, end), computed["until"], (first, last), Fraction(computed["part"]))
    for problem in (*_misfits(agreement, evidence, period), *_misplaced(agreement, period, told)):
        raise ValueError(problem)
    return result_json(judge_period(agreement, evidence, period, Fraction(computed["before"])))


def _misfits(agreement: Agreement, evidence: Mapping[str, Evidence], period: Period) -> Iterator[str]:
    """What of period and evidence the terms say otherwise: it could be left out, or lengthened, with nobody seeing it."""
    (start, end), whole = period.span, period.whole
    if agreement.is_draft:
        yield "the terms are not approved by both parties"
    if whole != agreement.period.period(start + 1) or not whole[0] <= start < end <= whole[1]:
        yield "the period is none that the terms have"
    if start != max(whole[0], agreement.start):
        yield "the period does not begin where the terms say"
    least = Fraction(end - start, whole[1] - whole[0])
    if not least <= period.part <= (least if agreement.prorate else 1):
        yield "its part of the fee, the allowances and the caps is not what the terms say"
    if set(evidence) != {target.name for target in agreement.terms.targets}:
        yield "the evidence is not of the targets of the terms"
    for target in agreement.terms.targets:
        for problem in _misfits_of(agreement, target, evidence[target.name], period):
            yield f"the evidence of `{target.name}` {problem}"


def _misplaced(agreement: Agreement, period: Period, told: Json) -> Iterator[str]:
    """What an issue says of others that does not go with what it says itself."""
    after, end = told["issue"]["replaced_by"], period.span[1]
    start = period.whole[1] if after is None else parse_instant(after["start"])
    if after is not None and not (_begins_a_day(agreement, start) and _HASH.fullmatch(after["terms_sha256"])):
        yield "the later version that it names does not begin with a day, or has no SHA-256"
    if end not in {period.whole[1], ends(agreement), start}:
        yield "the period ends before the terms say"
    if parse_instant(told["issue"]["at"]) != told["issue"]["at_ms"]:
        yield "it does not say one time at which it was issued"
    if told["issue"]["number"] is not None:
        yield from _issued(period, told)


def _begins_a_day(agreement: Agreement, at: int) -> bool:
    where = zone(agreement.period.zone)
    return at == first_instant(datetime.combine(local_of(at, where).date(), time()), where)


def _issued(period: Period, told: Json) -> Iterator[str]:
    """What an issue says that only a draft may: of that, a part of the same period may not be issued, either."""
    place, end = told["issue"], period.span[1]
    if not period.over:
        yield "it is issued, and its period was not over"
    if min(parse_instant(place["known_until"]), place["at_ms"]) < end:
        yield "it is issued, and the record did not go to the end of its period then"
    shares = [Fraction(each["share"]) for each in place["before"]]
    if any(share < 0 for share in shares) or sum(shares) != Fraction(told["computed"]["before"]):
        yield f"the earlier credits that it names come to {sum(shares)} of the fee, not to {told['computed']['before']}"


def _misfits_of(agreement: Agreement, target: Target, seen: Evidence, period: Period) -> Iterator[str]:
    start, until = period.elapsed
    if seen.span[0] > start or seen.span[1] < until:
        yield "does not cover the period"
    if any(not start <= each.start < period.span[1] for each in seen.incidents):
        yield "has incidents of other periods"
    if target.answers is not None:
        yield from _other_outages(seen, period.span)
    if target.endpoints and set(seen.lanes) != set(target.endpoints):
        yield "is not of its endpoints"
    if any(not _is_whole(lane, seen.span) for lane in seen.lanes.values()):
        yield "has gaps, or is not in order"
    told = reach(target, seen.span, period.span[1])
    if seen.hours != (promised(agreement.hours[target.hours], told) if target.hours else None):
        yield "has other hours than the terms"
    length = target.slices.length if target.slices else 1
    edges = [(each.start, each.start + each.count * length) for each in seen.slices]
    if any(later[0] < earlier[1] for earlier, later in pairwise(edges)):
        yield "has slices that overlap"


def _other_outages(seen: Evidence, span: Span) -> Iterator[str]:
    """Incidents of outages that are not those of the lanes; one that may have begun before them is not looked at."""
    told = [each for each in seen.incidents if each.kind is Kind.OUTAGE]
    if any(each.severity or each.channel or each.title or each.opened_by for each in told):
        yield "has an outage that says what only people say of what they open"
    by_service = dict[str, list[Lane]]()
    for name, lane in seen.lanes.items():
        by_service.setdefault(name.partition("/")[0], []).append(lane)
    measured = {
        (service, start, None if end >= seen.span[1] else end)
        for service, lanes in by_service.items()
        for start, end in outages(lanes)
        if span[0] <= start < span[1] and not Spans([(start, end)]) & doubtful(lanes)
    }
    known = {(each.service, each.start, each.end) for each in told}
    if measured - known or len(known) < len(told):
        yield "has not the outages that its lanes have"


def _is_whole(lane: Lane, span: Span) -> bool:
    instants = [at for at, _ in lane.runs]
    return (lane.start, lane.end) == span and instants[:1] == [span[0]] and instants == sorted(set(instants))


def _differences(again: Any, told: Any, where: str) -> Iterator[str]:  # noqa: ANN401 -- whatever JSON has
    """Where two documents differ, by path; only what the first one has is looked at."""
    if isinstance(again, Mapping) and isinstance(told, Mapping):
        for key, value in again.items():
            yield from _differences(value, told.get(key), f"{where}.{key}" if where else key)
    elif isinstance(again, list) and isinstance(told, list) and len(again) == len(told):
        for number, (value, other) in enumerate(zip(again, told, strict=True)):
            yield from _differences(value, other, f"{where}[{number}]")
    elif again != told:
        yield f"{where} says {told!r}, and comes to {again!r}"
