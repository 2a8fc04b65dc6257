"""What the store keeps by UTC hour: slow successes, packed, and sketches of durations."""

import sqlite3
from collections.abc import Iterable, Sequence

from exporter.store.base import Sketch, SlowSuccess
from exporter.units import HOUR

_BYTES = 3  # an hour has fewer than 2**24 milliseconds


def hour_of(at: int) -> int:
    """Start of the UTC hour in which an instant lies, milliseconds."""
    return at - at % HOUR


def pack(instants: Iterable[int], hour: int) -> bytes:
    """Put instants of one hour into 3 bytes each, in the order that they have."""
    return b"".join((at - hour).to_bytes(_BYTES, "little") for at in instants)


def unpack(packed: bytes, hour: int) -> Sequence[int]:
    """The instants of one hour, in the order in which they were packed."""
    columns = zip(packed[0::_BYTES], packed[1::_BYTES], packed[2::_BYTES], strict=True)
    return [hour + low + (middle << 8) + (high << 16) for low, middle, high in columns]


def insert_slow(connection: sqlite3.Connection, slow: Iterable[SlowSuccess]) -> None:
    """Add slow successes to what is kept of their hours; runs in the caller's transaction."""
    found = dict[tuple[int, int, int], list[int]]()
    for endpoint, threshold, at in slow:
        found.setdefault((endpoint, threshold, hour_of(at)), []).append(at)
    connection.executemany(
        "INSERT INTO slow (endpoint, threshold, hour, instants) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET instants = CAST(instants || excluded.instants AS BLOB)",
        [(*key, pack(instants, key[2])) for key, instants in found.items()],
    )


def insert_sketches(connection: sqlite3.Connection, sketches: Iterable[Sketch]) -> None:
    """Add sketches beside what is kept of their hours; runs in the caller's transaction."""
    connection.executemany(
        "INSERT INTO sketch (hour, endpoint, part, durations) SELECT ?1, ?2, coalesce(max(part) + 1, 0), ?3 "
        "FROM sketch WHERE hour = ?1 AND endpoint = ?2",
        [(hour, endpoint, blob) for endpoint, hour, blob in sketches],
    )
