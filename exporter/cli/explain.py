"""`explain`: every interval behind an SLO's figure."""

import sys
from typing import TYPE_CHECKING, Any

import click

from exporter.cli.options import config_option, format_option, storage_option

if TYPE_CHECKING:
    from exporter.slo.explained import Explained, Line

_EPILOG = """\b
Examples:
  uptime-slo-exporter explain website/availability
  uptime-slo-exporter explain website --only bad,excluded --window 7d
  uptime-slo-exporter explain checkout/latency --at 2026-11-01T00:00:00Z --format json

\b
Times are UTC. Exit status: 3 if there is no value.
"""

_COLOURS: dict[str, dict[str, Any]] = {
    "good": {"dim": True},
    "bad": {"fg": "red"},
    "unknown": {"fg": "yellow"},
    "excluded": {"fg": "cyan"},
}


@click.command(epilog=_EPILOG)
@click.argument("slo", metavar="SERVICE[/SLO]")
@click.option("--window", metavar="DURATION", help="Explain this window instead of the SLO's own, e.g. 7d.")
@click.option("--at", metavar="TIME", help="End of the window, RFC 3339 or seconds; now if not given.")
@click.option(
    "--only",
    metavar="KINDS",
    help="Show only these intervals: bad, unknown, excluded, good; or several of them.",
)
@config_option
@storage_option
@format_option("table", "json", "csv")
def command(  # noqa: PLR0917 -- one argument an option
    slo: str,
    window: str | None,
    at: str | None,
    only: str | None,
    config_files: tuple[str, ...],
    storage: str,
    format_: str,
) -> int:
    """Show when an SLO was up, down, excluded or unknown, why, and what it cost the budget.

    The intervals add up to the figure that `sli` gives, to the last digit, and it says so.
    """
    from exporter.cli.asking import posed  # noqa: PLC0415 -- `--help` needs none of this
    from exporter.cli.parsed import parsed  # noqa: PLC0415
    from exporter.output.intervals import KINDS, kinds  # noqa: PLC0415

    wanted = parsed("--only", only, _parse_kinds) or set(KINDS)
    with posed(slo, config_files, storage, window=window, at=at) as (asked, length):
        told = asked.explain(length)
    _print(told, [each for each in told["intervals"] if kinds(each) & wanted], format_)
    return 3 if told["answer"]["sli"] is None else 0


def _parse_kinds(text: str) -> set[str]:
    """Read some of `KINDS` with commas between them.

    Raises:
        ValueError: There is no such kind.
    """
    from exporter.errors import nearest  # noqa: PLC0415
    from exporter.output.intervals import KINDS  # noqa: PLC0415

    wanted = {each.strip() for each in text.split(",")}
    for each in sorted(wanted - set(KINDS)):
        hint = nearest(each, KINDS) or f"; there are {', '.join(KINDS)}"
        msg = f"there is no `{each}`{hint}"
        raise ValueError(msg)
    return wanted


def _print(told: "Explained", shown: "list[Line]", format_: str) -> None:
    """Print an explanation with those of its intervals that are wanted."""
    if format_ == "json":
        import json  # noqa: PLC0415

        click.echo(json.dumps({**told, "intervals": shown}, indent=2))
    elif format_ == "csv":
        from exporter.output.intervals import write_csv  # noqa: PLC0415

        write_csv(shown, sys.stdout)
    else:
        from shutil import get_terminal_size  # noqa: PLC0415

        from exporter.output.explanations import rows  # noqa: PLC0415

        width = get_terminal_size().columns if sys.stdout.isatty() else None
        for row in rows(told, shown, width):
            click.echo(click.style(row.text, **_COLOURS[row.kind]) if row.kind else row.text)
