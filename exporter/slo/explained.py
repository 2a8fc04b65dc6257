"""An explanation as the JSON object that `explain` and the API show; floats begin here."""

from collections.abc import Iterable
from fractions import Fraction
from typing import TypedDict

from exporter.slo.answer import Answer, Events, Seconds, SliceCounts, events
from exporter.slo.explain import STATES, Explanation, Interval, total
from exporter.slo.pieces import Piece
from exporter.timeline.exclusion import Exclusion
from exporter.timeline.past import Counts
from exporter.timeline.tally import Tally
from exporter.units import format_instant


class Excluding(TypedDict):
    """An exclusion; who and when are empty and null for one from the configuration that no daemon saw."""

    id: str
    name: str
    category: str
    reason: str
    author: str
    entered_at: str | None


# `from` is a word of the language.
Part = TypedDict(
    "Part",
    {"from": str, "to": str, "seconds": float, "state": str, "why": str, "exclusion": Excluding | None},
)
"""What was not simply up within slices; it may begin before the window, with the slice that ends in it."""


class Line(Part):
    """One interval.

    `amounts` are its seconds by state, which differ from `state` only for slices and weighted SLOs.
    `slices` is null, and `parts` empty, but for timeslices.
    """

    amounts: Seconds
    events: Events
    slices: SliceCounts | None
    cost_seconds: float | None
    parts: list[Part]


class OfState(TypedDict):
    """All intervals of one state together."""

    intervals: int
    seconds: float
    cost_seconds: float | None


class Totals(TypedDict):
    """What all intervals are together; `spent_seconds` is the budget less what is left of it."""

    seconds: Seconds
    events: Events
    slices: SliceCounts | None
    states: dict[str, OfState]
    cost_seconds: float | None
    spent_seconds: float | None


class Explained(TypedDict):
    """A figure, all that it is made of, and whether that adds up to it to the last digit."""

    answer: Answer
    intervals: list[Line]
    sums: Totals
    adds_up: bool


def explained(answer: Answer, explanation: Explanation) -> Explained:
    """Put an explanation into the form that leaves the program, beside the answer that it explains."""
    sliced = answer["slices"] is not None
    return {
        "answer": answer,
        "intervals": [_line(each, explanation, sliced=sliced) for each in explanation.intervals],
        "sums": _totals(explanation, sliced=sliced),
        "adds_up": explanation.adds_up,
    }


def _totals(explanation: Explanation, *, sliced: bool) -> Totals:
    """Sums of the intervals themselves, not of the figure that they should add up to."""
    by_state = dict[str, list[Interval]]()
    for each in explanation.intervals:
        by_state.setdefault(each.state, []).append(each)
    good, bad = total((each.good, each.bad) for each in explanation.intervals)
    return {
        "seconds": _amounts(
            Tally(*total(each.tally for each in explanation.intervals)), explanation.figures.scale
        ),
        "events": events(Counts(*total(each.counts for each in explanation.intervals)), explanation.unit),
        "slices": {"good": good, "bad": bad} if sliced else None,
        "states": {
            state: {
                "intervals": len(intervals),
                "seconds": sum(each.end - each.start for each in intervals) / 1000,
                "cost_seconds": _seconds(_sum(each.cost for each in intervals)),
            }
            for state, intervals in by_state.items()
        },
        "cost_seconds": _seconds(explanation.cost),
        "spent_seconds": _seconds(explanation.spent),
    }


def _line(each: Interval, of: Explanation, *, sliced: bool) -> Line:
    return {
        **_part(each.start, each.end, each.state, each.why, each.exclusion),
        "amounts": _amounts(each.tally, of.figures.scale),
        "events": events(each.counts, of.unit),
        "slices": {"good": each.good, "bad": each.bad} if sliced else None,
        "cost_seconds": _seconds(each.cost),
        "parts": [_of_slices(piece) for piece in each.parts],
    }


def _of_slices(piece: Piece) -> Part:
    return _part(piece.start, piece.end, STATES[piece.standing], piece.why, piece.exclusion)


def _part(start: int, end: int, state: str, why: str, exclusion: Exclusion | None) -> Part:
    return {
        "from": format_instant(start),
        "to": format_instant(end),
        "seconds": (end - start) / 1000,
        "state": state,
        "why": why,
        "exclusion": None if exclusion is None else _excluding(exclusion),
    }


def _excluding(exclusion: Exclusion) -> Excluding:
    return {
        "id": exclusion.ident,
        "name": exclusion.name,
        "category": exclusion.category.value,
        "reason": exclusion.reason,
        "author": exclusion.author,
        "entered_at": None if exclusion.entered_at is None else format_instant(exclusion.entered_at),
    }


def _amounts(tally: Tally, scale: int) -> Seconds:
    unit = 1000 * scale
    return {
        "up": tally.up / unit,
        "down": tally.down / unit,
        "excluded": tally.excluded / unit,
        "unknown": tally.unknown / unit,
    }


def _sum(costs: Iterable[Fraction | None]) -> Fraction | None:
    """All together; None where one has no value."""
    whole = Fraction(0)
    for cost in costs:
        if cost is None:
            return None
        whole += cost
    return whole


def _seconds(milliseconds: Fraction | None) -> float | None:
    return None if milliseconds is None else float(milliseconds / 1000)
