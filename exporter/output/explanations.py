"""An explanation as lines for people."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from exporter.output.answers import lines as answer_lines
from exporter.slo.explained import Explained, Line
from exporter.units import describe_duration

HEAD = ("FROM", "TO", "FOR", "IS", "COST", "WHY")
PLAIN = frozenset({"up", "good"})
FIGURES = 7
"""Lines of the answer that come before the intervals."""


class Row(NamedTuple):
    """A line of the table, and what it is about, for its colour; the head is about nothing."""

    text: str
    state: str = ""


def rows(explained: Explained, *, plain: bool = True) -> Iterator[Row]:
    """The figure, every interval behind it, and that they add up.

    Args:
        explained: What is to be shown.
        plain: Whether to show intervals in which all was well.
    """
    for line in answer_lines(explained["answer"]):
        yield Row(line)
    yield Row("")
    shown = [each for each in explained["intervals"] if plain or not is_plain(each)]
    yield from _table(shown) if shown else [Row("Nothing but good time in this window.")]
    hidden = len(explained["intervals"]) - len(shown)
    if hidden:
        yield Row(f"and {hidden} intervals in which all was well")
    yield Row("")
    yield Row(_sums(explained))


def is_plain(each: Line) -> bool:
    """Whether all was well in an interval."""
    return each["state"] in PLAIN and not each["why"] and not each["cost_seconds"]


def _table(shown: Sequence[Line]) -> Iterator[Row]:
    cells = [
        (
            each["from"],
            each["to"],
            _length(each["seconds"]),
            each["state"],
            _cost(each),
            _why(each),
        )
        for each in shown
    ]
    widths = [max(map(len, column)) for column in zip(HEAD, *cells, strict=True)]
    yield Row(_aligned(HEAD, widths))
    for each, row in zip(shown, cells, strict=True):
        yield Row(
            _aligned(row, widths), "failed beat" if each["state"] == "up" and each["why"] else each["state"]
        )


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _why(each: Line) -> str:
    exclusion = each["exclusion"]
    if exclusion is None:
        return each["why"]
    by = exclusion["author"] or "the configuration"
    when = f" on {exclusion['entered_at']}" if exclusion["entered_at"] else ""
    name = "" if exclusion["name"] == exclusion["category"] else f" {exclusion['name']}"
    reason = f": {exclusion['reason']}" if exclusion["reason"] else ""
    said = f"{exclusion['category']}{name}{reason} (by {by}{when})"
    return f"{said}; {each['why']}" if each["why"] else said


def _cost(each: Line) -> str:
    return _length(each["cost_seconds"]) if each["cost_seconds"] else ""


def _sums(explained: Explained) -> str:
    sums = explained["sums"]
    seconds = sums["seconds"]
    states = (
        f"{_length(seconds['up'])} up, {_length(seconds['down'])} down, "
        f"{_length(seconds['excluded'])} excluded, {_length(seconds['unknown'])} unknown"
    )
    spent = (
        "" if sums["spent_seconds"] is None else f"; they cost {_length(sums['spent_seconds'])} of the budget"
    )
    if explained["adds_up"]:
        return f"These {len(explained['intervals'])} intervals are {states}{spent}. They add up to the figure, to the last digit."
    return f"THESE INTERVALS DO NOT ADD UP TO THE FIGURE ({states}{spent}): please report it as a bug."


def _length(seconds: float) -> str:
    return describe_duration(int(Fraction(repr(seconds)) * 1000 // 1))
