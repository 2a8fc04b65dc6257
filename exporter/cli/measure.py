"""`measure`: values that no probe sees, such as how many calls were solved at once."""

import click

from exporter.cli.options import config_option, storage_option

_EPILOG = """\b
Examples:
  uptime-slo-exporter measure record first_call_resolution --value 74.5 --weight 212 --evidence "Desk export of October"
  uptime-slo-exporter measure record backups_done --value 100 --group mail --at 2026-10-31T23:00:00Z --evidence backup.log
  uptime-slo-exporter measure list
  uptime-slo-exporter measure withdraw backups_done --value 17 --text "Was of September"

\b
An agreement asks for a measure with `recorded`; whoever writes must be one of its people or programs.
"""


@click.group(epilog=_EPILOG)
def command() -> None:
    """Write down values that no probe sees."""


@command.command()
@click.argument("measure")
@click.option("--value", required=True, help="A plain number.")
@click.option("--evidence", required=True, help="Where it is from.")
@click.option("--group", default="", help="Of what; of all if not given.")
@click.option("--weight", default="", help="Of it, such as a number of cases; 1 if not given.")
@click.option(
    "--at", default="", metavar="TIME", help="What time it is about, RFC 3339 or seconds; now if not given."
)
@config_option
@storage_option
def record(*, measure: str, config_files: tuple[str, ...], storage: str, **wanted: str) -> None:
    """Write down a value of MEASURE."""
    from exporter.cli.ledger import given, measure_path, write_down  # noqa: PLC0415 -- `--help` needs none of this

    asked = given(wanted)
    path = measure_path(measure)
    write_down(path, asked, lambda desk: desk.record(measure, asked), config_files, storage)
    click.echo(f"Written down of {measure}")


@command.command()
@click.argument("measure")
@click.option("--value", required=True, help="Number of the entry, as `list` has it.")
@click.option("--text", required=True, help="Why.")
@config_option
@storage_option
def withdraw(*, measure: str, config_files: tuple[str, ...], storage: str, **wanted: str) -> None:
    """Take back a value that your party wrote by mistake. It stays in sight, and counts for nothing."""
    from exporter.cli.ledger import given, measure_path, write_down  # noqa: PLC0415 -- `--help` needs none of this

    asked = given(wanted)
    path = f"{measure_path(measure)}/withdraw"
    write_down(path, asked, lambda desk: desk.withdraw(measure, asked), config_files, storage)
    click.echo(f"Written down of {measure}")


@command.command(name="list")
@config_option
@storage_option
def list_(config_files: tuple[str, ...], storage: str) -> None:
    """List what was written down."""
    from exporter.cli.ledger import ledger_of  # noqa: PLC0415 -- `--help` needs none of this
    from exporter.output.incidents import measures  # noqa: PLC0415

    click.echo("\n".join(measures(ledger_of(config_files, storage).records)))
