"""The daemon, put together: histories, probers, engine, and what everybody is shown of them."""

import asyncio
import gc
from collections.abc import Callable, Coroutine, Sequence
from itertools import chain
from pathlib import Path

from exporter.config.model import Config, Connectivity
from exporter.daemon.agreements import Agreements, Facts
from exporter.daemon.record import Record
from exporter.engine.anchors import Checks
from exporter.engine.corrections import Corrections
from exporter.engine.counting import Counting
from exporter.engine.engine import Engine
from exporter.engine.fleet import Fleet, configured
from exporter.engine.imports import Imports
from exporter.engine.live import Health, LiveAgreement
from exporter.engine.showing import Showing
from exporter.engine.told import Told
from exporter.engine.upkeep import daily
from exporter.log import log
from exporter.probes.base import Prober, ProbeSettings
from exporter.probes.net.context import Context
from exporter.record.pasts import Pasts, of_services
from exporter.store.base import Absence, LogEntry, Writer
from exporter.timeline.exclusion import Exclusion
from exporter.web.control import make_control_app, serve_control
from exporter.web.source import Source


class Daemon:
    """Probes, records and shows by one configuration, and by another one from a reload on.

    Attributes:
        config: That is in force.
        health: The daemon's own state.
        engine: Probes and records.
    """

    def __init__(
        self,
        config: Config,
        store: Writer,
        context: Context,
        record: Record,
        source: Source,
        *,
        health: Health,
    ) -> None:
        self.config = config
        self._context = context
        self._source = source
        self._probers = dict[type[ProbeSettings], Prober]()
        self.health = health
        health.reload_success_at = health.commit_at = record.began
        self._sampled = dict(record.sampled)  # grows with what reloads add
        self.engine = Engine(
            record.instants,
            store,
            self.health,
            record.began,
            known=chain.from_iterable(record.pasts.values()),
            sampled=self._sampled,
            redact=config.secrets.redact,
            checks=self._checks(config.connectivity),
        )
        self._fleet = Fleet(configured(config), record.pasts, record.numbers, record.began, self._prober)
        self._showing = Showing(config, record.pasts, self._fleet.slots, self.engine, self._sampled)
        self._corrections = Corrections(
            config,
            record.pasts,
            record.trail,
            now=self.engine.now,
            write=self._write_trail,
            show=self._show,
            sampled=self._sampled,
        )
        self._agreements = Agreements(self.engine.storage, self._facts, self._show_agreements)
        self._counting = Counting(self._sampled, self.engine.storage, self.engine.now, health)
        self._counting.follow(config)

    async def run(
        self, storage: Path, stop: asyncio.Event, meanwhile: Callable[[], Coroutine[None, None, None]]
    ) -> None:
        """Probe, show, take what commands bring, and do something else meanwhile, until `stop` is set."""
        source, corrections = self._source, self._corrections
        await corrections.take_up()
        source.absences, source.corrections = self._absences, corrections
        source.issue = self._agreements.issue
        source.write_down = self._agreements.write_down
        source.ledger = self._agreements.ledger
        gc.collect()
        gc.freeze()  # what lives for ever need not be looked at again and again
        async with asyncio.TaskGroup() as group, serve_control(make_control_app(source), storage):
            engine = group.create_task(self.engine.run(self._fleet.slots), name="engine")
            await corrections.show()
            self._let_be_told()
            upkeep = group.create_task(self._daily(), name="upkeep")
            counting = group.create_task(self._counting.run(), name="counting")
            agreements = group.create_task(self._agreements.run(storage.parent), name="agreements")
            log().info("watching", endpoints=len(self._fleet.slots), slos=len(source.live.slos))
            if self.health.behind_record:
                log().error("clock_behind_record", seconds=self.health.behind_record / 1000)
            other = group.create_task(meanwhile(), name="meanwhile")
            await stop.wait()
            other.cancel()
            upkeep.cancel()
            counting.cancel()
            agreements.cancel()
            engine.cancel()

    async def follow(self, config: Config) -> None:
        """Go over to another configuration, as a whole or not at all.

        Raises:
            StoreError: It could not be written; nothing has changed.
        """
        pasts = await self.engine.storage.run(lambda store: of_services(store, config, self._fleet.pasts))
        await self._counting.take_up(config)
        endpoints = await asyncio.to_thread(configured, config, self._fleet.slots)
        config.secrets.update(self.config.secrets)  # what is in flight may still say them
        self.engine.keep_secret(config.secrets.redact)

        async def begin(entries: Sequence[LogEntry]) -> Pasts:
            await self.engine.follow(self._fleet.change(config, endpoints, pasts, entries))
            await self._go_over(config)
            return self._fleet.pasts

        await self._corrections.follow(config, pasts, begin)
        gc.freeze()

    async def _go_over(self, config: Config) -> None:
        """Let everything else be about another configuration, whose endpoints are probed already."""
        before, self.config = self.config, config
        self._showing = Showing(config, self._fleet.pasts, self._fleet.slots, self.engine, self._sampled)
        self._counting.follow(config)
        self._let_be_told()
        self.engine.storage.follow(chain.from_iterable(self._fleet.pasts.values()))
        if config.connectivity != before.connectivity:
            await self.engine.vouch(self._checks(config.connectivity))

    def _let_be_told(self) -> None:
        """Let what is brought be about the endpoints of now."""
        self._source.imports = Imports(self.config, self._fleet.slots, self.engine)
        self._source.beat = Told(self._fleet.slots, self.engine).beat

    def _prober(self, settings: ProbeSettings) -> Prober:
        """The prober of all settings of that type."""
        kind = type(settings)
        if kind not in self._probers:
            self._probers[kind] = kind.prober(self._context, self.engine.finished)
        return self._probers[kind]

    def _checks(self, connectivity: Connectivity | None) -> Checks | None:
        if connectivity is None:
            return None
        return Checks(connectivity, lambda settings, done: settings.prober(self._context, done))

    async def _daily(self) -> None:
        await daily(
            self.engine,
            lambda: [*self._fleet.histories(), *self._sampled.values()],
            retention=lambda: self.config.retention,
            renew=self._corrections.show,
        )

    async def _show(self, exclusions: Sequence[Exclusion], *, anew: bool) -> None:
        showing = self._showing
        live = await showing.live(exclusions, self.engine.now(), self.health, anew=anew)
        live.agreements = self._source.live.agreements
        self._source.pose = showing.pose
        self._source.show(live, self.engine.now, showing.settled)

    def _facts(self) -> Facts:
        return Facts(
            self.config, self._fleet.pasts, self._corrections.trail, self._sampled, self.engine.now()
        )

    def _show_agreements(self, agreements: tuple[LiveAgreement, ...]) -> None:
        self._source.live.agreements = agreements

    async def _absences(self) -> Sequence[Absence]:
        return await self.engine.storage.run(lambda store: store.absence_spans())

    async def _write_trail(self, entries: Sequence[LogEntry]) -> None:
        await self.engine.storage.run(lambda store: store.log_exclusions(entries))
