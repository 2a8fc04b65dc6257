"""From what the daemon probes and what excludes it to what everybody is shown."""

from collections.abc import Mapping, Sequence
from functools import partial

from exporter.config.model import Config, Service, SloConfig
from exporter.engine.engine import Engine
from exporter.engine.live import Health, Live, LiveEndpoint, LiveSlo
from exporter.engine.slot import Slot
from exporter.record.histories import Known
from exporter.record.question import Asked, asked_of, reach
from exporter.record.questions import Questions
from exporter.timeline.exclusion import Exclusion


class Showing:
    """Makes the daemon's present state, anew whenever other exclusions are in force.

    Attributes:
        questions: What the SLOs ask, with the exclusions of the latest state.
    """

    def __init__(
        self, config: Config, known: Mapping[str, Sequence[Known]], slots: Sequence[Slot], engine: Engine
    ) -> None:
        self._config = config
        self._known = known
        self._slots = tuple(slots)
        self._by_number = {slot.number: slot for slot in slots}
        self._engine = engine
        self._exclusions: tuple[Exclusion, ...] = ()
        self.questions = Questions(config, known, (), (0, 0))

    def live(self, exclusions: Sequence[Exclusion], now: int, health: Health) -> Live:
        """Everything as it is now, with these exclusions."""
        self._exclusions = tuple(exclusions)
        self.questions = questions = Questions(
            self._config, self._known, exclusions, reach(self._config, now)
        )
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
            for slot in self._slots
        ]
        slos = [
            LiveSlo(service, slo, questions.of(service, slo))
            for service in self._config.services
            for slo in service.slos
        ]
        return Live(self._config, endpoints, slos, health, exclusions=tuple(exclusions))

    def pose(self, service: Service, slo: SloConfig, at: int | None, window: int | None) -> Asked:
        """An SLO as of any instant, the present one where none is given.

        Raises:
            UsageError: As of `reach`.
        """
        now = self._engine.now()
        at = now if at is None else at
        questions = Questions(self._config, self._known, self._exclusions, reach(self._config, at, window))
        return asked_of(questions, service, slo, at, self._settled(service, slo))

    def settled(self, slo: LiveSlo) -> int:
        """The instant before which an SLO's past changes only by corrections."""
        return self._settled(slo.service, slo.config)

    def _settled(self, service: Service, slo: SloConfig) -> int:
        recorder = self._engine.recorder
        asked = self.questions.asked(service, slo)
        slots = [
            self._by_number[each.stored.number] for each in asked if each.stored.number in self._by_number
        ]
        return min(map(recorder.settled_until, slots), default=recorder.committed_at)

    def _settle(self, slot: Slot) -> None:
        self._engine.recorder.charge(slot)
