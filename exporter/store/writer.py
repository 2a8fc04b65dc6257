"""The one writer of the SQLite store."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from exporter.store import issues
from exporter.store import steps as counted
from exporter.store.aside import SERIES, set_aside
from exporter.store.base import Absence, Batch, Commit, EndpointKey, Issue, LogEntry, Said, SloKey
from exporter.store.hours import insert_sketches, insert_slow
from exporter.store.lock import Lock
from exporter.store.prune import move_edge, slices
from exporter.store.reader import DUE, POLICY, SqliteReader, implied_last, settings_of
from exporter.store.sqlite import open_for_writing, translated
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.samples import Step
from exporter.timeline.spans import FOREVER


class SqliteWriter(SqliteReader):
    """A `Writer`: each of its methods is one transaction, whole or not at all."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: Lock) -> None:
        super().__init__(path, connection)
        self._lock = lock
        self._numbers: dict[Policy, int] = {}

    @classmethod
    def open(cls, path: Path) -> "SqliteWriter":
        """Become the store's writer; the file is made where there is none.

        Raises:
            StoreLockedError: Another process is its writer.
            StoreError: It cannot be opened.
        """
        lock = Lock(path)
        try:
            return cls(path, open_for_writing(path), lock)
        except BaseException:
            lock.release()
            raise

    def close(self) -> None:
        """Release the store and let others write."""
        super().close()
        self._lock.release()

    def size(self) -> int:
        """Bytes of the store's files."""
        paths = (self.path, *(self.path.with_name(self.path.name + end) for end in ("-wal", "-shm")))
        return sum(path.stat().st_size for path in paths if path.exists())

    def begin(self, now: int, configured: Mapping[EndpointKey, str]) -> Mapping[EndpointKey, int]:
        """Take up the record at `now`: see `Writer.begin`."""
        with self._transaction():
            mark = self.mark()
            if mark is not None:
                self._close_open_rows()
                self._insert_absence(Absence(mark.at, now, "stopped"))
            numbers = self._configure(configured, now)
            self._write_mark(now, {})
        return numbers

    def reconfigure(
        self, now: int, configured: Mapping[EndpointKey, str], entries: Sequence[LogEntry] = ()
    ) -> Mapping[EndpointKey, int]:
        """Let the record go on with other endpoints: see `Writer.reconfigure`."""
        with self._transaction():
            self._log(entries)
            return self._configure(configured, now)

    def commit(self, commit: Commit) -> None:
        """Write one commit as a whole or, with a StoreError, not at all."""
        with self._transaction():
            self._insert((endpoint, row, None, row.source) for endpoint, row in commit.opened)
            self._connection.executemany(
                "UPDATE series SET last = ? WHERE endpoint = ? AND at = ?",
                [(last, endpoint, at) for endpoint, at, last in commit.closed],
            )
            for absence in commit.absences:
                self._insert_absence(absence)
            insert_slow(self._connection, commit.slow)
            insert_sketches(self._connection, commit.sketches)
            self._write_mark(commit.mark.at, commit.mark.due)

    def set_aside(self, now: int, at: int) -> None:
        """Take what is stamped at `at` or later out of the record, because the clock went back to it."""
        with self._transaction():
            self._close_open_rows()
            set_aside(self._connection, now, (at, FOREVER), "clock")
            counted.set_aside(self._connection, now, at, "clock")
            self._connection.execute(
                "UPDATE absence SET set_aside_at = ? WHERE since >= ? AND set_aside_at IS NULL", (now, at)
            )
            self._connection.execute("UPDATE endpoint SET first = NULL WHERE first >= ?", (at,))
            self._connection.execute("UPDATE kept SET since = min(since, ?)", (at,))
            self._bound_watches(at)
            self._write_mark(at, {})

    def add_steps(self, slo: SloKey, steps: Sequence[Step], after: int | None) -> bool:
        """Add what a source has counted next for an SLO: see `Writer.add_steps`."""
        with self._transaction():
            if counted.end(self._connection, slo) != after:
                return False
            counted.insert(self._connection, slo, steps)
            return True

    def enter(self, configured: Mapping[EndpointKey, str], now: int) -> Mapping[EndpointKey, int]:
        """Enter endpoints that are new, and leave the others as they are; their numbers."""
        with self._transaction():
            return self._enter(configured, now)

    def import_batch(self, batch: Batch) -> int:
        """Add a batch as a whole or, with a StoreError, not at all; how many results it set aside."""
        aside = 0
        with self._transaction():
            if batch.replaced is not None:
                self._close_open_rows()  # as a stopped daemon left them: their ends are needed here
                for endpoint in batch.rows:
                    aside += set_aside(
                        self._connection, batch.at, batch.replaced, f"replaced by {batch.who}", endpoint
                    )
            results = sum(row.results for rows in batch.rows.values() for row in rows)
            number = self._connection.execute(
                "INSERT INTO batch (at, who, origin, sha256, rows, skipped) VALUES (?, ?, ?, ?, ?, ?)",
                (batch.at, batch.who, batch.origin, batch.sha256, results, batch.skipped),
            ).lastrowid
            self._insert(
                (endpoint, row, row.last, number or 0)
                for endpoint, rows in batch.rows.items()
                for row in rows
            )
            insert_slow(self._connection, batch.slow)
            insert_sketches(self._connection, batch.sketches)
        return aside

    def log_exclusions(self, entries: Sequence[LogEntry]) -> None:
        """Add to the exclusions' audit trail, all or, with a StoreError, none; the store gives `seq`."""
        with self._transaction():
            self._log(entries)

    def write_down(self, entries: Sequence[LogEntry]) -> None:
        """Add to the ledger, all or, with a StoreError, none; the store gives `seq`."""
        with self._transaction():
            self._connection.executemany(
                "INSERT INTO ledger (at, who, action, ident, body) VALUES (?, ?, ?, ?, ?)",
                (each[:5] for each in entries),
            )

    def add_issue(self, issue: Issue, *, to_report: bool = False) -> None:
        """Add to what was said of an agreement: see `Writer.add_issue`."""
        with self._transaction():
            issues.insert(self._connection, issue, to_report=to_report)

    def reported(self, said: Said, at: int) -> None:
        """Note that all reports of an issue were written."""
        with self._transaction():
            issues.reported(self._connection, said, at)

    def reported_interim(self, agreement: str, until: int, at: int) -> None:
        """Note that all reports of a running period as of `until` were written."""
        with self._transaction():
            issues.reported_interim(self._connection, agreement, until, at)

    def pruning(self, before: int) -> Iterator[int]:
        """Let go of what ended before an instant, slice by slice: see `Writer.pruning`."""
        with self._transaction():
            edge = move_edge(self._connection, before)
        for prune_slice in slices(self._connection, self.mark(), edge):
            with self._transaction():
                deleted = prune_slice()
            yield deleted

    def prune(self, before: int) -> int:
        """Do all of `pruning` at once; rows deleted."""
        return sum(self.pruning(before))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with translated(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._numbers.clear()  # a policy entered here is gone with the transaction
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _bound_watches(self, at: int) -> None:
        """Let no endpoint be configured or removed later than `at`; of several later spans the last one counts."""
        self._connection.execute(
            "DELETE FROM watch WHERE since >= ? AND since < "
            "(SELECT max(since) FROM watch AS other WHERE other.endpoint = watch.endpoint)",
            (at,),
        )
        self._connection.execute("UPDATE watch SET since = min(since, ?), until = min(until, ?)", (at, at))

    def _write_mark(self, at: int, due: Mapping[int, int]) -> None:
        blob = b"".join(DUE.pack(endpoint, first) for endpoint, first in due.items())
        self._connection.execute("INSERT OR REPLACE INTO mark (id, at, due) VALUES (1, ?, ?)", (at, blob))

    def _insert_absence(self, absence: Absence) -> None:
        self._connection.execute("INSERT INTO absence (since, until, cause) VALUES (?, ?, ?)", absence)

    def _close_open_rows(self) -> None:
        """Write down where the mark says that the open rows end."""
        mark = self.mark()
        found = self._connection.execute(
            "SELECT endpoint, at, step FROM series WHERE last IS NULL"
        ).fetchall()
        self._connection.executemany(
            "UPDATE series SET last = ? WHERE endpoint = ? AND at = ?",
            [(implied_last(at, step, mark, endpoint), endpoint, at) for endpoint, at, step in found],
        )

    def _log(self, entries: Sequence[LogEntry]) -> None:
        self._connection.executemany(
            "INSERT INTO exclusion_log (at, who, action, ident, body) VALUES (?, ?, ?, ?, ?)",
            [entry[:5] for entry in entries],
        )

    def _configure(self, configured: Mapping[EndpointKey, str], now: int) -> Mapping[EndpointKey, int]:
        """Enter endpoints, and note those that are gone."""
        numbers = self._enter(configured, now)
        present = set(numbers.values())
        gone = [(now, stored.number) for stored in self.endpoints() if stored.number not in present]
        self._connection.executemany(
            "UPDATE watch SET until = max(since, ?) WHERE endpoint = ? AND until IS NULL", gone
        )
        return numbers

    def _enter(self, configured: Mapping[EndpointKey, str], now: int) -> Mapping[EndpointKey, int]:
        self._connection.executemany(
            "INSERT INTO endpoint (service, id, kind) VALUES (?, ?, ?) "
            "ON CONFLICT (service, id) DO UPDATE SET kind = excluded.kind WHERE kind <> excluded.kind",
            [(*key, kind) for key, kind in configured.items()],
        )
        known = {EndpointKey(each.service, each.id): each.number for each in self.endpoints()}
        numbers = {key: known[key] for key in configured}
        self._connection.executemany(
            "INSERT INTO watch (endpoint, since) SELECT ?, ? "
            "WHERE NOT EXISTS (SELECT 1 FROM watch WHERE endpoint = ? AND until IS NULL) "
            "ON CONFLICT (endpoint, since) DO UPDATE SET until = NULL",
            [(number, now, number) for number in numbers.values()],
        )
        return numbers

    def _insert(self, rows: Iterable[tuple[int, Row, int | None, int]]) -> None:
        self._connection.executemany(
            f"INSERT INTO series ({SERIES}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 -- a constant
            [
                (
                    endpoint,
                    row.at,
                    row.step,
                    last,
                    int(row.vote),
                    row.reason,
                    int(row.event),
                    self._policy_number(row.policy),
                    source,
                )
                for endpoint, row, last, source in rows
            ],
        )

    def _policy_number(self, policy: Policy) -> int:
        number = self._numbers.get(policy)
        if number is None:
            settings = settings_of(policy)
            self._connection.execute(
                f"INSERT OR IGNORE INTO policy ({POLICY}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608 -- a constant
                settings,
            )
            (number,) = self._connection.execute(
                f"SELECT number FROM policy WHERE ({POLICY}) = (?, ?, ?, ?, ?, ?)",  # noqa: S608
                settings,
            ).fetchone()
            self._numbers[policy] = number
            self._policies[number] = policy
        return number
