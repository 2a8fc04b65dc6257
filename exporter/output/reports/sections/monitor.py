"""The monitor's own record: what it could see, and what was changed of it."""

from collections.abc import Sequence

from exporter.output.reports.blocks import Block, Cell, Column, Facts, Section, Table, row
from exporter.output.reports.document import Document, Instant, Monitor
from exporter.output.reports.words import NOT_KNOWN, Times, known, milliseconds
from exporter.units import describe_duration

_SPANS = (Column("Start"), Column("End"), Column("Length", is_number=True))


def monitor(document: Document, times: Times) -> Section:
    """Sites, intervals, blind spans, restarts and changes; each is not known where the record does not have it."""
    found: Monitor = document.get("monitor") or {}
    restarts = found.get("restarts")
    facts = Facts(
        (
            ("Site", Cell(known(found.get("site")))),
            ("Version", Cell(known(found.get("version")))),
            ("Restarts", Cell(NOT_KNOWN if restarts is None else str(restarts))),
        )
    )
    blocks = (
        facts,
        _intervals(found),
        _spans("When it saw nothing", found.get("blind"), times),
        _spans("When it did not run", found.get("stopped"), times),
        _corrections(found, times),
        _changes(found, times),
    )
    return Section("monitor", "The monitor's own record", blocks)


def _intervals(found: Monitor) -> Block:
    intervals = found.get("interval_ms", {})
    return Table(
        "How often it looked",
        (Column("Endpoint"), Column("From one probe to the next", is_number=True)),
        tuple(row(name, describe_duration(intervals[name])) for name in sorted(intervals)),
        _none(is_known=False),
    )


def _spans(title: str, spans: Sequence[Sequence[Instant]] | None, times: Times) -> Block:
    rows = tuple(
        row(times.cell(start), times.cell(end), describe_duration(milliseconds(end) - milliseconds(start)))
        for start, end in spans or ()
    )
    return Table(title, _SPANS, rows, _none(is_known=spans is not None))


def _corrections(found: Monitor, times: Times) -> Block:
    return Table(
        "Corrections by hand",
        (Column("Entered"), Column("By"), Column("What")),
        tuple(
            row(times.cell(each["at"]), known(each["author"]), each["what"])
            for each in found.get("corrections", ())
        ),
        _none(is_known="corrections" in found),
    )


def _changes(found: Monitor, times: Times) -> Block:
    return Table(
        "Changes of what is watched, and how",
        (Column("At"), Column("What")),
        tuple(row(times.cell(each["at"]), each["what"]) for each in found.get("config_changes", ())),
        _none(is_known="config_changes" in found),
    )


def _none(*, is_known: bool) -> str:
    return "None." if is_known else f"{NOT_KNOWN.capitalize()}."
