"""Every value that was written down, with its author and where it is from."""

from collections.abc import Iterator

from exporter.output.reports.blocks import Block, Cell, Column, Section, Table, Text, row
from exporter.output.reports.document import Document, Target
from exporter.output.reports.promises import promise
from exporter.output.reports.words import NOT_KNOWN, Times, known
from exporter.sla.recorded import number
from exporter.sla.wire_cases import record_of

_GROUPS = (
    Column("Of"),
    Column("Promised"),
    Column("Comes to", is_number=True),
    Column("Values", is_number=True),
    Column("As promised?"),
)
_HOLDS = {True: "yes", False: "no", None: NOT_KNOWN}
_VALUES = (
    Column("At"),
    Column("Of"),
    Column("Value", is_number=True),
    Column("Weight", is_number=True),
    Column("By"),
    Column("From"),
)


def measures(document: Document, times: Times) -> Iterator[Section]:
    """A section on them, where a target is about any, or is suspended by one."""
    targets = [each for each in document["targets"] if each["base_unit"] == "groups" or each["suspended"]]
    if targets:
        blocks = tuple(block for each in targets for block in _of_target(each, document, times))
        yield Section("measures", "What was written down", blocks)


def _of_target(target: Target, document: Document, times: Times) -> Iterator[Block]:
    if target["suspended"]:
        left = any(not each["suspended"] for each in document["targets"])
        without = " The verdict of the agreement is that of the others." if left else ""
        yield Text(f"{target['name']} is suspended in this period: {target['suspended']}.{without}")
    if target["base_unit"] != "groups":
        return
    promised = promise(document, target["name"])
    groups = (
        row(
            each["name"] or "all",
            promised,
            each["value"] or "nothing written down",
            str(each["count"]),
            _HOLDS[each["holds"]],
        )
        for each in target["groups"]
    )
    yield Table(target["name"], _GROUPS, tuple(groups), "Nobody has written anything down.")
    seen = document.get("evidence", {}).get(target["name"], {})
    values = (
        row(
            times.cell(each.at),
            each.group or "all",
            Cell(
                number(each.value),
                (f"withdrawn by {each.withdrawn_by}: {each.withdrawn}",) if each.withdrawn_by else (),
            ),
            number(each.weight),
            each.by,
            known(each.evidence),
        )
        for each in map(record_of, seen.get("records", ()))
    )
    yield Table(f"Values of {target['name']}", _VALUES, tuple(values), "None.")
