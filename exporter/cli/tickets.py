"""Rows of a CSV as entries of the ledger, all or none."""

import csv
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from exporter.cli.ledger import write_by_itself
from exporter.cli.through import Daemon
from exporter.errors import UptimeError, UsageError
from exporter.record.incidents.batch import Row, batch

PATH = "/api/v1/ledger"
SURPLUS = "surplus"


def written(file: str, config_files: Sequence[str], storage: str) -> int:
    """Write down all rows; how many there are.

    Raises:
        UptimeError: The file cannot be read, a row is not right, or they could not be written.
    """
    rows = _rows(file)
    daemon = Daemon.find(Path(storage))
    if daemon is not None:
        with closing(daemon):
            daemon.post(PATH, {"rows": [dict(each) for each in rows]})
            return len(rows)
    write_by_itself(lambda desk: batch(desk, rows), config_files, storage)
    return len(rows)


def _rows(file: str) -> Sequence[Row]:
    try:
        with Path(file).open(encoding="utf-8-sig", newline="") as opened:
            read = csv.DictReader(opened, restkey=SURPLUS)
            found: list[Mapping[str, str]] = []
            for number, each in enumerate(read, 2):
                if SURPLUS in each:
                    msg = f"{file}: line {number} has more cells than the first line names"
                    raise UsageError(msg)
                found.append({key: value or "" for key, value in each.items()})
    except OSError as error:
        msg = f"{file} cannot be read: {error.strerror}"
        raise UptimeError(msg) from error
    except (UnicodeDecodeError, csv.Error) as error:
        msg = f"{file} is no CSV in UTF-8: {error}"
        raise UsageError(msg) from error
    if not found:
        msg = f"{file} has no rows; the first line names columns, such as do,id,service,title,at,text"
        raise UsageError(msg)
    return found
