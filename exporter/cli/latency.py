"""`latency`: how long probes took in any period."""

import click

from exporter.cli.options import config_option, format_option, storage_option

_EPILOG = """\b
Examples:
  uptime-slo-exporter latency checkout
  uptime-slo-exporter latency checkout --window 30d --at 2026-11-01T00:00:00Z --format json

\b
Whole hours of UTC count; the running one once it is over. Quantiles are right within 1 %.
Exit status: 3 if nothing is known.
"""


@click.command(epilog=_EPILOG)
@click.argument("service", metavar="SERVICE")
@click.option("--window", default="1d", show_default=True, metavar="DURATION", help="How long a period.")
@click.option("--at", metavar="TIME", help="End of the period, RFC 3339 or seconds; now if not given.")
@config_option
@storage_option
@format_option("table", "json")
def command(  # noqa: PLR0917 -- one argument an option
    service: str, window: str, at: str | None, config_files: tuple[str, ...], storage: str, format_: str
) -> int:
    """Show p50, p95 and p99 of the durations of a service's successful probes, by endpoint."""
    import json  # noqa: PLC0415 -- `--help` needs none of this
    from pathlib import Path  # noqa: PLC0415

    from exporter.cli.configured import load  # noqa: PLC0415
    from exporter.cli.parsed import parsed, parsed_length  # noqa: PLC0415
    from exporter.cli.questions import find_service  # noqa: PLC0415
    from exporter.clock import SystemClock  # noqa: PLC0415
    from exporter.output.latencies import lines  # noqa: PLC0415
    from exporter.record.latencies import latencies  # noqa: PLC0415
    from exporter.store.reader import SqliteReader  # noqa: PLC0415
    from exporter.units import HOUR, format_duration, parse_instant, within_years  # noqa: PLC0415

    length = parsed_length("--window", window) or 0
    instant = parsed("--at", at, parse_instant)
    over = SystemClock().wall() // HOUR * HOUR  # the running hour counts once it is over
    end = over if instant is None else min(instant, over)
    parsed("--window", format_duration(length), lambda _: within_years(end - length, "its start"))
    found = find_service(load(config_files, storage), service)
    store = SqliteReader.open(Path(storage))
    try:
        answers = list(latencies(store, found, end - length, end))
    finally:
        store.close()
    click.echo(json.dumps(answers, indent=2) if format_ == "json" else "\n".join(lines(answers)))
    if any(each["p50_seconds"] is not None for each in answers):
        return 0
    click.echo("no duration of these hours is known; the running hour counts once it is over", err=True)
    return 3
