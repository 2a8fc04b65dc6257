"""What of an incident's entries counts in an agreement: what its own people wrote, and how they agreed to take it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from exporter.sla.incidents.incident import ANSWERS, Act, Entry, Incident
from exporter.timeline.spans import FOREVER, Span

_TAKEN_LATER = ANSWERS | {Act.REOPEN, Act.RESUME}
"""What counts from when it was written down, where that was too late."""


class Pauses(StrEnum):
    """Who must say that the customer is waited for: one party, or both."""

    EITHER = "either"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Hearing:
    """How entries are taken.

    Attributes:
        pauses: Who must say so.
        written_within: Milliseconds >= 0 after which what is written down later counts from when it was written, and a pause that was
            over by then for nothing; None for never.
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
    standing = [replace(each, withdrawn_by="") for each in said if not _is_lost(each, hearing)]
    if hearing.pauses is Pauses.BOTH:
        standing = [each for each in standing if each.act is not Act.PAUSE] + list(
            _agreed(standing, incident, both)
        )
    return replace(incident, entries=tuple(_in_order(standing, hearing)))


def _in_order(entries: Sequence[Entry], hearing: Hearing) -> Sequence[Entry]:
    """Entries by when they count. What was opened again after it was closed stays so, however late that it was closed was written."""
    found, last = list[Entry](), 0
    for each in sorted(entries, key=lambda each: (each.at, each.number)):
        is_late = _is_late(each.at, each, hearing)
        at = each.entered_at if is_late and each.act in _TAKEN_LATER else each.at
        if each.act in {Act.RESOLVE, Act.REOPEN}:
            at = last = max(at, last)
        found.append(replace(each, at=at, span=_span(each, hearing)))
    return sorted(found, key=lambda each: (each.at, each.number))


def _span(entry: Entry, hearing: Hearing) -> Span | None:
    """When a pause was; of one that went on, and was written down too late, from then on."""
    goes_on = entry.span is not None and entry.span[1] == FOREVER
    if entry.span is None or not goes_on or not _is_late(entry.span[0], entry, hearing):
        return entry.span
    return entry.entered_at, FOREVER


def _is_late(at: int, entry: Entry, hearing: Hearing) -> bool:
    """Whether an entry about an instant was written down later than it may be."""
    return hearing.written_within is not None and entry.entered_at - at > hearing.written_within


def _is_lost(entry: Entry, hearing: Hearing) -> bool:
    """Whether a pause was written down too late after its end."""
    return entry.span is not None and entry.span[1] != FOREVER and _is_late(entry.span[1], entry, hearing)


def _agreed(entries: Sequence[Entry], incident: Incident, both: Sequence[frozenset[str]]) -> Iterator[Entry]:
    """Pauses of which both parties have written down that they were: what their own have in common."""
    resumed = [each for each in entries if each.act is Act.RESUME]
    own = [[each for each in entries if each.act is Act.PAUSE and each.by in people] for people in both]
    spans = [replace(incident, entries=(*said, *resumed)).paused for said in own]
    for span in spans[0] & spans[1]:
        yield replace(own[0][0], span=span, number=max(each.number for each in entries))
