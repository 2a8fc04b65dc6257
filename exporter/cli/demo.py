"""`demo`: everything at work, on made-up services."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

_EPILOG = """\b
Examples:
  uptime-slo-exporter demo
  uptime-slo-exporter demo --web.listen-address :9895     # for others to see
  uptime-slo-exporter demo --incidents 1m --keep shown    # in a hurry, and to look at afterwards

\b
Needs no network and no configuration. Ctrl-C ends it and removes what it made.
"""

MOST_DAYS = 365
SHORTEST_ROUND = 10_000


@click.command(epilog=_EPILOG)
@click.option(
    "--web.listen-address",
    "listen_address",
    default="127.0.0.1:9895",
    show_default=True,
    metavar="ADDRESS",
    help="Where to serve metrics and pages; port 0 takes a free one.",
)
@click.option(
    "--days",
    type=click.IntRange(1, MOST_DAYS),
    default=30,
    show_default=True,
    help="How many days of history; the stories are those of the last 30.",
)
@click.option(
    "--incidents",
    default="5m",
    show_default=True,
    metavar="DURATION",
    help="How long a round of live incidents lasts, at least 10s; each one takes up to a fifth of it.",
)
@click.option(
    "--keep", metavar="DIR", help="Work in this new or empty folder, and leave it; else in a temporary one."
)
def command(listen_address: str, days: int, incidents: str, keep: str | None) -> None:
    """Watch made-up services with a month of history, which break while you look on."""
    from exporter.cli.parsed import parsed_length  # noqa: PLC0415 -- `--help` needs none of this
    from exporter.errors import UsageError  # noqa: PLC0415
    from exporter.log import configure  # noqa: PLC0415

    length = parsed_length("--incidents", incidents) or 0
    if length < SHORTEST_ROUND:
        msg = f"--incidents: `{incidents}` is too short to see anything; write at least 10s"
        raise UsageError(msg)
    configure("error")  # the rest is told in words
    with _signals(), _folder(keep) as folder:
        try:
            _show(folder, listen_address, days, length, kept=keep is not None)
        except KeyboardInterrupt:  # before the daemon listens to signals itself
            pass
        finally:
            _ignore_signals()  # nothing is to be left because somebody pressed Ctrl-C twice
    click.echo(
        "\nEnded; " + (f"{folder} has the configuration and the record." if keep else "nothing is left.")
    )


def _show(folder: "Path", listen_address: str, days: int, length: int, *, kept: bool) -> None:
    import asyncio  # noqa: PLC0415 -- `--help` needs none of this

    from exporter.cli.demo_told import Told  # noqa: PLC0415
    from exporter.cli.loop import loop_factory  # noqa: PLC0415
    from exporter.clock import SystemClock  # noqa: PLC0415
    from exporter.demo.play import Play, show  # noqa: PLC0415

    clock = SystemClock()
    play = Play(clock.wall(), folder, listen_address, days, length)
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(show(play, clock, Told(kept=kept)))


@contextmanager
def _signals() -> Iterator[None]:
    """Let SIGTERM and SIGINT interrupt the block at once, whatever it does; asyncio's own handler waits for its loop."""
    import signal  # noqa: PLC0415 -- `--help` needs none of this

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore_signals() -> None:
    import signal  # noqa: PLC0415 -- `--help` needs none of this

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def _folder(keep: str | None) -> "Iterator[Path]":
    """A new folder: one that is left, or one that goes with the block.

    Raises:
        UsageError: The one to be left has something in it.
        UptimeError: It cannot be made.
    """
    import tempfile  # noqa: PLC0415 -- `--help` needs none of this
    from pathlib import Path  # noqa: PLC0415

    from exporter.errors import UptimeError, UsageError  # noqa: PLC0415

    if keep is None:
        with tempfile.TemporaryDirectory(prefix="uptime-demo-") as name:
            yield Path(name)
        return
    folder = Path(keep).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = next(folder.iterdir(), None)
    except OSError as error:
        msg = f"--keep: {keep} cannot be used: {error.strerror}"
        raise UptimeError(msg) from error
    if taken is not None:
        msg = f"--keep: {keep} is not empty, and the demo writes over nothing; name a new folder"
        raise UsageError(msg)
    yield folder
