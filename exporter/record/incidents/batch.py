"""Many entries at once, as of another ticket system: all, or none."""

from collections.abc import Mapping, Sequence

from exporter.errors import UsageError
from exporter.record.incidents.ledger import Written
from exporter.record.incidents.writing import Desk, ForbiddenError, act_of
from exporter.sla.incidents.incident import Act
from exporter.store.base import LogEntry

Row = Mapping[str, str]

_OTHER = (Written.OPEN.value, Written.RECORD.value)


def batch(desk: Desk, rows: Sequence[Row]) -> list[LogEntry]:
    """The entries of rows, each with `do`, `id` and what else it takes; what is empty was not given.

    The id of a row that opens an incident is kept as its `ref`: later rows, and later files, have that name for it.

    Args:
        desk: Whose ledger takes each entry, so that the next row finds it.
        rows: In order.

    Raises:
        UsageError: With all that is wrong of all rows, each with its line.
        ForbiddenError: The writer may not.
    """
    entries, problems = list[LogEntry](), list[str]()
    for number, row in enumerate(rows, 2):
        wanted = {key: value for key, value in row.items() if key not in {"do", "id"} and value}
        try:
            entry = _entry(desk, row.get("do", ""), row.get("id", ""), wanted)
        except UsageError as error:
            problems += [f"line {number}: {line}" for line in str(error).splitlines()]
            continue
        except ForbiddenError as error:
            msg = f"line {number}: {error}"
            raise ForbiddenError(msg, error.entry) from error
        desk.fold.add(entry)
        entries.append(entry)
    if problems:
        raise UsageError("\n".join(problems))
    return entries


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
