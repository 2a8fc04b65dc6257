"""`dashboards`: Grafana dashboards, as files to provision."""

import click

_EPILOG = """\b
Examples:
  uptime-slo-exporter dashboards
  uptime-slo-exporter dashboards --out /var/lib/grafana/dashboards/uptime

\b
They need no configuration: services, SLOs and sites are read from Prometheus.
Needs the extra `dashboards`, which a plain installation does without.
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--out",
    metavar="DIR",
    default="grafana/dashboards",
    show_default=True,
    type=click.Path(file_okay=False),
    help="Where to write them; made if it is not there.",
)
def command(out: str) -> None:
    """Write the Grafana dashboards.

    Files that this command wrote are written anew; others are never written over.
    """
    from pathlib import Path  # noqa: PLC0415 -- `--help` needs none of this

    from exporter.cli.written import write  # noqa: PLC0415
    from exporter.errors import UptimeError  # noqa: PLC0415

    try:
        from exporter.output.dashboards.files import dashboard_files  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("grafana_foundation_sdk"):
            raise
        msg = (
            "dashboards are built with grafana-foundation-sdk: pip install 'uptime-slo-exporter[dashboards]'"
        )
        raise UptimeError(msg) from error
    files = dashboard_files()
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"{out} cannot be made: {error.strerror}"
        raise UptimeError(msg) from error
    write([(str(folder / name), text) for name, text in files.items()])
    click.echo(f"Wrote {len(files)} dashboards to {out}")
