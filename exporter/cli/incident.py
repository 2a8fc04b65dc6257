"""`incident`: what happened to services, who answered it, and when."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from exporter.cli.options import config_option, format_option, storage_option

if TYPE_CHECKING:
    from exporter.record.incidents.writing import Desk
    from exporter.store.base import LogEntry

_EPILOG = """\b
Examples:
  uptime-slo-exporter incident list
  uptime-slo-exporter incident acknowledge i7 --text "On it"
  uptime-slo-exporter incident pause i7 --from 2026-11-02T09:00:00Z --to 2026-11-02T11:00:00Z --text "Waits for a password"
  uptime-slo-exporter incident open --service shop --kind request --title "A new mailbox" --channel mail
  uptime-slo-exporter incident import tickets.csv
  uptime-slo-exporter incident withdraw i7 --value 41 --text "Meant for i8"

\b
Outages that probes see are incidents by themselves, where an agreement promises answers. Whoever writes must be one of the people
of an agreement on the service; a program (`automation`) may acknowledge and tell, but stops no clock.
Nothing is ever rewritten: who wrote what, and when, stays in the ledger.
"""


class _Acts(click.Group):
    """A group that knows the short names of acts, too, which the help tells beside the long ones."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or super().get_command(ctx, _long(cmd_name))


def _long(name: str) -> str:
    from exporter.record.incidents.writing import ALIASES  # noqa: PLC0415 -- `--help` needs none of this

    return ALIASES.get(name, name)


@click.group(cls=_Acts, epilog=_EPILOG)
def command() -> None:
    """Open, answer and show incidents."""


@command.command(name="list")
@click.option("--open", "only_open", is_flag=True, help="Only those that are not over.")
@config_option
@storage_option
@format_option("table", "json")
def list_(*, only_open: bool, config_files: tuple[str, ...], storage: str, format_: str) -> None:
    """List incidents, the latest last."""
    import json  # noqa: PLC0415 -- `--help` needs none of this

    from exporter.cli.ledger import ledger_of  # noqa: PLC0415
    from exporter.clock import SystemClock  # noqa: PLC0415
    from exporter.output.incidents import table  # noqa: PLC0415
    from exporter.sla.wire_cases import incident_json  # noqa: PLC0415

    now = SystemClock().wall()
    found = [
        each
        for each in ledger_of(config_files, storage).incidents.values()
        if not only_open or each.is_open(now)
    ]
    if format_ == "json":
        click.echo(json.dumps([incident_json(each) for each in found], indent=2, ensure_ascii=False))
        return
    click.echo("\n".join(table(found, now)))


@command.command()
@click.argument("ident", metavar="ID")
@config_option
@storage_option
def show(ident: str, config_files: tuple[str, ...], storage: str) -> None:
    """Show an incident with all that was written down of it."""
    from exporter.cli.ledger import ledger_of  # noqa: PLC0415 -- `--help` needs none of this
    from exporter.clock import SystemClock  # noqa: PLC0415
    from exporter.output.incidents import story  # noqa: PLC0415
    from exporter.record.incidents.writing import known  # noqa: PLC0415

    found = known(ledger_of(config_files, storage), ident)
    click.echo("\n".join(story(found, SystemClock().wall())))


@command.command(name="open")
@click.option("--service", required=True, metavar="NAME", help="Of the configuration.")
@click.option(
    "--kind", type=click.Choice(["fault", "request"]), default="fault", show_default=True, help="Of it."
)
@click.option("--title", required=True, help="In a few words.")
@click.option("--severity", default="", help="One of the agreement's.")
@click.option("--channel", default="", help="By which it was reported.")
@click.option("--start", default="", metavar="TIME", help="RFC 3339 or seconds; now if not given.")
@click.option("--reported-at", default="", metavar="TIME", help="Likewise; its start if not given.")
@config_option
@storage_option
def open_(*, config_files: tuple[str, ...], storage: str, **wanted: str) -> None:
    """Open an incident that no probe sees: a fault or a request."""
    from exporter.cli.ledger import INCIDENTS, given, write_down  # noqa: PLC0415 -- `--help` needs none of this

    asked = given(wanted)
    ident = write_down(INCIDENTS, asked, lambda desk: desk.open(asked), config_files, storage)
    click.echo(f"Opened {ident}")


@command.command(name="import")
@click.argument("file", type=click.Path(dir_okay=False))
@config_option
@storage_option
def import_(file: str, config_files: tuple[str, ...], storage: str) -> None:
    """Write down the rows of a CSV, all or none.

    Such as another ticket system writes. The column `do` says what: `open`, or one of the other commands here, or `record`; `id` is
    an incident's, or any name that a row which opens one gives it for those after it, or a measure's. The other columns are the
    options, such as `text` and `at`.
    """
    from exporter.cli.tickets import written  # noqa: PLC0415 -- `--help` needs none of this

    count = written(file, config_files, storage)
    click.echo(f"Wrote down {count} {'row' if count == 1 else 'rows'}")


class _Option(NamedTuple):
    """An option of a command that does something to an incident."""

    name: str
    help: str
    needed: bool = False


_AT = _Option("at", "When that was, RFC 3339 or seconds; now if not given.")
_TEXT = _Option("text", "In words.", needed=True)
_ACTS: dict[str, tuple[str, tuple[_Option, ...]]] = {
    "acknowledge": ("Say that somebody is at it; in short `ack`.", (_AT, _Option("text", "In words."))),
    "update": ("Tell what is new.", (_AT, _TEXT)),
    "resolve": (
        "Say that it is over (`close`). Of an outage probes say so.",
        (_AT, _Option("text", "In words.")),
    ),
    "reopen": ("Say that it is not over.", (_AT, _TEXT)),
    "pause": (
        "Say that nothing can be done but wait for the customer.",
        (
            _Option("from", "Start; that of the incident if not given, or now without an end."),
            _Option("to", "End; until `resume` if not given."),
            _TEXT,
        ),
    ),
    "resume": ("Say that the customer is not waited for any more.", (_AT, _Option("text", "In words."))),
    "severity": (
        "Say that it is of another severity. It counts once both parties say so.",
        (_Option("value", "Which.", needed=True), _TEXT),
    ),
    "fault": (
        "Say whose fault it was. Of provider, customer, third party, nobody; it counts once both parties say so.",
        (_Option("value", "Whose.", needed=True), _TEXT),
    ),
    "action": (
        "Name what is to be done so that it does not come again.",
        (
            _Option("value", "Its name; a number if not given."),
            _TEXT,
            _Option("due", "Day, such as 2026-12-31.", needed=True),
        ),
    ),
    "done": (
        "Say that such a thing is done.",
        (_Option("value", "Its name.", needed=True), _Option("text", "In words.")),
    ),
    "dispute": ("Say that what is written down is not so.", (_TEXT,)),
    "settle": ("Say how a dispute was settled.", (_TEXT,)),
    "withdraw": (
        "Take back what your party wrote by mistake. It stays in sight, and counts for nothing.",
        (_Option("value", "Number of the entry, as `show` has it.", needed=True), _TEXT),
    ),
}


def _add(name: str, about: str, options: tuple[_Option, ...]) -> None:
    def run(*, ident: str, config_files: tuple[str, ...], storage: str, **wanted: Any) -> None:  # noqa: ANN401 -- text or None
        from exporter.cli.ledger import given, path_of, write_down  # noqa: PLC0415 -- `--help` needs none of this
        from exporter.sla.incidents.incident import Act  # noqa: PLC0415

        asked = given(wanted)

        def make(desk: "Desk") -> "LogEntry":
            return desk.act(ident, Act(name), asked)

        click.echo(f"Written down of {write_down(path_of(ident, name), asked, make, config_files, storage)}")

    decorated: Callable[..., Any] = storage_option(config_option(run))
    for option in reversed(options):
        decorated = click.option(f"--{option.name}", option.name, required=option.needed, help=option.help)(
            decorated
        )
    command.command(name=name, help=about)(click.argument("ident", metavar="ID")(decorated))


for _name, (_about, _options) in _ACTS.items():
    _add(_name, _about, _options)
