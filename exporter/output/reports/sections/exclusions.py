"""Every exclusion: who entered it, who agreed to it, what it really excused, and why not the rest."""

from exporter.output.reports.blocks import Cell, Column, Section, Table, row
from exporter.output.reports.document import Document, Exclusion, Target
from exporter.output.reports.words import Times
from exporter.units import describe_duration

_COLUMNS = (
    Column("Exclusion"),
    Column("From, to"),
    Column("Entered"),
    Column("Approved"),
    Column("Excused downtime", is_number=True),
    Column("Does it count?"),
)


def exclusions(document: Document, times: Times) -> Section:
    """Every exclusion."""
    targets = [each for each in document["targets"] if each["base_unit"] != "groups"]
    return Section("exclusions", "Exclusions", tuple(_of_target(each, times) for each in targets))


def _of_target(target: Target, times: Times) -> Table:
    return Table(
        target["name"],
        _COLUMNS,
        tuple(_row(each, times) for each in target["exclusions"]),
        "No exclusion was claimed.",
    )


def _row(exclusion: Exclusion, times: Times) -> tuple[Cell, ...]:
    start, end = exclusion["span"]
    endpoints = exclusion["endpoints"]
    whom = "the whole service" if endpoints is None else f"endpoints: {', '.join(endpoints)}"
    what = Cell(
        exclusion["name"],
        (
            f"{exclusion['category'].replace('_', ' ')}, {whom}",
            *((exclusion["reason"],) if exclusion["reason"] else ()),
            f"id {exclusion['id']}",
        ),
    )
    return row(
        what,
        times.cell(start, f"to {times.text(end)}"),
        _entered(exclusion, times),
        _approved(exclusion, times),
        describe_duration(exclusion["excused_ms"]),
        _counts(exclusion),
    )


def _entered(exclusion: Exclusion, times: Times) -> Cell:
    author = f"by {exclusion['author']}" if exclusion["author"] else "in a file, by nobody who is named"
    late = ("late: after the period had ended",) if exclusion["late"] else ()
    return times.cell(exclusion["entered_at"], author, *late)


def _approved(exclusion: Exclusion, times: Times) -> Cell:
    said = [f"{each['by']}, {times.text(each['at'])}" for each in exclusion["approvals"]]
    return Cell(said[0], tuple(said[1:])) if said else Cell("nobody")


def _counts(exclusion: Exclusion) -> Cell:
    if not exclusion["why"]:
        return Cell("all of it")
    word = "in part" if exclusion["counts_ms"] else "no"
    return Cell(word, (exclusion["why"],))
