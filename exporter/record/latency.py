"""How long probes took: quantiles of any period, without keeping every probe.

Durations become bins of a DDSketch: a quantile is right within `ACCURACY`, relative to
itself. An hour of an endpoint is one sketch, or several where a restart or an import fell into
it; all of them merge, over hours and over endpoints, without losing accuracy.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from exporter.errors import StoreError
from exporter.store.base import Reader

if TYPE_CHECKING:
    from ddsketch import LogarithmicMapping

ACCURACY = 0.01
"""Relative error of a quantile at most."""

MOST_BINS = 4096
"""More than there are between a nanosecond and three centuries, so that bins never collapse."""

_VERSION = 1  # bins of ACCURACY, as pairs of varints: the distance to the bin before, and a count
_CONTINUES, _LOW = 0x80, 0x7F


@cache
def _mapping() -> "LogarithmicMapping":
    from ddsketch import LogarithmicMapping  # noqa: PLC0415 -- most commands ask no latency

    return LogarithmicMapping(ACCURACY)


def binning() -> Callable[[int], int]:
    """The function that gives the bin of a duration: nanoseconds > 0 to 0 ... 2184."""
    key: Callable[[int], int] = _mapping().key
    return key


def pack(bins: Iterable[int]) -> bytes:
    """Make a sketch of durations, each given by its bin; some 2 bytes for each bin that differs."""
    packed, before = bytearray((_VERSION,)), 0
    for each, count in sorted(Counter(bins).items()):
        _append(packed, each - before)
        _append(packed, count)
        before = each
    return bytes(packed)


def unpack(sketch: bytes) -> Iterator[tuple[int, int]]:
    """Bins and their counts, ascending.

    Raises:
        StoreError: It is none of ours, or of a newer version.
    """
    if sketch[:1] != bytes((_VERSION,)):
        msg = f"the store has a latency sketch of the unknown version {sketch[:1].hex() or 'nothing'}; install a newer uptime-slo-exporter"
        raise StoreError(msg)
    numbers, each = _numbers(sketch[1:]), 0
    for distance, count in zip(numbers, numbers, strict=True):
        each += distance
        yield each, count


def quantiles(
    store: Reader, endpoints: Iterable[int], start: int, end: int, wanted: Sequence[float]
) -> Mapping[float, int] | None:
    """How long the successful probes of some endpoints took, all of them together.

    Args:
        store: The record; the running hour is in it only once it is over, or the daemon stopped.
        endpoints: Their numbers in the store.
        start: Milliseconds; every UTC hour that overlaps [start, end) counts as a whole.
        end: Milliseconds.
        wanted: Quantiles, 0 ... 1.

    Returns:
        Nanoseconds by quantile, each within `ACCURACY` of a duration that was measured (of
        n, in order, the one at quantile x (n - 1), counted from 0 and floored); None where none was.

    Raises:
        StoreError: The record cannot be read.
    """
    counts = Counter[int]()
    for endpoint in endpoints:
        for _, sketch in store.sketches(endpoint, start, end):
            for each, count in unpack(sketch):
                counts[each] += count
    return _quantiles(counts, wanted) if counts else None


def _quantiles(counts: Mapping[int, int], wanted: Sequence[float]) -> Mapping[float, int]:
    from ddsketch import CollapsingLowestDenseStore  # noqa: PLC0415 -- as above
    from ddsketch.ddsketch import BaseDDSketch  # noqa: PLC0415

    bins = CollapsingLowestDenseStore(MOST_BINS)
    for each, count in sorted(counts.items()):
        bins.add(each, count)
    sketch = BaseDDSketch(_mapping(), bins, CollapsingLowestDenseStore(1), 0)
    return {quantile: round(sketch.get_quantile_value(quantile) or 0) for quantile in wanted}


def _append(packed: bytearray, number: int) -> None:
    while number > _LOW:
        packed.append(number & _LOW | _CONTINUES)
        number >>= 7
    packed.append(number)


def _numbers(packed: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in packed:
        number |= (byte & _LOW) << shift
        if byte & _CONTINUES:
            shift += 7
        else:
            yield number
            number = shift = 0
