"""Letting go of what is older than the record is kept."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from exporter.store import steps
from exporter.store.base import Mark
from exporter.store.reader import implied_last
from exporter.timeline.row import LIVE
from exporter.timeline.tally import State
from exporter.units import HOUR

ENDPOINTS_AT_ONCE = 100
"""How many endpoints one transaction prunes."""

_SERIES = """
    SELECT at, step, last, vote, source, down_after, up_after
    FROM series JOIN policy ON policy.number = series.policy
    WHERE endpoint = ? AND at < ? ORDER BY at DESC
"""
_THRESHOLDS = """
    WITH RECURSIVE thresholds (threshold) AS (  -- asked one by one: an endpoint has few, and many hours
        SELECT min(threshold) FROM slow WHERE endpoint = ?1
        UNION ALL
        SELECT (SELECT min(threshold) FROM slow WHERE endpoint = ?1 AND threshold > thresholds.threshold)
        FROM thresholds WHERE threshold IS NOT NULL
    )
    SELECT threshold FROM thresholds WHERE threshold IS NOT NULL
"""


def move_edge(connection: sqlite3.Connection, before: int) -> int:
    """Note that what ended before an instant is let go of; runs in the caller's transaction.

    The edge only ever moves on.

    Returns:
        The edge, which may be later than `before`.
    """
    (edge,) = connection.execute(
        "INSERT INTO kept (id, since) VALUES (1, ?) "
        "ON CONFLICT DO UPDATE SET since = max(since, excluded.since) RETURNING since",
        (before,),
    ).fetchone()
    return int(edge)


def slices(connection: sqlite3.Connection, mark: Mark | None, edge: int) -> Iterator[Callable[[], int]]:
    """The pieces of work that prune the record up to the edge, each for a transaction of its own.

    Each gives the number of rows that it deleted.
    """
    numbers = [number for (number,) in connection.execute("SELECT number FROM endpoint")]
    for start in range(0, len(numbers), ENDPOINTS_AT_ONCE):
        some = numbers[start : start + ENDPOINTS_AT_ONCE]
        yield partial(_prune_endpoints, connection, mark, some, edge)
    hours = connection.execute("SELECT DISTINCT hour FROM sketch WHERE hour <= ?", (edge - HOUR,)).fetchall()
    for (hour,) in hours:
        yield partial(_prune_hour, connection, hour)
    for slo in steps.keys(connection):
        yield partial(steps.prune, connection, slo, edge)
    yield partial(_prune_rest, connection, edge)


def _prune_endpoints(
    connection: sqlite3.Connection, mark: Mark | None, endpoints: Sequence[int], edge: int
) -> int:
    """Delete series and slow successes of some endpoints; how many rows."""
    deleted = 0
    for endpoint in endpoints:
        gone = _gone(connection, mark, endpoint, edge)
        if gone:
            connection.execute(
                "UPDATE endpoint SET first = (SELECT min(at) FROM series WHERE endpoint = number) "
                "WHERE number = ? AND first IS NULL",
                (endpoint,),
            )
        connection.executemany(
            "DELETE FROM series WHERE endpoint = ? AND at = ?", [(endpoint, at) for at in gone]
        )
        deleted += len(gone)
        for (threshold,) in connection.execute(_THRESHOLDS, (endpoint,)).fetchall():
            deleted += connection.execute(
                "DELETE FROM slow WHERE endpoint = ? AND threshold = ? AND hour <= ?",
                (endpoint, threshold, edge - HOUR),
            ).rowcount
    return deleted


def _prune_hour(connection: sqlite3.Connection, hour: int) -> int:
    return connection.execute("DELETE FROM sketch WHERE hour = ?", (hour,)).rowcount


def _prune_rest(connection: sqlite3.Connection, edge: int) -> int:
    """Delete what was set aside, and the absences that cut nothing that is kept; how many rows."""
    oldest = connection.execute(
        "SELECT min(at) FROM (SELECT (SELECT min(at) FROM series WHERE endpoint = number) AS at FROM endpoint)"
    ).fetchone()[0]
    oldest = edge if oldest is None else min(edge, oldest)
    return sum(
        connection.execute(statement, (limit,)).rowcount
        for statement, limit in (
            ("DELETE FROM absence WHERE since < ?", oldest),
            ("DELETE FROM set_aside WHERE last < ?", edge),
            ("DELETE FROM set_aside_slow WHERE hour <= ?", edge - HOUR),
            ("DELETE FROM set_aside_sketch WHERE hour <= ?", edge - HOUR),
            ("DELETE FROM set_aside_sample WHERE hour <= ?", edge - HOUR),
        )
    )


class _Run:
    """The latest results of one source before the edge, as far back as it takes to know its verdict there.

    Attributes:
        decided: Whether nothing earlier is needed.
    """

    def __init__(self, *, wanted: bool) -> None:
        self.decided = not wanted
        self._vote = State.UNKNOWN
        self._from = 0
        self._count = self._needed = 0

    def go_back(self, at: int, vote: State, results: int, needed: int, drops: Sequence[int]) -> None:
        """Take the series before those that were taken; a removal drops what was pending at it."""
        if vote == State.UNKNOWN or self.decided:
            return
        if vote != self._vote or any(at <= drop < self._from for drop in drops):
            self._vote, self._count, self._needed = vote, 0, needed
        self._from = at
        self._count += results
        self.decided = self._count >= self._needed


def _gone(connection: sqlite3.Connection, mark: Mark | None, endpoint: int, edge: int) -> Sequence[int]:
    """Starts of an endpoint's series that ended before the edge, and that nothing after it follows from.

    A verdict is for life, and a batch has its own: of each source that goes on, what gave the
    verdict that held at the edge is needed; so is the latest result before it, which may
    speak for what comes after.
    """
    runs, gone = dict[int, _Run](), list[int]()
    drops = [
        until
        for (until,) in connection.execute(
            "SELECT until FROM watch WHERE endpoint = ? AND until IS NOT NULL", (endpoint,)
        )
    ]
    for at, step, last, vote, source, down_after, up_after in connection.execute(_SERIES, (endpoint, edge)):
        if source not in runs:
            wanted = not runs or source == LIVE or _goes_on(connection, endpoint, source, edge)
            runs[source] = _Run(wanted=wanted)
        if runs[source].decided and last is not None and last < edge:
            gone.append(at)
            continue
        end = implied_last(at, step, mark, endpoint) if last is None else last
        results = len(range(at, min(end + 1, edge), step or 1))
        needed = down_after if vote == State.DOWN else up_after
        runs[source].go_back(at, State(vote), results, needed, drops if source == LIVE else ())
    return gone


def _goes_on(connection: sqlite3.Connection, endpoint: int, source: int, edge: int) -> bool:
    """Whether a batch has results of the endpoint at or after the edge."""
    found = connection.execute(
        "SELECT 1 FROM series WHERE endpoint = ? AND source = ? AND coalesce(last, ?) >= ? LIMIT 1",
        (endpoint, source, edge, edge),
    ).fetchone()
    return found is not None
