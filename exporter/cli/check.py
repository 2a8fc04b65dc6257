"""`check`: is the configuration right, and what do its SLOs allow?"""

import click

from exporter.cli.options import DEFAULT_CONFIG, config_option, format_option

_EPILOG = """\b
Examples:
  uptime-slo-exporter check uptime.yml
  uptime-slo-exporter check 'conf.d/*.yml' --format json
"""


@click.command(epilog=_EPILOG)
@click.argument("files", nargs=-1, metavar="[FILE]...")
@config_option
@format_option("table", "json")
def command(files: tuple[str, ...], config_files: tuple[str, ...], format_: str) -> None:
    """Check configuration files, which join as with `run`.

    Prints each SLO's budget in time, and for each alert tier how many failures and how
    long a full outage it takes to fire; a tier that can never fire is shown with the reason.
    """
    import json  # noqa: PLC0415 -- `--help` needs none of this
    import os  # noqa: PLC0415

    from exporter.config.load import load  # noqa: PLC0415
    from exporter.errors import UsageError  # noqa: PLC0415
    from exporter.output.budgets import budgets, lines  # noqa: PLC0415

    if files and config_files != (DEFAULT_CONFIG,):
        msg = "give the files either as arguments or with --config.file, not both"
        raise UsageError(msg)
    config = load(files or config_files, os.environ)
    checked = budgets(config)
    for warning in checked["warnings"]:
        click.secho("warning: ", fg="yellow", nl=False, err=True)
        click.echo(warning, err=True)
    if any(each.kind == "command" for service in config.services for each in service.endpoints):
        click.secho("note: ", fg="yellow", nl=False, err=True)
        click.echo("probes of type command need `run --probe.enable-commands`", err=True)
    if format_ == "json":
        click.echo(json.dumps(checked, indent=2))
    else:
        click.echo("\n".join(lines(checked)))
