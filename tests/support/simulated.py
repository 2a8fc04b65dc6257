"""The real engine, recorder and store in simulated time, with endpoints that follow a script."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain
from pathlib import Path

from exporter.config.model import Config, Connectivity, Service, SloConfig
from exporter.engine.anchors import Checks
from exporter.engine.engine import Engine
from exporter.engine.fleet import Fleet, configured
from exporter.engine.instants import Instants
from exporter.engine.live import Health
from exporter.engine.slot import Slot, spread
from exporter.probes.base import Probed
from exporter.record.histories import load, settled_until
from exporter.record.pasts import Pasts, kinds_of, of_services
from exporter.record.question import pose, reach
from exporter.record.questions import Questions
from exporter.slo.answer import Answer
from exporter.slo.figures import Figures, figures
from exporter.store.reader import SqliteReader
from exporter.store.writer import SqliteWriter
from exporter.timeline.tally import State
from tests.support.anchors import AnchorAnswers, AnchorProber, Ended, Log
from tests.support.machine import HandClock
from tests.support.world import RESULTS

Answers = Callable[[str, int], tuple[State, int]]
"""By endpoint and the instant at which its probe starts: what it finds, and after how many milliseconds."""

NEVER = 1 << 40
"""Milliseconds after which a probe that hangs would answer."""


def up(_name: str, _at: int) -> tuple[State, int]:
    return State.UP, 5


def connected(_host: str, _at: int) -> tuple[bool, int]:
    return True, 5


def beat(service: Service, after: int, endpoint: int = 0) -> int:
    """The first beat of a service's endpoint after an instant."""
    chosen = service.endpoints[endpoint]
    interval = chosen.policy.interval
    phase = spread(service.id, chosen.id, interval)
    return phase + ((after - phase) // interval + 1) * interval


@dataclass
class Machine:
    """One machine: its clocks, its disk, what its endpoints answer, and the daemon while it lives.

    Attributes:
        begun: Instants at which probes began, by endpoint.
        connectivity: The anchors; None for none.
        anchors: What they answer.
    """

    path: Path
    services: Sequence[Service]
    clock: HandClock
    answers: Answers = up
    begun: dict[str, list[int]] = field(default_factory=dict)
    connectivity: Connectivity | None = None
    anchors: AnchorAnswers = connected

    @property
    def config(self) -> Config:
        return Config(tuple(self.services), "", "")

    @asynccontextmanager
    async def daemon(self) -> AsyncIterator["Alive"]:
        """A daemon that lives until the block ends, and then stops cleanly, unless it was killed before."""
        alive = Alive(self)
        task = asyncio.get_running_loop().create_task(alive.engine.run(alive.slots))
        try:
            yield alive
        finally:
            task.cancel()
            await asyncio.wait([task])
            alive.store.close()
            if alive.disk is not None:
                alive.disk.replace(self.path)
        if not task.cancelled():
            task.result()

    def ask(self, at: int | None = None, service: int = 0, slo: int = 0) -> Answer:
        """What `sli` would answer now."""
        chosen = self.services[service]
        store = SqliteReader.open(self.path)
        try:
            return pose(store, self.config, chosen, chosen.slos[slo], now=self.clock.wall(), at=at).answer()
        finally:
            store.close()


class Alive:
    """A daemon that runs, put together as the service does it; the prober of all its slots.

    Attributes:
        engine: Its engine.
        slots: What it probes.
        store: Its store.
        health: Its own state.
        disk: What the disk had when it was killed; None while it was not.
        log: Which probes and checks of anchors ended, in order.
    """

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.disk: Path | None = None
        self.store = SqliteWriter.open(machine.path)
        instants, mark = Instants(machine.clock), self.store.mark()
        began = max(instants.now, mark.at if mark is not None else 0)
        config = machine.config
        numbers = self.store.begin(began, kinds_of(config))
        self.health = Health(commit_at=began)
        self.log: Log = []
        pasts = load(self.store, {service.id for service in machine.services})
        known = [each for group in pasts.values() for each in group]
        checks = self._checks()
        self.engine = Engine(instants, self.store, self.health, began, known=known, checks=checks)
        self.fleet = Fleet(configured(config), pasts, numbers, began, lambda _settings: self)
        self._questions = Questions(config, pasts, (), reach(config, began))

    @property
    def slots(self) -> Sequence[Slot]:
        """What is probed."""
        return self.fleet.slots

    @property
    def known(self) -> Pasts:
        """All pasts."""
        return self.fleet.pasts

    async def follow(self, *services: Service) -> None:
        """Reload, with other services; as the daemon does it."""
        config = replace(self.machine.config, services=services)
        pasts = await self.engine.storage.run(lambda store: of_services(store, config, self.known))
        await self.engine.follow(self.fleet.change(config, configured(config, self.slots), pasts))
        self.machine.services = services
        self.engine.storage.follow(chain.from_iterable(self.known.values()))
        self._questions = Questions(config, self.known, (), reach(config, self.engine.now()))

    async def vouch(self, connectivity: Connectivity | None) -> None:
        """Let other anchors vouch for results."""
        self.machine.connectivity = connectivity
        await self.engine.vouch(self._checks())

    def _checks(self) -> Checks | None:
        machine = self.machine
        if machine.connectivity is None:
            return None

        def answers(host: str, at: int) -> tuple[bool, int]:
            return machine.anchors(host, at)

        wall, log = machine.clock.wall, self.log
        return Checks(machine.connectivity, lambda _, done: AnchorProber(answers, wall, log, done))

    def kill(self) -> None:
        """Let the disk keep what it has now, as kill -9 does: what the daemon does later is lost."""
        self.disk = self.machine.path.with_suffix(".killed")
        with closing(sqlite3.connect(self.machine.path)) as disk, closing(sqlite3.connect(self.disk)) as kept:
            disk.backup(kept)

    def begin(self, probed: Probed) -> None:
        """Be the prober: begin a probe."""
        assert isinstance(probed, Slot)
        assert probed.at is not None
        self.machine.begun.setdefault(probed.config.name, []).append(probed.at)
        vote, took = self.machine.answers(probed.config.name, probed.at)
        loop = asyncio.get_running_loop()
        probed.attempt = loop.call_later(took / 1000, self._finish, probed, vote)

    def cancel(self, probed: Probed) -> None:
        """Drop the probe in flight."""
        if probed.attempt is not None:
            probed.attempt.cancel()
            probed.attempt = None

    def _finish(self, slot: Slot, vote: State) -> None:
        slot.attempt = None
        assert slot.at is not None
        self.log.append(Ended(slot.config.name, slot.at, vote, slot.event))
        self.engine.finished(slot, RESULTS[vote])

    def figures(self, at: int, service: int = 0, slo: int = 0) -> Figures:
        """What the running daemon shows of an SLO at an instant, from its memory."""
        chosen = self.machine.services[service]
        asked: SloConfig = chosen.slos[slo]
        return figures(self._questions.of(chosen, asked), at)

    def stored_figures(self, at: int, service: int = 0, slo: int = 0) -> Figures:
        """The same from what the store has of it."""
        chosen = self.machine.services[service]
        asked = chosen.slos[slo]
        reader = SqliteReader.open(self.machine.path)
        try:
            known = load(reader, {chosen.id})
        finally:
            reader.close()
        config = self.machine.config
        return figures(Questions(config, known, (), reach(config, at)).of(chosen, asked), at)

    def settled(self) -> int:
        """The instant before which nothing changes but by corrections."""
        committed = self.health.commit_at
        assert committed is not None
        return min(settled_until(slot.history.timeline, committed, slot.undone) for slot in self.slots)

    def counters(self) -> Sequence[Mapping[str, int]]:
        """All counters of each slot, as a scrape would show them now."""
        found = []
        for slot in self.slots:
            self.engine.recorder.charge(slot)
            counters = slot.counters
            names = ("success", "failure", "inconclusive", "up", "down", "unknown")
            found.append({name: getattr(counters, name) for name in names})
        return found

    def asked(self, slot: int = 0) -> State:
        """What `uptime_endpoint_state` would show now."""
        return self.slots[slot].history.state(self.engine.now())


def one_slo(watched: Service, window: int = 3_600_000, per_cent: str = "99.9") -> Service:
    """The service with one SLO over all of its endpoints."""
    ratio = Fraction(per_cent) / 100
    slo = SloConfig("availability", "availability", "availability", ratio, per_cent, window)
    return replace(watched, slos=(slo,))
