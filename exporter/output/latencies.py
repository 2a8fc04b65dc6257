"""Quantiles of latencies as lines for people."""

from collections.abc import Iterator, Sequence

from exporter.record.latencies import Latency


def lines(answers: Sequence[Latency]) -> Iterator[str]:
    """A line for each endpoint, and the hours that were counted."""
    rows: list[tuple[str, ...]] = [("ENDPOINT", "P50", "P95", "P99")]
    rows += [
        (
            each["endpoint"],
            *map(_milliseconds, (each["p50_seconds"], each["p95_seconds"], each["p99_seconds"])),
        )
        for each in answers
    ]
    if answers:
        yield f"{answers[0]['service']}: {answers[0]['start']} to {answers[0]['end']}"
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *values in rows:
        cells = [name.ljust(widths[0]), *(v.rjust(w) for v, w in zip(values, widths[1:], strict=True))]
        yield "  " + "  ".join(cells)


def _milliseconds(seconds: float | None) -> str:
    return "no value" if seconds is None else f"{seconds * 1000:.3g} ms"
