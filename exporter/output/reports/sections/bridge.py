"""From downtime as it was measured to what counts: a line for each rule, which add up to the millisecond."""

from collections.abc import Iterator

from exporter.output.reports.blocks import Bar, Block, Cell, Column, Section, Table, Text, row
from exporter.output.reports.document import Document, Target
from exporter.output.reports.words import of_downtime
from exporter.sla.downtime import EXCLUSIONS, HOURS, RAW, REPORTED, ROUNDING, SMALLEST, UNKNOWN
from exporter.timeline.exclusion import Category
from exporter.units import describe_duration

RULES = {
    RAW: "downtime as measured",
    HOURS: "outside of the agreed hours",
    **{category.value: f"excluded: {category.value.replace('_', ' ')}" for category in Category},
    EXCLUSIONS: "excluded",
    UNKNOWN: "not known, as the terms count it",
    REPORTED: "before anybody reported it",
    SMALLEST: "outages that are too short",
    ROUNDING: "rounding of each outage",
}
"""Lines of a bridge in words, in the order of the rules."""

NONE = Text("No target is about downtime.")

_COLUMNS = (
    Column("Rule"),
    Column("Change", is_number=True),
    Column("Then", is_number=True),
    Column("As a picture", is_picture=True),
)


def bridge(document: Document) -> Section:
    """The bridge of each target."""
    blocks: tuple[Block, ...] = tuple(_bridge(each) for each in of_downtime(document))
    return Section("bridge", "From measured to counted downtime", blocks or (NONE,))


def _bridge(target: Target) -> Block:
    if not target["bridge_ms"]:
        return Text(f"{target['name']}: a share of {target['base_unit']} has no downtime, and so no bridge.")
    lines = list(_lines(target))
    scale = max((then for _, _, then in lines), default=0) or 1
    rows, before = [], 0
    for rule, change, then in lines:
        bar = Bar(min(before, then) / scale, max(before, then) / scale, _kind(rule, change))
        rows.append(
            row(RULES.get(rule, rule), _signed(rule, change), describe_duration(then), Cell("", bar=bar))
        )
        before = then
    total = Cell("", bar=Bar(0, before / scale, "total"))
    return Table(
        target["name"],
        _COLUMNS,
        tuple(rows),
        "",
        (row("downtime that counts", "", describe_duration(target["counted_ms"]), total),),
    )


def _lines(target: Target) -> Iterator[tuple[str, int, int]]:
    """Rule, change, and what there is after it."""
    changes, then = target["bridge_ms"], 0
    for rule in (*(each for each in RULES if each in changes), *sorted(changes.keys() - RULES.keys())):
        then += changes[rule]
        yield rule, changes[rule], then


def _kind(rule: str, change: int) -> str:
    return "total" if rule == RAW else "more" if change > 0 else "less"


def _signed(rule: str, change: int) -> str:
    sign = "+" if change > 0 and rule != RAW else ""
    return sign + describe_duration(change)
