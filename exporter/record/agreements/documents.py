"""What is issued of a period: the result, what the monitor itself did meanwhile, and its place among what was said before."""

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from exporter import __version__
from exporter.record.agreements.evidence import Sources
from exporter.record.agreements.monitor import monitor
from exporter.record.agreements.resting import resting
from exporter.record.agreements.results import credited, latest
from exporter.sla.agreement import Agreement
from exporter.sla.differences import differences
from exporter.sla.incidents.incident import Incident
from exporter.sla.period import PeriodResult
from exporter.sla.termination import Past, TerminationRule, rights
from exporter.sla.wire import Json, canonical, digest, result_json
from exporter.store.base import Issue, Said
from exporter.timeline.spans import Span
from exporter.units import format_instant, parse_instant

TREND = 12
"""Periods."""


def document(result: PeriodResult, sources: Sources, issued: Sequence[Issue], now: int) -> Json:
    """Put together what is issued, or shown before it is.

    Args:
        result: Of the period.
        sources: That it was made of.
        issued: What was said of the agreement before, in order.
        now: Milliseconds since the epoch.
    """
    told = result_json(result)
    span, before = result.period.span, issued[-1] if issued else None
    replaced = last_said(issued, span)
    told |= {
        "issue": {
            "number": before.said.number + 1 if before else 1,
            "at": format_instant(now),
            "at_ms": now,
            "known_until": format_instant(sources.until),
            "previous_sha256": before.said.sha256 if before else "",
            "replaces": replaced["issue"]["number"] if replaced else None,
            "changes": changes(told, replaced),
            "before": [
                {"number": each.number, "sha256": each.sha256, "share": each.share}
                for each in credited(result.agreement, [each.said for each in issued], span)
                if Fraction(each.share)
            ],
            "replaced_by": _replaced_by(result, sources.config.agreements),
        },
        "monitor": monitor(result, sources),
        "trend": _trend(issued, span),
        "software": {"name": "uptime-slo-exporter", "version": __version__},
    }
    told["termination"] = said_by(result.agreement.termination, told)
    told["reviews"] = said_by(result.agreement.reviews.rules, told)
    told["actions"] = actions_of(sources.incidents_of(result.agreement), result.agreement, now)
    told["rests_on"] = resting(result, sources)
    told["versions"] = _versions(result.agreement, sources.config.agreements)
    return told | {"sha256": digest(told)}


def actions_of(incidents: Sequence[Incident], agreement: Agreement, now: int) -> list[Json]:
    """Corrective actions that are still to be done, in order.

    Args:
        incidents: Of any time.
        agreement: Whose people set them.
        now: Milliseconds since the epoch: what was due on an earlier day of UTC is overdue.
    """
    today = format_instant(now)[:10]
    return in_order(
        [
            {
                "incident": incident.ident,
                "name": name,
                "due": action.due,
                "overdue": action.due < today,
                "by": action.by,
                "text": action.text,
            }
            for incident in incidents
            for name, action in incident.actions().items()
            if agreement.may_write(action.by)
        ]
    )


def in_order(actions: Sequence[Json]) -> list[Json]:
    """Corrective actions, the one that is due first first."""
    return sorted(actions, key=lambda each: (each["due"], each["incident"], each["name"]))


def said_by(rules: Sequence[TerminationRule], told: Json) -> list[str]:
    """Which rules hold after the period of a document, and why; of one that runs nobody can say yet.

    Args:
        rules: What gives the right to terminate, or calls for a review.
        told: Has the period, and the trend of those before it.
    """
    if told["period"]["state"] != "closed":
        return []
    return list(rights(rules, [*map(past_of, told["trend"]), past_of(point_of(told))]))


def past_of(point: Json) -> Past:
    """A point of the trend as rules of termination look at it."""
    targets = point["targets"]
    figures = {name: each["agreed"] for name, each in targets.items() if each["of_time"]}
    return Past(
        parse_instant(point["start"]),
        parse_instant(point["end"]),
        point["verdict"],
        {name: each["verdict"] for name, each in targets.items()},
        {name: None if each is None else Fraction(each) / 100 for name, each in figures.items()},
    )


def _versions(agreement: Agreement, known: Sequence[Agreement]) -> list[Json]:
    """The versions up to one, oldest first, each with what it changed."""
    approved = (each for each in known if each.name == agreement.name and not each.is_draft)
    of_it = sorted((each for each in approved if each.start <= agreement.start), key=lambda each: each.start)
    befores: list[Agreement | None] = [None, *of_it]
    return [
        {
            "version": each.version,
            "start": format_instant(each.start),
            "terms_sha256": each.sha256,
            "changes": [] if before is None else list(map(str, differences(before.document, each.document))),
        }
        for before, each in zip(befores, of_it, strict=False)
    ]


def _replaced_by(result: PeriodResult, known: Sequence[Agreement]) -> Json | None:
    """The version that took over where what is judged ends; None where the period does, or the agreement."""
    end = result.period.span[1]
    later = (each for each in known if each.name == result.agreement.name and not each.is_draft)
    found = next((each for each in later if each.start == end < result.period.whole[1]), None)
    if found is None:
        return None
    return {"version": found.version, "start": format_instant(end), "terms_sha256": found.sha256}


def unissued(told: Json) -> Json:
    """A document as it is shown before it is issued, if it ever is: without a number."""
    shown = told | {"issue": told["issue"] | {"number": None}}
    return shown | {"sha256": digest(shown)}


def issue_of(told: Json) -> Issue:
    """A document as the store keeps it.

    Raises:
        LookupError, TypeError, ValueError: It is none.
    """
    place, owed = told["issue"], told["credit"]
    start, end = told["computed"]["span"]
    claim_by = None if owed["claim_by"] is None else parse_instant(owed["claim_by"])
    said = Said(
        told["agreement"],
        place["number"],
        (start, end),
        place["at_ms"],
        told["sha256"],
        owed["share"],
        claim_by,
    )
    return Issue(said, canonical(told).decode(), place["previous_sha256"])


def last_said(issued: Sequence[Issue], span: Span) -> Json | None:
    """The latest document of just this span; None where there is none."""
    found = next((each for each in reversed(issued) if each.said.span == span), None)
    told: Json | None = None if found is None else json.loads(found.document)
    return told


def changes(told: Json, before: Json | None) -> list[str]:
    """What a document says otherwise than the one before of the same period, in words; nothing where there is none."""
    if before is None:
        return []
    found = [
        f"{what}: {_said(old)} before, {_said(new)} now"
        for what, old, new in (
            ("version", before["version"], told["version"]),
            ("text of the terms", before["terms_sha256"][:12], told["terms_sha256"][:12]),
            ("verdict", before["verdict"], told["verdict"]),
            ("credit", before["credit"]["amount"], told["credit"]["amount"]),
            ("credit in per cent of the fee", before["credit"]["percent"], told["credit"]["percent"]),
        )
        if old != new
    ]
    earlier = {each["name"]: each for each in before["targets"]}
    for target in told["targets"]:
        found += _target_changes(target, earlier.get(target["name"]))
    return found


def _target_changes(target: Json, before: Json | None) -> list[str]:
    name = target["name"]
    if before is None:
        return [f"{name}: is new"]
    pairs = [
        ("verdict", before["verdict"], target["verdict"]),
        ("figure", before["figures"]["agreed"], target["figures"]["agreed"]),
        ("counted downtime in ms", before["counted_ms"], target["counted_ms"]),
        ("unknown in ms", before["unknown_ms"], target["unknown_ms"]),
        ("outages", len(before["outages"]), len(target["outages"])),
    ]
    found = [
        f"{name}: {what} {_said(old)} before, {_said(new)} now" for what, old, new in pairs if old != new
    ]
    known = {_key(each) for each in before["exclusions"]}
    now = {_key(each) for each in target["exclusions"]}
    found += [f"{name}: exclusion {ident} is new" for ident, *_ in sorted(now - known)]
    return found + [f"{name}: exclusion {ident} is gone" for ident, *_ in sorted(known - now)]


def _key(exclusion: Json) -> tuple[str, int, int]:
    return exclusion["id"], *exclusion["span"]


def _said(value: Any) -> str:  # noqa: ANN401 -- whatever JSON has
    return "nothing" if value is None or value == "" else str(value)


def _trend(issued: Sequence[Issue], span: Span) -> list[Json]:
    """The latest issue of each earlier period, oldest first."""
    documents = {each.said: each.document for each in issued}
    earlier = [each for each in latest(list(documents)) if each.span[1] <= span[0]]
    return [point_of(json.loads(documents[each])) for each in earlier[-(TREND - 1) :]]


def point_of(told: Json) -> Json:
    """A document as a point of the trend."""
    return {
        "label": told["period"]["name"],
        "start": told["period"]["whole"]["start"],
        "end": told["period"]["whole"]["end"],
        "verdict": told["verdict"],
        "targets": {
            each["name"]: {
                "promised": each["agreed"],
                "agreed": each["figures"]["agreed"],
                "verdict": each["verdict"],
                "of_time": each["base_unit"] in {"time", "slices"},
            }
            for each in told["targets"]
        },
        "credit_amount": told["credit"]["amount"],
    }
