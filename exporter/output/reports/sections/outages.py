"""Every outage of every target, and what of it counts."""

from exporter.output.reports.blocks import Block, Cell, Column, Section, Table, Text, row
from exporter.output.reports.document import Document, Outage, PeriodPart, Target
from exporter.output.reports.sections.bridge import NONE, RULES
from exporter.output.reports.words import Times, of_downtime
from exporter.units import describe_duration, parse_instant

_COLUMNS = (
    Column("No."),
    Column("Start"),
    Column("End"),
    Column("Length", is_number=True),
    Column("Counts", is_number=True),
    Column("Remark"),
)


def outages(document: Document, times: Times) -> Section:
    """Every outage."""
    blocks = tuple(_of_target(each, document["period"], times) for each in of_downtime(document))
    return Section("outages", "Outages", blocks or (NONE,))


def _of_target(target: Target, period: PeriodPart, times: Times) -> Block:
    if target["base_unit"] != "time":
        return Text(f"{target['name']}: is about {target['base_unit']}, and has no outages.")
    return Table(
        target["name"],
        _COLUMNS,
        tuple(
            row(
                str(number),
                times.cell(each["start"]),
                times.cell(each["end"]),
                describe_duration(each["length_ms"]),
                describe_duration(each["counted_ms"]),
                Cell(_remark(each, period)),
            )
            for number, each in enumerate(target["outages"], 1)
        ),
        _no_outage(target),
    )


def _no_outage(target: Target) -> str:
    lost = target["unknown_ms"]
    known = "No outage in this period"
    return f"{known}, as far as is known: of {describe_duration(lost)} nothing is." if lost else f"{known}."


def _remark(outage: Outage, period: PeriodPart) -> str:
    """Why it counts as it does, as far as the document says."""
    said = []
    if outage["ignored"]:
        said.append(f"does not count: {RULES.get(outage['ignored'], outage['ignored'])}")
    elif not outage["counted_ms"]:
        said.append("excluded, or outside of the agreed hours")
    elif outage["counted_ms"] < outage["length_ms"]:
        said.append("counts in part")
    if parse_instant(outage["start"]) < parse_instant(period["start"]):
        said.append("began before the period")
    if parse_instant(outage["end"]) > parse_instant(period["end"]):
        said.append("goes on beyond the period")
    return "; ".join(said)
