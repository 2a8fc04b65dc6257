"""Many entries at once, as of another ticket system: all, or none."""

from collections.abc import Iterator, Mapping, Sequence

from exporter.errors import UsageError, nearest
from exporter.record.incidents.ledger import Written
from exporter.record.incidents.writing import EVERY_KEY, Desk, ForbiddenError, act_of
from exporter.sla.incidents.incident import Act
from exporter.store.base import LogEntry

Row = Mapping[str, str]

_OTHER = (Written.OPEN.value, Written.RECORD.value)


def batch(desk: Desk, rows: Sequence[Row], lines: Sequence[int] = ()) -> list[LogEntry]:
    """The entries of rows, each with `do`, `id` and what else it takes; what is empty was not given.

    The id of a row that opens an incident is kept as its `ref`: later rows, and later files, have that name for it.

    Args:
        desk: Whose ledger takes each entry, so that the next row finds it.
        rows: In order.
        lines: Of a file, on which each of them begins; none where they are of no file.

    Raises:
        UsageError: With all that is wrong of all rows, each with its line, or its number from 1; of keys that nothing has once.
        ForbiddenError: The writer may not.
    """
    entries, problems = list[LogEntry](), list(_unknown(rows))
    places = [f"line {line}" for line in lines] or [f"row {number}" for number in range(1, len(rows) + 1)]
    for place, row in zip(places, rows, strict=True):
        wanted = {key: value for key, value in row.items() if key in EVERY_KEY and value}
        try:
            entry = _entry(desk, row.get("do", ""), row.get("id", ""), wanted)
        except UsageError as error:
            problems += [f"{place}: {line}" for line in str(error).splitlines()]
            continue
        except ForbiddenError as error:
            msg = f"{place}: {error}"
            raise ForbiddenError(msg, error.entry) from error
        desk.fold.add(entry)
        entries.append(entry)
    if problems:
        raise UsageError("\n".join(problems))
    return entries


def _unknown(rows: Sequence[Row]) -> Iterator[str]:
    """A message for each key that has values, but is one of no entry."""
    given = dict.fromkeys(key for row in rows for key, value in row.items() if value)
    for key in given:
        if key not in {"do", "id", *EVERY_KEY}:
            hint = nearest(key, EVERY_KEY) or f"; there are do, id, {', '.join(EVERY_KEY)}"
            yield f"{key}: is not a key of any row{hint}"


def _entry(desk: Desk, do: str, ident: str, wanted: Row) -> LogEntry:
    if do == Written.OPEN:
        return desk.open({**wanted, "ref": ident} if ident else wanted)
    if do == Written.RECORD:
        return desk.record(ident, wanted)
    if do == Act.WITHDRAW and ident in desk.measures:
        return desk.withdraw(ident, wanted)
    act = act_of(do)
    if act is not None:
        return desk.act(ident, act, wanted)
    msg = f"do: must be one of {', '.join((*_OTHER, *Act))}, not `{do}`"
    raise UsageError(msg)
