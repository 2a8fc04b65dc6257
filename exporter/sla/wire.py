"""A period result as plain JSON, with everything that is needed to compute it again.

Figures are per cent as decimal strings with six places, cut off and never rounded up; lengths are integer
milliseconds; instants of the evidence are milliseconds since the epoch, all others RFC 3339.
"""

from collections.abc import Mapping
from fractions import Fraction
from hashlib import sha256
from json import dumps
from typing import Any

from exporter.sla.credit import Credit, CreditLine
from exporter.sla.evidence import Approval, Claim, Evidence, Slice, Successor
from exporter.sla.judge import FIGURES
from exporter.sla.lane import Lane
from exporter.sla.period import PeriodResult, next_step
from exporter.sla.result import TargetResult
from exporter.sla.wire_cases import (
    group_json,
    handled_json,
    incident_json,
    incident_of,
    record_json,
    record_of,
)
from exporter.timeline.exclusion import Category
from exporter.timeline.spans import Spans
from exporter.timeline.tally import Standing
from exporter.timeline.zones import local_of, zone
from exporter.units import format_instant

SCHEMA = "uptime-sla-result/1"

Json = dict[str, Any]

_PLACES = 6
_LETTERS = {
    Standing.UP: "up",
    Standing.DOWN: "down",
    Standing.UNKNOWN: "unknown",
    Standing.EXCLUDED: "excluded",
    Standing.ABSENT: "absent",
}
_STANDINGS = {word: standing for standing, word in _LETTERS.items()}


def result_json(result: PeriodResult) -> Json:
    """All of a result that can be computed: what `verify` compares. The issue and the monitor's record go beside it."""
    agreement, period = result.agreement, result.period
    return {
        "schema": SCHEMA,
        "agreement": agreement.name,
        "version": agreement.version,
        "title": agreement.title,
        "kind": agreement.kind.value,
        "terms_sha256": agreement.sha256,
        "period": {
            "label": agreement.period.label,
            "name": period_name(result),
            "start": format_instant(period.span[0]),
            "end": format_instant(period.span[1]),
            "seconds": (period.span[1] - period.span[0]) // 1000,
            "state": "closed" if period.over else "running",
            "until": format_instant(period.elapsed[1]),
            "whole": {"start": format_instant(period.whole[0]), "end": format_instant(period.whole[1])},
        },
        "verdict": result.verdict.value,
        "targets": [_target(result, each) for each in result.targets],
        "credit": _credit(result.credit, result.before),
        "terms": dict(agreement.document),
        "evidence": {name: evidence_json(each) for name, each in result.evidence.items()},
        "computed": {
            "span": list(period.span),
            "until": period.until,
            "whole": list(period.whole),
            "part": exact(period.part),
            "before": exact(result.before),
        },
    }


def digest(document: Mapping[str, Any]) -> str:
    """The SHA-256 of a document in canonical form: keys sorted, no spaces, UTF-8; its own `sha256` is not part of it."""
    told = {key: value for key, value in document.items() if key != "sha256"}
    return sha256(canonical(told)).hexdigest()


def canonical(document: object) -> bytes:
    """Plain JSON in the one form of which hashes are taken."""
    return dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def period_name(result: PeriodResult) -> str:
    """Such as `2026-10`, `2026-Q4`, `2026`, or the first day of a week; with the days where it is a part of one."""
    calendar = result.agreement.period
    where = zone(calendar.zone)
    first = local_of(result.period.whole[0], where).date()
    names = {
        "month": f"{first:%Y-%m}",
        "quarter": f"{first.year}-Q{(first.month + 2) // 3}",
        "year": f"{first.year}",
        "week": first.isoformat(),
    }
    if result.period.span == result.period.whole:
        return names[calendar.unit]
    start, last = (local_of(at, where).date() for at in (result.period.span[0], result.period.span[1] - 1))
    return f"{names[calendar.unit]} ({start} to {last})"


def _target(result: PeriodResult, found: TargetResult) -> Json:
    figures, target = found.figures, found.target
    return {
        "name": target.name,
        "service": target.service,
        "endpoints": list(target.endpoints),
        "hours": target.hours,
        "agreed": per_cent(target.agreed),
        "verdict": found.verdict.value,
        "base_ms": found.base,
        "base_unit": found.base_unit,
        "counted_ms": found.counted,
        "allowed_ms": found.allowed,
        "figures": {name: per_cent(getattr(figures, name)) for name in FIGURES},
        "bridge_ms": {line.rule: line.change for line in found.bridge},
        "coverage": per_cent(found.coverage),
        "unknown_ms": found.unknown,
        "resolution_ms": result.evidence[target.name].interval,
        "outages": [
            {
                "start": format_instant(each.span[0]),
                "end": format_instant(each.span[1]),
                "length_ms": each.span[1] - each.span[0],
                "counted_ms": each.counted.lengths[-1],
                "ignored": each.ignored,
            }
            for each in found.outages
        ],
        "exclusions": _exclusions(found),
        "incidents": [
            handled_json(each, result.agreement.escalation, result.evidence[target.name].span[1])
            for each in found.handled
        ],
        "groups": [group_json(each) for each in found.groups],
        "suspended": found.suspended,
        "credit": next((_line(each) for each in result.credit.lines if each.target == target.name), None),
        "next_step": _next_step(result, found),
    }


def _exclusions(found: TargetResult) -> list[Json]:
    return [
        {
            **claim_json(each.claim),
            "counts_ms": each.counts.lengths[-1],
            "excused_ms": excused,
            "why": each.why,
            "late": each.late,
        }
        for each, excused in zip(found.ruled, found.excused, strict=True)
    ]


def _next_step(result: PeriodResult, found: TargetResult) -> Json | None:
    step = next_step(result, found)
    return None if step is None else {"after_ms": step.after, "percent": per_cent(step.share)}


def _credit(credit: Credit, before: Fraction) -> Json:
    return {
        "percent": per_cent(credit.share),
        "share": exact(credit.share),
        "amount": None if credit.amount is None else str(credit.amount),
        "currency": credit.currency,
        "capped": credit.capped,
        "claim_by": None if credit.claim_by is None else format_instant(credit.claim_by),
        "lines": [{"target": each.target, **_line(each)} for each in credit.lines],
        "before_percent": per_cent(before),
    }


def _line(line: CreditLine) -> Json:
    return {
        "rule": line.rule,
        "percent": per_cent(line.share),
        "of": line.of,
        "percent_of_fee": per_cent(line.share_of_fee),
        "amount": None if line.amount is None else str(line.amount),
        "why": line.why,
    }


def per_cent(ratio: Fraction | None) -> str | None:
    """A ratio as per cent with six places, cut off; None where there is none."""
    if ratio is None:
        return None
    millionths = ratio * 100 * 10**_PLACES // 1
    return f"{millionths // 10**_PLACES}.{millionths % 10**_PLACES:0{_PLACES}}"


def exact(ratio: Fraction) -> str:
    """A ratio as text that `Fraction` reads."""
    return f"{ratio.numerator}/{ratio.denominator}"


def evidence_json(evidence: Evidence) -> Json:
    """Evidence as plain JSON."""
    return {
        "span": list(evidence.span),
        "lanes": {
            name: [[at, _LETTERS[standing]] for at, standing in lane.runs]
            for name, lane in evidence.lanes.items()
        },
        "claims": [claim_json(each) for each in evidence.claims],
        "hours": None if evidence.hours is None else [list(span) for span in evidence.hours],
        "reported": list(evidence.reported),
        "interval_ms": evidence.interval,
        "unit": evidence.unit,
        "incidents": [incident_json(each) for each in evidence.incidents],
        "records": [record_json(each) for each in evidence.records],
        "volume": [record_json(each) for each in evidence.volume],
        "later": [
            {
                "version": each.version,
                "terms_sha256": each.sha256,
                "people": {party: sorted(names) for party, names in each.people.items()},
            }
            for each in evidence.later
        ],
        "slices": [[each.start, each.count, each.good, each.bad] for each in evidence.slices],
    }


def claim_json(claim: Claim) -> Json:
    """An exclusion as plain JSON."""
    return {
        "id": claim.ident,
        "name": claim.name,
        "category": claim.category.value,
        "span": list(claim.span),
        "entered_at": claim.entered_at,
        "author": claim.author,
        "reason": claim.reason,
        "endpoints": None if claim.endpoints is None else sorted(claim.endpoints),
        "approvals": [{"by": each.by, "at": each.at} for each in claim.approvals],
    }


def evidence_of(document: Mapping[str, Any]) -> Evidence:
    """Evidence from what `evidence_json` wrote.

    Raises:
        ValueError: It is not of that form.
    """
    try:
        start, end = document["span"]
        return Evidence(
            (start, end),
            {
                name: Lane(start, end, tuple((at, _STANDINGS[word]) for at, word in runs))
                for name, runs in document["lanes"].items()
            },
            tuple(map(_claim_of, document["claims"])),
            None
            if document["hours"] is None
            else Spans((first, beyond) for first, beyond in document["hours"]),
            tuple(document["reported"]),
            document["interval_ms"],
            tuple(Slice(*each) for each in document["slices"]),
            document["unit"],
            tuple(map(incident_of, document["incidents"])),
            tuple(map(record_of, document["records"])),
            tuple(map(record_of, document["volume"])),
            tuple(map(_successor_of, document["later"])),
        )
    except (KeyError, TypeError, AttributeError) as error:
        msg = f"the evidence is not as it was written: {error}"
        raise ValueError(msg) from error


def _successor_of(document: Mapping[str, Any]) -> Successor:
    people = {party: frozenset(names) for party, names in document["people"].items()}
    return Successor(document["version"], document["terms_sha256"], people)


def _claim_of(document: Mapping[str, Any]) -> Claim:
    start, end = document["span"]
    endpoints = document["endpoints"]
    return Claim(
        document["id"],
        document["name"],
        Category(document["category"]),
        (start, end),
        document["entered_at"],
        document["author"],
        document["reason"],
        None if endpoints is None else frozenset(endpoints),
        tuple(Approval(each["by"], each["at"]) for each in document["approvals"]),
    )
