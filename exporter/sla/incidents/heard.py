"""What of an incident's entries counts in an agreement: what its own people wrote, and how they agreed to take it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from exporter.sla.incidents.incident import ANSWERS, Act, Entry, Incident
from exporter.timeline.spans import Spans


class Pauses(StrEnum):
    """Who must say that the customer is waited for: one party, or both."""

    EITHER = "either"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Hearing:
    """How entries are taken.

    Attributes:
        pauses: Who must say so.
        written_within: Milliseconds >= 0 after which an answer that is written down later counts from when it was written; None for never.
    """

    pauses: Pauses = Pauses.EITHER
    written_within: int | None = None


def heard(incident: Incident, hearing: Hearing, both: Sequence[frozenset[str]]) -> Incident:
    """An incident with the entries that count, in order; those of nobody of the parties, a program's among them, do not.

    Args:
        incident: With all that was written down.
        hearing: How entries are taken.
        both: The people of each party.
    """
    parties = frozenset().union(*both)
    said = (each for each in incident.entries if each.by in parties and each.withdrawn_by not in parties)
    own = [_taken(replace(each, withdrawn_by=""), hearing) for each in said]
    if hearing.pauses is Pauses.BOTH:
        own = [each for each in own if each.act is not Act.PAUSE] + list(_agreed(incident, both))
    return replace(incident, entries=tuple(sorted(own, key=lambda each: (each.at, each.number))))


def _taken(entry: Entry, hearing: Hearing) -> Entry:
    """An answer that was written down too late, as of when it was written."""
    late = hearing.written_within is not None and entry.entered_at - entry.at > hearing.written_within
    return replace(entry, at=entry.entered_at) if late and entry.act in ANSWERS else entry


def _agreed(incident: Incident, both: Sequence[frozenset[str]]) -> Iterator[Entry]:
    """Pauses of which both parties have written down that they were: what their own have in common."""
    own = [[each for each in incident.of(Act.PAUSE) if each.by in people] for people in both]
    spans = [Spans(each.span for each in said if each.span is not None) for said in own]
    for span in spans[0] & spans[1]:
        yield replace(own[0][0], span=span)
