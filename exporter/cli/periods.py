"""`periods`: the closed periods of an SLO with a calendar window."""

import click

from exporter.cli.options import config_option, format_option, storage_option

_EPILOG = """\b
Examples:
  uptime-slo-exporter periods checkout/availability
  uptime-slo-exporter periods checkout/availability --last 3 --format json

\b
Exit status: 3 if nothing is kept of any closed period.
"""


@click.command(epilog=_EPILOG)
@click.argument("slo", metavar="SERVICE[/SLO]")
@click.option("--last", type=click.IntRange(1), help="At most so many, the latest ones.")
@click.option(
    "--at", metavar="TIME", help="Periods that had ended by then, RFC 3339 or seconds; now if not given."
)
@config_option
@storage_option
@format_option("table", "json")
def command(  # noqa: PLR0917 -- one argument an option
    slo: str, last: int | None, at: str | None, config_files: tuple[str, ...], storage: str, format_: str
) -> int:
    """Show every closed period of which anything is kept, the latest first, with all that is known today."""
    import json  # noqa: PLC0415 -- `--help` needs none of this
    from itertools import islice  # noqa: PLC0415

    from exporter.cli.asking import posed  # noqa: PLC0415
    from exporter.errors import UsageError  # noqa: PLC0415
    from exporter.output.answers import periods  # noqa: PLC0415

    with posed(slo, config_files, storage, at=at) as (asked, *_):
        if isinstance(asked.slo.window, int):
            msg = f"{slo} has a rolling window, which has no periods; ask `sli` with --at, or give it a calendar window"
            raise UsageError(msg)
        found = list(islice(asked.periods(), last))
    if not found:
        click.echo(
            f"{slo}: no period of which anything is kept has closed yet; `sli` has the running one", err=True
        )
    click.echo(json.dumps(found, indent=2) if format_ == "json" else "\n".join(periods(found)))
    return 0 if found else 3
