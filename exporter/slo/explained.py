"""An explanation as the JSON object that `explain` and the API show; floats begin here."""

from fractions import Fraction
from typing import TypedDict

from exporter.slo.answer import Answer, Events, Seconds
from exporter.slo.explain import Explanation, Interval
from exporter.units import format_instant


class Excluding(TypedDict):
    """The exclusion that covers an interval; who and when are empty and null for one from the configuration that no daemon saw."""

    id: str
    name: str
    category: str
    reason: str
    author: str
    entered_at: str | None


# `from` is a word of the language.
Line = TypedDict(
    "Line",
    {
        "from": str,
        "to": str,
        "seconds": float,
        "state": str,
        "why": str,
        "exclusion": Excluding | None,
        "amounts": Seconds,
        "events": Events,
        "cost_seconds": float | None,
    },
)
"""One interval; `amounts` are its seconds by state, which differ from `state` only for slices and weighted SLOs."""


class Sums(TypedDict):
    """What all intervals are together; `spent_seconds` is the budget less what is left of it."""

    seconds: Seconds
    events: Events
    cost_seconds: float | None
    spent_seconds: float | None


class Explained(TypedDict):
    """A figure, all that it is made of, and whether that adds up to it to the last digit."""

    answer: Answer
    intervals: list[Line]
    sums: Sums
    adds_up: bool


def explained(answer: Answer, explanation: Explanation) -> Explained:
    """Put an explanation into the form that leaves the program, beside the answer that it explains."""
    found = explanation.figures
    lines = [_line(each, found.scale) for each in explanation.intervals]
    costs = [each.cost for each in explanation.intervals]
    spent = explanation.spent
    total = None if spent is None else sum((cost for cost in costs if cost is not None), Fraction(0))
    return {
        "answer": answer,
        "intervals": lines,
        "sums": {
            "seconds": answer["seconds"],
            "events": answer["events"],
            "cost_seconds": _seconds(total),
            "spent_seconds": _seconds(spent),
        },
        "adds_up": explanation.adds_up,
    }


def _line(each: Interval, scale: int) -> Line:
    unit = 1000 * scale
    exclusion = each.exclusion
    return {
        "from": format_instant(each.start),
        "to": format_instant(each.end),
        "seconds": (each.end - each.start) / 1000,
        "state": each.state,
        "why": each.why,
        "exclusion": None
        if exclusion is None
        else {
            "id": exclusion.ident,
            "name": exclusion.name,
            "category": exclusion.category.value,
            "reason": exclusion.reason,
            "author": exclusion.author,
            "entered_at": None if exclusion.entered_at is None else format_instant(exclusion.entered_at),
        },
        "amounts": {
            "up": each.tally.up / unit,
            "down": each.tally.down / unit,
            "excluded": each.tally.excluded / unit,
            "unknown": each.tally.unknown / unit,
        },
        "events": {"good": each.counts.good, "bad": each.counts.bad, "excluded": each.counts.excluded},
        "cost_seconds": _seconds(each.cost),
    }


def _seconds(milliseconds: Fraction | None) -> float | None:
    return None if milliseconds is None else float(milliseconds / 1000)
