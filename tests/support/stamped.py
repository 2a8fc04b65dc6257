"""What exporters showed at instants in the past, as OpenMetrics that promtool makes blocks of."""

import re
from collections.abc import AsyncIterator, Iterable, Iterator

from exporter.engine.live import Live
from exporter.output.exposition import Exposition
from exporter.output.style import OPENMETRICS

_SAMPLE = re.compile(r"^(\w+)(?:{(.*)})? (\S+)$", re.MULTILINE)

Sample = tuple[str, str]
"""The name of a metric, and a line of it."""


async def stamped(shown: Iterable[tuple[int, Live]], target: str) -> AsyncIterator[Sample]:
    """Every sample of one exporter, as a Prometheus keeps it.

    Args:
        shown: Instants, milliseconds since the epoch, and what there was to show.
        target: Labels of the scrape target, as text.
    """
    exposition = Exposition()
    for at, live in shown:
        text = "".join([part async for part in exposition.slices(live, at, OPENMETRICS)])
        for sample in _stamped(text, at, target):
            yield sample


def _stamped(text: str, at: int, target: str) -> Iterator[Sample]:
    for name, labels, value in _SAMPLE.findall(text):
        own = f",{labels}" if labels else ""
        yield name, f"{name}{{{target}{own}}} {value} {at / 1000:.3f}\n"


def openmetrics(samples: Iterable[Sample]) -> str:
    """Families together, as the format wants it."""
    families = dict[str, list[str]]()
    for name, line in samples:
        families.setdefault(name, []).append(line)
    blocks = (f"# TYPE {name} unknown\n" + "".join(lines) for name, lines in families.items())
    return "".join(blocks) + "# EOF\n"
