"""The ledger: what the daemon saw of outages, and what people and programs wrote down of incidents and measures.

It is only ever added to. Incidents and values are its fold, so that nothing that was said can be taken back unseen.
"""

import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from fractions import Fraction
from functools import reduce
from typing import Any, NamedTuple

from exporter.sla.evidence import Record
from exporter.sla.incidents.incident import Act, Entry, Incident, Kind
from exporter.store.base import LogEntry
from exporter.timeline.spans import FOREVER, Span

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


_ACTS = frozenset(Act)
NOTHING_WRITTEN = Ledger({}, {}, {}, frozenset(), {})
NOWHERE = -1
"""End of an outage that goes on, in the ledger's spans."""


def folded(log: Sequence[LogEntry]) -> Ledger:
    """What a ledger comes to."""
    return fold_of(log).ledger()


def fold_of(log: Sequence[LogEntry]) -> "Fold":
    """A ledger that has been read."""
    fold = Fold()
    fold.extend(log)
    return fold


class Fold:
    """A ledger while it is read, entry by entry."""

    def __init__(self) -> None:
        self._found = dict[str, Incident]()
        self._outages = dict[str, tuple[str, Span]]()
        self._merged = dict[str, str]()
        self._gone = set[str]()
        self._records = dict[str, list[Record]]()
        self._same = dict[tuple[object, ...], set[int]]()
        self._refs = dict[str, str]()
        self._about = dict[int, str]()
        self._last = self._stored = 0

    def extend(self, log: Iterable[LogEntry]) -> None:
        """Take the next entries, in order."""
        for entry in log:
            self.add(entry)

    def add(self, entry: LogEntry) -> None:
        """Take the next entry."""
        body: Body = json.loads(entry.body)
        self._last = entry.seq or self._last + 1
        self._stored = entry.seq or self._stored
        if entry.action == Written.OUTAGE:
            self._outage(entry, body)
        elif entry.action == Written.OPEN:
            opened = self._found[entry.ident] = _opened(entry, body)
            self._refs[opened.ref or opened.ident] = opened.ident
        elif entry.action == Written.MERGE:
            self._merged[entry.ident] = body["into"]
        elif entry.action == Written.GONE:
            self._gone.add(entry.ident)
        elif entry.action == Written.RECORD:
            self._about[self._last] = entry.ident
            recorded = _record(entry, body, self._last)
            self._records.setdefault(entry.ident, []).append(recorded)
            self._same.setdefault(_said(entry.ident, recorded), set()).add(self._last)
        elif entry.action in _ACTS:
            ident = self._withdraw(entry, body) if entry.action == Act.WITHDRAW else entry.ident
            if ident in self._found:  # a value of a measure has none
                self._about[self._last] = ident
                self._found[ident] = _added(self._found[ident], _entry(entry, body, self._last))

    def _withdraw(self, entry: LogEntry, body: Body) -> str:
        """Mark what is withdrawn, which stays where it is; gives what it was written of, be that one with another incident by now or not."""
        number = int(body["value"])
        about, why = self._about[number], {"withdrawn_by": entry.who, "withdrawn": body["text"]}
        if about in self._records:
            records = self._records[about]
            place = bisect_left(records, number, key=lambda each: each.number)
            self._same[_said(about, records[place])].discard(number)
            records[place] = replace(records[place], **why)
        else:
            entries = tuple(
                replace(each, **why) if each.number == number else each for each in self._found[about].entries
            )
            self._found[about] = replace(self._found[about], entries=entries)
        return about

    def records(self, measure: str) -> Sequence[Record]:
        """The values of a measure, in the order in which they were written down."""
        return self._records.get(measure, [])

    def standing_as(self, entry: LogEntry) -> str:
        """Where a value stands that says the same of a measure as an entry, by the same author; empty where none does."""
        said = _said(entry.ident, _record(entry, json.loads(entry.body), 0))
        number = min(self._same.get(said, ()), default=0)
        there = f"already, as number {number}" if number <= self._stored else "twice here"
        return there if number else ""

    def _outage(self, entry: LogEntry, body: Body) -> None:
        self._found[entry.ident] = _outage(entry, body, self._found.get(entry.ident))
        end = NOWHERE if body["end"] is None else body["end"]
        self._outages[entry.ident] = body["service"], (body["start"], end)
        self._merged.pop(entry.ident, None)
        self._gone.discard(entry.ident)

    def standing(self, ident: str) -> Incident | None:
        """An incident by its ident, by that of one which turned out to be it, or as another system calls it; None where there is none."""
        into = self._holder(self._refs.get(ident, ident))
        found = self._found.get(into)
        if found is None or into in self._gone:
            return None
        others = (each for each in self._merged if each != into and self._holder(each) == into)
        return reduce(_with, (self._found[each] for each in others), found)

    def next_ident(self) -> str:
        """What the next incident is called."""
        return f"i{len(self._found) + 1}"

    def ledger(self) -> Ledger:
        """What it comes to."""
        holders = {ident: self._holder(ident) for ident in self._found}
        standing = {
            ident: each
            for ident, each in self._found.items()
            if holders[ident] == ident and ident not in self._gone
        }
        for ident, holder in holders.items():
            if ident != holder and holder in standing:
                standing[holder] = _with(standing[holder], self._found[ident])
        ordered = {name: sorted(values, key=lambda each: each.at) for name, values in self._records.items()}
        return Ledger(standing, self._outages, self._merged, frozenset(self._gone), ordered)

    def _holder(self, ident: str) -> str:
        """The incident that one turned out to be, at any remove; itself where it is its own."""
        seen = {ident}
        while (into := self._merged.get(ident)) is not None and into not in seen:
            seen.add(into)
            ident = into
        return ident


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
        ref=body.get("ref", ""),
        opened_at=entry.at,
    )


def _entry(entry: LogEntry, body: Body, number: int) -> Entry:
    span = body.get("span")
    return Entry(
        body["at"],
        entry.who,
        Act(entry.action),
        body.get("text", ""),
        entry.at,
        None if span is None else (span[0], FOREVER if span[1] is None else span[1]),
        body.get("value", ""),
        body.get("due", ""),
        number,
    )


def _record(entry: LogEntry, body: Body, number: int) -> Record:
    return Record(
        body["at"],
        entry.who,
        body["group"],
        Fraction(body["value"]),
        Fraction(body["weight"]),
        body["evidence"],
        entry.at,
        number,
    )


def _said(measure: str, record: Record) -> tuple[object, ...]:
    """What a value says, whenever it was written down."""
    return measure, record.at, record.by, record.group, record.value, record.weight, record.evidence


def _added(incident: Incident, entry: Entry) -> Incident:
    return replace(incident, entries=tuple(sorted((*incident.entries, entry), key=_order)))


def _order(entry: Entry) -> tuple[int, int]:
    return entry.at, entry.number


def _with(incident: Incident, other: Incident) -> Incident:
    """An incident with what was written down of another one that turned out to be it."""
    entries = sorted((*incident.entries, *other.entries), key=_order)
    return replace(incident, entries=tuple(entries), merged=(*incident.merged, other.ident))
