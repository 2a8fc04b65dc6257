"""The demonstration, put together: servers, a configuration, a past, and the real daemon."""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from exporter.clock import Clock
from exporter.config.load import load
from exporter.demo.agreement import FILE as AGREEMENT
from exporter.demo.agreement import agreement
from exporter.demo.certificate import tls_of, write_certificate
from exporter.demo.configuration import configuration
from exporter.demo.incidents import Round, scripts
from exporter.demo.past import nights, past_of
from exporter.demo.servers import Stage, on_free_ports, serving
from exporter.demo.stories import BACKUP, SECURED, STORIES, Story
from exporter.demo.tickets import write_tickets
from exporter.record.backfill import Origin, backfill
from exporter.service import Settings, run
from exporter.store.writer import SqliteWriter
from exporter.units import MINUTE
from exporter.web.listen import Bound, listen

CONFIG, STORAGE = "uptime.yml", "uptime.db"
HEARTBEAT = "nightly"
PROBED = "web"

_ORIGIN = Origin("demo", "a made-up past", "0" * 64)
_ASK_AGAIN = 0.05


class Play(NamedTuple):
    """What is to be shown.

    Attributes:
        now: Milliseconds since the epoch: the end of the history.
        folder: Empty; the configuration and the store go there.
        listen_address: Where the daemon serves.
        days: How many days of history are brought in, > 0.
        round_length: Milliseconds of a round of incidents, > 0.
    """

    now: int
    folder: Path
    listen_address: str
    days: int
    round_length: int

    @property
    def config(self) -> Path:
        """The configuration."""
        return self.folder / CONFIG

    @property
    def storage(self) -> Path:
        """The store."""
        return self.folder / STORAGE


class Teller(Protocol):
    """Tells whoever watches."""

    def brings(self, total: int) -> AbstractContextManager[Callable[[int], object]]:
        """History comes in, in so many parts; gives what is told of each part that is there."""

    def serves(self, play: Play, address: str, rounds: Round) -> None:
        """The daemon is ready, at `host:port`."""

    def happens(self, what: str) -> None:
        """Something begins or ends."""


async def show(play: Play, clock: Clock, teller: Teller) -> None:
    """Bring the past in, then let the services run, and the daemon watch them, until SIGTERM or SIGINT.

    Before the daemon runs nothing is awaited, so that a handler of signals which raises ends it at once.

    Raises:
        UptimeError: It could not start.
    """
    async with listen(play.listen_address) as bound:
        with _prepared(play, teller) as sockets:
            await _perform(play, bound, sockets, clock, teller)


@contextmanager
def _prepared(play: Play, teller: Teller) -> Iterator[Mapping[str, socket.socket]]:
    """Write configuration, agreement and certificate, and bring the past in; gives what the services will listen on, by their names."""
    with on_free_ports(story.service for story in STORIES) as sockets:
        ports = {name: each.getsockname()[1] for name, each in sockets.items()}
        write_certificate(play.folder, play.now)
        (play.folder / AGREEMENT).write_text(agreement(play.now), encoding="utf-8")
        play.config.write_text(configuration(ports, play.now, play.round_length), encoding="utf-8")
        _bring(play, teller)
        yield sockets


def _bring(play: Play, teller: Teller) -> None:
    """Bring the past in, as `backfill` does."""
    config, now = load([str(play.config)], {}), play.now
    store = SqliteWriter.open(play.storage)
    try:
        with teller.brings(len(STORIES) + 1) as advance:
            for story in STORIES:
                results = {(story.service, PROBED): past_of(story, now, play.days)}
                backfill(store, config, results, _ORIGIN, now=now, staleness=_staleness(story))
                advance(1)
            told = {(BACKUP, HEARTBEAT): list(nights(now, play.days))}
            backfill(store, config, told, _ORIGIN, now=now)
            write_tickets(store, config, now)
            advance(1)
    finally:
        store.close()


def _staleness(story: Story) -> int | None:
    """How long a past result speaks where it is further from the next than beats are."""
    return 2 * story.step if story.step >= MINUTE else None


async def _perform(
    play: Play, bound: Bound, sockets: Mapping[str, socket.socket], clock: Clock, teller: Teller
) -> None:
    rounds, stage = Round(play.round_length), Stage()
    tls = {SECURED: tls_of(play.folder)}
    async with serving(sockets, scripts(sockets, rounds), stage, tls):
        telling = asyncio.create_task(_tell(play, bound.reached_at(), rounds, stage, teller))
        telling.add_done_callback(_end_unheard)
        try:
            await run(Settings([str(play.config)], play.storage, bound.address, "", {}), clock, bound)
        finally:
            telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling


async def _tell(play: Play, address: str, rounds: Round, stage: Stage, teller: Teller) -> None:
    """Tell that the daemon is ready, and from then on what happens when it does."""
    while not await _is_ready(address):  # noqa: ASYNC110 -- it is asked as others ask it
        await asyncio.sleep(_ASK_AGAIN)
    stage.begin()
    teller.serves(play, address, rounds)
    for at, what in rounds.happenings():
        await asyncio.sleep(max(0.0, at - stage.elapsed()))
        teller.happens(what)


def _end_unheard(telling: "asyncio.Task[None]") -> None:
    """End the play where nobody reads any more what is told of it."""
    if not telling.cancelled():
        signal.raise_signal(signal.SIGTERM)


async def _is_ready(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except OSError:
        return False
    try:
        writer.write(b"GET /-/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return b" 200 " in await reader.readline()
    except OSError:
        return False
    finally:
        writer.close()
