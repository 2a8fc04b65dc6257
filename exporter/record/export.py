"""The record as results one by one: what `export` writes and `backfill` reads."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from exporter.config.model import Config
from exporter.record.csv_file import EndpointName, Kind
from exporter.record.histories import ALIVE
from exporter.store.base import Reader, StoredEndpoint
from exporter.timeline.row import LIVE, Row
from exporter.timeline.spans import Span
from exporter.timeline.tally import State


class Told(NamedTuple):
    """One result, or that nobody was there any more.

    Attributes:
        at: Milliseconds since the epoch.
        vote: As of `Row`; unknown for an absence.
        reason: As of `Row`.
        kind: What it is.
    """

    at: int
    vote: State
    reason: str
    kind: Kind


def named(store: Reader, config: Config) -> Sequence[tuple[EndpointName, StoredEndpoint]]:
    """All endpoints of the record in order of their names.

    Those that are not configured are named by their ids, with ` (removed)` behind it where
    another one has that name now.
    """
    names = {
        (service.id, endpoint.id): (service.name, endpoint.name)
        for service in config.services
        for endpoint in service.endpoints
    }
    services = {service.id: service.name for service in config.services}
    taken, found = set(names.values()), list[tuple[EndpointName, StoredEndpoint]]()
    for stored in store.endpoints():
        name = names.get((stored.service, stored.id))
        if name is None:
            name = (services.get(stored.service, stored.service), stored.id)
            name = (name[0], f"{stored.id} (removed)") if name in taken else name
        found.append((name, stored))
    return sorted(found, key=itemgetter(0))


def told(store: Reader, endpoint: StoredEndpoint, span: Span, now: int) -> Iterator[Told]:
    """The results of an endpoint in a span, in order of their instants, however many there are.

    Together with the absences they say the same as the record, so that brought into an empty
    store they give the same figures, as long as the endpoint's settings have stayed the same.

    Args:
        store: The record.
        endpoint: Of the record.
        span: Milliseconds since the epoch.
        now: Milliseconds; who has committed nothing for a while before it is absent.
    """
    mark = store.mark()
    gone = [mark.at] if mark is not None and now - mark.at >= ALIVE else []
    ends = sorted({*store.absences(), *(since for since, _ in endpoint.removed), *gone})
    start, end = span
    for each in with_absences(store.each_row(endpoint.number), ends):
        if isinstance(each, Told):
            if start <= each.at < end:
                yield each
            continue
        kind = Kind.BEAT if each.event else Kind.EXTRA
        for at in instants(each, span):
            yield Told(at, each.vote, each.reason, kind)


def count(store: Reader, endpoint: StoredEndpoint, span: Span) -> int:
    """How many results an endpoint has in a span."""
    return sum(len(instants(row, span)) for row in store.each_row(endpoint.number))


def instants(row: Row, span: Span) -> range:
    """The instants of a series' results in a span."""
    step = row.step or 1
    first = row.at + max(0, -(-(span[0] - row.at) // step)) * step
    return range(first, min(row.last + 1, span[1]), step)


def with_absences(rows: Iterable[Row], ends: Sequence[int]) -> Iterator[Row | Told]:
    """Rows, and between them each absence that cuts short what a result of the daemon says.

    Args:
        rows: In order of their instants.
        ends: Starts of absences and removals, ascending.
    """
    before: Row | None = None
    for row in rows:
        if before is not None:
            yield from _absence(before, ends, row.at)
        yield row
        before = row
    if before is not None:
        yield from _absence(before, ends, None)


def _absence(row: Row, ends: Sequence[int], until: int | None) -> Iterator[Told]:
    """The first absence that begins after a row while its last result speaks, and before the next row."""
    if row.source != LIVE or row.vote == State.UNKNOWN:
        return
    spoken = row.last + row.policy.staleness
    index = bisect_left(ends, row.last + 1)
    if index < len(ends) and ends[index] < (spoken if until is None else min(spoken, until)):
        yield Told(ends[index], State.UNKNOWN, "", Kind.ABSENCE)
