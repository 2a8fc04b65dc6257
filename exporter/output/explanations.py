"""An explanation as lines for people."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil
from textwrap import wrap
from typing import NamedTuple

from exporter.output.answers import lines as answer_lines
from exporter.output.intervals import BAD, EXCLUDED, GOOD, UNKNOWN, kinds
from exporter.slo.answer import Events
from exporter.slo.explained import Excluding, Explained, Line, Part
from exporter.units import describe_duration

HEAD = ("FROM", "TO", "LASTED", "IS")
COUNTED = ("EVENTS",)
"""Of an SLO whose method is `events`: what its figure is made of."""
NARROW = 24
"""Columns that are enough for the last cell to be broken into lines; with less it goes below."""


class Row(NamedTuple):
    """A line of the table, and of what kind that is which it shows, for its colour; else empty."""

    text: str
    kind: str = ""


def rows(explained: Explained, shown: Sequence[Line], width: int | None = None) -> Iterator[Row]:
    """The intervals, what they are together, and the figure that they add up to.

    Args:
        explained: What is to be shown.
        shown: Those of its intervals that are wanted.
        width: Columns at which lines are broken; None where nobody watches.
    """
    head = 3 if explained["answer"]["period"] else 2
    answer = list(answer_lines(explained["answer"]))
    yield from map(Row, answer[:head])
    yield Row("")
    if shown:
        yield from _table(shown, width, counted=explained["answer"]["method"] == "events")
    hidden = len(explained["intervals"]) - len(shown)
    if hidden:
        yield Row(f"{hidden} of {len(explained['intervals'])} intervals are not shown.")
    yield Row("")
    yield from map(Row, _totals(explained))
    yield Row("")
    yield from (Row(line) for line in answer[head:] if not line.startswith("  burn rate"))
    yield Row("")
    yield Row(_verdict(explained))


def _table(shown: Sequence[Line], width: int | None, *, counted: bool) -> Iterator[Row]:
    """A head, and a line for each interval; what was not up in slices is below them."""
    cells, told = [(*HEAD, *COUNTED[: int(counted)], "COST", "WHY")], [""]
    before: Part | None = None
    for each, part, state, cost in _entries(shown):
        beats = (_beats(each["events"]),) if counted else ()
        row = (_from(part), _to(part), _length(part["seconds"]), state)
        cells.append((*row, *beats, _cost(cost), _why(part, before)))
        told.append(_colour(each))
        before = part
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for cell, kind in zip(cells, told, strict=True):
        yield from (Row(line, kind) for line in _broken(cell, widths, width))


def _broken(cells: Sequence[str], widths: Sequence[int], width: int | None) -> Iterator[str]:
    """A row as lines of at most `width` columns, if its last cell can be broken; None for a single line."""
    *others, last = cells
    indent = sum(widths[:-1]) + 2 * len(others)
    if width is None or indent + len(last) <= width:
        yield _aligned(cells, widths)
    elif width - indent >= NARROW:
        first, *more = wrap(last, width - indent)
        yield _aligned([*others, first], widths)
        yield from (" " * indent + line for line in more)
    else:
        yield _aligned(others, widths[:-1])
        yield from wrap(last, width, initial_indent="    ", subsequent_indent="    ")


def _entries(shown: Sequence[Line]) -> Iterator[tuple[Line, Part, str, float | None]]:
    """Of each line of the table: its interval, what it shows of it, how that stood, and what it cost."""
    for each in shown:
        yield each, each, _state(each), each["cost_seconds"]
        for part in each["parts"]:
            whole = (part["from"], part["to"], part["why"]) == (each["from"], each["to"], each["why"])
            if not whole or part["exclusion"]:  # else it says the same once more
                yield each, part, f"- {part['state']}", None


def _state(each: Line) -> str:
    """How an interval stood; where it was shared out by weight, with the share that did."""
    amount = dict(each["amounts"]).get(each["state"])
    if amount is None or amount == each["seconds"]:
        return each["state"]
    assert isinstance(amount, float)  # noqa: S101 -- for the type checker
    return f"{each['state']} {Fraction(amount / each['seconds']).limit_denominator(1000)}"


def _beats(events: Events) -> str:
    counts = (("good", events["good"]), ("bad", events["bad"]), ("excluded", events["excluded"]))
    return ", ".join(f"{count} {kind}" for kind, count in counts if count)


def _time(instant: str) -> str:
    return instant[11:].removesuffix("Z")


def _from(each: Part) -> str:
    return f"{each['from'][5:10]} {_time(each['from'])}"


def _to(each: Part) -> str:
    """When an interval ended, with the day if that is another one."""
    same = each["to"][:10] == each["from"][:10]
    return _time(each["to"]) if same else f"{each['to'][5:10]} {_time(each['to'])}"


def _colour(each: Line) -> str:
    found = kinds(each)
    return next(kind for kind in (BAD, EXCLUDED, UNKNOWN, GOOD) if kind in found)


def _why(each: Part, before: Part | None) -> str:
    """What was wrong, and what excludes; that in short where the line before has it already."""
    said = [each["why"]] if each["why"] else []
    exclusion = each["exclusion"]
    if exclusion is not None:
        short = before is not None and before["exclusion"] == exclusion
        said.insert(0 if each["state"] == EXCLUDED else 1, _excluded_by(exclusion, short=short))
    return "; ".join(said)


def _excluded_by(exclusion: Excluding, *, short: bool) -> str:
    """What excludes; and why, who entered it and when."""
    name = "" if exclusion["name"] == exclusion["category"] else f" {exclusion['name']}"
    if short:
        return f"{exclusion['category']}{name}"
    reason = f": {exclusion['reason']}" if exclusion["reason"] else ""
    entered = f", {exclusion['entered_at']}" if exclusion["entered_at"] else ""
    who = f"{exclusion['id']} of {exclusion['author']}" if exclusion["author"] else "configuration"
    return f"{exclusion['category']}{name}{reason} ({who}{entered})"


def _totals(explained: Explained) -> Iterator[str]:
    """The states, what they are together, and what they cost."""
    states = explained["sums"]["states"]
    cells = [("IS", "INTERVALS", "TIME", "COST")]
    cells += [
        (state, str(of["intervals"]), _length(of["seconds"]), _cost(of["cost_seconds"]))
        for state, of in sorted(states.items())
    ]
    cells.append(
        (
            "together",
            str(len(explained["intervals"])),
            _length(sum(of["seconds"] for of in states.values())),
            _cost(explained["sums"]["cost_seconds"]) or "none",
        )
    )
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    yield from (_aligned(row, widths) for row in cells)


def _verdict(explained: Explained) -> str:
    if not explained["adds_up"]:
        return "THE INTERVALS DO NOT ADD UP TO THIS FIGURE: please report it as a bug."
    cost = "times and events" if explained["sums"]["cost_seconds"] is None else "times, events and costs"
    return f"The intervals follow each other without a gap, and their {cost} add up to this figure, to the last digit."


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _cost(seconds: float | None) -> str:
    """What was spent, never floored; nothing where nothing was."""
    return describe_duration(ceil(Fraction(repr(seconds)) * 1000)) if seconds else ""


def _length(seconds: float) -> str:
    return describe_duration(int(Fraction(repr(seconds)) * 1000 // 1))
