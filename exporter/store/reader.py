"""Answers from the SQLite store."""

import json
import sqlite3
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from exporter.store import issues, steps
from exporter.store.base import Absence, Issue, LogEntry, Mark, Said, SloKey, StoredEndpoint
from exporter.store.hours import unpack
from exporter.store.sqlite import open_for_reading, translated
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.samples import Step
from exporter.timeline.spans import FOREVER, Span
from exporter.timeline.tally import State
from exporter.units import HOUR

DUE = struct.Struct("<Iq")
"""One entry of the mark's `due`: endpoint number, first undone beat in milliseconds."""

POLICY = "interval, timeout, staleness, down_after, up_after, latency"
"""Columns of the table of policies that say what a policy is."""


class SqliteReader:
    """A `Reader` over one connection; beside a writer it sees one committed instant."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._policies: dict[int, Policy] = {}

    @classmethod
    def open(cls, path: Path) -> "SqliteReader":
        """Open an existing store for reading.

        Raises:
            StoreError: There is none, or it cannot be read.
        """
        return cls(path, open_for_reading(path))

    def mark(self) -> Mark | None:
        """How far the record goes; None before the first commit."""
        with translated(self.path):
            found = self._connection.execute("SELECT at, due FROM mark").fetchone()
        return Mark(found[0], dict(DUE.iter_unpack(found[1]))) if found else None

    def endpoints(self) -> Sequence[StoredEndpoint]:
        """All that the record knows, in order of their numbers."""
        watches = dict[int, list[tuple[int, int | None]]]()
        with translated(self.path):
            for number, since, until in self._connection.execute(
                "SELECT endpoint, since, until FROM watch ORDER BY endpoint, since"
            ):
                watches.setdefault(number, []).append((since, until))
            found = self._connection.execute(
                "SELECT number, service, id, kind, "
                "coalesce(first, (SELECT min(at) FROM series WHERE endpoint = number)) "
                "FROM endpoint ORDER BY number"
            )
            return [
                StoredEndpoint(number, service, name, kind, _removed(watches.get(number, [])), first)
                for number, service, name, kind, first in found
            ]

    def rows(self, endpoint: int) -> Sequence[Row]:
        """All rows of an endpoint in order of their instants, the open one as far as the mark goes."""
        return list(self.each_row(endpoint))

    def each_row(self, endpoint: int) -> Iterator[Row]:
        """The same one by one, however many there are."""
        policies = self._load_policies()
        with translated(self.path):
            for at, step, last, vote, reason, event, policy, source in self._connection.execute(
                "SELECT at, step, last, vote, reason, event, policy, source FROM series WHERE endpoint = ? ORDER BY at",
                (endpoint,),
            ):
                end = implied_last(at, step, self.mark(), endpoint) if last is None else last
                yield Row(at, step, end, State(vote), reason, bool(event), policies[policy], source)

    def absences(self) -> Sequence[int]:
        """Starts of the prober's absences, ascending."""
        with translated(self.path):
            found = self._connection.execute(
                "SELECT since FROM absence WHERE set_aside_at IS NULL ORDER BY since"
            )
            return [since for (since,) in found]

    def slow(self, endpoint: int) -> Mapping[int, Sequence[int]]:
        """Instants of an endpoint's slow successes, ascending, by threshold in nanoseconds."""
        slow = dict[int, list[int]]()
        with translated(self.path):
            for threshold, hour, packed in self._connection.execute(
                "SELECT threshold, hour, instants FROM slow WHERE endpoint = ? ORDER BY threshold, hour",
                (endpoint,),
            ):  # within an hour they lie as they came: an import may be later than what it precedes
                slow.setdefault(threshold, []).extend(sorted(unpack(packed, hour)))
        return slow

    def sketches(self, endpoint: int, start: int, end: int) -> Sequence[tuple[int, bytes]]:
        """Starts and sketches of the hours that overlap [start, end), ascending; an hour may have several."""
        with translated(self.path):
            return self._connection.execute(
                "WITH RECURSIVE hours (hour) AS ("  # asked one by one, as the table is sorted by hour first
                " SELECT min(hour) FROM sketch WHERE hour > ?1 UNION ALL"
                " SELECT (SELECT min(hour) FROM sketch WHERE hour > hours.hour) FROM hours WHERE hour < ?2) "
                "SELECT hour, durations FROM hours JOIN sketch USING (hour) "
                "WHERE hour < ?2 AND endpoint = ?3 ORDER BY hour, part",
                (start - HOUR, end, endpoint),
            ).fetchall()

    def steps(self, slo: SloKey) -> Sequence[Step]:
        """What a source has counted for an SLO, in order."""
        return list(self.each_step(slo))

    def each_step(self, slo: SloKey) -> Iterator[Step]:
        """The same one by one, however many there are."""
        with translated(self.path):
            yield from steps.read(self._connection, slo)

    def kept_from(self) -> int | None:
        """The instant before which the record was pruned; None where it never was."""
        with translated(self.path):
            found = self._connection.execute("SELECT since FROM kept").fetchone()
        return found[0] if found else None

    def exclusion_log(self) -> Sequence[LogEntry]:
        """All that was ever done to exclusions, in order."""
        with translated(self.path):
            return [
                LogEntry(*entry)
                for entry in self._connection.execute(
                    "SELECT at, who, action, ident, body, seq FROM exclusion_log ORDER BY seq"
                )
            ]

    def ledger(self) -> Sequence[LogEntry]:
        """All that was ever written down of incidents and measures, in order."""
        with translated(self.path):
            found = self._connection.execute(
                "SELECT at, who, action, ident, body, seq FROM ledger ORDER BY seq"
            )
            return [LogEntry(*each) for each in found]

    def said(self, agreement: str) -> Sequence[Said]:
        """All that was ever said of an agreement, in short and in order of their numbers."""
        with translated(self.path):
            return issues.read_said(self._connection, agreement)

    def issues(self, agreement: str) -> Sequence[Issue]:
        """The same as a whole, which takes a while where there is much."""
        with translated(self.path):
            return issues.read(self._connection, agreement)

    def unreported(self, agreement: str) -> Sequence[Issue]:
        """What was issued by itself, and of which not all reports were written yet."""
        with translated(self.path):
            return issues.read_unreported(self._connection, agreement)

    def interim_until(self, agreement: str) -> int | None:
        """As of when the running period of an agreement was last reported by itself, milliseconds; None where it never was."""
        with translated(self.path):
            return issues.interim_until(self._connection, agreement)

    def reported_at(self, agreement: str) -> int | None:
        """When reports of an agreement were last written by themselves, milliseconds; None where they never were."""
        with translated(self.path):
            return issues.reported_at(self._connection, agreement)

    def absence_spans(self) -> Sequence[Absence]:
        """The prober's absences with their causes, in order of their starts."""
        with translated(self.path):
            found = self._connection.execute(
                "SELECT since, until, cause FROM absence WHERE set_aside_at IS NULL ORDER BY since"
            )
            return [Absence(*each) for each in found]

    def close(self) -> None:
        """Release the store."""
        self._connection.close()

    def _load_policies(self) -> Mapping[int, Policy]:
        if not self._policies:
            with translated(self.path):
                found = self._connection.execute(f"SELECT number, {POLICY} FROM policy")  # noqa: S608 -- a constant
                self._policies = {number: _policy(settings) for number, *settings in found}
        return self._policies


def settings_of(policy: Policy) -> tuple[int | str, ...]:
    """A policy as the columns of `POLICY`."""
    latency = json.dumps(policy.latency, separators=(",", ":"))
    return policy.interval, policy.timeout, policy.staleness, policy.down_after, policy.up_after, latency


def _policy(settings: Sequence[Any]) -> Policy:
    *lengths, latency = settings
    thresholds = tuple((slo, threshold) for slo, threshold in json.loads(latency))
    return replace(Policy(*lengths), latency=thresholds)


def implied_last(at: int, step: int, mark: Mark | None, endpoint: int) -> int:
    """The last beat of an open row of the endpoint: its beats are done as far as the mark says."""
    if mark is None or not step:
        return at
    limit = min(mark.at, mark.due.get(endpoint, mark.at + 1) - 1)
    return at + max(0, limit - at) // step * step


def _removed(watches: Sequence[tuple[int, int | None]]) -> tuple[Span, ...]:
    """The spans between and after those in which an endpoint was configured."""
    spans = []
    for index, (_, until) in enumerate(watches):
        if until is not None:
            spans.append((until, watches[index + 1][0] if index + 1 < len(watches) else FOREVER))
    return tuple(span for span in spans if span[0] < span[1])
