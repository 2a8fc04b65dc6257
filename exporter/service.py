"""The daemon, put together: configuration, store, histories, probers, engine and server."""

import asyncio
import gc
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from exporter.clock import Clock
from exporter.config.expand import OWN_ADDRESS
from exporter.config.load import load as load_config
from exporter.config.model import Config
from exporter.engine import descriptors
from exporter.engine.anchors import Checks
from exporter.engine.corrections import Corrections
from exporter.engine.engine import Engine
from exporter.engine.imports import Imports
from exporter.engine.instants import Instants
from exporter.engine.live import Health, Live
from exporter.engine.showing import Showing
from exporter.engine.slot import Slot
from exporter.engine.upkeep import daily
from exporter.log import log
from exporter.probes.base import Prober, ProbeSettings
from exporter.probes.net.context import Context
from exporter.record.histories import Known, load
from exporter.store.base import Absence, EndpointKey, LogEntry, Writer
from exporter.store.writer import SqliteWriter
from exporter.timeline.exclusion import Exclusion
from exporter.web.access import Access
from exporter.web.app import make_app
from exporter.web.control import make_control_app, serve_control
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
    """

    config_files: Sequence[str]
    storage: Path
    listen_address: str
    external_url: str
    environ: Mapping[str, str]
    web_config_file: str = ""
    admin_api: bool = False


async def run(settings: Settings, clock: Clock) -> None:
    """Probe, record and serve until SIGTERM or SIGINT.

    Raises:
        UptimeError: It could not start; nothing was recorded.
    """
    stop = asyncio.Event()
    _handle_signals(stop)
    access = Access(settings.web_config_file)
    async with listen(settings.listen_address) as bound:
        config = load_config(settings.config_files, {OWN_ADDRESS: bound.reached_at(), **settings.environ})
        for warning in config.warnings:
            log().warning("config_doubtful", warning=warning)
        _ask_for_descriptors(config)
        store = SqliteWriter.open(settings.storage)
        source = Source(Live(config, [], [], Health()), clock.wall)
        app = make_app(source, settings.external_url, access, admin_api=settings.admin_api)
        try:
            async with serve_on(app, bound, access.tls), Context() as context:
                log().info("listening", address=bound.address, tls=access.tls is not None)
                record = await asyncio.to_thread(_take_up, config, store, clock)
                await _Daemon(config, store, context, record).run(source, settings.storage, stop)
        finally:
            store.close()
    log().info("stopped")


@dataclass(frozen=True, slots=True)
class _Record:
    """What the store had when the daemon started.

    Attributes:
        instants: The engine's clock.
        began: The instant at which the record was taken up: the present, or its end if that is later.
        numbers: Of the configured endpoints.
        known: By id of the service, all endpoints that it ever had.
        trail: All that was ever done to exclusions.
    """

    instants: Instants
    began: int
    numbers: Mapping[EndpointKey, int]
    known: Mapping[str, Sequence[Known]]
    trail: Sequence[LogEntry]


def _take_up(config: Config, store: Writer, clock: Clock) -> _Record:
    instants, mark = Instants(clock), store.mark()
    began = max(instants.now, mark.at if mark is not None else 0)
    kinds = {EndpointKey(s.id, e.id): e.kind for s in config.services for e in s.endpoints}
    numbers = store.begin(began, kinds)
    known = load(store, {service.id for service in config.services})
    return _Record(instants, began, numbers, known, store.exclusion_log())


class _Daemon:
    """Everything that lives as long as one configuration is in force."""

    def __init__(self, config: Config, store: Writer, context: Context, record: _Record) -> None:
        self.config = config
        self._record = record
        self.health = Health(reload_success_at=record.began, commit_at=record.began)
        checks = None
        if config.connectivity is not None:
            checks = Checks(config.connectivity, lambda settings, done: settings.prober(context, done))
        self.engine = Engine(
            record.instants,
            store,
            self.health,
            record.began,
            known=chain.from_iterable(record.known.values()),
            redact=config.secrets.redact,
            checks=checks,
        )
        self.slots = self._slots(context)
        self.showing = Showing(config, record.known, self.slots, self.engine)

    async def run(self, source: Source, storage: Path, stop: asyncio.Event) -> None:
        """Probe, show through `source`, and take what commands bring, until `stop` is set."""

        async def show(exclusions: Sequence[Exclusion], *, anew: bool) -> None:
            live = await self.showing.live(exclusions, self.engine.now(), self.health, anew=anew)
            source.show(live, self.engine.now, self.showing.settled)

        corrections = Corrections(
            self.config,
            self._record.known,
            self._record.trail,
            now=self.engine.now,
            write=self._write_trail,
            show=show,
        )
        source.pose, source.corrections = self.showing.pose, corrections
        source.absences = self._absences
        source.imports = Imports(self.config, self.slots, self.engine)
        await corrections.take_up()
        gc.collect()
        gc.freeze()  # what lives for ever need not be looked at again and again
        async with asyncio.TaskGroup() as group, serve_control(make_control_app(source), storage):
            engine = group.create_task(self.engine.run(self.slots), name="engine")
            await corrections.show()
            histories = [each.history for known in self._record.known.values() for each in known]
            upkeep = group.create_task(
                daily(self.engine, histories, retention=self.config.retention, renew=corrections.show),
                name="upkeep",
            )
            log().info("watching", endpoints=len(self.slots), slos=len(source.live.slos))
            if self.health.behind_record:
                log().error("clock_behind_record", seconds=self.health.behind_record / 1000)
            await stop.wait()
            upkeep.cancel()
            engine.cancel()

    async def _absences(self) -> Sequence[Absence]:
        return await self.engine.storage.run(lambda store: store.absence_spans())

    async def _write_trail(self, entries: Sequence[LogEntry]) -> None:
        await self.engine.storage.run(lambda store: store.log_exclusions(entries))

    def _slots(self, context: Context) -> list[Slot]:
        probers = dict[type[ProbeSettings], Prober]()
        slots = []
        for service in self.config.services:
            known = self._record.known.get(service.id, ())
            histories = {each.stored.number: each.history for each in known}
            for endpoint in service.endpoints:
                kind = type(endpoint.settings)
                if kind not in probers:
                    probers[kind] = kind.prober(context, self.engine.finished)
                number = self._record.numbers[EndpointKey(service.id, endpoint.id)]
                history = histories[number]
                prober, began = probers[kind], self._record.began
                slots.append(
                    Slot(service, endpoint, number=number, prober=prober, history=history, began=began)
                )
        return slots


def _ask_for_descriptors(config: Config) -> None:
    limit, needed = descriptors.raise_limit(), descriptors.may_need(config)
    if limit < needed:
        log().warning(
            "descriptors_few",
            limit=limit,
            may_need=needed,
            cure="raise the hard limit (ulimit -Hn, LimitNOFILE=)",
        )


def _handle_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, _refuse_reload)


def _refuse_reload() -> None:
    log().warning(
        "reload_refused", reason="not available in this version; restart to load a changed configuration"
    )
