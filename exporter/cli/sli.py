"""`sli`: an SLO's figures from the store, as of any instant."""

from typing import TYPE_CHECKING

import click

from exporter.cli.options import config_option, format_option, storage_option

if TYPE_CHECKING:
    from exporter.slo.answer import Answer

_EPILOG = """\b
Examples:
  uptime-slo-exporter sli website/availability
  uptime-slo-exporter sli website --window 7d --format json
  uptime-slo-exporter sli website/availability --at 2026-11-01T00:00:00Z --fail

\b
Exit status: 1 with --fail if the objective is missed; 3 if there is no value.
"""


@click.command(epilog=_EPILOG)
@click.argument("slo", metavar="SERVICE[/SLO]")
@click.option("--window", metavar="DURATION", help="Ask about this window instead of the SLO's own, e.g. 7d.")
@click.option("--at", metavar="TIME", help="End of the window, RFC 3339 or seconds; now if not given.")
@click.option("--fail", is_flag=True, help="Exit with 1 if the objective is missed.")
@config_option
@storage_option
@format_option("table", "json")
def command(  # noqa: PLR0917 -- one argument an option
    slo: str,
    window: str | None,
    at: str | None,
    fail: bool,
    config_files: tuple[str, ...],
    storage: str,
    format_: str,
) -> int:
    """Answer an SLO from the store, also beside a running daemon.

    A question about an earlier instant is answered with all that is known today.
    """
    import json  # noqa: PLC0415 -- `--help` needs none of this
    import os  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from exporter.cli.parsed import parsed, parsed_length  # noqa: PLC0415
    from exporter.cli.questions import find_slo  # noqa: PLC0415
    from exporter.clock import SystemClock  # noqa: PLC0415
    from exporter.config.load import load  # noqa: PLC0415
    from exporter.output.answers import lines  # noqa: PLC0415
    from exporter.record.question import ask  # noqa: PLC0415
    from exporter.store.reader import SqliteReader  # noqa: PLC0415
    from exporter.units import parse_instant  # noqa: PLC0415

    length = parsed_length("--window", window)
    instant = parsed("--at", at, parse_instant)
    config = load(config_files, os.environ)
    service, found = find_slo(config, slo)
    store = SqliteReader.open(Path(storage))
    try:
        answer = ask(store, config, service, found, now=SystemClock().wall(), at=instant, window=length)
    finally:
        store.close()
    click.echo(json.dumps(answer, indent=2) if format_ == "json" else "\n".join(lines(answer)))
    return _status(answer, fail=fail)


def _status(answer: "Answer", *, fail: bool) -> int:
    if answer["sli"] is None:
        return 3
    return 1 if fail and answer["met"] is False else 0
