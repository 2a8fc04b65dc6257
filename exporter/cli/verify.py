"""`verify`: whether a report is true."""

import click

_EPILOG = """\b
Examples:
  uptime-slo-exporter verify october.json

\b
Needs nothing but the file: no store, no configuration, no network.
Exit status: 0 if all of it comes out again, 1 if not.
"""


@click.command(epilog=_EPILOG)
@click.argument("file")
def command(file: str) -> int:
    """Compute a JSON report again, from the terms and the evidence in it."""
    import json  # noqa: PLC0415 -- `--help` needs none of this
    from pathlib import Path  # noqa: PLC0415

    from exporter.errors import UptimeError, UsageError  # noqa: PLC0415
    from exporter.record.agreements.verify import problems  # noqa: PLC0415

    try:
        told = json.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"{file} cannot be read: {error.strerror}"
        raise UptimeError(msg) from error
    except ValueError as error:
        msg = f"{file} is no JSON: {error}; verify takes what `report --format json` writes"
        raise UsageError(msg) from error
    found = list(problems(told)) if isinstance(told, dict) else ["it is no report"]
    if found:
        for each in found:
            click.echo(f"{file}: {each}")
        click.echo("Not true.")
        return 1
    issue = told["issue"]
    place = "not issued, as" if issue["number"] is None else f"issue {issue['number']}"
    click.echo(
        f"True: {told['agreement']} version {told['version']}, {told['period']['name']}: {told['verdict']}, computed again from {len(told['evidence'])} targets' evidence.\n"
        f"  {place} of {issue['at']}, SHA-256 {told['sha256']}\n"
        f"  terms {told['terms_sha256']}\n"
        + (f"  follows {issue['previous_sha256']}" if issue["previous_sha256"] else "  the first one")
    )
    return 0
