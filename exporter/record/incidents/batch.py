"""Many entries at once, as of another ticket system: all, or none."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from exporter.errors import UsageError
from exporter.record.incidents.ledger import Written
from exporter.record.incidents.writing import Desk
from exporter.sla.incidents.incident import Act
from exporter.store.base import LogEntry

Row = Mapping[str, str]

_OTHER = (Written.OPEN.value, Written.RECORD.value)


def batch(desk: Desk, rows: Sequence[Row]) -> list[LogEntry]:
    """The entries of rows, each with `do`, `id` and what else it takes; what is empty was not given.

    The id of a row that opens an incident is the name that later rows have for it.

    Raises:
        UsageError: With all that is wrong of all rows, each with its line.
        ForbiddenError: The writer may not.
    """
    entries, names, problems = list[LogEntry](), dict[str, str](), list[str]()
    for number, row in enumerate(rows, 2):
        wanted = {key: value for key, value in row.items() if key not in {"do", "id"} and value}
        do, ident = row.get("do", ""), row.get("id", "")
        try:
            entry = _entry(replace(desk, log=[*desk.log, *entries]), do, names.get(ident, ident), wanted)
        except UsageError as error:
            problems += [f"line {number}: {line}" for line in str(error).splitlines()]
            continue
        if do == Written.OPEN and ident:
            names[ident] = entry.ident
        entries.append(entry)
    if problems:
        raise UsageError("\n".join(problems))
    return entries


def _entry(desk: Desk, do: str, ident: str, wanted: Row) -> LogEntry:
    if do == Written.OPEN:
        return desk.open(wanted)
    if do == Written.RECORD:
        return desk.record(ident, wanted)
    if do in list(Act):
        return desk.act(ident, Act(do), wanted)
    msg = f"do: must be one of {', '.join((*_OTHER, *Act))}, not `{do}`"
    raise UsageError(msg)
