"""Every incident: what happened, who answered, how long each task took, and what is still to be done."""

from collections.abc import Iterator, Mapping, Sequence

from exporter.output.reports.blocks import Block, Cell, Column, Section, Table, row
from exporter.output.reports.document import Clock, Document, Entry, Handled, Incident, Instant, Other, Target
from exporter.output.reports.words import Times, later
from exporter.units import describe_duration, parse_instant

TASKS = {"respond": "answered", "update": "told what is new", "repair": "repaired"}
_ANSWERS = (
    Column("Incident"),
    Column("Severity"),
    Column("What was to be done"),
    Column("Took", is_number=True),
    Column("May take", is_number=True),
    Column("In time?"),
)
_OTHERS = (Column("Incident"), Column("Severity"), Column("Counts?"))
_STORY = (Column("At"), Column("Who"), Column("What"), Column("In words"))


def incidents(document: Document, times: Times) -> Iterator[Section]:
    """A section on them, where a target is about any."""
    targets = [each for each in document["targets"] if each["base_unit"] == "incidents"]
    if not targets:
        return
    known = _known(document)
    blocks: list[Block] = [_of_target(each, known, times) for each in targets]
    blocks += _others(document, known, times)
    blocks += [_story(each, document, times) for each in known.values() if each["entries"]]
    of_targets = [each for target in targets for each in target["incidents"]]
    blocks += _escalated([*of_targets, *document.get("others", ())], times)
    blocks += [_to_do(document)]
    yield Section("incidents", "Incidents", tuple(blocks))


def _known(document: Document) -> dict[str, Incident]:
    """All incidents of the evidence, in order of their starts."""
    found = {each["id"]: each for seen in document.get("evidence", {}).values() for each in seen["incidents"]}
    return dict(sorted(found.items(), key=lambda each: each[1]["start"]))


def _of_target(target: Target, known: Mapping[str, Incident], times: Times) -> Table:
    rows = [
        cells
        for each in target["incidents"]
        if each["id"] in known
        for cells in _rows(each, known[each["id"]], times)
    ]
    return Table(target["name"], _ANSWERS, tuple(rows), "No incident that it is about.")


def _others(document: Document, known: Mapping[str, Incident], times: Times) -> list[Block]:
    """Incidents that no target is about, where there are any: nothing was promised of them, and they happened."""
    rows = tuple(
        row(
            _name(each, known[each["id"]], times),
            each["severity"],
            Cell("does not count", (each["ignored"],)) if each["ignored"] else "no target is about it",
        )
        for each in document.get("others", ())
        if each["id"] in known
    )
    return [Table("Others", _OTHERS, rows, "")] if rows else []


def _rows(handled: Handled, incident: Incident, times: Times) -> Iterator[tuple[Cell, ...]]:
    name = _name(handled, incident, times)
    if handled["ignored"]:
        yield row(name, handled["severity"], "", "", "", Cell("does not count", (handled["ignored"],)))
        return
    for clock in handled["clocks"]:
        yield row(
            name,
            handled["severity"],
            TASKS.get(clock["task"], clock["task"]),
            describe_duration(clock["elapsed_ms"]),
            describe_duration(clock["limit_ms"]),
            _in_time(clock, handled, incident, times),
        )
        name = Cell("")


def _name(handled: Other, incident: Incident, times: Times) -> Cell:
    return Cell(
        incident["title"] or f"{incident['service']} was down",
        (
            f"id {handled['id']}, {incident['service']}, {incident['kind']}",
            f"from {times.text(incident['start'])}",
            *_opened(incident, times),
            *(
                f"clocks {'stood' if end else 'stand'} still {_span((start, end), times)}"
                for start, end in handled["paused"]
            ),
        ),
    )


def _opened(incident: Incident, times: Times) -> tuple[str, ...]:
    """Who opened an incident, and how much later than it was reported; nothing of an outage, which probes see."""
    at = incident["reported_at"]
    if not incident["opened_by"] or at is None:
        return ()
    said = (
        f"reported {times.text(at)}",
        f"opened by {incident['opened_by']}",
        later(incident["opened_at"] - at),
    )
    return (", ".join(filter(None, said)),)


def _in_time(clock: Clock, handled: Handled, incident: Incident, times: Times) -> Cell:
    disputed = (*(("disputed",) if handled["disputed"] else ()), *_written_later(clock, incident))
    if clock["met"] is None:
        due = () if clock["due"] is None else (f"due {times.text(clock['due'])}",)
        return Cell("open", (*due, *disputed))
    return Cell("yes" if clock["met"] else "no", disputed)


def _written_later(clock: Clock, incident: Incident) -> tuple[str, ...]:
    """That an answer was written down later than it is said to have been given: it is for the other party to see."""
    if clock["stop"] is None:
        return ()
    stop = parse_instant(clock["stop"])
    standing = (each for each in incident["entries"] if not each["withdrawn_by"])
    late = [each["entered_at"] - each["at"] for each in standing if each["at"] == stop]
    said = later(max(late, default=0))
    return (said,) if said else ()


def _story(incident: Incident, document: Document, times: Times) -> Table:
    """All that was written down of an incident; who is nobody of the parties is a program."""
    people = _people(document)
    rows = (
        row(
            times.cell(each["at"], *_later(each)),
            Cell(each["by"], () if each["by"] in people else ("a program, or nobody of the parties",)),
            each["act"],
            Cell(_said(each, times)),
        )
        for each in incident["entries"]
    )
    more = "".join(
        (
            f", one with {', '.join(incident['merged'])}" if incident["merged"] else "",
            f", no part of {incident['split_from']} any more" if incident["split_from"] else "",
        )
    )
    return Table(f"What was written down of {incident['id']}{more}", _STORY, tuple(rows), "")


def _escalated(handled: Sequence[Other], times: Times) -> list[Block]:
    """Whom somebody had to tell, of incidents that went on for too long; an incident of several targets once."""
    due = {
        (each["id"], step["at"], step["to"]): step
        for each in handled
        if not each["ignored"]
        for step in each["escalated"]
    }
    rows = tuple(
        row(ident, describe_duration(step["after_ms"]), step["to"], times.cell(at))
        for (ident, at, _), step in sorted(due.items())
    )
    columns = (Column("Incident"), Column("Open for"), Column("Who was to be told"), Column("From"))
    return [Table("Escalated", columns, rows, "")] if rows else []


def _people(document: Document) -> set[str]:
    parties = document["terms"].get("parties")
    later = [each for seen in document.get("evidence", {}).values() for each in seen.get("later", ())]
    found = {name for each in later for names in each["people"].values() for name in names}
    for party in parties.values() if isinstance(parties, Mapping) else ():
        people = party.get("people") if isinstance(party, Mapping) else None
        found |= set(people) if isinstance(people, list) else set()
    return found


def _later(entry: Entry) -> tuple[str, ...]:
    start, end = entry["span"] or (entry["at"], None)
    said = later(entry["entered_at"] - (start if end is None else end))
    taken_back = (
        f"withdrawn by {entry['withdrawn_by']}: {entry['withdrawn']}" if entry["withdrawn_by"] else ""
    )
    return tuple(filter(None, (said, taken_back)))


def _said(entry: Entry, times: Times) -> str:
    span = "" if entry["span"] is None else _span(entry["span"], times)
    due = f"due {entry['due']}" if entry["due"] else ""
    return "; ".join(filter(None, (entry["value"], span, due, entry["text"])))


def _span(span: tuple[Instant, Instant | None], times: Times) -> str:
    start, end = span
    return f"from {times.text(start)} on" if end is None else f"{times.text(start)} to {times.text(end)}"


def _to_do(document: Document) -> Block:
    """Corrective actions that nobody has done yet, of incidents of any period."""
    rows = tuple(
        row(
            Cell(each["name"], (f"of {each['incident']}",)),
            Cell(each["due"], ("overdue",) if each["overdue"] else ()),
            each["by"],
            each["text"],
        )
        for each in document.get("actions", ())
    )
    columns = (Column("Action"), Column("Due"), Column("Named by"), Column("What is to be done"))
    return Table("Still to be done", columns, rows, "Nothing that was named is left to be done.")
