"""The last periods: whether targets were met, and how much of the time was lost."""

from collections.abc import Sequence
from decimal import Decimal

from exporter.output.reports.blocks import Bar, Block, Cell, Column, Section, Table, Text, row
from exporter.output.reports.document import Document, TrendPeriod, TrendTarget
from exporter.output.reports.words import NOT_KNOWN, money, per_cent, verdict_of

_LATEST = 12
_HUNDRED = Decimal(100)


def trend(document: Document) -> Section:
    """Up to twelve periods, oldest first."""
    periods = document.get("trend", ())[-_LATEST:]
    if not periods:
        return Section("trend", "Trend", (Text("Of earlier periods nothing is known."),))
    promised = {each["name"]: each["agreed"] for each in document["targets"]}
    earlier = sorted({name for each in periods for name in each["targets"]} - promised.keys())
    blocks = [_all(periods, document["credit"]["currency"])]
    blocks += [_of_target(periods, name, promised.get(name)) for name in (*promised, *earlier)]
    return Section("trend", f"Trend of {len(periods)} periods", tuple(blocks))


def _all(periods: Sequence[TrendPeriod], currency: str) -> Block:
    rows = (
        row(each["label"], verdict_of(each["verdict"]), money(each["credit_amount"], currency))
        for each in periods
    )
    columns = (Column("Period"), Column("Verdict"), Column("Credit", is_number=True))
    return Table("All targets", columns, tuple(rows), "")


def _of_target(periods: Sequence[TrendPeriod], name: str, promised: str | None) -> Block:
    found = [each["targets"].get(name) for each in periods]
    if not any(found):
        return Text(f"{name}: {NOT_KNOWN} in these periods.")
    shares = [share for each in found if each for share in (_short(each["agreed"]), _short(each["promised"]))]
    scale = max((each for each in shares if each is not None), default=_HUNDRED) or _HUNDRED
    title = name if promised is None else f"{name}: {per_cent(promised)} promised"
    columns = (
        Column("Period"),
        Column("Promised", is_number=True),
        Column("Reached", is_number=True),
        Column("Verdict"),
        Column("Lost, and what may be", is_picture=True),
    )
    rows = (_row(period["label"], each, scale) for period, each in zip(periods, found, strict=True))
    return Table(title, columns, tuple(rows), "")


def _row(label: str, found: TrendTarget | None, scale: Decimal) -> tuple[Cell, ...]:
    if found is None:
        return row(label, NOT_KNOWN, NOT_KNOWN, verdict_of(""), "")
    lost, may = _short(found["agreed"]), _short(found["promised"])
    bar = None
    if lost is not None and may is not None:
        kind = "missed" if found["verdict"] == "missed" else "met"
        bar = Bar(0, float(lost / scale), kind, float(may / scale))
    reached = per_cent(found["agreed"])
    return row(label, per_cent(found["promised"]), reached, verdict_of(found["verdict"]), Cell("", bar=bar))


def _short(share: str | None) -> Decimal | None:
    """Per cent that are missing from all; None where there is no figure."""
    return None if share is None else _HUNDRED - Decimal(share)
