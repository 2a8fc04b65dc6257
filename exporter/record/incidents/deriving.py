"""Outages of the record as incidents: what is to be written down because history says something else than it did."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from exporter.record.incidents.ledger import NOWHERE, Fold, Ledger, Written, text_of
from exporter.sla.incidents.relink import relinked
from exporter.store.base import LogEntry
from exporter.timeline.spans import FOREVER, Span

UNSAID = "?"
"""Ends the ids of outages that are not in the ledger yet, and so may still be given to others."""


class Seen(NamedTuple):
    """What the record has of a service.

    Attributes:
        outages: In order; one that goes on ends at the end of the record.
        kept_from: The instant before which the record was pruned: what ended before stays as it was.
    """

    outages: Sequence[Span]
    kept_from: int = -FOREVER


def derived(fold: Fold, seen: Mapping[str, Seen], until: int, now: int, mark: str = "") -> list[LogEntry]:
    """What is to be added to a ledger.

    Args:
        fold: It, as it was read so far.
        seen: Of each service that incidents are kept of, by name.
        until: How far the record goes, milliseconds since the epoch.
        now: Milliseconds since the epoch.
        mark: Ends the idents of new incidents: `UNSAID` where it is not added, but only shown.
    """
    found = _Derived(fold.ledger(), _names(fold, mark), until, now)
    return [entry for service, each in seen.items() for entry in found.of(service, each)]


def _names(fold: Fold, mark: str) -> Iterator[str]:
    """Idents for the next incidents."""
    first = int(fold.next_ident().removeprefix("i"))
    return (f"i{number}{mark}" for number in count(first))


@dataclass(frozen=True, slots=True)
class _Derived:
    """What is known while entries are made."""

    ledger: Ledger
    names: Iterator[str]
    until: int
    now: int

    def of(self, service: str, seen: Seen) -> Iterator[LogEntry]:
        """Entries of a service."""
        known = {
            ident: span
            for ident, (owner, span) in self.ledger.outages.items()
            if owner == service and (span[1] == NOWHERE or span[1] > seen.kept_from)
        }
        links = relinked({ident: self._ended(span) for ident, span in known.items()}, seen.outages)
        standing = self.ledger.incidents
        for ident, outage in links.kept.items():
            # What of it was before is no longer kept, but was told.
            start = min(known[ident][0], outage[0]) if outage[0] <= seen.kept_from else outage[0]
            if ident not in standing or known[ident] != self._told((start, outage[1])):
                yield self._outage(ident, service, (start, outage[1]))
        for outage, split_from in links.new:
            yield self._outage(next(self.names), service, outage, split_from)
        for ident, into in links.merged.items():
            if self.ledger.merged.get(ident) != into:
                yield LogEntry(self.now, "", Written.MERGE, ident, text_of({"into": into}))
        for ident in links.gone:
            if ident not in self.ledger.gone:
                yield LogEntry(self.now, "", Written.GONE, ident, "{}")

    def _ended(self, span: Span) -> Span:
        """A span of the ledger, of which one that goes on ends with the record."""
        start, end = span
        return start, max(self.until, start + 1) if end == NOWHERE else end

    def _told(self, outage: Span) -> Span:
        """An outage as a span of the ledger."""
        return outage[0], NOWHERE if outage[1] >= self.until else outage[1]

    def _outage(self, ident: str, service: str, outage: Span, split_from: str = "") -> LogEntry:
        start, end = self._told(outage)
        body = {"service": service, "start": start, "end": None if end == NOWHERE else end}
        more = {"split_from": split_from} if split_from else {}
        return LogEntry(self.now, "", Written.OUTAGE, ident, text_of(body | more))
