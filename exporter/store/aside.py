"""Taking results out of the record without deleting them."""

import sqlite3
from collections.abc import Sequence

from exporter.store.hours import pack, unpack
from exporter.timeline.spans import Span
from exporter.units import HOUR

SERIES = "endpoint, at, step, last, vote, reason, event, policy, source"
"""Columns of the table of series, in the order in which they are written."""


def set_aside(
    connection: sqlite3.Connection, now: int, span: Span, cause: str, endpoint: int | None = None
) -> int:
    """Move the results of a span out of the record; runs in the caller's transaction.

    Series and hours of slow successes across the span's edges are split. A sketch cannot be
    split: only those of hours that lie wholly within the span go.

    Args:
        connection: The store's; it has no open rows.
        now: Milliseconds, written down with what is set aside.
        span: From and to.
        cause: For the audit.
        endpoint: Whose results; None for all.

    Returns:
        How many results that were.
    """
    moved = _set_aside_series(connection, now, span, cause, endpoint)
    _set_aside_slow(connection, now, span, cause, endpoint)
    chosen = "hour >= ? AND hour <= ? AND (? IS NULL OR endpoint = ?)"
    where = (span[0], span[1] - HOUR, endpoint, endpoint)
    connection.execute(
        "INSERT INTO set_aside_sketch (set_aside_at, cause, hour, endpoint, part, durations) "  # noqa: S608
        f"SELECT ?, ?, hour, endpoint, part, durations FROM sketch WHERE {chosen}",
        (now, cause, *where),
    )
    connection.execute(f"DELETE FROM sketch WHERE {chosen}", where)  # noqa: S608
    return moved


def _set_aside_series(
    connection: sqlite3.Connection, now: int, span: Span, cause: str, endpoint: int | None
) -> int:
    """Move the series; the number of their results."""
    moved = 0
    found = connection.execute(
        f"SELECT {SERIES} FROM series WHERE last >= ? AND at < ? AND (? IS NULL OR endpoint = ?)",  # noqa: S608
        (*span, endpoint, endpoint),
    ).fetchall()
    for number, at, step, last, *rest in found:
        before, inside, after = split(at, step, last, span)
        connection.execute("DELETE FROM series WHERE endpoint = ? AND at = ?", (number, at))
        for part in (before, after):
            if part:
                connection.execute(
                    f"INSERT INTO series ({SERIES}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                    (number, part[0], step, part[1], *rest),
                )
        if inside:
            moved += len(range(inside[0], inside[1] + 1, max(1, step)))
            connection.execute(
                f"INSERT INTO set_aside (set_aside_at, cause, {SERIES}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                (now, cause, number, inside[0], step, inside[1], *rest),
            )
    return moved


def _set_aside_slow(
    connection: sqlite3.Connection, now: int, span: Span, cause: str, endpoint: int | None
) -> None:
    start, end = span
    found = connection.execute(
        "SELECT endpoint, threshold, hour, instants FROM slow "
        "WHERE hour > ? AND hour < ? AND (? IS NULL OR endpoint = ?)",
        (start - HOUR, end, endpoint, endpoint),
    ).fetchall()
    for *key, hour, packed in found:
        instants = unpack(packed, hour)
        inside = [at for at in instants if start <= at < end]
        outside = [at for at in instants if not start <= at < end]
        if not inside:
            continue
        connection.execute("DELETE FROM slow WHERE (endpoint, threshold, hour) = (?, ?, ?)", (*key, hour))
        if outside:
            connection.execute("INSERT INTO slow VALUES (?, ?, ?, ?)", (*key, hour, pack(outside, hour)))
        connection.execute(
            "INSERT INTO set_aside_slow (set_aside_at, cause, endpoint, threshold, hour, instants) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (now, cause, *key, hour, pack(inside, hour)),
        )


def split(at: int, step: int, last: int, span: Span) -> Sequence[Span | None]:
    """First and last instant of a series' results before, inside and after a span; None where there is none."""
    instants = range(at, last + 1, max(1, step))
    start = len(range(at, min(last + 1, max(at, span[0])), max(1, step)))
    end = max(start, len(range(at, min(last + 1, max(at, span[1])), max(1, step))))
    parts = (instants[:start], instants[start:end], instants[end:])
    return [(part[0], part[-1]) if part else None for part in parts]
