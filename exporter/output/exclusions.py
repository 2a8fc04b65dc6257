"""Exclusions and corrections as lines for people."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from exporter.units import SECOND, describe_duration, describe_share

NONE = "Nothing is excluded."
EVERYTHING = "everything"


def table(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What is in force, a line each."""
    rows = [("ID", "CATEGORY", "COVERS", "FROM", "TO", "RECURS", "WHO", "ENTERED", "REASON")]
    rows += [
        (
            each["id"],
            each["category"],
            covers(each),
            each["start"] or "",
            each["end"] or "",
            _recurrence(each),
            each["author"] or "configuration",
            each["entered_at"] or "",
            each["reason"],
        )
        for each in found
    ]
    yield from aligned(rows) if len(rows) > 1 else [NONE]


def trail_table(trail: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Everything that was ever done, oldest first."""
    rows = [("AT", "WHO", "DID", "ID", "CATEGORY", "COVERS", "REASON")]
    rows += [
        (
            each["at"],
            each["who"] or "configuration",
            each["action"],
            each["id"],
            each["exclusion"]["category"] if each["exclusion"] else "",
            covers(each["exclusion"]) if each["exclusion"] else "",
            each["reason"],
        )
        for each in trail
    ]
    yield from aligned(rows) if len(rows) > 1 else ["Nothing was ever excluded."]


def correction(told: Mapping[str, Any], done: str) -> Iterator[str]:
    """What was entered or taken back, and the figures that moved."""
    each = told["exclusion"]
    yield f"{each['id']} {done}: {each['category']} for {covers(each)}, {each['start']} to {each['end']}"
    if not told["moves"]:
        yield "It moves no figure of an SLO's present window."
    for move in told["moves"]:
        before, after = move["before"], move["after"]
        yield f"  {move['service']}/{move['slo']}: {_figures(before)} -> {_figures(after)}"
    if told["more_moves"]:
        yield f"  and those of more SLOs than these {len(told['moves'])}"


def covers(each: Mapping[str, Any]) -> str:
    """Whom an exclusion covers."""
    labels = ",".join(f"{name}={value}" for name, value in each["labels"].items())
    services = [EVERYTHING if name == "*" else name for name in each["services"]]
    return " ".join([*services, *each["endpoints"], *([labels] if labels else [])])


def _recurrence(each: Mapping[str, Any]) -> str:
    if each["service_hours"]:
        return f"outside of {each['service_hours']}, {each['timezone']}"
    if not each["rule"]:
        return ""
    lasting = describe_duration(int(Fraction(repr(each["duration_seconds"])) * SECOND))
    return f"{each['rule']} for {lasting}, {each['timezone']}"


def _figures(told: Mapping[str, Any]) -> str:
    sli, left = told["sli"], told["remaining_seconds"]
    if sli is None:
        return "no value"
    rest = "no value" if left is None else describe_duration(int(Fraction(repr(left)) * SECOND // 1))
    return f"{describe_share(Fraction(repr(sli)))} ({rest} left)"


def aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Rows of equally many cells as lines, each column as wide as its widest cell."""
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    for cells in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
