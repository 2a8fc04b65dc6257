"""What the store keeps of events that a source has counted: the steps of an SLO, packed by UTC hour.

An hour's steps are rows of one width, compressed: some 12 bytes each.
"""

import sqlite3
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from exporter.errors import StoreError
from exporter.store.base import SloKey
from exporter.store.hours import hour_of
from exporter.timeline.samples import Step
from exporter.units import HOUR, format_instant

_ROW = struct.Struct("<IIqq")
"""Milliseconds since the hour's start, twice the length plus one where anything is known, good and bad in millionths."""

_FAST = 1
"""Of zlib's levels; higher ones save nothing here."""

_KEYS = """
    WITH RECURSIVE slos (service, slo) AS (  -- asked one by one: an SLO has many hours
        SELECT * FROM (SELECT service, slo FROM sample ORDER BY service, slo LIMIT 1)
        UNION ALL
        SELECT
            (SELECT service FROM sample WHERE (service, slo) > (slos.service, slos.slo) ORDER BY service, slo LIMIT 1),
            (SELECT slo FROM sample WHERE (service, slo) > (slos.service, slos.slo) ORDER BY service, slo LIMIT 1)
        FROM slos WHERE service IS NOT NULL
    )
    SELECT service, slo FROM slos WHERE service IS NOT NULL
"""


def keys(connection: sqlite3.Connection) -> Sequence[SloKey]:
    """The SLOs of which there are steps."""
    return [SloKey(*each) for each in connection.execute(_KEYS)]


def read(connection: sqlite3.Connection, slo: SloKey) -> Iterator[Step]:
    """All steps of an SLO, in order and one by one: a year of them is half a million."""
    found = connection.execute(
        "SELECT hour, steps FROM sample WHERE service = ? AND slo = ? ORDER BY hour", slo
    )
    for hour, packed in found:
        yield from _unpack(packed, hour)


def end(connection: sqlite3.Connection, slo: SloKey) -> int | None:
    """End of the latest step of an SLO; None where there is none."""
    found = connection.execute(
        "SELECT hour, steps FROM sample WHERE service = ? AND slo = ? ORDER BY hour DESC LIMIT 1", slo
    ).fetchone()
    if found is None:
        return None
    *_, last = _unpack(found[1], found[0])
    return last.at + last.length


def insert(connection: sqlite3.Connection, slo: SloKey, steps: Iterable[Step]) -> None:
    """Add the next steps of an SLO to what is kept of their hours; runs in the caller's transaction."""
    for hour, some in groupby(steps, key=lambda step: hour_of(step.at)):
        found = connection.execute(
            "SELECT steps FROM sample WHERE (service, slo, hour) = (?, ?, ?)", (*slo, hour)
        ).fetchone()
        connection.execute(
            "INSERT OR REPLACE INTO sample (service, slo, hour, steps) VALUES (?, ?, ?, ?)",
            (*slo, hour, _pack([*(_unpack(found[0], hour) if found else ()), *some], hour)),
        )


def set_aside(connection: sqlite3.Connection, now: int, at: int, cause: str) -> None:
    """Move steps that end after an instant out of the record; runs in the caller's transaction.

    Args:
        connection: The store's.
        now: Milliseconds, written down with what is set aside.
        at: The instant.
        cause: For the audit.
    """
    for slo in keys(connection):
        found = connection.execute(
            "SELECT hour, steps FROM sample WHERE service = ? AND slo = ? AND hour > ?", (*slo, at - HOUR)
        ).fetchall()
        for hour, packed in found:
            steps = list(_unpack(packed, hour))
            early = [step for step in steps if step.at + step.length <= at]
            late = steps[len(early) :]
            connection.execute("DELETE FROM sample WHERE (service, slo, hour) = (?, ?, ?)", (*slo, hour))
            insert(connection, slo, early)
            if late:
                connection.execute(
                    "INSERT INTO set_aside_sample (set_aside_at, cause, service, slo, hour, steps) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    (now, cause, *slo, hour, _pack(late, hour)),
                )


def prune(connection: sqlite3.Connection, slo: SloKey, edge: int) -> int:
    """Delete an SLO's hours that ended by the edge; how many."""
    return connection.execute(
        "DELETE FROM sample WHERE service = ? AND slo = ? AND hour <= ?", (*slo, edge - HOUR)
    ).rowcount


def _pack(steps: Iterable[Step], hour: int) -> bytes:
    rows = (_ROW.pack(at - hour, length << 1 | known, good, bad) for at, length, good, bad, known in steps)
    return zlib.compress(b"".join(rows), _FAST)


def _unpack(packed: bytes, hour: int) -> Iterator[Step]:
    try:
        rows = _ROW.iter_unpack(zlib.decompress(packed))
    except (zlib.error, struct.error) as error:
        msg = f"the steps of the hour {format_instant(hour)} are damaged; restore a copy of the store"
        raise StoreError(msg) from error
    for after, length, good, bad in rows:
        yield Step(hour + after, length >> 1, good, bad, bool(length & 1))
