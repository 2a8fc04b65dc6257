"""Incidents and recorded values as lines for people."""

from collections.abc import Iterator, Mapping, Sequence

from exporter.output.exclusions import aligned
from exporter.output.reports.words import later
from exporter.output.words import one_line
from exporter.sla.evidence import Record
from exporter.sla.incidents.incident import Entry, Incident
from exporter.sla.recorded import number
from exporter.timeline.spans import FOREVER, Span
from exporter.units import describe_duration, format_instant


def table(incidents: Sequence[Incident], now: int) -> Iterator[str]:
    """A line each."""
    if not incidents:
        yield "There is no incident."
        return
    rows = [("ID", "SERVICE", "KIND", "START", "LASTED", "STATE", "ENTRIES", "TITLE", "")]
    rows += [
        (
            each.ident,
            each.service,
            each.kind.value,
            format_instant(each.start),
            describe_duration(each.open(now).lengths[-1]),
            _state(each, now),
            str(sum(not entry.withdrawn_by for entry in each.entries)),
            each.title,
            _later(each),
        )
        for each in incidents
    ]
    yield from _aligned(rows)


def story(incident: Incident, now: int) -> Iterator[str]:
    """All that was written down of an incident, in order."""
    yield f"{incident.ident}: {incident.kind} of {incident.service}, {_state(incident, now)}"
    if incident.title:
        yield f"  {one_line(incident.title)}"
    yield f"  began {format_instant(incident.start)}" + (
        f", ended {format_instant(incident.end)}" if incident.end is not None else ""
    )
    if incident.reported_at is not None:
        by = f" by {incident.channel}" if incident.channel else ""
        opened = f"opened by {incident.opened_by} at {format_instant(incident.opened_at)}"
        told = (f"reported {format_instant(incident.reported_at)}{by}", opened, _later(incident))
        yield f"  {', '.join(filter(None, told))}"
    if incident.merged:
        yield f"  turned out to be one with {', '.join(incident.merged)}"
    if incident.split_from:
        yield f"  turned out to be no part of {incident.split_from}"
    rows = [_entry(each) for each in incident.entries]
    yield from (f"  {line}" for line in _aligned(rows)) if rows else ["  nobody has written anything down"]
    for name, action in incident.actions().items():
        late = " (overdue)" if action.due < format_instant(now)[:10] else ""
        yield f"  to be done by {action.due}{late}: {one_line(name)}: {one_line(action.text)}"


def measures(records: Mapping[str, Sequence[Record]]) -> Iterator[str]:
    """Recorded values, a line each."""
    rows = [("NUMBER", "MEASURE", "AT", "GROUP", "VALUE", "WEIGHT", "WHO", "EVIDENCE", "")]
    rows += [
        (
            str(each.number),
            name,
            format_instant(each.at),
            each.group,
            number(each.value),
            number(each.weight),
            each.by,
            each.evidence,
            _withdrawn(each),
        )
        for name, found in sorted(records.items())
        for each in found
    ]
    yield from _aligned(rows) if len(rows) > 1 else ["Nothing was written down."]


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Rows as lines, one each, whatever somebody wrote into a cell."""
    return aligned([tuple(map(one_line, cells)) for cells in rows])


def _entry(entry: Entry) -> tuple[str, ...]:
    span = _span(entry.span) if entry.span else ""
    told = ", ".join(filter(None, (entry.value, span, entry.due and f"due {entry.due}", entry.text)))
    start, end = entry.span or (entry.at, FOREVER)
    entered = later(entry.entered_at - (start if end == FOREVER else end))
    notes = ", ".join(filter(None, (entered, _withdrawn(entry))))
    return str(entry.number), format_instant(entry.at), entry.act.value, entry.by, told, notes


def _span(span: Span) -> str:
    start, end = span
    return (
        f"from {format_instant(start)} on"
        if end == FOREVER
        else f"{format_instant(start)} to {format_instant(end)}"
    )


def _withdrawn(entry: Entry | Record) -> str:
    return f"withdrawn by {entry.withdrawn_by}: {entry.withdrawn}" if entry.withdrawn_by else ""


def _later(incident: Incident) -> str:
    """How much later an incident was written down than it was reported; empty for an outage."""
    return later(incident.opened_at - (incident.reported_at or incident.opened_at))


def _state(incident: Incident, now: int) -> str:
    state = "open" if incident.is_open(now) else "over"
    return f"{state}, disputed" if incident.disputed else state
