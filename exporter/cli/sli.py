"""`sli`: an SLO's figures from the store or from a Prometheus, as of any instant."""

from typing import TYPE_CHECKING

import click

from exporter.cli.options import config_option, format_option, storage_option
from exporter.cli.prometheus import prometheus_options

if TYPE_CHECKING:
    from exporter.slo.answer import Answer

_EPILOG = """\b
Examples:
  uptime-slo-exporter sli website/availability
  uptime-slo-exporter sli website --window 7d --format json
  uptime-slo-exporter sli website/availability --at 2026-11-01T00:00:00Z --fail
  uptime-slo-exporter sli --prometheus http://localhost:9090 --query probe_success --objective 99.9 --window 30d

\b
With --prometheus no configuration and no store is needed: each series of the
query is answered by itself, from its samples as they are stored.
Exit status: 1 with --fail if an objective is missed; 3 if there is no value.
"""


@click.command(epilog=_EPILOG)
@click.argument("slo", metavar="[SERVICE[/SLO]]", required=False)
@click.option("--window", metavar="DURATION", help="Ask about this window instead of the SLO's own, e.g. 7d.")
@click.option("--at", metavar="TIME", help="End of the window, RFC 3339 or seconds; now if not given.")
@click.option("--fail", is_flag=True, help="Exit with 1 if the objective is missed.")
@prometheus_options
@click.option(
    "--objective", metavar="PERCENT", help="With --prometheus: what the SLI must reach, such as 99.9."
)
@click.option(
    "--unknown",
    type=click.Choice(["ignore", "down", "up"]),
    help="With --prometheus: how time without samples counts; ignore if not given.",
)
@click.option(
    "--interval",
    metavar="DURATION",
    help="With --prometheus: how far apart samples should be; their median distance if not given.",
)
@click.option(
    "--staleness",
    metavar="DURATION",
    help="With --prometheus: how long a sample speaks; 2 x interval + 5s if not given.",
)
@config_option
@storage_option
@format_option("table", "json")
def command(  # noqa: PLR0917 -- one argument an option
    slo: str | None,
    window: str | None,
    at: str | None,
    fail: bool,
    prometheus: str | None,
    query: str | None,
    step: str | None,
    token_file: str | None,
    ca_file: str | None,
    objective: str | None,
    unknown: str | None,
    interval: str | None,
    staleness: str | None,
    config_files: tuple[str, ...],
    storage: str,
    format_: str,
) -> int:
    """Answer an SLO from the store, also beside a running daemon, or from a Prometheus.

    A question about an earlier instant is answered with all that is known today.
    """
    from exporter.cli.prometheus import Asked, answer  # noqa: PLC0415 -- `--help` needs none of this
    from exporter.errors import UsageError  # noqa: PLC0415

    only_there = (query, step, token_file, ca_file, objective, unknown, interval, staleness)
    if prometheus is not None:
        if slo is not None:
            msg = f"`{slo}` is of the store; with --prometheus say what to ask with --query"
            raise UsageError(msg)
        asked = Asked(prometheus, query, objective, window, at, unknown, interval, staleness, step)
        return answer(asked, token_file, ca_file, fail=fail, as_json=format_ == "json")
    if any(each is not None for each in only_there):
        msg = "--query, --objective, --unknown, --interval, --staleness, --step, --token-file and --ca-file go with --prometheus"
        raise UsageError(msg)
    if slo is None:
        msg = "say which SLO: SERVICE or SERVICE/SLO, or --prometheus URL with --query and --objective"
        raise UsageError(msg)
    return _from_store(slo, window, at, config_files, storage, fail=fail, as_json=format_ == "json")


def _from_store(
    slo: str,
    window: str | None,
    at: str | None,
    config_files: tuple[str, ...],
    storage: str,
    *,
    fail: bool,
    as_json: bool,
) -> int:
    import json  # noqa: PLC0415 -- `--help` needs none of this

    from exporter.cli.asking import posed  # noqa: PLC0415
    from exporter.output.answers import lines  # noqa: PLC0415

    with posed(slo, config_files, storage, window=window, at=at) as (asked, length):
        answer = asked.answer(length)
    click.echo(json.dumps(answer, indent=2) if as_json else "\n".join(lines(answer)))
    return _status(answer, fail=fail)


def _status(answer: "Answer", *, fail: bool) -> int:
    if answer["sli"] is None:
        return 3
    return 1 if fail and answer["met"] is False else 0
