"""`import`: other tools' configuration into ours."""

from typing import TYPE_CHECKING

import click

from exporter.cli.options import complete_files

if TYPE_CHECKING:
    from exporter.config.from_blackbox import Imported

_EPILOG = """\b
Examples:
  uptime-slo-exporter import blackbox blackbox.yml > probes.yml
  uptime-slo-exporter import blackbox blackbox.yml --out conf.d/probes.yml
  uptime-slo-exporter check conf.d/probes.yml conf.d/services.yml
"""


@click.group(epilog=_EPILOG)
def command() -> None:
    """Translate other tools' configuration.

    What is lost, or different here, is told on standard error, a line each.
    """


@command.command(epilog=_EPILOG)
@click.argument("file", shell_complete=complete_files)
@click.option(
    "--out",
    metavar="FILE",
    help="Write there instead; never over an existing file.",
    shell_complete=complete_files,
)
def blackbox(file: str, out: str | None) -> None:
    """Translate blackbox_exporter's modules into the section `probes`."""
    from pathlib import Path  # noqa: PLC0415 -- `--help` needs none of this

    from exporter.config.from_blackbox import translate  # noqa: PLC0415
    from exporter.errors import UsageError  # noqa: PLC0415

    try:
        text = Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{file}: cannot be read: {error.strerror if isinstance(error, OSError) else 'it is not UTF-8'}"
        raise UsageError(msg) from error
    imported = translate(text, file)
    for note in imported.notes:
        click.secho("note: ", fg="yellow", nl=False, err=True)
        click.echo(note, err=True)
    written = _written(imported, file)
    if out is None:
        click.echo(written, nl=False)
        return
    try:
        with Path(out).open("x", encoding="utf-8") as target:
            target.write(written)
    except OSError as error:
        msg = f"{out}: cannot be written: {error.strerror}"
        raise UsageError(msg) from error
    click.echo(f"{len(imported.probes)} probes in {out}; endpoints refer to them by `probe`", err=True)


def _written(imported: "Imported", file: str) -> str:
    """The section, with what a user should know of it."""
    import yaml  # noqa: PLC0415 -- `--help` needs none of this

    lines = [
        f"# Probes from {file}. `timeout` is a setting of endpoints here, of services, or of `defaults`."
    ]
    lines += [f"#   {module} had timeout: {text}" for module, text in imported.timeouts.items()]
    probes = {"probes": dict(imported.probes)}
    return "\n".join([*lines, yaml.safe_dump(probes, sort_keys=False, allow_unicode=True, width=110)])
