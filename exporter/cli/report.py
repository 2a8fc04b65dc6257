"""`report`: what an agreement says of a period."""

from typing import TYPE_CHECKING

import click

from exporter.cli.options import config_option, storage_option
from exporter.sla.formats import FORMATS

if TYPE_CHECKING:
    from exporter.record.agreements.issuing import Drafted

_EPILOG = """\b
Examples:
  uptime-slo-exporter report acme-hosting --period 2026-10 --out october.html
  uptime-slo-exporter report acme-hosting --period last --format md
  uptime-slo-exporter report acme-hosting --period running --format json
  uptime-slo-exporter report acme-hosting --period 2026-10 --issue --format json --out october.json
  uptime-slo-exporter verify october.json

\b
The JSON has all of the evidence: whoever has it can compute it again with `verify`.
"""


@click.command(epilog=_EPILOG)
@click.argument("agreement")
@click.option(
    "--period",
    default="last",
    show_default=True,
    metavar="PERIOD",
    help="Such as 2026-10, 2026-Q4 or 2026, a day of a week, last or running.",
)
@click.option("--version", default="", help="Of the agreement, where several were in force in the period.")
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), help="Default: by the name of --out, else md."
)
@click.option("--out", metavar="FILE", help="Where to write it; standard output if not given.")
@click.option("--issue", is_flag=True, help="Number it and keep it for ever, if it says anything new.")
@config_option
@storage_option
def command(  # noqa: PLR0917 -- one argument an option
    agreement: str,
    period: str,
    version: str,
    format_: str | None,
    out: str | None,
    issue: bool,
    config_files: tuple[str, ...],
    storage: str,
) -> None:
    """Report what became of AGREEMENT in a period, with all that is known now."""
    from exporter.cli.reports import drafted, issued  # noqa: PLC0415 -- `--help` needs none of this
    from exporter.record.agreements.asking import Question, one  # noqa: PLC0415

    question = Question(agreement, period, version)
    found = drafted(question, config_files, storage, issue=issue)
    if issue:
        for number in issued(found, storage):
            click.echo(f"issued as number {number}", err=True)
    _write(one(found), format_ or _by_name(out), out, issued=issue)


def _by_name(out: str | None) -> str:
    """The format that a file's name ends with."""
    ending = (out or "").rpartition(".")[2].lower()
    return ending if ending in FORMATS else "md"


def _write(found: "Drafted", format_: str, out: str | None, *, issued: bool) -> None:
    from pathlib import Path  # noqa: PLC0415 -- `--help` needs none of this

    from exporter.errors import UptimeError  # noqa: PLC0415
    from exporter.output.reports.formats import written  # noqa: PLC0415

    text = written(found.document if issued else found.shown, format_)
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        Path(out).write_text(text, encoding="utf-8")
    except OSError as error:
        msg = f"{out} cannot be written: {error.strerror}"
        raise UptimeError(msg) from error
    click.echo(f"Wrote {out}", err=True)
