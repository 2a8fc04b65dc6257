"""A report as CSV, for those who go on counting: a row for each target, and a row for each outage.

RFC 4180 with a head, lines that end in CR LF, to be written as UTF-8. Figures are per cent with six places, lengths
milliseconds, instants RFC 3339 in UTC; what there is no data of is empty.

Spreadsheets take a cell that begins with `=`, `+`, `-` or `@` for a formula, also behind spaces, tabs and line ends, and in
their wide forms. Such a cell has an apostrophe before it here, which makes it text for all of them. No figure begins so.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from exporter.output.reports.document import Document, Target

TARGETS = (
    *("agreement", "version", "period_start", "period_end", "target", "service"),
    *(
        "promised_percent",
        "agreed_percent",
        "best_percent",
        "worst_percent",
        "raw_percent",
        "claimed_percent",
    ),
    *("coverage_percent", "base_ms", "base_unit", "counted_ms", "verdict"),
    *("credit_percent", "credit_amount", "currency"),
)
"""Columns of the targets; `base_ms` is a number of slices or events where `base_unit` says so."""

OUTAGES = (
    *("agreement", "version", "period_start", "period_end", "target", "service"),
    *("start", "end", "length_ms", "counted_ms", "ignored"),
)
"""Columns of the outages; `ignored` is the rule by which nothing of one counts."""

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 -- the wide forms are meant


def report_csv(document: Mapping[str, Any]) -> str:
    """Write the targets of a report, one a row, in the columns `TARGETS`."""
    told = cast("Document", document)
    return _csv(TARGETS, (_target(told, each) for each in told["targets"]))


def outages_csv(document: Mapping[str, Any]) -> str:
    """Write the outages of a report, one a row and target, in the columns `OUTAGES`."""
    told = cast("Document", document)
    return _csv(
        OUTAGES,
        (
            [
                *_of(told, target),
                *(each["start"], each["end"], each["length_ms"], each["counted_ms"], each["ignored"]),
            ]
            for target in told["targets"]
            for each in target["outages"]
        ),
    )


def _target(document: Document, target: Target) -> list[object]:
    figures, credit = target["figures"], target["credit"]
    return [
        *_of(document, target),
        target["agreed"],
        *(figures[name] for name in ("agreed", "best", "worst", "raw", "claimed")),
        target["coverage"],
        *(target["base_ms"], target["base_unit"], target["counted_ms"], target["verdict"]),
        *((credit["percent"], credit["amount"]) if credit else (None, None)),
        document["credit"]["currency"],
    ]


def _of(document: Document, target: Target) -> tuple[str, ...]:
    period = document["period"]
    return (
        *(document["agreement"], document["version"], period["start"], period["end"]),
        *(target["name"], target["service"]),
    )


def _csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows([inert(each) for each in row] for row in rows)
    return text.getvalue()


def inert(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text[:1] in {"\t", "\r", "\n"} else text
