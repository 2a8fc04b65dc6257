"""What was agreed: which text, which version, and the text itself."""

from collections.abc import Iterable, Iterator, Mapping

from exporter.output.reports.blocks import Cell, Facts, Item, Outline, Section, Text
from exporter.output.reports.document import Document
from exporter.output.reports.words import NOT_KNOWN, Times, known

_FIRST = (
    *("name", "version", "from", "title", "kind", "purpose", "assumptions", "parties", "approved", "term"),
    *("reviews", "period", "scope", "responsibilities", "rests_on", "hours", "channels", "measure"),
    *("exclusions", "targets", "severities", "fee", "credits", "credit_rules", "termination", "report"),
    *("provider", "customer", "service", "endpoints", "in", "out", "below", "at_or_below"),
)
"""Keys in the order in which they are read; others follow by name. JSON that was hashed has no order of its own."""


def terms(document: Document, times: Times) -> Section:
    """Terms and version."""
    facts = [
        ("Agreement", Cell(document["agreement"])),
        ("Version", Cell(document["version"])),
        ("Kind", Cell(document["kind"])),
        *(
            (f"For the {party}", Cell(_signed(document["terms"], party)))
            for party in ("provider", "customer")
        ),
        ("Judged", Cell(judged(document, times))),
        ("SHA-256 of the terms", Cell(known(document["terms_sha256"]))),
    ]
    items = tuple(_items(document["terms"]))
    text = Outline(items) if items else Text("The text of the terms is not part of this document.")
    return Section("terms", "Terms and version", (Facts(tuple(facts)), text))


def judged(document: Document, times: Times) -> str:
    """The part of a period that was judged by these terms, and whether it is over."""
    period = document["period"]
    whole, unit = period["whole"], period["label"].partition("/")[0]
    said = f"{times.days(period['start'], period['end'])} ({unit}, {times.name})"
    if (whole["start"], whole["end"]) != (period["start"], period["end"]):
        said += f", the part of {times.days(whole['start'], whole['end'])} in which this version is in force"
    if period["state"] != "closed":
        said += f"; still running, judged up to {times.text(period['until'])}"
    return said


def dig(terms: Mapping[str, object], *keys: str) -> str:
    """A text far down in the terms; empty where there is none."""
    found: object = terms
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return "" if found is None or isinstance(found, (Mapping, list)) else _text(found)


def _signed(terms: Mapping[str, object], party: str) -> str:
    by, on = dig(terms, "approved", party, "by"), dig(terms, "approved", party, "on")
    signed = f"approved by {by} on {on}" if by else f"approval {NOT_KNOWN}"
    return f"{known(dig(terms, 'parties', party, 'name'))}, {signed}"


def _items(terms: Mapping[str, object]) -> Iterator[Item]:
    for name, value in _ordered(terms):
        below = tuple(_below(value))
        yield Item(name, "" if below else _text(value), below)


def _below(value: object) -> Iterator[Item]:
    """What stands below a name; nothing where all of it fits beside it."""
    if isinstance(value, Mapping) and any(_is_deep(each) for each in value.values()):
        yield from _items(value)
    elif isinstance(value, list) and any(map(_is_deep, value)):
        yield from (Item("", _text(each)) for each in value)


def _is_deep(value: object) -> bool:
    return isinstance(value, (Mapping, list))


def _text(value: object) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return _joined(f"{name}: {_within(each)}" for name, each in _ordered(value))
    if isinstance(value, list):
        return _joined(map(_within, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def _within(value: object) -> str:
    return f"({_text(value)})" if _is_deep(value) else _text(value)


def _joined(texts: Iterable[str]) -> str:
    return ", ".join(texts) or "none"


def _ordered(terms: Mapping[str, object]) -> list[tuple[str, object]]:
    ranks = {name: rank for rank, name in enumerate(_FIRST)}
    return sorted(terms.items(), key=lambda item: (ranks.get(item[0], len(ranks)), item[0]))
