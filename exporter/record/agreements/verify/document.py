"""Whether a report is true: everything in it that can be computed is computed again, from nothing but itself."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, time
from fractions import Fraction
from typing import Any

from exporter.config.agreements.again import agreement_from
from exporter.errors import ConfigError
from exporter.record.agreements.documents import actions_of, in_order, said_by
from exporter.record.agreements.resting import cost_json
from exporter.record.agreements.verify.evidence import misfits
from exporter.sla.agreement import Agreement, ends
from exporter.sla.evidence import Evidence, Period
from exporter.sla.period import PeriodResult, judge_period
from exporter.sla.wire import SCHEMA, Json, digest, evidence_of, result_json
from exporter.timeline.spans import Spans
from exporter.timeline.zones import first_instant, local_of, zone
from exporter.units import format_instant, parse_instant

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


def _computed(told: Json) -> Json:
    agreement = agreement_from(told["terms"])
    computed = told["computed"]
    start, end = computed["span"]
    first, last = computed["whole"]
    evidence = {name: evidence_of(each) for name, each in told["evidence"].items()}
    period = Period((start, end), computed["until"], (first, last), Fraction(computed["part"]))
    for problem in (*_misfits(agreement, evidence, period), *_misplaced(agreement, period, told)):
        raise ValueError(problem)
    result = judge_period(agreement, evidence, period, Fraction(computed["before"]))
    return {
        **result_json(result),
        "termination": said_by(agreement.termination, told),
        "reviews": said_by(agreement.reviews.rules, told),
        "rests_on": _rests_on(told, result),
        **_versions(told, agreement),
        **_actions(told, result),
    }


def _rests_on(told: Json, result: PeriodResult) -> list[Json]:
    """What others cost, from when they are said to have been down; what they owe is in reports of theirs, which are named."""
    downs = {each["agreement"]: each["down"] for each in told["rests_on"]}
    return [
        cost_json(name, result, Spans((start, end) for start, end in downs[name]))
        for name in result.agreement.rests_on
    ]


def _versions(told: Json, agreement: Agreement) -> Json:
    """The last of the versions is the one that was in force; what it changed can be seen where an issue of the one before is at hand."""
    *earlier, _ = told["versions"]
    last = {
        "version": agreement.version,
        "start": format_instant(agreement.start),
        "terms_sha256": agreement.sha256,
    }
    return {"versions": [*({} for _ in earlier), last]}


def _actions(told: Json, result: PeriodResult) -> Json:
    """What is still to be done of the period's incidents; what came from earlier ones stands as it is told."""
    incidents = {each.ident: each for seen in result.evidence.values() for each in seen.incidents}
    left = actions_of(list(incidents.values()), result.agreement, told["issue"]["at_ms"])
    earlier = [each for each in told["actions"] if each["incident"] not in incidents]
    return {"actions": in_order([*left, *earlier])}


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
    else:
        yield from misfits(agreement, evidence, period)


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
