"""Past results on their way from a command to the daemon: series as lists, small however long a steady past is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from exporter.record.csv_file import EndpointName, Past
from exporter.timeline.tally import State

Packed = list[Any]
"""First instant, step, count, vote, reason, event, and the duration of each in nanoseconds or null for all."""


def encode(results: Mapping[EndpointName, Sequence[Past]]) -> list[dict[str, Any]]:
    """Make JSON of results; `decode` gives them back, but for their line numbers."""
    return [
        {"service": service, "endpoint": endpoint, "series": list(_packed(past))}
        for (service, endpoint), past in results.items()
    ]


def decode(found: Iterable[Mapping[str, Any]]) -> dict[EndpointName, Sequence[Past]]:
    """Read what `encode` made.

    Raises:
        ValueError: It is something else.
    """
    try:
        return {
            (str(each["service"]), str(each["endpoint"])): list(_unpacked(each["series"])) for each in found
        }
    except (KeyError, TypeError, ValueError) as error:
        msg = f"not a list of past results: {error}"
        raise ValueError(msg) from error


def _packed(past: Sequence[Past]) -> Iterator[Packed]:
    last: Packed | None = None
    for at, vote, reason, _, duration, event in past:
        said = [int(vote), reason, event]
        if last is not None and last[3:6] == said and (duration is None) == (last[6] is None):
            first, step, count = last[:3]
            distance = at - first - step * (count - 1)
            if step in {0, distance}:
                last[1:3] = distance, count + 1
                if duration is not None:
                    last[6].append(duration)
                continue
        if last is not None:
            yield last
        last = [at, 0, 1, *said, None if duration is None else [duration]]
    if last is not None:
        yield last


def _unpacked(series: Iterable[Packed]) -> Iterator[Past]:
    for first, step, count, vote, reason, event, durations in series:
        for number in range(count):
            duration = None if durations is None else int(durations[number])
            at = int(first) + number * int(step)
            yield Past(at, State(vote), str(reason), 0, duration, bool(event))
