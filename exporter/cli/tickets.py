"""Rows of a CSV as entries of the ledger, all or none."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from exporter.cli.ledger import write_by_itself
from exporter.cli.through import Daemon
from exporter.errors import UptimeError, UsageError
from exporter.record.incidents.batch import Row, batch

if TYPE_CHECKING:
    from _csv import Reader

PATH = "/api/v1/ledger"
_LONGEST = 200
"""Letters of a first line that are told."""


def written(file: str, config_files: Sequence[str], storage: str) -> int:
    """Write down all rows; how many there are.

    Raises:
        UptimeError: The file cannot be read, a row is not right, or they could not be written.
    """
    rows, lines = _rows(file)
    daemon = Daemon.find(Path(storage))
    if daemon is not None:
        with closing(daemon):
            daemon.post(PATH, {"rows": [dict(each) for each in rows], "lines": lines})
            return len(rows)
    write_by_itself(lambda desk: batch(desk, rows, lines), config_files, storage)
    return len(rows)


def _rows(file: str) -> tuple[list[Row], list[int]]:
    """The rows of a file, and the line on which each begins."""
    try:
        with Path(file).open(encoding="utf-8-sig", newline="") as opened:
            read = list(_read(csv.reader(opened)))
    except OSError as error:
        msg = f"{file} cannot be read: {error.strerror}"
        raise UptimeError(msg) from error
    except (UnicodeDecodeError, csv.Error) as error:
        msg = f"{file} is no CSV in UTF-8: {error}"
        raise UsageError(msg) from error
    if len(read) < 2:  # noqa: PLR2004 -- the first line names columns
        msg = f"{file} has no rows; the first line names columns, such as do,id,service,title,at,text"
        raise UsageError(msg)
    (first, columns), *rows = read
    problems = [f"line {first}: {each}" for each in _wrong(columns)]
    problems += [
        f"line {line} has more cells than the first line names"
        for line, cells in rows
        if len(cells) > len(columns)
    ]
    if problems:
        raise UsageError("\n".join(f"{file}: {each}" for each in problems))
    return [dict(zip(columns, cells, strict=False)) for _, cells in rows], [line for line, _ in rows]


def _read(reader: "Reader") -> Iterator[tuple[int, list[str]]]:
    """Each row that has cells, with the line on which it begins: a cell may have several."""
    before = 0
    for cells in reader:
        if cells:
            yield before + 1, cells
        before = reader.line_num


def _wrong(columns: Sequence[str]) -> Iterator[str]:
    """What is wrong with the first line."""
    if "do" not in columns:
        there = ", ".join(f"`{each}`" for each in columns)[:_LONGEST]
        yield f"has no column `do`, which says what to do; it has {there}. Columns are separated by commas"
    for name in dict.fromkeys(each for each in columns if columns.count(each) > 1):
        yield f"has the column `{name}` {columns.count(name)} times; keep one"
