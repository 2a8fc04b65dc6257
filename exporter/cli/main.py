"""The command `uptime-slo-exporter`: finds the subcommand and turns errors into lines and exit statuses.

Subcommands are imported when they are called, so that `--help` and `--version` load nothing heavy.
"""

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from importlib import import_module
from types import MappingProxyType
from typing import Any, NamedTuple, TextIO

import click
from click.shell_completion import CompletionItem

from exporter import __version__
from exporter.errors import UptimeError

PROGRAM = "uptime-slo-exporter"
INTERRUPTED = 130  # what shells show of a process that Ctrl-C ended
PIPE_CLOSED = 141  # likewise of one that wrote to a pipe nobody reads


class _Lazy(NamedTuple):
    """Where a subcommand's `command` is, and its line in the help."""

    module: str
    help: str


COMMANDS = MappingProxyType(
    {
        "demo": _Lazy("exporter.cli.demo", "Show it all on made-up services with a month of history."),
        "init": _Lazy("exporter.cli.init", "Write a commented uptime.yml for a site."),
        "run": _Lazy("exporter.cli.run", "Run the daemon: probe, record, serve metrics."),
        "check": _Lazy("exporter.cli.check", "Check configuration files; show budgets and alerts."),
        "rules": _Lazy("exporter.cli.rules", "Write alert rules for Prometheus, and their tests."),
        "dashboards": _Lazy("exporter.cli.dashboards", "Write dashboards for Grafana."),
        "probe": _Lazy("exporter.cli.probe", "Probe a URL once, now."),
        "status": _Lazy("exporter.cli.status", "Show the running daemon's SLOs."),
        "sli": _Lazy("exporter.cli.sli", "Answer an SLO from the store, as of any instant."),
        "periods": _Lazy("exporter.cli.periods", "Show the closed periods of a calendar window."),
        "explain": _Lazy("exporter.cli.explain", "Show every interval behind an SLO's figure."),
        "latency": _Lazy("exporter.cli.latency", "Show how long probes took in any period."),
        "exclude": _Lazy("exporter.cli.exclude", "Enter what does not count, or take it back."),
        "incident": _Lazy("exporter.cli.incident", "Open, answer and show incidents."),
        "measure": _Lazy("exporter.cli.measure", "Write down values that no probe sees."),
        "agreement": _Lazy("exporter.cli.agreement", "Check, start and show agreements."),
        "report": _Lazy("exporter.cli.report", "Report what became of an agreement in a period."),
        "claim": _Lazy("exporter.cli.claim", "Write what is to be sent to claim a credit."),
        "verify": _Lazy("exporter.cli.verify", "Compute a report again: is it true?"),
        "backfill": _Lazy("exporter.cli.backfill", "Bring in past results."),
        "export": _Lazy("exporter.cli.export", "Write the record as CSV or OpenMetrics."),
        "import": _Lazy("exporter.cli.import_", "Translate other tools' configuration."),
        "completion": _Lazy("exporter.cli.completion", "Print a shell completion script."),
    }
)

_EPILOG = f"""\b
Examples:
  {PROGRAM} demo
  {PROGRAM} init https://example.com/
  {PROGRAM} check uptime.yml
  {PROGRAM} probe https://example.com/
  {PROGRAM} run
  {PROGRAM} sli website/availability --window 7d

\b
Exit status: 0 done; 1 the question's answer is no; 2 wrong configuration
or arguments; 3 it could not be answered or done.
"""


class _PipeClosedError(Exception):
    """Nobody reads the output any more."""


class _Commands(click.Group):
    """A group whose subcommands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's
        lazy = COMMANDS.get(cmd_name)
        if lazy is None:
            return None
        command: click.Command = import_module(lazy.module).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            close = get_close_matches(name, COMMANDS, n=1)
            ctx.fail(f"there is no command {name!r}" + (f"; did you mean {close[0]}?" if close else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click's
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.help) for name, lazy in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[Any]]:
        names = [
            CompletionItem(name, help=lazy.help)
            for name, lazy in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 -- what the subcommand returns
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError as error:
            raise _PipeClosedError from error
        return result


@click.command(
    cls=_Commands,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "--version", prog_name=PROGRAM)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Probe services, keep an exact record of their uptime, and answer SLO questions from it."""
    if os.environ.get("NO_COLOR"):
        ctx.color = False  # else click decides: colours on a terminal only


def main() -> None:
    """Run a command line and exit with its status."""
    try:
        with _errors_as_lines():
            status = cli.main(prog_name=PROGRAM, standalone_mode=False)
            sys.stdout.flush()
            sys.exit(status if isinstance(status, int) else 0)
    finally:
        _drop_unwritten(sys.stderr)


@contextmanager
def _errors_as_lines() -> Iterator[None]:
    """Tell the user what can be mended, in a line and an exit status; anything else is a bug and keeps its traceback."""
    try:
        yield
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except UptimeError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_status)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except (_PipeClosedError, BrokenPipeError):
        _drop_unwritten(sys.stdout)
        sys.exit(PIPE_CLOSED)
    except Exception:  # noqa: BLE001 -- the outermost frame: 1 would say that the answer is no
        traceback.print_exc()
        sys.exit(UptimeError.exit_status)


def _drop_unwritten(stream: TextIO) -> None:
    """Let what a closed pipe or a full disk does not take go nowhere.

    Else the interpreter tries it once more at its end, complains, and changes the exit status to 120.
    """
    try:
        stream.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
