"""From what was measured to downtime that counts, rule by rule, and the bridge between the two.

The order of the rules is part of what is agreed:

1. endpoints are combined; what was down of that is raw downtime;
2. only the hours count in which the service is promised;
3. what is recognised as excluded does not count, category by category;
4. time of which nothing is known counts as the terms say;
5. the clock of an outage starts when it was detected, or when somebody reported it;
6. an outage shorter than the smallest does not count: by its whole length, whatever of it was promised, excluded or in the period;
7. the length of each outage is rounded, at its end: up by the next time that counts for no other;
8. the period cuts.

Each rule takes a set of instants and gives one, so that what it changed within the period is a line of the bridge, and
the lines add up to the millisecond.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from exporter.sla.claims import Ruling
from exporter.sla.evidence import Evidence
from exporter.sla.lane import Parts, combined
from exporter.sla.terms import Measure, Rounding, Starts, Unknown
from exporter.timeline.exclusion import Category
from exporter.timeline.spans import FOREVER, NOTHING, Span, Spans, first_within
from exporter.units import MINUTE

RAW, HOURS, EXCLUSIONS, UNKNOWN, REPORTED, SMALLEST, ROUNDING = (
    "raw",
    "outside_hours",
    "exclusions",
    "unknown",
    "before_report",
    "smallest_outage",
    "rounding",
)
"""Lines of the bridge; exclusions of time are named after their categories."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A stretch in which a service was down, or of which nothing is known where that counts as down.

    Attributes:
        span: From its first instant to the first beyond, be it before or after the period.
        counted: What counts of it, within the period.
        ignored: The rule by which nothing of it counts; empty where something does.
    """

    span: Span
    counted: Spans
    ignored: str = ""


class Line(NamedTuple):
    """A line of the bridge: a rule, and by how many milliseconds it changed what counts."""

    rule: str
    change: int


@dataclass(frozen=True, slots=True)
class Downtime:
    """What counts of a period, and why.

    Attributes:
        bridge: From raw to counted downtime; the changes add up to `counted`.
        outages: In order, those that lie in the period with any part.
        counted: Milliseconds.
        base: Milliseconds of agreed time in the period: promised and not excluded.
        unknown: Milliseconds of that of which nothing is known.
        at: When counted downtime was.
    """

    bridge: tuple[Line, ...]
    outages: tuple[Outage, ...]
    counted: int
    base: int
    unknown: int
    at: Spans


def downtime(
    measure: Measure, evidence: Evidence, ruled: Sequence[Ruling], unknown: Unknown, period: Span
) -> Downtime:
    """Apply the rules.

    Args:
        measure: How downtime is made.
        evidence: Covers the period.
        ruled: What became of the exclusions.
        unknown: How time counts of which nothing is known, instead of what the measure says.
        period: What is cut out.
    """
    lanes, promised, within = list(evidence.lanes.values()), evidence.promised, Spans([period])
    raw = combined(lanes, measure.combine, evidence.span)
    steps = [(RAW, raw.down), (HOURS, raw.down & promised)]
    parts = raw
    for category in _categories(ruled):
        parts, excluded = _excluding(evidence, measure, [each for each in ruled if _is_up_to(each, category)])
        steps.append((category.value, (parts.down & promised) - excluded))
    _, excluded = _excluding(evidence, measure, ruled)
    agreed = promised - excluded - parts.excluded
    nothing_known = parts.unknown & agreed
    counted = steps[-1][1]
    if unknown is Unknown.DOWN:
        counted |= nothing_known
    steps.append((UNKNOWN, counted))
    stretches = raw.down | raw.unknown if unknown is Unknown.DOWN else raw.down
    outages = [Outage(span, counted & Spans([span])) for span in stretches]
    for rule, changed in _shaped(outages, measure, evidence):
        outages = changed
        steps.append((rule, _all(outages)))
    at = steps[-1][1] & within
    return Downtime(
        tuple(_bridge(steps, within)),
        tuple(
            replace(each, counted=each.counted & within)
            for each in outages
            if Spans([each.span]) & within or each.counted & within
        ),
        _length(at),
        _length(agreed & within),
        _length(nothing_known & within),
        at,
    )


def _categories(ruled: Sequence[Ruling]) -> list[Category]:
    """Those of which anything counts, in their order."""
    found = {each.claim.category for each in ruled if each.counts}
    return [category for category in Category if category in found]


def _is_up_to(ruling: Ruling, category: Category) -> bool:
    order = list(Category)
    return order.index(ruling.claim.category) <= order.index(category)


def _excluding(evidence: Evidence, measure: Measure, ruled: Iterable[Ruling]) -> tuple[Parts, Spans]:
    """What is left with exclusions of single endpoints, and what is excluded of the whole service."""
    of_all, of_one = NOTHING, dict.fromkeys(evidence.lanes, NOTHING)
    for each in ruled:
        if each.claim.endpoints is None:
            of_all |= each.counts
        for name in each.claim.endpoints or ():
            if name in of_one:
                of_one[name] |= each.counts
    lanes = [lane.without(of_one[name]) for name, lane in evidence.lanes.items()]
    return combined(lanes, measure.combine, evidence.span), of_all


def _shaped(
    outages: list[Outage], measure: Measure, evidence: Evidence
) -> Iterator[tuple[str, list[Outage]]]:
    """The outages after each of the rules that are about single ones."""
    if measure.starts is Starts.REPORTED:
        outages = [_since_report(each, evidence.reported) for each in outages]
        yield REPORTED, outages
    if measure.smallest_outage:
        outages = [_if_long(each, measure.smallest_outage) for each in outages]
        yield SMALLEST, outages
    if measure.rounding is Rounding.DOWN:
        outages = [_rounded_down(each) for each in outages]
        yield ROUNDING, outages
    if measure.rounding is Rounding.UP:
        outages = list(_rounded_up(outages))
        yield ROUNDING, outages


def _since_report(outage: Outage, reported: Sequence[int]) -> Outage:
    """What of an outage lies after it was first reported."""
    told = first_within(reported, outage.span)
    if told is None:
        return _dropped(outage, REPORTED)
    return replace(outage, counted=outage.counted & Spans([(told, outage.span[1])]))


def _if_long(outage: Outage, smallest: int) -> Outage:
    """By its whole length: what hours or exclusions leave of it is not another, smaller outage."""
    start, end = outage.span
    return outage if end - start >= smallest else _dropped(outage, SMALLEST)


def _rounded_down(outage: Outage) -> Outage:
    """Take from the end of what counts until it is whole minutes."""
    length = _length(outage.counted)
    over = length % MINUTE
    if not over:
        return outage
    if length < MINUTE:
        return _dropped(outage, ROUNDING)
    return replace(outage, counted=_first(outage.counted, length - over))


def _rounded_up(outages: Sequence[Outage]) -> Iterator[Outage]:
    """Add to the end of what counts of each until it is whole minutes.

    What is added is the next time that counts for none of the others, so that two outages within a minute come to two.
    """
    counted = _all(outages)
    free = deque(Spans([(counted.starts[0], FOREVER)]) - counted if counted else ())
    for each in outages:
        missing = -_length(each.counted) % MINUTE
        added = list[Span]()
        while missing:
            start, end = free.popleft()
            start = max(start, each.counted.ends[-1])
            taken = max(0, min(missing, end - start))  # none of a gap before the outage's end
            added.append((start, start + taken))
            missing -= taken
            if start + taken < end:
                free.appendleft((start + taken, end))
        yield replace(each, counted=each.counted | Spans(added)) if added else each


def _first(spans: Spans, length: int) -> Spans:
    """The first milliseconds of spans, so many."""
    kept = list[Span]()
    for start, end in spans:
        kept.append((start, min(end, start + length)))
        length = max(0, length - (end - start))
    return Spans(kept)


def _dropped(outage: Outage, rule: str) -> Outage:
    return replace(outage, counted=NOTHING, ignored=outage.ignored or rule) if outage.counted else outage


def _all(outages: Iterable[Outage]) -> Spans:
    return Spans(part for each in outages for part in each.counted)


def _bridge(steps: Sequence[tuple[str, Spans]], within: Spans) -> Iterator[Line]:
    """By how much each step changed what lies in the period."""
    before = 0
    for rule, counted in steps:
        length = _length(counted & within)
        yield Line(rule, length - before)
        before = length


def _length(spans: Spans) -> int:
    return spans.lengths[-1]
