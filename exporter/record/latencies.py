"""Quantiles of a service's endpoints, as people ask for them."""

from collections.abc import Collection, Iterator
from typing import TypedDict

from exporter.config.model import Service
from exporter.record.latency import quantiles
from exporter.store.base import EndpointKey, Reader
from exporter.units import HOUR, format_instant

SHOWN = (0.5, 0.95, 0.99)
"""Quantiles that are shown."""


class Latency(TypedDict):
    """How long an endpoint's successful probes took; null where nothing is known.

    The period is that of the whole UTC hours that the one asked about overlaps.
    """

    service: str
    endpoint: str
    start: str
    end: str
    p50_seconds: float | None
    p95_seconds: float | None
    p99_seconds: float | None


def hourly(
    store: Reader, endpoints: Collection[EndpointKey], start: int, end: int
) -> list[tuple[float | None, ...]]:
    """Answer for some endpoints together, hour by hour.

    Args:
        store: The record.
        endpoints: Those that are asked about.
        start: Milliseconds since the epoch, of a UTC hour.
        end: Likewise; not part of it.

    Returns:
        Seconds by quantile as in `SHOWN` of each hour, oldest first; None where nothing is known.

    Raises:
        StoreError: The record cannot be read.
    """
    wanted = set(endpoints)
    numbers = [each.number for each in store.endpoints() if EndpointKey(each.service, each.id) in wanted]
    found = [quantiles(store, numbers, at, at + HOUR, SHOWN) or {} for at in range(start, end, HOUR)]
    return [tuple(hour[each] / 1e9 if each in hour else None for each in SHOWN) for hour in found]


def latencies(store: Reader, service: Service, start: int, end: int) -> Iterator[Latency]:
    """Answer for each endpoint of a service.

    Args:
        store: The record.
        service: As configured.
        start: Milliseconds since the epoch.
        end: Likewise; not part of the period.

    Raises:
        StoreError: The record cannot be read.
    """
    numbers = {(each.service, each.id): each.number for each in store.endpoints()}
    first, last = start - start % HOUR, end + -end % HOUR
    for endpoint in service.endpoints:
        number = numbers.get((service.id, endpoint.id))
        found = quantiles(store, [] if number is None else [number], start, end, SHOWN) or {}
        p50, p95, p99 = (found[each] / 1e9 if each in found else None for each in SHOWN)
        yield {
            "service": service.name,
            "endpoint": endpoint.name,
            "start": format_instant(first),
            "end": format_instant(last),
            "p50_seconds": p50,
            "p95_seconds": p95,
            "p99_seconds": p99,
        }
