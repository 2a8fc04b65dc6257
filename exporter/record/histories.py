"""What the store keeps of endpoints, as histories."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import NamedTuple

from exporter.store.base import Mark, Reader, StoredEndpoint
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.timeline import Timeline

ALIVE = 5_000
"""Milliseconds after its last commit for which a daemon is taken to be alive."""


class Known(NamedTuple):
    """An endpoint that the record knows, and its past."""

    stored: StoredEndpoint
    history: EndpointHistory

    def copy(self) -> "Known":
        """The past as it is now, to be read by another thread than the one that adds to it."""
        return self._replace(history=deepcopy(self.history))


def load(
    store: Reader, services: Container[str] | None = None, *, died: int | None = None
) -> Mapping[str, Sequence[Known]]:
    """Load the past of all endpoints, also of those that are no longer configured.

    Args:
        store: Where the record is.
        services: Ids of the services to load; None for all.
        died: The instant since which nobody has been watching; None where somebody is.

    Returns:
        By id of the service; services that the record does not know are left out.
    """
    found = dict[str, list[Known]]()
    for each in _each(store, lambda stored: services is None or stored.service in services, died):
        found.setdefault(each.stored.service, []).append(each)
    return found


def load_again(store: Reader, numbers: Iterable[int]) -> Mapping[int, EndpointHistory]:
    """Load the pasts of some endpoints, by their numbers."""
    wanted = set(numbers)
    return {each.stored.number: each.history for each in _each(store, lambda stored: stored.number in wanted)}


def _each(
    store: Reader, wanted: Callable[[StoredEndpoint], bool], died: int | None = None
) -> Iterator[Known]:
    absences, kept_from = [*store.absences(), *([] if died is None else [died])], store.kept_from()
    for stored in store.endpoints():
        if wanted(stored):
            first = None if kept_from is None else stored.first  # else it is its first row, wherever that is
            history = EndpointHistory(stored.removed, first=first, kept_from=kept_from)
            history.load(store.rows(stored.number), absences, store.slow(stored.number))
            yield Known(stored, history)


def load_as_of(
    store: Reader, now: int, services: Container[str] | None = None
) -> Mapping[str, Sequence[Known]]:
    """Load as `load` does, with the knowledge that nobody has been watching since a daemon's last sign of life.

    Args:
        store: Where the record is.
        now: Milliseconds since the epoch.
        services: Ids of the services to load; None for all.
    """
    mark = store.mark()
    return load(store, services, died=mark.at if mark is not None and now - mark.at >= ALIVE else None)


def settled_until(timeline: Timeline, mark: int, undone: int | None) -> int:
    """The instant before which nothing of an endpoint changes but by corrections (rule D).

    Args:
        timeline: Its states.
        mark: Instant of the last commit.
        undone: First instant that is not done though it has come; None where all is done.
    """
    settled = mark if undone is None else min(mark, undone)
    pending = timeline.pending_since()
    if pending is not None and settled < pending[1]:
        settled = min(settled, pending[0])
    return settled


def all_settled_until(known: Sequence[Known], mark: Mark) -> int:
    """The instant before which nothing of several endpoints changes but by corrections."""
    return min(
        (
            settled_until(each.history.timeline, mark.at, mark.due.get(each.stored.number))
            for each in known
            if not each.stored.removed or each.stored.removed[-1][1] <= mark.at
        ),
        default=mark.at,
    )
