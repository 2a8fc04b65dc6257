"""What the agreement rests on: what their outages cost, and what is owed for them beside what is owed here."""

from collections.abc import Iterator

from exporter.output.reports.blocks import Block, Cell, Column, Section, Table, Text, row
from exporter.output.reports.document import Document, RestsOn
from exporter.output.reports.words import Times, money, of_downtime, per_cent, verdict_of
from exporter.units import describe_duration

_SHARED = (
    Column("Target"),
    Column("Counted downtime", is_number=True),
    Column("While it was down, too", is_number=True),
)
_OWES = (
    Column("Its period"),
    Column("Verdict"),
    Column("It owes", is_number=True),
    Column("Amount", is_number=True),
    Column("To be claimed until"),
)


def rests_on(document: Document, times: Times) -> Iterator[Section]:
    """A section on them, where it rests on any."""
    found = document.get("rests_on", ())
    if found:
        blocks = tuple(block for each in found for block in _of(each, document, times))
        yield Section("rests-on", "What it rests on", blocks)


def _of(other: RestsOn, document: Document, times: Times) -> Iterator[Block]:
    if not other["known"]:
        yield Text(f"{other['agreement']}: no such agreement is known here.")
        return
    counted = {each["name"]: each["counted_ms"] for each in of_downtime(document)}
    rows = (
        row(name, describe_duration(counted[name]), describe_duration(shared))
        for name, shared in other["shared_ms"].items()
        if name in counted
    )
    yield Table(other["agreement"], _SHARED, tuple(rows), "")
    credit = document["credit"]
    yield Text(
        f"Owed here are {per_cent(credit['percent'])} of the fee ({money(credit['amount'], credit['currency'])}); had {other['agreement']} "
        f"not been down, it would be {per_cent(other['credit_percent_without'])} ({money(other['credit_amount_without'], credit['currency'])})."
    )
    owed = (
        row(
            times.days(each["start"], each["end"]),
            verdict_of(each["verdict"]),
            per_cent(each["percent"]),
            money(each["amount"], each["currency"]),
            times.cell(each["claim_by"]) if each["claim_by"] else Cell("nothing is to be claimed"),
        )
        for each in other["owes"]
    )
    yield Table(
        f"What {other['agreement']} owes", _OWES, tuple(owed), "Nothing of it was in force in this period."
    )
