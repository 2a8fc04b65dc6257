"""`agreement`: what was agreed on with others: checked, started and shown."""

from typing import TYPE_CHECKING

import click

from exporter.cli.options import config_option, format_option, storage_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exporter.config.agreements.checked import Checked
    from exporter.sla.agreement import Agreement

_EPILOG = """\b
Examples:
  uptime-slo-exporter agreement new acme-hosting
  uptime-slo-exporter agreement new acme-desk --answers
  uptime-slo-exporter agreement check acme-hosting.yml
  uptime-slo-exporter agreement check
  uptime-slo-exporter agreement show acme-hosting --at 2026-11-01T00:00:00Z
  uptime-slo-exporter agreement diff acme-hosting 1 2
  uptime-slo-exporter agreement simulate acme-hosting --version 3 --history 12
  uptime-slo-exporter agreement compare acme-hosting shop own-vms vendor-vms
  uptime-slo-exporter agreement status

\b
Without files, agreements are those that the configuration names under `agreements`.
"""


@click.group(epilog=_EPILOG)
def command() -> None:
    """Check agreements, start one, or show what holds."""


@command.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@config_option
@format_option("text", "json")
@click.pass_context
def check(ctx: click.Context, files: tuple[str, ...], config_files: tuple[str, ...], format_: str) -> None:
    """Check agreements: those in FILES, or those of the configuration.

    Prints all problems, with exit status 2, or else what is weak: placeholders, what is not specific or not measurable,
    steps with holes, objectives that probes are too rare for, overdue reviews and the like. FILES are checked against the
    services of the configuration only where --config.file is given, too.
    """
    import json  # noqa: PLC0415 -- `--help` needs none of this

    from exporter.output.terms import checked_json, checked_lines  # noqa: PLC0415

    given = ctx.get_parameter_source("config_files") is click.core.ParameterSource.COMMANDLINE
    found = _checked(files, config_files if given or not files else ())
    click.echo(
        json.dumps(checked_json(found), indent=2) if format_ == "json" else "\n".join(checked_lines(found))
    )


@command.command()
@click.argument("name", default="agreement")
@click.option(
    "--out", metavar="FILE", help="Where to write it; never over an existing file. Default NAME.yml."
)
@click.option("--answers", is_flag=True, help="With severities, and a target of responses and repairs.")
def new(name: str, out: str | None, *, answers: bool) -> None:
    """Write a commented document to fill in."""
    from exporter.cli.written import create  # noqa: PLC0415 -- `--help` needs none of this
    from exporter.clock import SystemClock  # noqa: PLC0415
    from exporter.config.agreements.starter import starter  # noqa: PLC0415
    from exporter.timeline.zones import local_of, zone  # noqa: PLC0415

    path = out or f"{name}.yml"
    year = local_of(SystemClock().wall(), zone("UTC")).year
    create(path, starter(name, path, year, answers=answers), "--out")
    click.echo(
        f"Wrote {path}\n\nNext:\n"
        f"  uptime-slo-exporter agreement check {path}\n      what is still to be filled in\n"
        f"  agreements: [{path}]\n      in the configuration, so that it is judged"
    )


@command.command()
@click.argument("name")
@click.option("--at", metavar="TIME", help="RFC 3339 or seconds. Default: now.")
@click.option(
    "--file", "files", multiple=True, metavar="FILE", help="Instead of those of the configuration; repeats."
)
@config_option
@format_option("text", "json")
def show(
    name: str, at: str | None, files: tuple[str, ...], config_files: tuple[str, ...], format_: str
) -> None:
    """Show the terms of NAME that are in force.

    Each with where it stands. Where no version is in force at that time, those of the latest one that is written down, and
    why it is not.
    """
    import json  # noqa: PLC0415 -- `--help` needs none of this

    from exporter.cli.parsed import parsed  # noqa: PLC0415
    from exporter.clock import SystemClock  # noqa: PLC0415
    from exporter.output.terms import terms_json, terms_lines  # noqa: PLC0415
    from exporter.sla.agreement import in_force  # noqa: PLC0415
    from exporter.units import parse_instant  # noqa: PLC0415

    instant = parsed("--at", at, parse_instant)
    instant = SystemClock().wall() if instant is None else instant
    versions = _versions(name, files, config_files)
    chosen = in_force(versions, instant) or max(versions, key=lambda each: each.start)
    told = terms_json(chosen, instant)
    click.echo(
        json.dumps(told, indent=2, ensure_ascii=False)
        if format_ == "json"
        else "\n".join(terms_lines(chosen, instant))
    )


@command.command()
@click.argument("name")
@click.argument("before", metavar="VERSION")
@click.argument("after", metavar="VERSION")
@click.option(
    "--file", "files", multiple=True, metavar="FILE", help="Instead of those of the configuration; repeats."
)
@config_option
def diff(name: str, before: str, after: str, files: tuple[str, ...], config_files: tuple[str, ...]) -> int:
    """Show what one version of NAME says otherwise than another.

    Exit status 1 if anything.
    """
    from exporter.errors import UsageError  # noqa: PLC0415 -- `--help` needs none of this
    from exporter.sla.differences import differences  # noqa: PLC0415

    versions = {each.version: each for each in _versions(name, files, config_files)}
    for version in (before, after):
        if version not in versions:
            msg = f"`{name}` has no version `{version}`; it has {', '.join(versions)}"
            raise UsageError(msg)
    found = differences(versions[before].document, versions[after].document)
    click.echo("\n".join(map(str, found)) if found else "They promise the same.")
    return int(bool(found))


@command.command()
@click.argument("name")
@click.option("--version", default="", help="Of it; the one that is in force, or the latest, if not given.")
@click.option(
    "--history", type=click.IntRange(1, 120), default=12, show_default=True, help="How many periods."
)
@click.option("--at", metavar="TIME", help="Of the periods that were over then. Default: now.")
@click.option(
    "--file", "files", multiple=True, metavar="FILE", help="Instead of those of the configuration; repeats."
)
@config_option
@storage_option
@format_option("table", "json")
def simulate(  # noqa: PLR0917 -- one argument an option
    name: str,
    version: str,
    history: int,
    at: str | None,
    files: tuple[str, ...],
    config_files: tuple[str, ...],
    storage: str,
    format_: str,
) -> None:
    """Judge the last periods by the terms of NAME.

    As if they had been in force: before signing, drafts too.
    """
    import json  # noqa: PLC0415 -- `--help` needs none of this

    from exporter.cli.simulating import simulation  # noqa: PLC0415
    from exporter.output.simulations import month_lines, summary_json, summary_lines  # noqa: PLC0415
    from exporter.record.agreements.simulating import summaries  # noqa: PLC0415

    results = simulation(name, version, history, at, files, config_files, storage)
    found = summaries(results)
    if format_ == "json":
        click.echo(json.dumps(summary_json(found), indent=2))
        return
    click.echo("\n".join([*month_lines(results), "", *summary_lines(found, len(results), "TARGET")]))


@command.command()
@click.argument("name")
@click.argument("target")
@click.argument("services", nargs=-1, required=True, metavar="SERVICE...")
@click.option(
    "--history", type=click.IntRange(1, 120), default=12, show_default=True, help="How many periods."
)
@click.option("--at", metavar="TIME", help="Of the periods that were over then. Default: now.")
@config_option
@storage_option
@format_option("table", "json")
def compare(  # noqa: PLR0917 -- one argument an option
    name: str,
    target: str,
    services: tuple[str, ...],
    history: int,
    at: str | None,
    config_files: tuple[str, ...],
    storage: str,
    format_: str,
) -> None:
    """Compare services by the measure of a target.

    SERVICES, of vendors or one's own, by the measure of TARGET of the agreement NAME.
    """
    import json  # noqa: PLC0415 -- `--help` needs none of this

    from exporter.cli.simulating import comparison  # noqa: PLC0415
    from exporter.output.simulations import summary_json, summary_lines  # noqa: PLC0415

    found = comparison(name, target, services, history, at, config_files, storage)
    click.echo(
        json.dumps(summary_json(found), indent=2)
        if format_ == "json"
        else "\n".join(summary_lines(found, history, "SERVICE"))
    )


@command.command()
@click.argument("name", required=False)
@config_option
@storage_option
@format_option("table", "json")
def status(name: str | None, config_files: tuple[str, ...], storage: str, format_: str) -> None:
    """Show how NAME, or every agreement, stands in its running period."""
    import json  # noqa: PLC0415 -- `--help` needs none of this

    from exporter.cli.reports import running  # noqa: PLC0415
    from exporter.output.standing import standing_json, standing_lines  # noqa: PLC0415

    documents = running(name, config_files, storage)
    click.echo(
        json.dumps(standing_json(documents), indent=2)
        if format_ == "json"
        else "\n".join(standing_lines(documents))
    )


def _checked(files: tuple[str, ...], config_files: tuple[str, ...]) -> "Checked":
    """Check files, or those of a configuration, against its services where there is one."""
    import os  # noqa: PLC0415 -- `--help` needs none of this

    from exporter.clock import SystemClock  # noqa: PLC0415
    from exporter.config.agreements.checked import checked  # noqa: PLC0415
    from exporter.config.load import load  # noqa: PLC0415
    from exporter.errors import UsageError  # noqa: PLC0415

    config = load(config_files, os.environ) if config_files else None
    patterns = files or (config.agreement_files if config is not None else ())
    if not patterns:
        msg = "the configuration names no `agreements`; give files, or write one with `agreement new`"
        raise UsageError(msg)
    return checked(patterns, os.environ, SystemClock().wall(), config)


def _versions(name: str, files: tuple[str, ...], config_files: tuple[str, ...]) -> "Sequence[Agreement]":
    """All versions of an agreement; at least one.

    Raises:
        UsageError: There is none of that name.
    """
    import os  # noqa: PLC0415 -- `--help` needs none of this

    from exporter.config.agreements.load import load_agreements  # noqa: PLC0415
    from exporter.config.load import load  # noqa: PLC0415
    from exporter.record.agreements.asking import versions_of  # noqa: PLC0415

    known = load_agreements(files, os.environ) if files else load(config_files, os.environ).agreements
    return versions_of(known, name)
