"""`verify`: whether reports are true."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from exporter.sla.wire import Json

_EPILOG = """\b
Examples:
  uptime-slo-exporter verify october.json
  uptime-slo-exporter verify reports/acme-*.json

\b
Needs nothing but the files: no store, no configuration, no network. Of several issues of an agreement it also says whether
each follows the one before.
Exit status: 0 if all of it comes out again, 1 if not.
"""


@click.command(epilog=_EPILOG)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
def command(files: tuple[str, ...]) -> int:
    """Compute JSON reports again, from the terms and the evidence in them."""
    from exporter.record.agreements.verify.document import problems  # noqa: PLC0415 -- `--help` needs none of this
    from exporter.record.agreements.verify.together import breaks  # noqa: PLC0415

    told = {file: _read(file) for file in files}
    found = [f"{file}: {each}" for file, document in told.items() for each in problems(document)]
    found = found or [*breaks(list(told.values()))]
    if found:
        click.echo("\n".join([*found, "Not true."]))
        return 1
    for document in told.values():
        click.echo("\n".join(_said(document)))
    return 0


def _read(file: str) -> "Json":
    import json  # noqa: PLC0415 -- `--help` needs none of this
    from pathlib import Path  # noqa: PLC0415

    from exporter.errors import UptimeError, UsageError  # noqa: PLC0415

    try:
        told = json.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"{file} cannot be read: {error.strerror}"
        raise UptimeError(msg) from error
    except ValueError as error:
        msg = f"{file} is no JSON: {error}; verify takes what `report --format json` writes"
        raise UsageError(msg) from error
    return told if isinstance(told, dict) else {}


def _said(told: "Json") -> list[str]:
    from exporter.output.reports.words import count  # noqa: PLC0415 -- `--help` needs none of this

    issue = told["issue"]
    place = "not issued, as" if issue["number"] is None else f"issue {issue['number']}"
    before = issue["previous_sha256"]
    return [
        (
            f"True: {told['agreement']} version {told['version']}, {told['period']['name']}: {told['verdict']},"
            f" computed again from the evidence of {count(len(told['evidence']), 'target')}."
        ),
        f"  {place} of {issue['at']}, SHA-256 {told['sha256']}",
        f"  terms {told['terms_sha256']}",
        f"  follows {before}" if before else "  the first one",
    ]
