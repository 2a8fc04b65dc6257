"""Past results into the record (ruling 14)."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from exporter.config.model import Config
from exporter.record import durations
from exporter.record.csv_file import EndpointName, Past
from exporter.record.durations import Judging
from exporter.store.base import Batch, EndpointKey, Sketch, SlowSuccess, Writer
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.spans import Span
from exporter.units import parse_instant


class Origin(NamedTuple):
    """Where past results come from.

    Attributes:
        who: The user who brings them in.
        name: Of the file or query.
        sha256: Of what was read, hexadecimal.
    """

    who: str
    name: str
    sha256: str


class Imported(NamedTuple):
    """What became of past results.

    Attributes:
        results: How many entered the record.
        skipped: How many did not, because something is stored where they lie.
        older: How many did not, because they are older than what is kept.
        set_aside: How many of the record gave way to them.
    """

    results: int
    skipped: int
    older: int = 0
    set_aside: int = 0


def backfill(
    store: Writer,
    config: Config,
    results: Mapping[EndpointName, Sequence[Past]],
    origin: Origin,
    *,
    now: int,
    staleness: int | None = None,
    replaced: Span | None = None,
) -> Imported:
    """Bring past results in, as beats of their endpoints' present settings, all or none.

    What was measured stays: a result between the first and the last of a stored series is
    skipped, so that bringing in the same again changes nothing. So is one that is older than
    what is kept.

    Args:
        store: The record.
        config: That has the endpoints.
        results: By names of service and endpoint, in order of their instants.
        origin: For the audit.
        now: Milliseconds since the epoch.
        staleness: Milliseconds for which each result speaks, in place of the endpoint's own.
        replaced: Span whose results are set aside first, in the endpoints that `results` has.

    Raises:
        StoreError: It could not be written; nothing was.
    """
    known = {
        (service.name, endpoint.name): (EndpointKey(service.id, endpoint.id), endpoint)
        for service in config.services
        for endpoint in service.endpoints
    }
    kinds = {known[name][0]: known[name][1].kind for name in results}
    numbers = store.enter(kinds, now)
    brought = _Brought(store, replaced)
    for name, past in results.items():
        key, endpoint = known[name]
        policy = replace(endpoint.policy, staleness=staleness) if staleness else endpoint.policy
        brought.take(numbers[key], past, policy)
    imported, aside = sum(row.results for each in brought.rows.values() for row in each), 0
    if imported or replaced is not None:
        aside = store.import_batch(brought.batch(origin, now))
    return Imported(imported, brought.skipped, brought.older, aside)


class _Brought:
    """What enters the record of past results, and how many of them do not."""

    def __init__(self, store: Writer, replaced: Span | None) -> None:
        self._store = store
        self._replaced = replaced
        self._kept_from = store.kept_from()
        self._slow: list[SlowSuccess] = []
        self._sketches: list[Sketch] = []
        self.rows: dict[int, Sequence[Row]] = {}
        self.skipped = self.older = 0

    def take(self, number: int, past: Sequence[Past], policy: Policy) -> None:
        """Take the past of an endpoint."""
        stored = self._store.rows(number)
        kept = [each for each in past if self._kept_from is None or each.at >= self._kept_from]
        free = _free(kept, stored, self._replaced)
        self.older += len(past) - len(kept)
        self.skipped += len(kept) - len(free)
        self.rows[number] = series(free, Judging.of(policy, past), [row.at for row in stored])
        self._slow += durations.slow(number, free, policy)
        self._sketches += durations.sketches(number, free)

    def batch(self, origin: Origin, now: int) -> Batch:
        """All of it, for the store."""
        left_out = self.skipped + self.older
        parts = (self.rows, left_out, self._replaced, self._slow, self._sketches)
        return Batch(now, origin.who, origin.name, origin.sha256, *parts)


def parse_span(text: str) -> Span:
    """Read `FROM..TO`, each RFC 3339 or seconds.

    Raises:
        ValueError: It is no span, or ends before it starts.
    """
    first, dots, second = text.partition("..")
    if not dots:
        msg = f"`{text}` is not a span; write 2026-10-01T00:00:00Z..2026-10-02T00:00:00Z"
        raise ValueError(msg)
    start, end = parse_instant(first), parse_instant(second)
    if end <= start:
        msg = f"`{text}` ends before it starts"
        raise ValueError(msg)
    return start, end


def series(results: Iterable[Past], judging: Judging, stored: Sequence[int] = ()) -> Sequence[Row]:
    """Join results of one kind that are equally far apart; exact, and one row for a steady past.

    Args:
        results: In order of their instants.
        judging: The settings that each is judged by.
        stored: Starts of the series that the record has, ascending; none is joined across.
    """
    rows, place = list[Row](), -1
    for result in results:
        last, before, policy = rows[-1] if rows else None, place, judging.of_result(result)
        place = bisect_right(stored, result.at)
        said = (result.vote, result.reason, result.event, policy)
        alike = last and (last.vote, last.reason, last.event, last.policy) == said
        if last is not None and place == before and alike:
            step = result.at - last.last
            if last.step in (0, step):
                rows[-1] = last._replace(step=step, last=result.at)
                continue
        rows.append(
            Row(result.at, 0, result.at, result.vote, result.reason, event=result.event, policy=policy)
        )
    return rows


def _free(results: Sequence[Past], stored: Sequence[Row], replaced: Span | None) -> Sequence[Past]:
    """The results that do not lie within a stored series that stays."""
    starts = [row.at for row in stored]

    def is_free(at: int) -> bool:
        if replaced is not None and replaced[0] <= at < replaced[1]:
            return True
        index = bisect_right(starts, at) - 1
        return index < 0 or at > stored[index].last

    return [result for result in results if is_free(result.at)]
