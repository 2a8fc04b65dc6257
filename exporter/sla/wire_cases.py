"""Incidents, answers and recorded values as plain JSON, and back."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from exporter.sla.answered import Handled
from exporter.sla.evidence import Record
from exporter.sla.incidents.answers import Clock
from exporter.sla.incidents.escalation import EscalationStep, escalated
from exporter.sla.incidents.incident import Act, Entry, Incident, Kind
from exporter.sla.recorded import Group, number
from exporter.timeline.spans import FOREVER
from exporter.units import format_instant

Json = dict[str, Any]


def incident_json(incident: Incident) -> Json:
    """An incident with all that was written down of it; instants are milliseconds."""
    return {
        "id": incident.ident,
        "service": incident.service,
        "kind": incident.kind.value,
        "start": incident.start,
        "end": incident.end,
        "title": incident.title,
        "severity": incident.severity,
        "channel": incident.channel,
        "reported_at": incident.reported_at,
        "opened_by": incident.opened_by,
        "entries": [_entry(each) for each in incident.entries],
        "merged": list(incident.merged),
        "split_from": incident.split_from,
        "ref": incident.ref,
        "opened_at": incident.opened_at,
    }


def incident_of(document: Mapping[str, Any]) -> Incident:
    """An incident from what `incident_json` wrote."""
    return Incident(
        ident=document["id"],
        service=document["service"],
        kind=Kind(document["kind"]),
        start=document["start"],
        end=document["end"],
        title=document["title"],
        severity=document["severity"],
        channel=document["channel"],
        reported_at=document["reported_at"],
        opened_by=document["opened_by"],
        entries=tuple(map(_entry_of, document["entries"])),
        merged=tuple(document["merged"]),
        split_from=document["split_from"],
        ref=document["ref"],
        opened_at=document["opened_at"],
    )


def _entry(entry: Entry) -> Json:
    return {
        "at": entry.at,
        "by": entry.by,
        "act": entry.act.value,
        "text": entry.text,
        "entered_at": entry.entered_at,
        "span": None if entry.span is None else [entry.span[0], _known(entry.span[1])],
        "value": entry.value,
        "due": entry.due,
        "number": entry.number,
        "withdrawn_by": entry.withdrawn_by,
        "withdrawn": entry.withdrawn,
    }


def _known(end: int) -> int | None:
    return None if end == FOREVER else end


def _entry_of(document: Mapping[str, Any]) -> Entry:
    span = document["span"]
    return Entry(
        at=document["at"],
        by=document["by"],
        act=Act(document["act"]),
        text=document["text"],
        entered_at=document["entered_at"],
        span=None if span is None else (span[0], FOREVER if span[1] is None else span[1]),
        value=document["value"],
        due=document["due"],
        number=document["number"],
        withdrawn_by=document["withdrawn_by"],
        withdrawn=document["withdrawn"],
    )


def record_json(record: Record) -> Json:
    """A recorded value; exact."""
    return {
        "at": record.at,
        "by": record.by,
        "group": record.group,
        "value": str(record.value),
        "weight": str(record.weight),
        "evidence": record.evidence,
        "entered_at": record.entered_at,
        "number": record.number,
        "withdrawn_by": record.withdrawn_by,
        "withdrawn": record.withdrawn,
    }


def record_of(document: Mapping[str, Any]) -> Record:
    """A recorded value from what `record_json` wrote."""
    return Record(
        at=document["at"],
        by=document["by"],
        group=document["group"],
        value=Fraction(document["value"]),
        weight=Fraction(document["weight"]),
        evidence=document["evidence"],
        entered_at=document["entered_at"],
        number=document["number"],
        withdrawn_by=document["withdrawn_by"],
        withdrawn=document["withdrawn"],
    )


def handled_json(handled: Handled, steps: Sequence[EscalationStep], until: int) -> Json:
    """An incident as a target looks at it; the rest as of `other_json`."""
    return {
        **other_json(handled, steps, until),
        "met": handled.met,
        "clocks": [_clock(each) for each in handled.clocks],
    }


def other_json(handled: Handled, steps: Sequence[EscalationStep], until: int) -> Json:
    """An incident, whether or not a target is about it, with the steps of the escalation that were due; instants are RFC 3339.

    Args:
        handled: It.
        steps: That were agreed on.
        until: How far it is known, milliseconds since the epoch.
    """
    incident = handled.incident
    due = escalated(steps, incident, handled.severity, until)
    return {
        "id": incident.ident,
        "severity": handled.severity,
        "ignored": handled.ignored,
        "disputed": incident.disputed,
        "paused": [
            [format_instant(start), None if end == FOREVER else format_instant(end)]
            for start, end in incident.paused
        ],
        "escalated": [{"to": step.to, "after_ms": step.after, "at": format_instant(at)} for step, at in due],
    }


def _clock(clock: Clock) -> Json:
    return {
        "task": clock.task.value,
        "limit_ms": clock.limit,
        "start": format_instant(clock.start),
        "stop": None if clock.stop is None else format_instant(clock.stop),
        "elapsed_ms": clock.elapsed,
        "due": None if clock.due is None else format_instant(clock.due),
        "met": clock.met,
    }


def group_json(group: Group) -> Json:
    """What a measure comes to; a decimal, cut off at six places, or null where nothing was written down."""
    value = None if group.value is None else number(group.value)
    return {"name": group.name, "value": value, "holds": group.holds, "count": group.count}
