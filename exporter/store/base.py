"""What a store keeps and answers, whatever it is made of.

The record is append-only: rows are added and closed, never rewritten; what leaves the
record is set aside, not deleted. One process at a time is the writer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from exporter.timeline.row import Row
from exporter.timeline.samples import Step
from exporter.timeline.spans import Span


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the record goes, written with every commit.

    Attributes:
        at: Instant of the commit, milliseconds: every beat up to it has begun or was missed.
        due: By endpoint number, the first beat up to `at` that is not done: in flight, late or missed.
            What an open row implies ends before it.
    """

    at: int
    due: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class StoredEndpoint:
    """An endpoint that the record knows, configured or not.

    Attributes:
        number: Its key in the store.
        service: Id of its service.
        id: Its own id there.
        kind: Probe type.
        removed: Spans in which the configuration did not have it; the last one may be open.
        first: Instant of its first result, also where that was pruned; None before there was one.
    """

    number: int
    service: str
    id: str
    kind: str
    removed: tuple[Span, ...]
    first: int | None = None


class EndpointKey(NamedTuple):
    """Identity of an endpoint over renames."""

    service: str
    id: str


class SloKey(NamedTuple):
    """Identity of an SLO over renames."""

    service: str
    slo: str


class OpenRow(NamedTuple):
    """A new row, its last beat left open: it is what the mark implies, until the row is closed.

    Attributes:
        row: `last` is of no meaning.
    """

    endpoint: int
    row: Row


class ClosedRow(NamedTuple):
    """The end of an open row."""

    endpoint: int
    at: int
    last: int


class Absence(NamedTuple):
    """A span that the prober did not live."""

    since: int
    until: int
    cause: str


class SlowSuccess(NamedTuple):
    """A success that is an event and took longer than a threshold of its policy.

    Attributes:
        threshold: Nanoseconds.
        at: Its instant, milliseconds.
    """

    endpoint: int
    threshold: int
    at: int


class Sketch(NamedTuple):
    """How long an endpoint's successful probes of one UTC hour took, or a part of them.

    Several of one endpoint and hour stand side by side: whoever reads merges them.

    Attributes:
        hour: Its start, milliseconds.
        blob: In `record.latency`'s form; the store does not look into it.
    """

    endpoint: int
    hour: int
    blob: bytes


class LogEntry(NamedTuple):
    """One line of the exclusions' audit trail, which is only ever added to.

    Attributes:
        at: When it was entered, milliseconds.
        who: By whom; empty for the configuration.
        action: What was done.
        ident: Which exclusion it was done to.
        body: Everything else, as JSON.
        seq: Its place; given by the store.
    """

    at: int
    who: str
    action: str
    ident: str
    body: str
    seq: int = 0


class Said(NamedTuple):
    """What was said of an agreement in a period, in short.

    Attributes:
        agreement: Its name.
        number: From 1, without gaps, for each agreement.
        span: The period, or the part of one, milliseconds.
        at: When it was issued, milliseconds.
        sha256: Of the document in canonical form.
        share: What was credited, of the fee of a period: exact, such as `1/10`.
        claim_by: Until when that may be claimed, milliseconds; None for ever, or where nothing is owed.
    """

    agreement: str
    number: int
    span: Span
    at: int
    sha256: str
    share: str
    claim_by: int | None


class Issue(NamedTuple):
    """What was said of an agreement in a period; only ever added to.

    Attributes:
        said: In short.
        document: All of it, JSON; the store does not look into it.
        previous: SHA-256 of the one before, which the document names; empty for the first. It is not kept.
    """

    said: Said
    document: str
    previous: str = ""


@dataclass(frozen=True, slots=True)
class Commit:
    """One transaction's worth: what happened since the last one, in order, and the mark."""

    mark: Mark
    closed: Sequence[ClosedRow] = ()
    opened: Sequence[OpenRow] = ()
    absences: Sequence[Absence] = ()
    slow: Sequence[SlowSuccess] = ()
    sketches: Sequence[Sketch] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Results from elsewhere.

    Attributes:
        at: When they were imported, milliseconds.
        who: The user who did it.
        origin: Where they came from, for people.
        sha256: Of what was read, hexadecimal.
        rows: By endpoint number, in order of their instants; `source` is set by the store.
        skipped: How many results were left out because something was measured there.
        replaced: Span that is set aside first, in the endpoints of `rows`; None for none.
        slow: Those of its successes that were slow.
        sketches: How long its successes took.
    """

    at: int
    who: str
    origin: str
    sha256: str
    rows: Mapping[int, Sequence[Row]]
    skipped: int
    replaced: Span | None = None
    slow: Sequence[SlowSuccess] = ()
    sketches: Sequence[Sketch] = ()


class Reader(Protocol):
    """Answers from the record. All answers of one reader are of one instant."""

    def mark(self) -> Mark | None:
        """How far the record goes; None before the first commit."""

    def endpoints(self) -> Sequence[StoredEndpoint]:
        """All that the record knows, in order of their numbers."""

    def rows(self, endpoint: int) -> Sequence[Row]:
        """All rows of an endpoint in order of their instants, the open one as far as the mark goes."""

    def each_row(self, endpoint: int) -> Iterator[Row]:
        """The same one by one, however many there are."""

    def absences(self) -> Sequence[int]:
        """Starts of the prober's absences, ascending."""

    def absence_spans(self) -> Sequence[Absence]:
        """The prober's absences with their causes, in order of their starts."""

    def slow(self, endpoint: int) -> Mapping[int, Sequence[int]]:
        """Instants of an endpoint's slow successes, ascending, by threshold in nanoseconds."""

    def sketches(self, endpoint: int, start: int, end: int) -> Sequence[tuple[int, bytes]]:
        """Starts and sketches of the hours that overlap [start, end), ascending; an hour may have several."""

    def steps(self, slo: SloKey) -> Sequence[Step]:
        """What a source has counted for an SLO, in order."""

    def each_step(self, slo: SloKey) -> Iterator[Step]:
        """The same one by one, however many there are."""

    def kept_from(self) -> int | None:
        """The instant before which the record was pruned; None where it never was."""

    def exclusion_log(self) -> Sequence[LogEntry]:
        """All that was ever done to exclusions, in order."""

    def ledger(self) -> Sequence[LogEntry]:
        """All that was ever written down of incidents and measures, in order."""

    def said(self, agreement: str) -> Sequence[Said]:
        """All that was ever said of an agreement, in short and in order of their numbers."""

    def issues(self, agreement: str) -> Sequence[Issue]:
        """The same as a whole, which takes a while where there is much."""

    def unreported(self, agreement: str) -> Sequence[Issue]:
        """What was issued by itself, and of which not all reports were written yet."""

    def interim_until(self, agreement: str) -> int | None:
        """As of when the running period of an agreement was last reported by itself, milliseconds; None where it never was."""

    def reported_at(self, agreement: str) -> int | None:
        """When reports of an agreement, of closed periods or running ones, were last written by themselves, milliseconds; None where they never were."""

    def close(self) -> None:
        """Release the store."""


class Writer(Reader, Protocol):
    """The one process that writes."""

    def begin(self, now: int, configured: Mapping[EndpointKey, str]) -> Mapping[EndpointKey, int]:
        """Take up the record: the time since its last mark becomes an absence.

        Open rows are closed, endpoints that are new are entered, those that are gone are
        noted as removed at `now`.

        Args:
            now: Milliseconds, not before the mark.
            configured: Probe type by endpoint.

        Returns:
            Each configured endpoint's number.
        """

    def reconfigure(
        self, now: int, configured: Mapping[EndpointKey, str], entries: Sequence[LogEntry] = ()
    ) -> Mapping[EndpointKey, int]:
        """Let the record go on with other endpoints from `now` on, as `begin` does but without an absence.

        Args:
            now: Milliseconds, after every result of an endpoint that is gone; its open row is closed.
            configured: Probe type by endpoint.
            entries: What that changes of the exclusions; in the same transaction.

        Returns:
            Each configured endpoint's number.
        """

    def size(self) -> int:
        """Bytes of the store's files."""

    def commit(self, commit: Commit) -> None:
        """Write one commit as a whole or, with a StoreError, not at all."""

    def set_aside(self, now: int, at: int) -> None:
        """Take what is stamped at `at` or later out of the record, because the clock went back to it."""

    def add_steps(self, slo: SloKey, steps: Sequence[Step], after: int | None) -> bool:
        """Add what a source has counted next for an SLO.

        Args:
            slo: The SLO.
            steps: In order; each begins at a multiple of its length, which divides an hour.
            after: End of its latest step so far; None where it has none.

        Returns:
            False where its latest step ends elsewhere, as the clock took some back; nothing was added.
        """

    def enter(self, configured: Mapping[EndpointKey, str], now: int) -> Mapping[EndpointKey, int]:
        """Enter endpoints that are new, and leave the others as they are; their numbers."""

    def import_batch(self, batch: Batch) -> int:
        """Add a batch as a whole or, with a StoreError, not at all; how many results it set aside."""

    def log_exclusions(self, entries: Sequence[LogEntry]) -> None:
        """Add to the exclusions' audit trail, all or, with a StoreError, none."""

    def write_down(self, entries: Sequence[LogEntry]) -> None:
        """Add to the ledger, all or, with a StoreError, none."""

    def add_issue(self, issue: Issue, *, to_report: bool = False) -> None:
        """Add to what was said of an agreement.

        Args:
            issue: It.
            to_report: Whether reports of it are still to be written: it is `unreported` until `reported`.

        Raises:
            StoreError: It cannot be written, or does not follow the one before; nothing was.
        """

    def reported(self, said: Said, at: int) -> None:
        """Note that all reports of an issue were written at an instant."""

    def reported_interim(self, agreement: str, until: int, at: int) -> None:
        """Note that all reports of a running period as of `until` were written at an instant."""

    def pruning(self, before: int) -> Iterator[int]:
        """Let go of what ended before an instant, slice by slice: rows deleted by each.

        Each slice is a transaction of some 20 ms, so that a commit between two does not wait.
        What is known from the instant on stays the same: a series across it is kept whole, and
        so is what gave the verdict that held there. First results, watches, batches, the
        exclusions' log, and absences that cut what is kept, stay.

        Args:
            before: Milliseconds; `kept_from` from the start, unless that is later already.
        """

    def prune(self, before: int) -> int:
        """Do all of `pruning` at once."""
