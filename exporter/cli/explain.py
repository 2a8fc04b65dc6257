"""`explain`: every interval behind an SLO's figure."""

from typing import Any

import click

from exporter.cli.options import config_option, format_option, storage_option

_EPILOG = """\b
Examples:
  uptime-slo-exporter explain website/availability
  uptime-slo-exporter explain website --bad --window 7d
  uptime-slo-exporter explain checkout/latency --at 2026-11-01T00:00:00Z --format json

\b
Exit status: 3 if there is no value.
"""

_COLOURS: dict[str, dict[str, Any]] = {
    "up": {"dim": True},
    "good": {"dim": True},
    "uncounted": {"dim": True},
    "down": {"fg": "red"},
    "bad": {"fg": "red"},
    "failed beat": {"fg": "red"},
    "unknown": {"fg": "yellow"},
    "excluded": {"fg": "blue"},
}


@click.command(epilog=_EPILOG)
@click.argument("slo", metavar="SERVICE[/SLO]")
@click.option("--window", metavar="DURATION", help="Explain this window instead of the SLO's own, e.g. 7d.")
@click.option("--at", metavar="TIME", help="End of the window, RFC 3339 or seconds; now if not given.")
@click.option("--bad", is_flag=True, help="Leave out the intervals in which all was well.")
@config_option
@storage_option
@format_option("table", "json")
def command(  # noqa: PLR0917 -- one argument an option
    slo: str,
    window: str | None,
    at: str | None,
    bad: bool,
    config_files: tuple[str, ...],
    storage: str,
    format_: str,
) -> int:
    """Show when an SLO was up, down, excluded or unknown, why, and what it cost the budget.

    The intervals add up to the figure that `sli` gives, to the last digit, and it says so.
    """
    import json  # noqa: PLC0415 -- `--help` needs none of this

    from exporter.cli.asking import posed  # noqa: PLC0415
    from exporter.output.explanations import is_plain, rows  # noqa: PLC0415

    with posed(slo, config_files, storage, window=window, at=at) as (asked, length, absences):
        told = asked.explain(length, absences)
    if bad and format_ == "json":
        told["intervals"] = [each for each in told["intervals"] if not is_plain(each)]
    if format_ == "json":
        click.echo(json.dumps(told, indent=2))
    else:
        for row in rows(told, plain=not bad):
            click.secho(row.text, **_COLOURS.get(row.state, {}))
    return 3 if told["answer"]["sli"] is None else 0
