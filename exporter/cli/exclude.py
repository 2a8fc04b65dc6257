"""`exclude`: what does not count, entered and taken back, also for the past."""

from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from exporter.cli.options import config_option, format_option, storage_option

if TYPE_CHECKING:
    from exporter.record.wanted import Wanted

CATEGORIES = ("maintenance", "customer", "force_majeure", "dependency", "out_of_hours", "other")
PATH = "/api/v1/exclusions"

_EPILOG = """\b
Examples:
  uptime-slo-exporter exclude add --service checkout --category maintenance \\
      --from 2026-11-02T01:00:00Z --to 2026-11-02T03:30:00Z --reason "Move to the new rack"
  uptime-slo-exporter exclude add --service '*' --category force_majeure --for 30m --reason "Power cut"
  uptime-slo-exporter exclude list --trail
  uptime-slo-exporter exclude approve c3
  uptime-slo-exporter exclude remove c3 --reason "The move was put off"

\b
Works beside a running daemon, whose figures follow at once, and without one.
Nothing is ever rewritten: who, when and why stays in the trail.
"""


@click.group(epilog=_EPILOG)
def command() -> None:
    """Enter what does not count, for the past too, or take it back."""


@command.command()
@click.option(
    "--service", "services", multiple=True, metavar="NAME", help="That is covered; repeats; `*` is all."
)
@click.option("--endpoint", "endpoints", multiple=True, metavar="SERVICE/ENDPOINT", help="Likewise.")
@click.option(
    "--label", "labels", multiple=True, metavar="NAME=VALUE", help="Covers what has all of these labels."
)
@click.option("--category", type=click.Choice(CATEGORIES), required=True, help="Why it does not count.")
@click.option("--from", "start", default="", metavar="TIME", help="RFC 3339 or seconds; now if not given.")
@click.option("--to", "end", default="", metavar="TIME", help="Likewise; may be in the future.")
@click.option("--for", "length", metavar="DURATION", help="Instead of --to, e.g. 30m.")
@click.option("--reason", required=True, help="Shown beside every figure that this moves.")
@click.option("--name", default="", help="For people; the category if not given.")
@click.option("--planned", is_flag=True, help="It may begin in the future.")
@config_option
@storage_option
@format_option("table", "json")
def add(
    *,
    labels: tuple[str, ...],
    length: str | None,
    config_files: tuple[str, ...],
    storage: str,
    format_: str,
    **given: Any,  # noqa: ANN401 -- the other options, as `Wanted` names them
) -> None:
    """Enter an exclusion; prints the figures that it moves."""
    from exporter.cli.parsed import parsed, parsed_length  # noqa: PLC0415 -- `--help` needs none of this
    from exporter.clock import SystemClock  # noqa: PLC0415
    from exporter.errors import UsageError  # noqa: PLC0415
    from exporter.record.wanted import Wanted  # noqa: PLC0415
    from exporter.units import format_instant, parse_instant, within_years  # noqa: PLC0415

    lasting = parsed_length("--for", length)
    if lasting is not None:
        if given["end"]:
            msg = "give either --to or --for, not both"
            raise UsageError(msg)
        start = parsed("--from", given["start"] or None, parse_instant)
        start = SystemClock().wall() if start is None else start
        end = parsed("--for", length, lambda text: within_years(start + lasting, f"the end after `{text}`"))
        given |= {"start": format_instant(start), "end": format_instant(end or 0)}
    wanted = Wanted(**given, labels=_labels(labels))
    _print(_add(wanted, config_files, storage), "entered", format_)


@command.command()
@click.argument("ident", metavar="ID")
@click.option("--reason", required=True, help="Why it is taken back.")
@config_option
@storage_option
@format_option("table", "json")
def remove(ident: str, reason: str, config_files: tuple[str, ...], storage: str, format_: str) -> None:
    """Take an entered exclusion back.

    Every figure is what it was before, to the last digit.
    """
    from pathlib import Path  # noqa: PLC0415 -- `--help` needs none of this

    from exporter.cli.corrections import removed  # noqa: PLC0415
    from exporter.cli.through import Daemon  # noqa: PLC0415

    daemon = Daemon.find(Path(storage))
    if daemon is None:
        told = removed(ident, reason, config_files, Path(storage))
    else:
        with closing(daemon):
            told = daemon.delete(PATH, ident, {"reason": reason})
    _print(told, "taken back", format_)


@command.command()
@click.argument("ident", metavar="ID")
@click.option("--reason", default="", help="What was agreed; may be left out.")
@config_option
@storage_option
@format_option("table", "json")
def approve(ident: str, reason: str, config_files: tuple[str, ...], storage: str, format_: str) -> None:
    """Agree that an exclusion counts.

    For agreements that ask for that; moves no figure of an SLO.
    """
    from pathlib import Path  # noqa: PLC0415 -- `--help` needs none of this
    from urllib.parse import quote  # noqa: PLC0415

    from exporter.cli.corrections import approved  # noqa: PLC0415
    from exporter.cli.through import Daemon  # noqa: PLC0415

    daemon = Daemon.find(Path(storage))
    if daemon is None:
        told = approved(ident, reason, config_files, Path(storage))
    else:
        with closing(daemon):
            told = daemon.post(f"{PATH}/{quote(ident, safe='')}/approvals", {"reason": reason})
    _print(told, "agreed to", format_)


@command.command("list")
@click.option("--trail", is_flag=True, help="Everything that was ever entered, changed or taken back.")
@config_option
@storage_option
@format_option("table", "json")
def list_(*, trail: bool, config_files: tuple[str, ...], storage: str, format_: str) -> None:
    """Show what is excluded: by the configuration, and entered."""
    import json  # noqa: PLC0415 -- `--help` needs none of this
    from pathlib import Path  # noqa: PLC0415

    from exporter.cli.corrections import listed  # noqa: PLC0415
    from exporter.cli.through import Daemon  # noqa: PLC0415
    from exporter.output.exclusions import table, trail_table  # noqa: PLC0415

    daemon = Daemon.find(Path(storage))
    if daemon is None:
        found = listed(config_files, Path(storage))
    else:
        with closing(daemon):
            found = daemon.get(f"{PATH}?trail=true")
    if not trail:
        del found["trail"]
    if format_ == "json":
        click.echo(json.dumps(found, indent=2))
    else:
        click.echo("\n".join(trail_table(found["trail"]) if trail else table(found["exclusions"])))


def _add(wanted: "Wanted", config_files: tuple[str, ...], storage: str) -> Any:  # noqa: ANN401 -- JSON
    from dataclasses import asdict  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from exporter.cli.corrections import added  # noqa: PLC0415
    from exporter.cli.through import Daemon  # noqa: PLC0415

    daemon = Daemon.find(Path(storage))
    if daemon is None:
        return added(wanted, config_files, Path(storage))
    with closing(daemon):
        return daemon.post(PATH, asdict(wanted))


def _labels(given: tuple[str, ...]) -> dict[str, str]:
    from exporter.errors import UsageError  # noqa: PLC0415

    labels = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name:
            msg = f"--label: `{each}` is none; write NAME=VALUE"
            raise UsageError(msg)
        labels[name] = value
    return labels


def _print(told: Any, done: str, format_: str) -> None:  # noqa: ANN401 -- JSON
    import json  # noqa: PLC0415

    from exporter.output.exclusions import correction  # noqa: PLC0415

    click.echo(json.dumps(told, indent=2) if format_ == "json" else "\n".join(correction(told, done)))
