"""Results one by one as lines of CSV or OpenMetrics."""

import csv
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Protocol

from exporter.output.names import ENDPOINT, PROBE_SUCCESS, SERVICE
from exporter.output.style import escape
from exporter.record.csv_file import EndpointName
from exporter.record.export import Told
from exporter.timeline.tally import State
from exporter.units import DAY, HOUR, MINUTE, SECOND

COLUMNS = ("timestamp", "service", "endpoint", "result", "reason", "kind")
"""As `backfill --csv` reads them."""

RESULTS = {State.UP: "success", State.DOWN: "failure", State.UNKNOWN: "inconclusive"}

Histories = Iterable[tuple[EndpointName, Iterable[Told]]]
"""Results by endpoint, in the order in which they are written."""

_EPOCH = date(1970, 1, 1).toordinal()


class Sink(Protocol):
    """Where text goes."""

    def write(self, text: str, /) -> object:
        """Take the next part."""


def write_csv(histories: Histories, sink: Sink) -> None:
    """Write a header, and a line for each result."""
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(COLUMNS)
    for (service, endpoint), told in histories:
        writer.writerows(
            (instant(at), service, endpoint, RESULTS[vote], reason, kind.value)
            for at, vote, reason, kind in told
        )


def write_openmetrics(histories: Histories, sink: Sink) -> None:
    """Write a sample for each success and failure, as `promtool tsdb create-blocks-from openmetrics` reads them.

    What is inconclusive says nothing and has no sample.
    """
    sink.write(f"# HELP {PROBE_SUCCESS} 1 for a probe that succeeded, 0 for one that failed.\n")
    sink.write(f"# TYPE {PROBE_SUCCESS} gauge\n")
    for (service, endpoint), told in histories:
        series = f'{PROBE_SUCCESS}{{{SERVICE}="{escape(service)}",{ENDPOINT}="{escape(endpoint)}"}}'
        for at, vote, *_ in told:
            if vote != State.UNKNOWN:
                value = 1 if vote == State.UP else 0
                sink.write(f"{series} {value} {_seconds(at)}\n")
    sink.write("# EOF\n")


def _seconds(milliseconds: int) -> str:
    sign, length = ("-", -milliseconds) if milliseconds < 0 else ("", milliseconds)
    return f"{sign}{length // SECOND}.{length % SECOND:03}"


def instant(milliseconds: int) -> str:
    """RFC 3339 in UTC, always with milliseconds; the year 1 to 9999."""
    days, rest = divmod(milliseconds, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    seconds, rest = divmod(rest, SECOND)
    return f"{_day(days)}T{hours:02}:{minutes:02}:{seconds:02}.{rest:03}Z"


@lru_cache(maxsize=4)
def _day(days: int) -> str:
    return date.fromordinal(_EPOCH + days).isoformat()
