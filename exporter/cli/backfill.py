"""`backfill`: past results into the record."""

import click

from exporter.cli.options import config_option, storage_option

_EPILOG = """\b
Examples:
  uptime-slo-exporter backfill --csv october.csv
  uptime-slo-exporter backfill --csv statuspage.csv --staleness 10m
  uptime-slo-exporter backfill --csv fixed.csv --replace 2026-10-01T00:00:00Z..2026-10-02T00:00:00Z

\b
The file has a header and the columns timestamp (RFC 3339 or seconds), service,
endpoint, result (success, failure, inconclusive), and optionally
duration_seconds and reason.
"""


@click.command(epilog=_EPILOG)
@click.option("--csv", "path", required=True, metavar="FILE", help="The results.")
@click.option(
    "--staleness", metavar="DURATION", help="How long each result speaks, if its source has another interval."
)
@click.option(
    "--replace", metavar="FROM..TO", help="Set aside what is stored in this span first; nothing is deleted."
)
@config_option
@storage_option
def command(
    path: str, staleness: str | None, replace: str | None, config_files: tuple[str, ...], storage: str
) -> None:
    """Bring past results in, as beats of their endpoints' present settings, all or none.

    What was measured stays: a row within a stored series is skipped and counted, so that
    bringing in the same file again changes nothing.
    """
    import os  # noqa: PLC0415 -- `--help` needs none of this
    from functools import partial  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from exporter.cli.bring import bring  # noqa: PLC0415
    from exporter.cli.parsed import parsed, parsed_length  # noqa: PLC0415
    from exporter.cli.progress import watched  # noqa: PLC0415
    from exporter.cli.user import user  # noqa: PLC0415
    from exporter.clock import SystemClock  # noqa: PLC0415
    from exporter.config.load import load  # noqa: PLC0415
    from exporter.record.backfill import Origin, parse_span  # noqa: PLC0415
    from exporter.record.csv_file import read_csv  # noqa: PLC0415

    now = SystemClock().wall()
    length = parsed_length("--staleness", staleness)
    span = parsed("--replace", replace, parse_span)
    config = load(config_files, os.environ)
    read = read_csv(Path(path), config, now, partial(watched, label=f"Reading {path}"))
    origin = Origin(user(), path, read.sha256)
    done = bring(Path(storage), config, read.results, origin, now=now, staleness=length, replaced=span)
    click.echo(
        f"{path}: {done.results} results imported, {done.skipped} skipped as something is stored there"
    )
