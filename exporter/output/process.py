"""What the exporter says of itself: its build, configuration, scheduler, store, clock and process."""

import platform
from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.metrics_core import Metric

from exporter import __version__
from exporter.engine.live import Histogram, Live
from exporter.output import names
from exporter.output.column import buckets
from exporter.output.endpoints import histogram_values
from exporter.output.names import Family, Kind
from exporter.output.style import Style, labels, sample
from exporter.timeline.exclusion import Once


def exporter_lines(live: Live, at: int, style: Style) -> Iterator[str]:
    """Every family of the group `exporter` at an instant, each as one text."""
    config, health = live.config, live.health
    version = labels(("version", __version__), ("python", platform.python_version()))
    yield _one(style, names.BUILD_INFO, 1, version)
    yield _one(style, names.EXPORTER_INFO, 1, labels(("site", config.site)))
    yield _one(style, names.CONFIG_HASH, 1, labels(("sha256", config.hash)))
    yield _one(style, names.RELOAD_OK, int(health.reload_successful))
    yield _one(style, names.RELOAD_AT, _seconds(health.reload_success_at))
    yield _one(style, names.PROBER_CONNECTED, None if health.connected is None else int(health.connected))
    times = {name: _seconds(each.success_at) for name, each in health.sources.items()}
    yield _by_source(style, names.DISCOVERY_SUCCESS, times)
    yield _by_source(
        style, names.DISCOVERY_OK, {name: int(not each.problem) for name, each in health.sources.items()}
    )
    yield from _counting(live, style)
    yield _histogram(style, names.SCHEDULER_LAG, health.lag)
    yield _one(style, names.SCHEDULER_MISSED, health.missed)
    yield _one(style, names.STORE_COMMIT, _seconds(health.commit_at))
    yield _one(style, names.STORE_PENDING, health.pending_rows)
    yield _one(style, names.STORE_BYTES, health.store_bytes)
    yield _one(style, names.STORE_FAILURES, health.write_failures)
    yield _one(style, names.CLOCK_STEPS, health.clock_steps)
    yield _exclusion_ends(live, at, style)


def evaluated_line(at: int, style: Style) -> str:
    """The instant that every figure of a response is of."""
    return _one(style, names.EVALUATED, at / 1000)


class Process:
    """Memory, processor time and descriptors of this process, as every client library shows them."""

    def __init__(self) -> None:
        self._collector = ProcessCollector(registry=CollectorRegistry())

    def lines(self, style: Style) -> Iterator[str]:
        """Every `process_*` family, each as one text."""
        for metric in self._collector.collect():
            yield _foreign(style, metric)


def _foreign(style: Style, metric: Metric) -> str:
    kind = Kind(metric.type)
    name = f"{metric.name}_total" if kind is Kind.COUNTER else metric.name
    lines = [sample(each.name, labels(*each.labels.items()), each.value) for each in metric.samples]
    return style.head(Family(name, kind, metric.documentation)) + "".join(lines)


def _exclusion_ends(live: Live, at: int, style: Style) -> str:
    """When what excludes something now will end; of several of one name and category the last one."""
    ends = dict[tuple[str, str, str], int]()
    for each in live.exclusions:
        for start, end in each.when.spans(at, at + 1):
            if start <= at < end:
                recurring = "false" if isinstance(each.when, Once) else "true"
                key = each.name, each.category.value, recurring
                ends[key] = max(end, ends.get(key, end))
    family = names.EXCLUSION_END
    lines = [
        sample(family.name, labels(*zip(family.labels, key, strict=True)), end / 1000)
        for key, end in ends.items()
    ]
    return style.head(family) + "".join(lines) if lines else ""


def _one(style: Style, family: Family, value: float | None, label_text: str = "") -> str:
    return "" if value is None else style.head(family) + sample(family.name, label_text, value)


def _by_source(style: Style, family: Family, values: Mapping[str, float | None]) -> str:
    lines = [
        sample(family.name, labels(("source", source)), value)
        for source, value in values.items()
        if value is not None
    ]
    return style.head(family) + "".join(lines) if lines else ""


def _counting(live: Live, style: Style) -> Iterator[str]:
    """How it is to ask about each SLO over `promql`."""
    found = {
        labels((names.SERVICE, service), (names.SLO, slo)): each
        for (service, slo), each in live.health.counting.items()
    }
    for family, values in (
        (names.PROMQL_UNTIL, {text: _seconds(each.history.until) for text, each in found.items()}),
        (names.PROMQL_OK, {text: int(not each.problem) for text, each in found.items()}),
    ):
        lines = [sample(family.name, text, value) for text, value in values.items() if value is not None]
        yield style.head(family) + "".join(lines) if lines else ""


def _histogram(style: Style, family: Family, histogram: Histogram) -> str:
    shape = buckets([bound / 1_000_000_000 for bound in histogram.bounds])
    values = histogram_values(histogram)
    pairs = zip(shape, values, strict=True)
    return style.head(family) + "".join(
        sample(family.name + suffix, text, value) for (suffix, text), value in pairs
    )


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
