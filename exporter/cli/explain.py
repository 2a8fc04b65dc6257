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
    import os  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from exporter.cli.parsed import parsed, parsed_length  # noqa: PLC0415
    from exporter.cli.questions import find_slo  # noqa: PLC0415
    from exporter.clock import SystemClock  # noqa: PLC0415
    from exporter.config.load import load  # noqa: PLC0415
    from exporter.output.explanations import is_plain, rows  # noqa: PLC0415
    from exporter.record.question import pose  # noqa: PLC0415
    from exporter.store.reader import SqliteReader  # noqa: PLC0415
    from exporter.units import parse_instant  # noqa: PLC0415

    length = parsed_length("--window", window)
    instant = parsed("--at", at, parse_instant)
    config = load(config_files, os.environ)
    service, found = find_slo(config, slo)
    store = SqliteReader.open(Path(storage))
    try:
        asked = pose(store, config, service, found, now=SystemClock().wall(), at=instant, window=length)
        told = asked.explain(length, store.absence_spans())
    finally:
        store.close()
    if bad and format_ == "json":
        told["intervals"] = [each for each in told["intervals"] if not is_plain(each)]
    if format_ == "json":
        click.echo(json.dumps(told, indent=2))
    else:
        for row in rows(told, plain=not bad):
            click.secho(row.text, **_COLOURS.get(row.state, {}))
    return 3 if told["answer"]["sli"] is None else 0
