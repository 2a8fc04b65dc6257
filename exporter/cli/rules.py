"""`rules`: alert rules for Prometheus, tests of them, and an Alertmanager configuration."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from exporter.cli.options import F, complete_files, config_option

if TYPE_CHECKING:
    from exporter.config.model import Config
    from exporter.output.rules.rule import Group

_EPILOG = """\b
Examples:
  uptime-slo-exporter rules --static --out rules.yml
  uptime-slo-exporter rules --out rules.yml --tests rules_test.yml
  promtool check rules rules.yml && promtool test rules rules_test.yml
  uptime-slo-exporter rules --out rules.yml --alertmanager alertmanager.yml
  uptime-slo-exporter rules --format operator | kubectl apply -f -

\b
With --static the rules are right for every SLO of every exporter, and need
neither a configuration nor to be written again when it changes. Without it
windows, thresholds, owners and links of each SLO are spelled out.
"""


def _file_option(name: str, text: str) -> Callable[[F], F]:
    return click.option(name, metavar="FILE", help=text, shell_complete=complete_files)


@click.command(epilog=_EPILOG)
@click.option("--static", is_flag=True, help="Rules for every SLO of every exporter; reads no configuration.")
@_file_option("--out", "Where to write the rules; standard output if not given.")
@_file_option("--tests", "Where to write tests of them for `promtool test rules`; needs --out.")
@_file_option("--alertmanager", "Where to write an example of an Alertmanager configuration.")
@click.option(
    "--compat",
    type=click.Choice(["sloth"]),
    help="Record what this tool would have recorded, and label alerts as it does.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["prometheus", "operator"]),
    default="prometheus",
    show_default=True,
    help="What reads the rules: Prometheus, or its operator (a PrometheusRule object).",
)
@config_option
def command(  # noqa: PLR0917 -- one argument an option
    static: bool,
    out: str | None,
    tests: str | None,
    alertmanager: str | None,
    compat: str | None,
    format_: str,
    config_files: tuple[str, ...],
) -> None:
    """Write alert rules for Prometheus, or a PrometheusRule object for its operator.

    Files that this command wrote are written anew; others are never written over.
    """
    import os  # noqa: PLC0415 -- `--help` needs none of this

    from exporter.cli.written import write  # noqa: PLC0415
    from exporter.config.model import Config  # noqa: PLC0415
    from exporter.output.rules.alertmanager import alertmanager_file  # noqa: PLC0415
    from exporter.output.rules.files import tests_file  # noqa: PLC0415
    from exporter.output.rules.groups import groups, static_groups  # noqa: PLC0415

    _see_that_they_fit(static, out, tests, compat, format_)
    config = Config((), "", "") if static else _load(config_files)
    made = static_groups() if static else groups(config, sloth=compat == "sloth")
    files, told = list[tuple[str, str]](), list[str]()
    if out:
        files.append((out, _as(format_, made)))
        rules = sum(len(group.rules) for group in made)
        told.append(f"Wrote {rules} rules in {len(made)} groups to {out}")
    if tests and out:
        place = os.path.relpath(out, os.path.dirname(tests) or ".")  # noqa: PTH120 -- as text
        files.append((tests, tests_file(made, place)))
        told.append(f"Wrote their tests: promtool test rules {tests}")
    if alertmanager:
        files.append((alertmanager, alertmanager_file(config)))
        told.append(f"Wrote {alertmanager}, to be filled in: amtool check-config {alertmanager}")
    write(files, () if static else config_files)
    click.echo("\n".join(told) + "\n" if files else _as(format_, made), nl=False)


def _see_that_they_fit(
    static: bool, out: str | None, tests: str | None, compat: str | None, format_: str
) -> None:
    """Refuse options that make no sense together.

    Raises:
        UsageError: They do not.
    """
    from exporter.errors import UsageError  # noqa: PLC0415 -- `--help` needs none of this

    if tests and not out:
        msg = "--tests needs --out: the tests say in which file the rules are"
    elif tests and format_ == "operator":
        msg = "promtool tests no PrometheusRule objects; write the tests with --format prometheus, whose rules are the same"
    elif static and compat:
        msg = f"--compat {compat} is of rules that are spelled out; leave out --static"
    else:
        return
    raise UsageError(msg)


def _load(config_files: tuple[str, ...]) -> "Config":
    """Load the configuration, and say of whom its rules are not."""
    import os  # noqa: PLC0415

    from exporter.config.load import load  # noqa: PLC0415

    config = load(config_files, os.environ)
    if config.discovery is not None and (config.discovery.https or config.discovery.names):
        click.secho("note: ", fg="yellow", nl=False, err=True)
        click.echo(
            "targets that http_sd and dns_sd find have no rules here, as this asks nobody; those of --static are for all",
            err=True,
        )
    return config


def _as(format_: str, groups: "tuple[Group, ...]") -> str:
    from exporter.output.rules.files import operator_file, rules_file  # noqa: PLC0415

    return operator_file(groups) if format_ == "operator" else rules_file(groups)
