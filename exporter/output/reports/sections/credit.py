"""What is owed, line by line, and until when it may be claimed."""

from decimal import Decimal

from exporter.output.reports.blocks import Cell, Column, Section, Table, Text, row
from exporter.output.reports.document import Credit, CreditLine, Document
from exporter.output.reports.sections.terms import dig
from exporter.output.reports.words import Times, money, per_cent

_COLUMNS = (
    Column("Target"),
    Column("Rule"),
    Column("How it was worked out"),
    Column("Credit", is_number=True),
    Column("Of the whole fee", is_number=True),
    Column("Amount", is_number=True),
)
_TOGETHER = {
    "sum": "What several misses cost is added up.",
    "max": "Of what several misses cost only the most is owed.",
    "choose": "Of what several misses cost the customer chooses one; shown is the most.",
}


def credit(document: Document, times: Times) -> Section:
    """Credit line by line."""
    found = document["credit"]
    lines = Table(
        "",
        _COLUMNS,
        tuple(_line(each, found["currency"]) for each in found["lines"]),
        "No target gives a credit in this period.",
        (_total(found),) if found["lines"] else (),
    )
    together = _TOGETHER.get(dig(document["terms"], "credit_rules", "combine"), "")
    said = [
        together if len(found["lines"]) > 1 else "",
        capped(found),
        _before(found),
        *owed(document, times),
        *follows(document),
    ]
    return Section("credit", "Credit", (lines, *(Text(each) for each in said if each)))


def owed(document: Document, times: Times) -> tuple[str, ...]:
    """What is owed and until when it may be claimed, in lines."""
    found, is_over = document["credit"], document["period"]["state"] == "closed"
    if not is_owed(found):
        if document["verdict"] == "undetermined":
            return ("Nothing is owed as long as nobody can say whether the targets were met.",)
        return ("Nothing is owed for this period." if is_over else "So far nothing is owed.",)
    share = f"{per_cent(found['percent'])} of the fee"
    amount = f"{money(found['amount'], found['currency'])}, {share}," if found["amount"] else f"{share}"
    by = found["claim_by"]
    claim = f"It may be claimed until {times.text(by)}." if by else "No deadline for the claim is agreed."
    return (f"{amount} is owed{'' if is_over else ' so far'}.", claim)


def follows(document: Document) -> tuple[str, ...]:
    """Why a party may terminate, and why the parties have to look at it together, in lines; nothing where they may not, or need not."""
    return (
        *(f"The agreement may be terminated: {each}." for each in document.get("termination", ())),
        *(f"A review is called for: {each}." for each in document.get("reviews", ())),
    )


def is_owed(credit: Credit) -> bool:
    """Whether anything is."""
    return Decimal(credit["percent"]) > 0 or bool(credit["amount"] and Decimal(credit["amount"]) > 0)


def capped(credit: Credit) -> str:
    """Which cap took of it; empty where none did."""
    return f"The cap of the {credit['capped']} limits what is owed." if credit["capped"] else ""


def _line(line: CreditLine, currency: str) -> tuple[Cell, ...]:
    whole = "service's fee" if line["of"] == "service" else "fee"
    return row(
        line["target"],
        line["rule"],
        line["why"],
        Cell(per_cent(line["percent"]), (f"of the {whole}",)),
        per_cent(line["percent_of_fee"]),
        money(line["amount"], currency),
    )


def _total(credit: Credit) -> tuple[Cell, ...]:
    return row("Owed", "", "", "", per_cent(credit["percent"]), money(credit["amount"], credit["currency"]))


def _before(credit: Credit) -> str:
    if not Decimal(credit["before_percent"]):
        return ""
    return f"Credits of earlier periods of the year came to {per_cent(credit['before_percent'])} of the fee of one period."
