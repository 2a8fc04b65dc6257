"""Which outage is which incident, also after history was corrected: ids are given once, and go with what overlaps most."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from exporter.timeline.spans import Span


@dataclass(frozen=True, slots=True)
class Links:
    """What became of incidents and outages.

    Attributes:
        kept: The outage of each incident that has one.
        new: Outages that are nobody's yet, with the ident of the incident that they were a part of; empty for none.
        merged: Incidents whose outage is another one's now, with the ident of that.
        gone: Incidents without any outage: history says that there was none.
    """

    kept: Mapping[str, Span]
    new: tuple[tuple[Span, str], ...]
    merged: Mapping[str, str]
    gone: tuple[str, ...]


def relinked(known: Mapping[str, Span], outages: Sequence[Span]) -> Links:
    """Give outages to incidents, each to one: by the longest overlap, then to the older one.

    Args:
        known: The span that each incident had, by ident, the oldest first; also of those that were merged or gone.
        outages: As history has them now, in order; one that goes on ends where the record does.
    """
    order = {ident: number for number, ident in enumerate(known)}
    overlaps = sorted(
        (-_overlap(span, outage), order[ident], ident, outage)
        for ident, span in known.items()
        for outage in _near(span, outages)
    )
    kept, owner = dict[str, Span](), dict[Span, str]()
    for _, _, ident, outage in overlaps:
        if ident not in kept and outage not in owner:
            kept[ident], owner[outage] = outage, ident
    part_of = {outage: ident for _, _, ident, outage in reversed(overlaps)}
    holder = {ident: owner[outage] for _, _, ident, outage in reversed(overlaps) if outage in owner}
    return Links(
        dict(sorted(kept.items(), key=lambda each: order[each[0]])),
        tuple((outage, part_of.get(outage, "")) for outage in outages if outage not in owner),
        {ident: holder[ident] for ident in known if ident not in kept and ident in holder},
        tuple(ident for ident in known if ident not in kept and ident not in holder),
    )


def _overlap(one: Span, other: Span) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _near(span: Span, outages: Sequence[Span]) -> Iterator[Span]:
    """Those of some outages, which are in order and apart, that overlap a span."""
    number = bisect_right(outages, span[0], key=lambda each: each[1])
    while number < len(outages) and outages[number][0] < span[1]:
        yield outages[number]
        number += 1
