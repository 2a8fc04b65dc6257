"""`claim`: what is to be sent to claim a credit."""

import click

from exporter.cli.options import config_option, storage_option

_EPILOG = """\b
Examples:
  uptime-slo-exporter claim cloud-vms --period 2026-10 --out claim-october
  uptime-slo-exporter claim cloud-vms --period last --out claim

\b
Writes a folder: claim.md, the letter with outages, calculation and deadline; outages.csv, where it has any, and probes.csv, all times in UTC;
report.json, which the other party can compute again with `verify`.
Exit status: 1 if nothing is owed.
"""


@click.command(epilog=_EPILOG)
@click.argument("agreement")
@click.option("--period", default="last", show_default=True, metavar="PERIOD", help="As `report` has it.")
@click.option("--version", default="", help="Of the agreement, where several were in force in the period.")
@click.option("--out", required=True, metavar="FOLDER", help="A new folder.")
@config_option
@storage_option
def command(  # noqa: PLR0917 -- one argument an option
    agreement: str, period: str, version: str, out: str, config_files: tuple[str, ...], storage: str
) -> int:
    """Write what is to be sent to claim what AGREEMENT owes for a period."""
    from exporter.cli.claims import written  # noqa: PLC0415 -- `--help` needs none of this
    from exporter.record.agreements.asking import Question  # noqa: PLC0415

    said, owed = written(Question(agreement, period, version), out, config_files, storage)
    click.echo(said)
    return 0 if owed else 1
