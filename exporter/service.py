"""The composition root: configuration, store, server and daemon, from start to stop."""

import asyncio
import signal
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from exporter.clock import Clock
from exporter.config.expand import OWN_ADDRESS
from exporter.config.files import found
from exporter.config.lenient import Loaded
from exporter.config.model import Config
from exporter.daemon.configuration import Configuration
from exporter.daemon.daemon import Daemon
from exporter.daemon.record import take_up
from exporter.daemon.reloads import Reloads
from exporter.daemon.watch import Watch
from exporter.discovery.discoverer import Discoverer
from exporter.discovery.findings import Findings
from exporter.engine import descriptors
from exporter.engine.adhoc import AdHoc, permits
from exporter.engine.live import Health, Live
from exporter.log import log
from exporter.probes.net.context import Context
from exporter.probes.net.lookups import look_up_of
from exporter.record.latencies import hourly
from exporter.store.base import EndpointKey
from exporter.store.beside import targets_path
from exporter.store.reader import SqliteReader
from exporter.store.writer import SqliteWriter
from exporter.web.access import Access
from exporter.web.app import make_app
from exporter.web.listen import Bound, listen, serve_on
from exporter.web.source import Source


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line says.

    Attributes:
        config_files: Paths or globs, in order.
        storage: Path of the store.
        listen_address: Where the server listens.
        external_url: Where it is reached through a reverse proxy; empty where it is not.
        environ: What `${NAME}` in the configuration refers to, besides `EXPORTER_ADDRESS`.
        web_config_file: Path of the web configuration; empty for none.
        admin_api: Whether users of the web configuration may change the record over HTTP.
        lifecycle: Whether the configuration may be reloaded over HTTP.
        commands: Whether programs of this machine may be run as probes.
        watch_every: Milliseconds from one look at the configuration's files to the next; 0 for never.
    """

    config_files: Sequence[str]
    storage: Path
    listen_address: str
    external_url: str
    environ: Mapping[str, str]
    web_config_file: str = ""
    admin_api: bool = False
    lifecycle: bool = False
    watch_every: int = 0
    commands: bool = False


async def run(settings: Settings, clock: Clock, taken: Bound | None = None) -> None:
    """Probe, record and serve until SIGTERM or SIGINT; SIGHUP reloads the configuration.

    Args:
        settings: What the command line says.
        clock: The machine's.
        taken: Where it listens, if the caller has taken that address already.

    Raises:
        UptimeError: It could not start; nothing was recorded.
    """
    signals = _Signals()
    access = Access(settings.web_config_file)
    async with nullcontext(taken) if taken else listen(settings.listen_address) as bound:
        health = Health()
        findings = Findings(targets_path(settings.storage), health, clock.wall)
        environ = {OWN_ADDRESS: bound.reached_at(), **settings.environ}
        configuration = Configuration(settings.config_files, environ, findings, commands=settings.commands)
        source = Source(Live(Config((), "", ""), [], [], health), clock.wall)
        source.latencies = partial(_latencies, settings.storage)
        watch = Watch(partial(_files, settings.config_files), lambda: source.live.config.beside)
        loaded = configuration.first()
        for warning in loaded.config.warnings:
            log().warning("config_doubtful", warning=warning)
        _ask_for_descriptors(loaded.config)
        store = SqliteWriter.open(settings.storage)
        app = make_app(source, settings.external_url, access, admin_api=settings.admin_api)
        try:
            async with serve_on(app, bound, access.tls), _contexts(source) as (context, asked_for):
                _look_up_by(loaded.config, (context, asked_for))
                log().info("listening", address=bound.address, tls=access.tls is not None)
                record = await asyncio.to_thread(take_up, loaded.config, store, clock)
                configuration.accept(loaded)
                daemon = Daemon(loaded.config, store, context, record, source, health=health)
                discoverer = Discoverer(findings, signals.found.set)
                discoverer.follow(loaded.config.discovery)
                reloads = _reloads(daemon, configuration, discoverer, (context, asked_for))
                source.reload = reloads.reload if settings.lifecycle else None
                beside = partial(_beside, reloads, discoverer, watch, signals, settings.watch_every)
                await daemon.run(settings.storage, signals.stop, beside)
        finally:
            store.close()
    log().info("stopped")


def _latencies(
    storage: Path, endpoints: Collection[EndpointKey], start: int, end: int
) -> list[tuple[float | None, ...]]:
    """Ask the record, beside the daemon that writes it."""
    store = SqliteReader.open(storage)
    try:
        return hourly(store, endpoints, start, end)
    finally:
        store.close()


class _Signals:
    """What the daemon is asked for from outside.

    Attributes:
        stop: To end.
        reload: To read the configuration again.
        found: To take up other targets.
    """

    def __init__(self) -> None:
        self.stop, self.reload, self.found = asyncio.Event(), asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop.set)
        loop.add_signal_handler(signal.SIGHUP, self.reload.set)


@asynccontextmanager
async def _contexts(source: Source) -> AsyncIterator[tuple[Context, Context]]:
    """What probes share: those of the daemon, and those that somebody asks for at `/probe`."""
    permitted = permits(lambda: source.live.config)
    async with Context() as context, Context(details=True, permits=permitted) as asked_for:
        source.adhoc = AdHoc(asked_for)
        yield context, asked_for


async def _beside(
    reloads: Reloads, discoverer: Discoverer, watch: Watch, signals: _Signals, watch_every: int
) -> None:
    """What goes on beside the probes: reloads, discovery, and watching files."""
    async with asyncio.TaskGroup() as group:
        group.create_task(reloads.when_asked(signals.reload), name="reloads")
        group.create_task(reloads.when_found(signals.found), name="targets")
        group.create_task(discoverer.run(), name="discovery")
        if watch_every:
            watching = reloads.when_changed(watch, signals.reload, watch_every / 1000)
            group.create_task(watching, name="watch")


def _look_up_by(config: Config, contexts: Sequence[Context]) -> None:
    look_up = look_up_of(config.resolver)
    for context in contexts:
        context.resolver.use(look_up)


def _reloads(
    daemon: Daemon, configuration: Configuration, discoverer: Discoverer, contexts: Sequence[Context]
) -> Reloads:
    async def follow(loaded: Loaded) -> None:
        _ask_for_descriptors(loaded.config)
        before = daemon.config.resolver
        await daemon.follow(loaded.config)
        if loaded.config.resolver != before:
            _look_up_by(loaded.config, contexts)
        discoverer.follow(loaded.config.discovery)

    return Reloads(configuration, follow, daemon.health, daemon.engine.now)


def _files(patterns: Sequence[str]) -> list[str]:
    return [name for pattern in patterns for name in found(pattern)]


def _ask_for_descriptors(config: Config) -> None:
    limit, needed = descriptors.raise_limit(), descriptors.may_need(config)
    if limit < needed:
        log().warning(
            "descriptors_few",
            limit=limit,
            may_need=needed,
            cure="raise the hard limit (ulimit -Hn, LimitNOFILE=)",
        )
