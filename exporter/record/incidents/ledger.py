"""The ledger: what the daemon saw of outages, and what people and programs wrote down of incidents and measures.

It is only ever added to. Incidents and values are its fold, so that nothing that was said can be taken back unseen.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

from exporter.sla.evidence import Record
from exporter.sla.incidents.incident import Act, Entry, Incident, Kind
from exporter.store.base import LogEntry
from exporter.timeline.spans import Span

Body = Mapping[str, Any]


class Written(StrEnum):
    """What an entry of the ledger is, beside the acts of people on an incident."""

    OUTAGE = "outage"
    """The daemon saw an outage, or saw that it is another one than it had been."""
    MERGE = "merge"
    """The outage turned out to be another incident's."""
    GONE = "gone"
    """History says that there was none."""
    OPEN = "open"
    """Somebody opened an incident."""
    RECORD = "record"
    """Somebody wrote down a value of a measure."""
    REFUSED = "refused"
    """Somebody wanted to write who may not."""


class Ledger(NamedTuple):
    """What it comes to.

    Attributes:
        incidents: By ident, in the order in which they were given; those that were merged or are gone not among them.
        outages: The span that each incident of an outage had last, also of those that were merged or are gone.
        merged: Incidents that turned out to be others, with the ident of that.
        gone: Those of which history says that there was no outage.
        records: Values by measure, in the order of the times that they are about.
    """

    incidents: Mapping[str, Incident]
    outages: Mapping[str, tuple[str, Span]]
    merged: Mapping[str, str]
    gone: frozenset[str]
    records: Mapping[str, Sequence[Record]]


NOTHING_WRITTEN = Ledger({}, {}, {}, frozenset(), {})
NOWHERE = -1
"""End of an outage that goes on, in the ledger's spans."""


def folded(log: Sequence[LogEntry]) -> Ledger:
    """What a ledger comes to."""
    found, outages, merged, gone = (
        dict[str, Incident](),
        dict[str, tuple[str, Span]](),
        dict[str, str](),
        set[str](),
    )
    records = dict[str, list[Record]]()
    for entry in log:
        body: Body = json.loads(entry.body)
        if entry.action == Written.OUTAGE:
            found[entry.ident] = _outage(entry, body, found.get(entry.ident))
            outages[entry.ident] = (
                body["service"],
                (body["start"], NOWHERE if body["end"] is None else body["end"]),
            )
            merged.pop(entry.ident, None)
            gone.discard(entry.ident)
        elif entry.action == Written.OPEN:
            found[entry.ident] = _opened(entry, body)
        elif entry.action == Written.MERGE:
            merged[entry.ident] = body["into"]
        elif entry.action == Written.GONE:
            gone.add(entry.ident)
        elif entry.action == Written.RECORD:
            records.setdefault(entry.ident, []).append(_record(entry, body))
        elif entry.action in set(Act):
            found[entry.ident] = _added(found[entry.ident], _entry(entry, body))
    standing = {ident: each for ident, each in found.items() if ident not in gone and ident not in merged}
    for ident, into in merged.items():
        standing[_last(into, merged)] = _with(standing[_last(into, merged)], found[ident])
    ordered = {name: sorted(values, key=lambda each: each.at) for name, values in records.items()}
    return Ledger(standing, outages, merged, frozenset(gone), ordered)


def next_ident(log: Sequence[LogEntry]) -> Iterator[str]:
    """Names for the next incidents, as none of the ledger has."""
    given = {entry.ident for entry in log if entry.action in {Written.OUTAGE, Written.OPEN}}
    number = len(given)
    while True:
        number += 1
        if f"i{number}" not in given:
            yield f"i{number}"


def text_of(body: Body) -> str:
    """The body of an entry."""
    return json.dumps(body, sort_keys=True, ensure_ascii=False)


def _outage(entry: LogEntry, body: Body, before: Incident | None) -> Incident:
    known = before or Incident(entry.ident, body["service"], Kind.OUTAGE, 0)
    return replace(
        known, start=body["start"], end=body["end"], split_from=body.get("split_from", known.split_from)
    )


def _opened(entry: LogEntry, body: Body) -> Incident:
    return Incident(
        entry.ident,
        body["service"],
        Kind(body["kind"]),
        body["start"],
        title=body["title"],
        severity=body["severity"],
        channel=body["channel"],
        reported_at=body["reported_at"],
        opened_by=entry.who,
    )


def _entry(entry: LogEntry, body: Body) -> Entry:
    span = body.get("span")
    return Entry(
        body["at"],
        entry.who,
        Act(entry.action),
        body.get("text", ""),
        entry.at,
        None if span is None else (span[0], span[1]),
        body.get("value", ""),
        body.get("due", ""),
    )


def _record(entry: LogEntry, body: Body) -> Record:
    return Record(
        body["at"],
        entry.who,
        body["group"],
        Fraction(body["value"]),
        Fraction(body["weight"]),
        body["evidence"],
        entry.at,
    )


def _added(incident: Incident, entry: Entry) -> Incident:
    return replace(incident, entries=tuple(sorted((*incident.entries, entry), key=lambda each: each.at)))


def _with(incident: Incident, other: Incident) -> Incident:
    """An incident with what was written down of another one that turned out to be it."""
    entries = sorted((*incident.entries, *other.entries), key=lambda each: each.at)
    return replace(incident, entries=tuple(entries), merged=(*incident.merged, other.ident))


def _last(ident: str, merged: Mapping[str, str]) -> str:
    while ident in merged:
        ident = merged[ident]
    return ident
