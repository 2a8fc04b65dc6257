"""What the agreement rests on: what their outages cost, and what is owed for them beside what is owed here."""

from collections.abc import Iterator
from decimal import Decimal

from exporter.output.reports.blocks import Block, Cell, Column, Section, Table, Text, row
from exporter.output.reports.document import Document, Owes, RestsOn
from exporter.output.reports.sections.credit import is_owed
from exporter.output.reports.words import Times, milliseconds, money, of_downtime, per_cent, verdict_of
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
    if is_owed(credit):
        yield Text(
            f"Owed here are {per_cent(credit['percent'])} of the fee ({money(credit['amount'], credit['currency'])}); had {other['agreement']} "
            f"not been down, it would be {per_cent(other['credit_percent_without'])} ({money(other['credit_amount_without'], credit['currency'])})."
        )
    owed = (
        row(
            times.days(each["start"], each["end"]),
            verdict_of(each["verdict"]),
            per_cent(each["percent"]) if _is_any(each) else "nothing",
            money(each["amount"], each["currency"]),
            _until(each, document, times),
        )
        for each in other["owes"]
    )
    yield Table(
        f"What {other['agreement']} owes", _OWES, tuple(owed), "Nothing of it was in force in this period."
    )
    yield from _balance(other, document)


def _until(owes: Owes, document: Document, times: Times) -> Cell:
    by = owes["claim_by"]
    if not _is_any(owes):
        return Cell("nothing is to be claimed")
    if by is None:
        return Cell("at any time")
    return times.cell(by, *(() if _is_claimable(owes, document) else ("was over when this was written",)))


def _is_any(owes: Owes) -> bool:
    return Decimal(owes["percent"]) > 0 or Decimal(owes["amount"] or 0) > 0


def _is_claimable(owes: Owes, document: Document) -> bool:
    """Whether it could still be claimed when the document was written."""
    by, issue = owes["claim_by"], document.get("issue")
    return _is_any(owes) and (by is None or issue is None or milliseconds(issue["at"]) < milliseconds(by))


def _balance(other: RestsOn, document: Document) -> Iterator[Text]:
    """What is owed here beside what can be claimed there, where both have fees."""
    credit, owes = document["credit"], [each for each in other["owes"] if each["amount"] and _is_any(each)]
    currencies = {each["currency"] for each in owes}
    if credit["amount"] is None or len(currencies) != 1:
        return
    (currency,) = currencies
    owed = sum(Decimal(each["amount"] or 0) for each in owes)
    claimable = sum(Decimal(each["amount"] or 0) * _is_claimable(each, document) for each in owes)
    yield Text(
        f"Owed here: {money(credit['amount'], credit['currency'])}. Owed by {other['agreement']}: {money(str(owed), currency)},"
        f" of which {money(str(claimable), currency)} could be claimed when this was written."
    )
