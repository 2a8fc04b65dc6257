"""The last periods: whether targets were met, and how much of the time was lost."""

from collections.abc import Iterator, Sequence
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
    promised = {each["name"]: Decimal(each["agreed"]) for each in document["targets"]}
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


def _of_target(periods: Sequence[TrendPeriod], name: str, promised: Decimal | None) -> Block:
    if not any(name in each["targets"] for each in periods):
        return Text(f"{name}: {NOT_KNOWN} in these periods.")
    lost = [_lost(each["targets"].get(name)) for each in periods]
    may = None if promised is None else _HUNDRED - promised
    scale = max((each for each in (*lost, may) if each is not None), default=_HUNDRED) or _HUNDRED
    line = None if may is None else float(may / scale)
    title = name if promised is None else f"{name}: {per_cent(str(promised))} promised"
    columns = (
        Column("Period"),
        Column("Reached", is_number=True),
        Column("Verdict"),
        Column("Lost, and what may be", is_picture=True),
    )
    return Table(title, columns, tuple(_rows(periods, name, [(each, scale) for each in lost], line)), "")


def _rows(
    periods: Sequence[TrendPeriod],
    name: str,
    lost: Sequence[tuple[Decimal | None, Decimal]],
    line: float | None,
) -> Iterator[tuple[Cell, ...]]:
    for period, (share, scale) in zip(periods, lost, strict=True):
        found = period["targets"].get(name)
        verdict = found["verdict"] if found else ""
        bar = None
        if share is not None:
            kind = "missed" if verdict == "missed" else "met"
            bar = Bar(0, float(share / scale), kind, line)
        reached = per_cent(found["agreed"]) if found else NOT_KNOWN
        yield row(period["label"], reached, verdict_of(verdict), Cell("", bar=bar))


def _lost(found: TrendTarget | None) -> Decimal | None:
    """Per cent that were not good; None where there is no figure."""
    return None if found is None or found["agreed"] is None else _HUNDRED - Decimal(found["agreed"])
