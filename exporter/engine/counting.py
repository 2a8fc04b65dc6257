"""Asking a Prometheus for the events of SLOs that are over `promql`, step by step (ruling 44)."""

import asyncio
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from itertools import dropwhile

from exporter.config.model import Config, Prometheus, Promql
from exporter.config.objectives import objective_of
from exporter.engine.live import CountingHealth, Health
from exporter.engine.storage import Storage
from exporter.errors import StoreError
from exporter.log import log
from exporter.promql.answers import AskError
from exporter.promql.client import MOST_POINTS, Client
from exporter.record.sampled import counted_slos, load_sampled
from exporter.slo.objective import Objective
from exporter.store.base import SloKey
from exporter.timeline.samples import SampleHistory, Step
from exporter.units import SECOND

AGAIN = 30 * SECOND
"""Milliseconds after which what failed is asked again, at most."""

PATIENCE = 8
"""Answers after which a question may be about as much as one that failed."""

LONGEST_NAP = 30 * SECOND
"""Milliseconds after which the clock is looked at: it may have been set."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about one SLO.

    Attributes:
        key: The SLO.
        names: Of service and SLO.
        promql: The queries.
        objective: Whose window is asked about when nothing is known of it yet.
        retention: Milliseconds; what is older is not asked about.
    """

    key: SloKey
    names: tuple[str, str]
    promql: Promql
    objective: Objective
    retention: int

    def first(self, until: int | None, now: int) -> int:
        """Start of the first step to be asked about.

        Args:
            until: End of the latest one that is known; None where none is.
            now: Milliseconds since the epoch.
        """
        since = self.objective.span(now)[0] if until is None else until
        step = self.promql.step
        return -(-max(since, now - self.retention) // step) * step

    def last(self, now: int) -> int:
        """End of the last step that can be asked about."""
        step = self.promql.step
        return (now - self.promql.delay) // step * step


class _Portion:
    """How much one question is about: less after each that fails, as some servers give fewer points, or one step has none.

    It grows again, but to what has failed only after `PATIENCE` answers: a catch-up of 10,000 steps is not to fail at every other question.

    Attributes:
        length: Milliseconds.
    """

    def __init__(self, step: int) -> None:
        self._step = step
        self._whole = self.length = MOST_POINTS * step
        self._too_long = self._whole + 1
        self._answers = 0

    def failed(self, length: int) -> None:
        """Note that a question about so much failed."""
        self._too_long, self._answers = length, 0
        self.length = max(self._step, length // 2 // self._step * self._step)

    def answered(self) -> None:
        """Note that one was answered."""
        self._answers += 1
        if self._answers >= PATIENCE:
            self._too_long = self._whole + 1
        longer = min(2 * self.length, self._whole)
        if longer < self._too_long:
            self.length = longer


class Counting:
    """Keeps the pasts of all SLOs over `promql` up to date, in the store and in memory.

    What was missed, by whomever, is caught up with: our absence makes no gap. A question that fails
    is put again until it is answered; its steps are unknown until then, and so are the later ones.
    """

    def __init__(
        self,
        sampled: MutableMapping[SloKey, SampleHistory],
        storage: Storage,
        now: Callable[[], int],
        health: Health,
    ) -> None:
        """Nobody is asked yet.

        Args:
            sampled: The pasts, of all SLOs that will ever be followed.
            storage: Keeps what is answered.
            now: Gives the engine's present instant.
            health: Told how each SLO's questions end.
        """
        self._sampled = sampled
        self._storage = storage
        self._now = now
        self._health = health
        self._prometheus: Prometheus | None = None
        self._asked: Sequence[Asked] = ()
        self._redact: Callable[[str], str] = str
        self._changed = asyncio.Event()

    async def take_up(self, config: Config) -> None:
        """Read the pasts of the SLOs of a configuration that is to be in force, as far as they are not in memory.

        Raises:
            StoreError: They cannot be read.
        """
        missing = [slo for slo in counted_slos(config) if slo not in self._sampled]
        if missing:
            self._sampled.update(await self._storage.run(lambda store: load_sampled(store, missing)))

    def follow(self, config: Config) -> None:
        """Ask as a configuration says from now on; its pasts have been taken up."""
        before = self._prometheus, self._asked
        self._prometheus, self._asked = config.prometheus, tuple(_asked(config))
        self._redact = config.secrets.redact
        healths = self._health.counting
        self._health.counting = {
            each.names: healths.get(each.names) or CountingHealth(self._sampled[each.key])
            for each in self._asked
        }
        if before != (self._prometheus, self._asked):
            self._changed.set()

    async def run(self) -> None:
        """Ask about all of them until cancelled."""
        while True:
            self._changed.clear()
            if self._prometheus is None or not self._asked:
                await self._changed.wait()
                continue
            async with Client(self._prometheus) as client, asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(self._keep_up(client, each, self._health.counting[each.names]))
                    for each in self._asked
                ]
                await self._changed.wait()
                for task in tasks:
                    task.cancel()

    async def _keep_up(self, client: Client, asked: Asked, health: CountingHealth) -> None:
        """Ask about the steps of one SLO as they end."""
        step, history = asked.promql.step, health.history
        portion = _Portion(step)
        reached: int | None = None  # how far a source that knows of no step at all was asked about
        edition = history.edition
        while True:
            after, now = history.until, self._now()
            if history.edition != edition:
                reached, edition = None, history.edition
            begin = asked.first(reached if after is None else after, now)
            end = min(asked.last(now), begin + portion.length)
            if end < begin + step:
                due = begin + step + asked.promql.delay - now
                await asyncio.sleep(min(due, LONGEST_NAP) / SECOND)
                continue
            try:
                steps = await client.ask(asked.promql, begin, end)
                if end > asked.last(self._now()):
                    continue  # the clock went back meanwhile: they are yet to come
                await self._add(asked.key, steps, after)
            except (AskError, StoreError) as error:
                self._failed(asked, health, self._redact(str(error)))
                portion.failed(end - begin)
                await asyncio.sleep(min(step, AGAIN) / SECOND)
                continue
            self._answered(asked, health)
            reached = end if after is None and history.until is None else None
            portion.answered()

    async def _add(self, key: SloKey, steps: Sequence[Step], after: int | None) -> None:
        """Keep what was answered; an SLO begins with a step of which anything is known.

        Args:
            key: The SLO.
            steps: The answer.
            after: End of the latest step when it was asked about.

        Raises:
            StoreError: It could not be written; nothing has changed.
        """
        history = self._sampled[key]
        if after is None:
            steps = tuple(dropwhile(lambda step: not step.known, steps))
        if not steps:
            return
        added = await self._storage.run(lambda store: store.add_steps(key, steps, after))
        if added and history.until == after:
            history.extend(steps)
        else:  # the clock took some back meanwhile, or we were interrupted before
            read = await self._storage.run(lambda store: load_sampled(store, [key]))
            history.take_over(read[key])

    def _failed(self, asked: Asked, health: CountingHealth, problem: str) -> None:
        if health.problem != problem:
            log().warning("promql_failed", slo="/".join(asked.names), problem=problem)
        health.problem = problem

    def _answered(self, asked: Asked, health: CountingHealth) -> None:
        if health.problem:
            log().info("promql_recovered", slo="/".join(asked.names))
        health.problem = ""


def _asked(config: Config) -> Sequence[Asked]:
    """What is asked about all SLOs over `promql`."""
    return [
        Asked(
            SloKey(service.id, slo.id),
            (service.name, slo.name),
            slo.promql,
            objective_of(config, service, slo),
            config.retention,
        )
        for service in config.services
        for slo in service.slos
        if slo.promql is not None
    ]
