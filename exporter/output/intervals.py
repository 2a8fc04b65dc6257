"""Intervals behind a figure: of which kinds they are, and all of them as CSV."""

import csv
from collections.abc import Iterable
from typing import Protocol

from exporter.slo.explained import Line

BAD, UNKNOWN, EXCLUDED, GOOD = KINDS = ("bad", "unknown", "excluded", "good")

COLUMNS = (
    "from",
    "to",
    "seconds",
    "state",
    "cost_seconds",
    "why",
    "good_beats",
    "bad_beats",
    "excluded_beats",
    "exclusion",
    "name",
    "category",
    "reason",
    "author",
    "entered_at",
)

_KIND = {"down": BAD, "bad": BAD, "unknown": UNKNOWN, "uncounted": UNKNOWN, "excluded": EXCLUDED}


class Sink(Protocol):
    """Where text goes."""

    def write(self, text: str, /) -> object:
        """Take the next part."""


def kinds(each: Line) -> set[str]:
    """What an interval is among; unknown time that cost the budget is bad too."""
    found = {_KIND.get(each["state"], GOOD)}
    if each["cost_seconds"]:
        found = found - {GOOD} | {BAD}
    return found


def write_csv(lines: Iterable[Line], sink: Sink) -> None:
    """Write a header, and a line for each interval."""
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in lines:
        exclusion = each["exclusion"]
        by = ("",) * 6
        if exclusion is not None:
            by = (
                exclusion["id"],
                exclusion["name"],
                exclusion["category"],
                exclusion["reason"],
                exclusion["author"],
                exclusion["entered_at"] or "",
            )
        writer.writerow(
            (
                *(
                    each["from"],
                    each["to"],
                    each["seconds"],
                    each["state"],
                    each["cost_seconds"],
                    each["why"],
                ),
                *each["events"].values(),
                *by,
            )
        )
