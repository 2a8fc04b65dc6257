"""What `demo` says to whoever watches."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from shlex import quote

import click

from exporter.cli.main import PROGRAM
from exporter.cli.progress import advancing
from exporter.clock import SystemClock
from exporter.demo.configuration import TOKEN
from exporter.demo.incidents import Round
from exporter.demo.play import HEARTBEAT, Play
from exporter.demo.stories import BACKUP, BACKUP_TELLS, STORIES
from exporter.units import describe_duration, format_duration, format_instant

PAGES_AFTER = 51_840
"""Milliseconds of downtime within an hour above which the fast tier of 99.9 % over 30 days pages."""


class Told:
    """Tells of it on standard output, as it happens.

    Args:
        kept: Whether the folder is left.
    """

    def __init__(self, *, kept: bool) -> None:
        self._kept = kept

    def brings(self, total: int) -> AbstractContextManager[Callable[[int], object]]:
        """A bar, where a person is watching."""
        return advancing(total, "Bringing in the past")

    def serves(self, play: Play, address: str, rounds: Round) -> None:
        """Where to look, what to see, and what comes next."""
        url = f"http://{address}"
        days = "1 day" if play.days == 1 else f"{play.days} days"
        _say(f"{len(STORIES) + 1} made-up services with {days} of history, watched by the real daemon.")
        _say("")
        _say(f"  {url}/                   the page; /?wall for a screen on a wall")
        _say(f"  {url}/service/billing    one service: 90 days as bars, and its incidents")
        _say(f"  {url}/metrics            what Prometheus scrapes")
        _say(f"  {url}/api/v1/slos        every figure as JSON")
        _say("")
        _say("What to look at:")
        for story in STORIES:
            _say(f"  {story.service:10}{story.tells}")
        _say(f"  {BACKUP:10}{BACKUP_TELLS}")
        _say("  Eight days ago the prober itself had no network for an hour: unknown, and nobody's outage.")
        _say("")
        _say(_next(play, rounds))
        _say("")
        _say("Try, in another terminal:")
        for words in _tries(play, url):
            _say(f"  {words}")
        _say("")
        _say(f"Ctrl-C ends it; {play.folder} {'stays' if self._kept else 'goes with it'}.")
        _say("")

    def happens(self, what: str) -> None:
        """A line, with the time of the day."""
        now = datetime.fromtimestamp(SystemClock().wall() / 1000, tz=UTC)
        _say(f"{now.astimezone():%H:%M:%S}  {what}")


def _next(play: Play, rounds: Round) -> str:
    begins, ends = rounds.first("checkout")
    told = f"What happens next, and again every {format_duration(play.round_length)}:"
    told += f"\n  after {describe_duration(begins)} checkout breaks, for {describe_duration(ends - begins)}"
    if ends - begins > PAGES_AFTER:
        told += "; its tier `fast` fires a page 52s later"
    begins, ends = rounds.first("search")
    told += f"\n  after {describe_duration(begins)} search gets slow, for {describe_duration(ends - begins)}"
    return told + "\n  vpn flaps on, and mail goes on leaking"


def _tries(play: Play, url: str) -> Iterator[str]:
    """Commands that show something here."""
    options = f"--config.file {quote(str(play.config))} --storage {quote(str(play.storage))}"
    yield f"{PROGRAM} status --url {url}"
    yield f"{PROGRAM} explain billing/availability {options}"
    billing = next(story for story in STORIES if story.service == "billing")
    ago, lasts, _ = max(billing.outages, key=lambda outage: outage.lasts)
    yield f"{PROGRAM} exclude add --service billing --category customer \\"
    yield f"    --from {format_instant(play.now - ago)} --for {format_duration(lasts)} --reason 'Their own firewall' \\"
    yield f"    {options}"
    yield f"curl -X POST -H 'Authorization: Bearer {TOKEN}' {url}/api/v1/heartbeats/{BACKUP}/{HEARTBEAT}"


def _say(line: str) -> None:
    click.echo(line)
