"""From what the daemon probes and what excludes it to what everybody is shown."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import partial

from exporter.config.model import Config, Service, SloConfig
from exporter.config.objectives import parts
from exporter.engine.engine import Engine
from exporter.engine.live import Health, Live, LiveEndpoint, LiveSlo
from exporter.engine.slot import Slot
from exporter.engine.turns import in_turns
from exporter.errors import UsageError
from exporter.record.histories import Known
from exporter.record.question import LONGEST_PERIOD, Asked, asked_of, reach
from exporter.record.questions import Index, Questions
from exporter.record.sampled import NONE_SAMPLED, Sampled
from exporter.store.base import SloKey
from exporter.timeline.exclusion import Exclusion
from exporter.units import format_duration


class Showing:
    """Makes the daemon's present state, anew whenever other exclusions are in force.

    Attributes:
        questions: What the SLOs ask, with the exclusions of the latest state.
    """

    def __init__(
        self,
        config: Config,
        known: Mapping[str, Sequence[Known]],
        slots: Sequence[Slot],
        engine: Engine,
        sampled: Sampled = NONE_SAMPLED,
    ) -> None:
        self._config = config
        self._known = known
        self._sampled = sampled
        self._by_service: dict[str, list[Slot]] = {}
        for slot in slots:
            self._by_service.setdefault(slot.service.id, []).append(slot)
        self._parts: dict[
            str, tuple[list[LiveEndpoint], list[LiveSlo]]
        ] = {}  # in the order of the configuration
        self._by_number = {slot.number: slot for slot in slots}
        self._engine = engine
        self._exclusions: tuple[Exclusion, ...] = ()
        self.questions = Questions(config, known, (), (0, 0), sampled)

    async def live(self, exclusions: Sequence[Exclusion], now: int, health: Health, *, anew: bool) -> Live:
        """Everything as it is now, with these exclusions; to be waited for before it is asked for again.

        Args:
            exclusions: In force.
            now: Milliseconds since the epoch; exclusions are expanded around it.
            health: Of the daemon.
            anew: Whether to expand again also what has not changed.
        """
        changed = Index(list(set(exclusions) ^ set(self._exclusions)))
        within = reach(self._config, now)
        questions = Questions(self._config, self._known, exclusions, within, self._sampled)
        await asyncio.to_thread(questions.expand)
        touched = {
            service.id
            for service in self._config.services
            if anew or service.id not in self._parts or self._touches(changed, service)
        }
        stale = [
            service
            for service in self._config.services
            if service.id in touched
            or any(part.id in touched for slo in service.slos for part, _ in parts(self._config, slo))
        ]
        fresh = await in_turns((service.id, self._part(service, questions)) for service in stale)
        self.questions, self._exclusions = questions, tuple(exclusions)
        self._parts |= fresh
        return Live(
            self._config,
            [each for endpoints, _ in self._parts.values() for each in endpoints],
            [each for _, slos in self._parts.values() for each in slos],
            health,
            exclusions=self._exclusions,
        )

    def _touches(self, changed: Index, service: Service) -> bool:
        """Whether any of these exclusions covers a service, or one of the endpoints that it ever had."""
        idents = {each.id for each in service.endpoints}
        idents.update(each.stored.id for each in self._known.get(service.id, ()))
        return bool(changed.of_service(service)) or any(
            changed.of_endpoint(service, ident) for ident in idents
        )

    def _part(self, service: Service, questions: Questions) -> tuple[list[LiveEndpoint], list[LiveSlo]]:
        """What belongs to one service."""
        endpoints = [
            LiveEndpoint(
                slot.service,
                slot.config,
                slot.history,
                slot.counters,
                slot.last,
                partial(self._settle, slot),
                questions.excluded(slot.service, slot.config),
            )
            for slot in self._by_service.get(service.id, ())
        ]
        return endpoints, [LiveSlo(service, slo, questions.of(service, slo)) for slo in service.slos]

    def pose(
        self, service: Service, slo: SloConfig, at: int | None, window: int | None
    ) -> Callable[[], Asked]:
        """Put an SLO to the past as it is now, as of any instant, the present one where none is given.

        Returns:
            What makes the question, which may take a while: in any thread.

        Raises:
            UsageError: As of `reach`, or the window is longer than anything that is kept: there is no more in it.
        """
        now = self._engine.now()
        at = now if at is None else at
        within = reach(self._config, at, window)
        longest = self._config.retention + LONGEST_PERIOD
        if window is not None and window > longest:
            kept = format_duration(self._config.retention)
            msg = f"window: at most {format_duration(longest)}, as history is kept for {kept}"
            raise UsageError(msg)
        services = {service.id, *(part.id for part, _ in parts(self._config, slo))}
        copies = {ident: [each.copy() for each in self._known.get(ident, ())] for ident in services}
        counted = self.questions.counted(service, slo)
        sampled = {} if counted is None else {SloKey(service.id, slo.id): deepcopy(counted)}
        questions = Questions(self._config, copies, self._exclusions, within, sampled)
        return partial(asked_of, questions, service, slo, at, self._settled(service, slo))

    def settled(self, slo: LiveSlo) -> int | None:
        """The instant before which an SLO's past changes only by corrections."""
        counted = self.questions.counted(slo.service, slo.config)
        return self._settled(slo.service, slo.config) if counted is None else counted.until

    def _settled(self, service: Service, slo: SloConfig) -> int:
        recorder = self._engine.recorder
        asked = self.questions.asked(service, slo)
        slots = [
            self._by_number[each.stored.number] for each in asked if each.stored.number in self._by_number
        ]
        return min(map(recorder.settled_until, slots), default=recorder.committed_at)

    def _settle(self, slot: Slot) -> None:
        self._engine.recorder.charge(slot)
