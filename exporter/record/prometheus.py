"""The samples of a query over a span, read from Prometheus piece by piece."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from math import floor
from typing import NamedTuple

from exporter.errors import UptimeError, UsageError
from exporter.record.prometheus_api import BadQueryError, HeavyQueryError, PrometheusApi, Series
from exporter.record.samples import Labels, Samples
from exporter.timeline.spans import Span
from exporter.timeline.tally import State
from exporter.units import DAY, HOUR, MINUTE, SECOND, format_instant

DEFAULT_STEP = 15 * SECOND
"""Distance at which an expression is evaluated where none is given."""

FIRST_PIECE, SHORTEST_PIECE, LONGEST_PIECE = HOUR, MINUTE, 7 * DAY
PIECE_SAMPLES = 200_000
"""Samples that a piece should have at most, so that no answer is large."""

MOST_STEPS = 10_000
"""Prometheus refuses 11,000 points a series."""

MOST_SAMPLES = 50_000_000
"""Samples that are held at a time, 9 bytes each."""

Advance = Callable[[int], object]
"""Is told how many milliseconds of the span have been read since it was called last."""


class Read(NamedTuple):
    """What a query gave.

    Attributes:
        series: With at least one sample each, in order of their labels.
        step: Milliseconds at which it was evaluated; None where the samples are those that are stored.
    """

    series: Sequence[Samples]
    step: int | None


def read(
    api: PrometheusApi, query: str, span: Span, *, step: int | None = None, advance: Advance = lambda _: None
) -> Read:
    """Read the samples of a query in a half-open span, each once.

    A selector (`probe_success{job="blackbox"}`) gives the stored samples with their own
    instants. Any other expression is evaluated at the multiples of a step, as Prometheus
    does it for graphs.

    Args:
        api: Whom to ask.
        query: PromQL; each value has to be 1 (success) or 0 (failure). NaN is no result.
        span: Milliseconds since the epoch.
        step: Milliseconds; evaluate at this distance whatever the query is.
        advance: Is told of the progress.

    Raises:
        BadQueryError: The server cannot read the query.
        UsageError: A value is neither 1 nor 0.
        UptimeError: The server does not answer as it should.
    """
    reading = _Reading(api, query, step)
    start, end = span
    length = FIRST_PIECE
    while start < end:
        until = min(start + length, end)
        if reading.step is not None:
            until = min(until, start + MOST_STEPS * reading.step)
        try:
            taken = reading.take(start, until)
        except HeavyQueryError:
            if length <= SHORTEST_PIECE:
                raise
            length = max(SHORTEST_PIECE, (until - start) // 4)
            continue
        advance(until - start)
        wanted = (until - start) * PIECE_SAMPLES // max(1, taken)
        length = min(LONGEST_PIECE, 4 * length, max(SHORTEST_PIECE, wanted))
        start = until
    found = sorted(reading.found.values(), key=lambda samples: samples.labels)
    return Read([samples for samples in found if len(samples)], reading.step)


def nothing(api: PrometheusApi, query: str, span: Span) -> UptimeError:
    """What to say where a query has no samples in a span."""
    start, end = map(format_instant, span)
    return UptimeError(
        f"{api.shown} has no samples of `{query}` from {start} to {end}; "
        "see that it is spelt right, and how long its server keeps samples"
    )


@dataclass
class _Reading:
    """What has been read so far.

    Attributes:
        step: None while the query is taken for a selector.
        found: By labels; samples in order.
        count: Of all samples.
    """

    api: PrometheusApi
    query: str
    step: int | None
    found: dict[Labels, Samples] = field(default_factory=dict)
    count: int = 0

    def take(self, start: int, end: int) -> int:
        """Read one piece [start, end); how many samples it had."""
        series = None if self.step else self._samples(start, end)
        if series is None:
            self.step = self.step or DEFAULT_STEP
            first = -(-start // self.step) * self.step
            series = self.api.steps(self.query, first, end - 1, self.step) if first < end else ()
        taken = sum(self._keep(each, start, end) for each in series)
        self.count += taken
        if self.count > MOST_SAMPLES:
            msg = f"the query has more than {MOST_SAMPLES:,} samples in that span; ask for fewer series, or less time at once"
            raise UptimeError(msg)
        return taken

    def _samples(self, start: int, end: int) -> Sequence[Series] | None:
        """The stored samples of a piece; None where the query is no selector."""
        try:
            return self.api.samples(self.query, end - 1, end - start)
        except BadQueryError:
            if self.found:
                raise
            return None  # an expression; what is wrong otherwise is said of the query as it was given

    def _keep(self, series: Series, start: int, end: int) -> int:
        labels = tuple(sorted(series.labels.items()))
        samples = self.found.setdefault(labels, Samples(labels))
        for seconds, text in series.values:
            at = self._instant(seconds)
            vote = _VOTES.get(text) or _vote(text, samples, at)
            if vote is not None and start <= at < end:
                samples.add(at, vote)
        return len(series.values)

    def _instant(self, seconds: int | Decimal) -> int:
        try:
            return floor(seconds * SECOND)
        except (ValueError, TypeError, OverflowError) as error:
            msg = f"{self.api.shown} gives an instant that is none: {seconds}"
            raise UptimeError(msg) from error


_VOTES: Mapping[str, State] = {"1": State.UP, "0": State.DOWN}


def _vote(text: str, samples: Samples, at: int) -> State | None:
    """What an unusual value says; None for NaN.

    Raises:
        UsageError: It is neither 1 nor 0.
    """
    try:
        value = Decimal(text)
    except (InvalidOperation, TypeError):
        value = Decimal("Infinity")
    if value.is_nan():
        return None
    if value not in {0, 1}:
        msg = (
            f"{samples} is {text} at {format_instant(at)}: a result is 1 (success) or 0 (failure); "
            "compare it, as in `QUERY > bool 0`"
        )
        raise UsageError(msg)
    return State.UP if value else State.DOWN
