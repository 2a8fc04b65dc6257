"""`rules`: alert rules for Prometheus, tests of them, and an Alertmanager configuration."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from exporter.cli.options import F, complete_files, config_option, format_option, storage_option

if TYPE_CHECKING:
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
@config_option
@storage_option
@format_option("prometheus", "operator")
def command(  # noqa: PLR0917 -- one argument an option
    static: bool,
    out: str | None,
    tests: str | None,
    alertmanager: str | None,
    compat: str | None,
    config_files: tuple[str, ...],
    storage: str,
    format_: str,
) -> None:
    """Write alert rules for Prometheus, or a PrometheusRule object for its operator.

    Files that this command wrote are written anew; others are never written over.
    """
    import os  # noqa: PLC0415 -- `--help` needs none of this

    from exporter.cli.configured import load  # noqa: PLC0415
    from exporter.cli.written import write  # noqa: PLC0415
    from exporter.config.model import Config  # noqa: PLC0415
    from exporter.errors import UsageError  # noqa: PLC0415
    from exporter.output.rules.alertmanager import alertmanager_file  # noqa: PLC0415
    from exporter.output.rules.files import operator_file, rules_file, tests_file  # noqa: PLC0415
    from exporter.output.rules.groups import groups, static_groups  # noqa: PLC0415

    if tests and not out:
        msg = "--tests needs --out: the tests say in which file the rules are"
        raise UsageError(msg)
    if tests and format_ == "operator":
        msg = "promtool tests no PrometheusRule objects; write the tests with --format prometheus, whose rules are the same"
        raise UsageError(msg)
    if static and compat:
        msg = f"--compat {compat} is of rules that are spelled out; leave out --static"
        raise UsageError(msg)
    config = Config((), "", "") if static else load(config_files, storage)
    made = static_groups() if static else groups(config, sloth=compat == "sloth")
    files = {}
    if out:
        files[out] = _as(format_, made)
    if tests and out:
        files[tests] = tests_file(made, os.path.relpath(out, os.path.dirname(tests) or "."))  # noqa: PTH120 -- as text
    if alertmanager:
        files[alertmanager] = alertmanager_file(config)
    write(files)
    if not out:
        click.echo(operator_file(made) if format_ == "operator" else rules_file(made), nl=False)
        return
    rules = sum(len(group.rules) for group in made)
    click.echo(f"Wrote {rules} rules in {len(made)} groups to {out}")
    if tests:
        click.echo(f"Wrote their tests: promtool test rules {tests}")
    if alertmanager:
        click.echo(f"Wrote {alertmanager}, to be filled in: amtool check-config {alertmanager}")


def _as(format_: str, groups: "tuple[Group, ...]") -> str:
    from exporter.output.rules.files import operator_file, rules_file  # noqa: PLC0415

    return operator_file(groups) if format_ == "operator" else rules_file(groups)
