"""`backfill`: past results into the record."""

from typing import TYPE_CHECKING, NamedTuple

import click

from exporter.cli.options import config_option, storage_option
from exporter.cli.prometheus import prometheus_options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from exporter.config.model import Config
    from exporter.record.csv_file import EndpointName, Past
    from exporter.record.samples import Samples

_EPILOG = """\b
Examples:
  uptime-slo-exporter backfill --csv october.csv
  uptime-slo-exporter backfill --csv statuspage.csv --staleness 10m
  uptime-slo-exporter backfill --csv fixed.csv --replace 2026-10-01T00:00:00Z..2026-10-02T00:00:00Z
  uptime-slo-exporter backfill --prometheus http://localhost:9090 --query 'probe_success{job="blackbox"}'
  uptime-slo-exporter backfill --prometheus http://localhost:9090 --query 'up{job="shop"}' --endpoint shop/web

\b
The file has a header and the columns timestamp (RFC 3339 or seconds), service,
endpoint, result (success, failure, inconclusive), and optionally
duration_seconds, reason and kind. Series of Prometheus find their endpoint by
the label instance (its URL) or by uptime_service and uptime_endpoint.
"""

DEFAULT_SPAN = "30d"


class Collected(NamedTuple):
    """Past results, read and checked; nothing is written yet.

    Attributes:
        results: By names of service and endpoint.
        name: Of the file or query.
        sha256: Of what was read, hexadecimal.
    """

    results: "Mapping[EndpointName, Sequence[Past]]"
    name: str
    sha256: str


class Span(NamedTuple):
    """`--from` and `--to` as they were given."""

    start: str | None
    end: str | None


class Server(NamedTuple):
    """The options that say what is asked of which Prometheus."""

    url: str
    query: str
    step: int | None
    token_file: str | None
    ca_file: str | None
    endpoint: str | None


@click.command(epilog=_EPILOG)
@click.option("--csv", "path", metavar="FILE", help="The results, as a file.")
@prometheus_options
@click.option(
    "--endpoint",
    metavar="SERVICE/ENDPOINT",
    help="What the one series of --query is about, whatever its labels.",
)
@click.option(
    "--from", "from_", metavar="TIME", help="With --prometheus: start; 30 days before the end if not given."
)
@click.option("--to", "to", metavar="TIME", help="With --prometheus: end, not part of it; now if not given.")
@click.option(
    "--staleness", metavar="DURATION", help="How long each result speaks, if its source has another interval."
)
@click.option(
    "--replace",
    metavar="FROM..TO",
    help="Set aside first what the endpoints that the results name have stored in this span; nothing is deleted.",
)
@config_option
@storage_option
def command(  # noqa: PLR0917 -- one argument an option
    path: str | None,
    prometheus: str | None,
    query: str | None,
    step: str | None,
    token_file: str | None,
    ca_file: str | None,
    endpoint: str | None,
    from_: str | None,
    to: str | None,
    staleness: str | None,
    replace: str | None,
    config_files: tuple[str, ...],
    storage: str,
) -> None:
    """Bring past results in, as beats of their endpoints' present settings, all or none.

    What was measured stays: a result within a stored series is skipped and counted, so that
    bringing in the same again changes nothing.
    """
    from pathlib import Path  # noqa: PLC0415

    from exporter.cli.bring import bring  # noqa: PLC0415
    from exporter.cli.configured import load  # noqa: PLC0415
    from exporter.cli.parsed import parsed, parsed_length  # noqa: PLC0415
    from exporter.cli.user import user  # noqa: PLC0415
    from exporter.clock import SystemClock  # noqa: PLC0415
    from exporter.errors import UsageError  # noqa: PLC0415
    from exporter.record.backfill import Origin, parse_span  # noqa: PLC0415

    if (path is None) == (prometheus is None):
        msg = "say where the results come from: either --csv FILE, or --prometheus URL with --query"
        raise UsageError(msg)
    if path is not None and any(
        each is not None for each in (query, step, token_file, ca_file, endpoint, from_, to)
    ):
        msg = "--query, --endpoint, --from, --to, --step, --token-file and --ca-file go with --prometheus, not with --csv"
        raise UsageError(msg)
    now = SystemClock().wall()
    length = parsed_length("--staleness", staleness)
    replaced = parsed("--replace", replace, parse_span)
    if replaced is not None and replaced[1] > now:
        msg = f"--replace: `{replace}` ends in the future; end it by now"
        raise UsageError(msg)
    config = load(config_files, storage)
    if path is not None:
        collected = _from_csv(path, config, now)
    else:
        server = Server(
            prometheus or "", query or "", parsed_length("--step", step), token_file, ca_file, endpoint
        )
        collected = _from_prometheus(server, Span(from_, to), config, now, length)
    if replaced is not None and not collected.results:
        msg = f"{collected.name} has no results, and --replace sets aside only what endpoints have that it names; nothing was changed"
        raise UsageError(msg)
    origin = Origin(user(), collected.name, collected.sha256)
    done = bring(
        Path(storage), config, collected.results, origin, now=now, staleness=length, replaced=replaced
    )
    told = f"{done.results} results imported, {done.skipped} skipped as something is stored there"
    told += f", {done.older} as they are older than what is kept" if done.older else ""
    told += f"; {done.set_aside} of the record set aside for them" if replaced else ""
    click.echo(f"{collected.name}: {told}")


def _from_csv(path: str, config: "Config", now: int) -> Collected:
    from functools import partial  # noqa: PLC0415 -- `--help` needs none of this
    from pathlib import Path  # noqa: PLC0415

    from exporter.cli.progress import watched  # noqa: PLC0415
    from exporter.record.csv_file import read_csv  # noqa: PLC0415

    read = read_csv(Path(path), config, now, partial(watched, label=f"Reading {path}"))
    return Collected(read.results, path, read.sha256)


def _from_prometheus(
    server: Server, span: Span, config: "Config", now: int, staleness: int | None
) -> Collected:
    from exporter.cli.progress import advancing  # noqa: PLC0415 -- `--help` needs none of this
    from exporter.cli.prometheus import note_step, opened  # noqa: PLC0415
    from exporter.cli.questions import find_endpoint  # noqa: PLC0415
    from exporter.errors import UsageError  # noqa: PLC0415
    from exporter.record.matching import match  # noqa: PLC0415
    from exporter.record.prometheus import nothing, read  # noqa: PLC0415
    from exporter.record.samples import digest  # noqa: PLC0415

    if not server.query.strip():
        msg = "--prometheus needs --query: what to ask it, such as probe_success"
        raise UsageError(msg)
    only = None if server.endpoint is None else find_endpoint(config, server.endpoint)
    start, end = _instants(span, now)
    with (
        opened(server.url, server.token_file, server.ca_file) as api,
        advancing(end - start, f"Reading {api.shown}") as advance,
    ):
        found = read(api, server.query, (start, end), step=server.step, advance=advance)
    note_step(server.query, found.step, server.step)
    if not found.series:
        raise nothing(api, server.query, (start, end))
    results = match(found.series, config, api.shown, only)
    _warn_of_holes(results, config, staleness)
    return Collected(results, f"{api.shown} {server.query}", digest(found.series))


def _instants(span: Span, now: int) -> tuple[int, int]:
    """Read `--from` and `--to`, in milliseconds.

    Raises:
        UsageError: One is no instant, they are no span, or it ends in the future.
    """
    from exporter.cli.parsed import parsed  # noqa: PLC0415 -- `--help` needs none of this
    from exporter.errors import UsageError  # noqa: PLC0415
    from exporter.units import parse_duration, parse_instant  # noqa: PLC0415

    end = parsed("--to", span.end, parse_instant)
    end = now if end is None else end
    start = parsed("--from", span.start, parse_instant)
    start = end - parse_duration(DEFAULT_SPAN) if start is None else start
    if end > now:
        msg = f"--to: {span.end} is in the future"
        raise UsageError(msg)
    if start >= end:
        msg = "--from has to be before --to"
        raise UsageError(msg)
    return start, end


def _warn_of_holes(
    results: "Mapping[EndpointName, Samples]", config: "Config", staleness: int | None
) -> None:
    """Say where results are further apart than each speaks: the time between would be unknown."""
    from exporter.units import format_duration  # noqa: PLC0415 -- `--help` needs none of this

    for service in config.services:
        for endpoint in service.endpoints:
            samples = results.get((service.name, endpoint.name))
            interval = None if samples is None else samples.interval
            speaks = staleness or endpoint.policy.staleness
            if interval is not None and interval > speaks:
                enough = format_duration(2 * interval + endpoint.policy.timeout)
                click.echo(
                    f"warning: {service.name}/{endpoint.name}: samples are {format_duration(interval)} apart and each "
                    f"speaks for {format_duration(speaks)}, so that the time between is unknown; give --staleness {enough}",
                    err=True,
                )
