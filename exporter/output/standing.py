"""How agreements stand in their running periods, as lines for people and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from exporter.output.exclusions import aligned
from exporter.output.reports.words import per_cent
from exporter.sla.wire import Json
from exporter.units import SECOND, describe_duration

_HEAD = (
    "AGREEMENT",
    "TARGET",
    "VERDICT",
    "PROMISED",
    "AGREED",
    "BEST",
    "WORST",
    "DOWNTIME",
    "ALLOWANCE LEFT",
    "CREDIT",
)


def standing_lines(documents: Sequence[Json]) -> Iterator[str]:
    """A line for each target of each agreement."""
    rows: list[tuple[str, ...]] = [_HEAD]
    rows += [_row(each, target) for each in documents for target in each["targets"]]
    yield from aligned(rows)


def standing_json(documents: Sequence[Json]) -> list[Json]:
    """The same figures, without terms and evidence."""
    return [
        {
            key: value
            for key, value in each.items()
            if key not in {"terms", "evidence", "computed", "trend", "monitor"}
        }
        for each in documents
    ]


def _row(document: Json, target: Json) -> tuple[str, ...]:
    figures, allowed = target["figures"], target["allowed_ms"]
    return (
        f"{document['agreement']} {document['period']['name']}",
        target["name"],
        target["verdict"],
        per_cent(target["agreed"]),
        *(per_cent(figures[name]) for name in ("agreed", "best", "worst")),
        _length(target["counted_ms"]) if target["bridge_ms"] else "",
        "" if allowed is None else _length(allowed - target["counted_ms"]),
        _credit(target["credit"]),
    )


def _length(milliseconds: int) -> str:
    return describe_duration(milliseconds // SECOND * SECOND)


def _credit(credit: Any) -> str:  # noqa: ANN401 -- JSON
    return "" if credit is None else f"{per_cent(credit['percent_of_fee'])} of the fee"
