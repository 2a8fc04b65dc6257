"""`init`: a first configuration that works."""

import click

from exporter.cli.options import DEFAULT_CONFIG

_EPILOG = """\b
Examples:
  uptime-slo-exporter init https://example.com/
  uptime-slo-exporter init tcp://db.example.com:5432 --config.file db.yml
"""


@click.command(epilog=_EPILOG)
@click.argument("url")
@click.option(
    "--config.file",
    "path",
    default=DEFAULT_CONFIG,
    show_default=True,
    metavar="FILE",
    help="Where to write it; never over an existing file.",
)
def command(url: str, path: str) -> None:
    """Write a commented configuration that watches URL."""
    from exporter.cli.written import create  # noqa: PLC0415 -- `--help` needs none of this
    from exporter.config.starter import starter  # noqa: PLC0415

    create(path, starter(url, path), "--config.file")
    option = "" if path == DEFAULT_CONFIG else f" --config.file {path}"
    click.echo(
        f"Wrote {path}, which watches {url}\n\n"
        "Next:\n"
        f"  uptime-slo-exporter probe '{url}'{option}\n      one probe now\n"
        f"  uptime-slo-exporter check {path}\n      its error budget, and when its alerts fire\n"
        f"  uptime-slo-exporter run{option}\n      the daemon; look at http://localhost:9895/"
    )
