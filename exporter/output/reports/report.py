"""A document as a report that has no format yet."""

from collections.abc import Mapping
from typing import Any, cast

from exporter.output.reports.blocks import Report
from exporter.output.reports.document import Document
from exporter.output.reports.sections.bridge import bridge
from exporter.output.reports.sections.changes import changes
from exporter.output.reports.sections.credit import credit
from exporter.output.reports.sections.exclusions import exclusions
from exporter.output.reports.sections.front import front, title_of
from exporter.output.reports.sections.incidents import incidents
from exporter.output.reports.sections.measures import measures
from exporter.output.reports.sections.monitor import monitor
from exporter.output.reports.sections.outages import outages
from exporter.output.reports.sections.recompute import recompute
from exporter.output.reports.sections.rests_on import rests_on
from exporter.output.reports.sections.terms import terms
from exporter.output.reports.sections.trend import trend
from exporter.output.reports.sections.verdicts import verdicts
from exporter.output.reports.words import NOT_KNOWN, Times, known

_FOOT = 80
"""Letters of a title that fit at the foot of a page."""

_HASH = 12
"""Digits of a hash that tell documents apart at the foot of a page."""


def report_of(document: Mapping[str, Any]) -> Report:
    """Put a report together.

    Args:
        document: What `result_json` gave, with what the record adds, or without.
    """
    told = cast("Document", document)
    times = Times.of(told["period"])
    days = times.days(told["period"]["start"], told["period"]["end"])
    name = title_of(told)
    return Report(
        f"{name}, {days}",
        f"{_shortened(name)}, {days} - SHA-256 {known(told.get('sha256'))[:_HASH]}",
        front(told, times),
        (
            terms(told, times),
            verdicts(told),
            bridge(told),
            outages(told, times),
            exclusions(told, times),
            *incidents(told, times),
            *measures(told, times),
            monitor(told, times),
            credit(told, times),
            *rests_on(told, times),
            changes(told, times),
            trend(told),
            recompute(told),
        ),
        _end(told, times),
    )


def _shortened(title: str) -> str:
    """A title that fits on a line."""
    return title if len(title) <= _FOOT else f"{title[:_FOOT]}..."


def _end(document: Document, times: Times) -> str:
    software = document.get("software")
    made = f"{software['name']} {software['version']}" if software else f"what is {NOT_KNOWN}"
    return (
        f"Times are of {times.name}; spans are from their first instant to the first beyond. Made by {made}."
    )
