"""Targets of what is written down: in what share of its groups a measure is what was promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from exporter.sla.evidence import Period, Record
from exporter.sla.terms import Ceiling, RecordedTerms, Take
from exporter.timeline.spans import Span


@dataclass(frozen=True, slots=True)
class Group:
    """What a measure comes to for one group.

    Attributes:
        name: Of it; empty for all.
        value: What its values come to; None where nothing was written down.
        holds: Whether that is what was promised; None where nobody knows.
        count: How many values were written down.
    """

    name: str
    value: Fraction | None
    holds: bool | None
    count: int


def groups(terms: RecordedTerms, records: Sequence[Record], span: Span) -> list[Group]:
    """What a measure comes to in a span, by group: those that are named, else in order of their names those that have values."""
    found = dict[str, list[Record]]()
    for each in _within(records, span):
        found.setdefault(each.group, []).append(each)
    return [_group(terms, name, found.get(name, [])) for name in terms.groups or sorted(found)]


def _group(terms: RecordedTerms, name: str, records: Sequence[Record]) -> Group:
    if not records:
        return Group(name, None, None, 0)
    value = _value(terms.take, records)
    return Group(name, value, terms.holds(value), len(records))


def suspended(ceiling: Ceiling | None, records: Sequence[Record], period: Period) -> str:
    """Why nothing is promised in a period, for people; empty where it is. A part of a calendar period has its part of the volume."""
    if ceiling is None:
        return ""
    volume = sum((each.value for each in _within(records, period.span)), Fraction(0))
    most = ceiling.more_than * period.part
    if volume <= most:
        return ""
    return f"{ceiling.measure} came to {number(volume)}, and above {number(most)} nothing is promised"


def number(value: Fraction) -> str:
    """A value as decimal text, cut off at six places."""
    millionths = abs(value) * 10**6 // 1
    text = f"{millionths // 10**6}.{millionths % 10**6:06}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 and text != "0" else text


def _within(records: Sequence[Record], span: Span) -> list[Record]:
    return [each for each in records if span[0] <= each.at < span[1] and not each.withdrawn_by]


def _value(take: Take, records: Sequence[Record]) -> Fraction:
    if take is Take.LAST:
        return max(records, key=lambda each: (each.at, each.entered_at, each.number)).value
    if take is Take.SUM:
        return sum((each.value for each in records), Fraction(0))
    whole = sum((each.value * each.weight for each in records), Fraction(0))
    return whole / sum((each.weight for each in records), Fraction(0))
