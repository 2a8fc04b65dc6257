"""The composition root: configuration, store, server and daemon, from start to stop."""

import asyncio
import signal
from collections.abc import Mapping, Sequence
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
from exporter.probes.net.resolver import Resolver
from exporter.store.beside import targets_path
from exporter.store.writer import SqliteWriter
from exporter.web.access import Access
from exporter.web.app import make_app
from exporter.web.listen import listen, serve_on
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


async def run(settings: Settings, clock: Clock) -> None:
    """Probe, record and serve until SIGTERM or SIGINT; SIGHUP reloads the configuration.

    Raises:
        UptimeError: It could not start; nothing was recorded.
    """
    stop, asked = asyncio.Event(), asyncio.Event()
    _handle_signals(stop, asked)
    access = Access(settings.web_config_file)
    async with listen(settings.listen_address) as bound:
        environ = {OWN_ADDRESS: bound.reached_at(), **settings.environ}
        health = Health()
        findings = Findings(targets_path(settings.storage), health, clock.wall)
        configuration = Configuration(settings.config_files, environ, findings, commands=settings.commands)
        source = Source(Live(Config((), "", 0, ""), [], [], health), clock.wall)
        watch = Watch(partial(_files, settings.config_files), lambda: source.live.config.beside)
        loaded = configuration.first()
        config = loaded.config
        for warning in config.warnings:
            log().warning("config_doubtful", warning=warning)
        _ask_for_descriptors(config)
        store = SqliteWriter.open(settings.storage)
        app = make_app(source, settings.external_url, access, admin_api=settings.admin_api)
        try:
            permitted = permits(lambda: source.live.config)
            async with (
                serve_on(app, bound, access.tls),
                Context() as context,
                Context(details=True, permits=permitted) as asked_for,
            ):
                source.adhoc = AdHoc(asked_for)
                resolvers = (context.resolver, asked_for.resolver)
                _look_up_by(config, resolvers)
                log().info("listening", address=bound.address, tls=access.tls is not None)
                record = await asyncio.to_thread(take_up, config, store, clock)
                configuration.accept(loaded)
                daemon = Daemon(config, store, context, record, source, health=health)
                found = asyncio.Event()
                discoverer = Discoverer(findings, found.set)
                discoverer.follow(config.discovery)
                reloads = _reloads(daemon, configuration, discoverer, resolvers)
                source.reload = reloads.reload if settings.lifecycle else None

                async def meanwhile() -> None:
                    async with asyncio.TaskGroup() as group:
                        group.create_task(reloads.when_asked(asked), name="reloads")
                        group.create_task(reloads.when_found(found), name="targets")
                        group.create_task(discoverer.run(), name="discovery")
                        if settings.watch_every:
                            watching = reloads.when_changed(watch, asked, settings.watch_every / 1000)
                            group.create_task(watching, name="watch")

                await daemon.run(settings.storage, stop, meanwhile)
        finally:
            store.close()
    log().info("stopped")


def _look_up_by(config: Config, resolvers: Sequence[Resolver]) -> None:
    look_up = look_up_of(config.resolver)
    for resolver in resolvers:
        resolver.use(look_up)


def _reloads(
    daemon: Daemon, configuration: Configuration, discoverer: Discoverer, resolvers: Sequence[Resolver]
) -> Reloads:
    async def follow(loaded: Loaded) -> None:
        _ask_for_descriptors(loaded.config)
        before = daemon.config.resolver
        await daemon.follow(loaded.config)
        if loaded.config.resolver != before:
            _look_up_by(loaded.config, resolvers)
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


def _handle_signals(stop: asyncio.Event, reload: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, reload.set)
