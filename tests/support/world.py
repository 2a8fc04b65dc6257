"""A daemon in simulated time: the real schedule, recorder and store, and endpoints that follow a script."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from exporter.config.model import Endpoint, Service
from exporter.engine.recorder import Recorder
from exporter.engine.schedule import Schedule
from exporter.engine.slot import Slot
from exporter.probes.base import Probed
from exporter.probes.result import Outcome, Reason, Result
from exporter.probes.tcp import TcpSettings
from exporter.store.base import EndpointKey
from exporter.store.writer import SqliteWriter
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.policy import Policy
from exporter.timeline.tally import State
from tests.support.brute import Probe

RESULTS = {
    State.UP: Result(Outcome.SUCCESS, duration=1_000_000),
    State.DOWN: Result(Outcome.FAILURE, Reason.TIMEOUT),
    State.UNKNOWN: Result(Outcome.INCONCLUSIVE),
}

Script = Callable[[str, int], tuple[State, int]]
"""By endpoint and the number of the probe: what it finds, and after how many milliseconds."""


def endpoint(
    name: str = "web", *, retry_interval: int | None = None, policy: Policy | None = None
) -> Endpoint:
    """An endpoint that nothing needs to be listening for."""
    policy = policy or Policy(1_000, 500, 2_500)
    return Endpoint(
        id=name,
        name=name,
        kind="tcp",
        url="tcp://127.0.0.1:9",
        target="tcp://127.0.0.1:9",
        settings=TcpSettings(),
        policy=policy,
        retry_interval=retry_interval or min(policy.interval, 5_000),
    )


def service(*endpoints: Endpoint, name: str = "shop") -> Service:
    """A service of some endpoints, without SLOs."""
    return Service(
        id=name, name=name, title=name, owner="", labels=(), endpoints=endpoints or (endpoint(),), slos=()
    )


@dataclass
class World:
    """One machine: its clock, its disk, and the daemon while it lives.

    Attributes:
        now: Milliseconds since the epoch.
        durable: By endpoint, the results that a commit has made durable.
        cuts: Ends of the record at each death: instants of the last commits.
        duration: By endpoint and the number of the probe: how many nanoseconds a success takes.
        slow: By endpoint and threshold, the instants of slow beats that a commit has made durable.
    """

    path: Path
    service: Service
    script: Script
    now: int = 0
    durable: dict[str, list[Probe]] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)
    duration: Callable[[str, int], int] = lambda _name, _number: 1_000_000
    slow: dict[str, dict[int, list[int]]] = field(default_factory=dict)
    _flight: list[tuple[int, Slot]] = field(default_factory=list)
    _fresh: list[tuple[str, Probe]] = field(default_factory=list)
    _fresh_slow: list[tuple[str, int, int]] = field(default_factory=list)
    _begun: dict[str, int] = field(default_factory=dict)

    def start(self) -> None:
        """Start the daemon on what the disk has."""
        self.store = SqliteWriter.open(self.path)
        mark = self.store.mark()
        if mark is not None:
            self.cuts.append(mark.at)
        held = max(self.now, mark.at if mark else 0)
        kinds = {EndpointKey(self.service.id, each.id): each.kind for each in self.service.endpoints}
        numbers = self.store.begin(held, kinds)
        removed = {each.number: each.removed for each in self.store.endpoints()}
        slots = []
        for each in self.service.endpoints:
            number = numbers[EndpointKey(self.service.id, each.id)]
            history = EndpointHistory(removed[number])
            history.load(self.store.rows(number), self.store.absences(), self.store.slow(number))
            slots.append(Slot(self.service, each, number=number, prober=self, history=history, began=held))
        self.slots = slots
        self.recorder = Recorder(slots, held)
        self.schedule = Schedule(slots, self.now, self._start, lambda _late: None)

    def kill(self) -> None:
        """End the daemon as kill -9 does: nothing is written any more."""
        self._flight, self._fresh, self._fresh_slow = [], [], []
        self.store.close()

    def pass_time(self, until: int, step: int = 10) -> None:
        """Let the daemon live until an instant, looking at the clock every `step`."""
        while self.now < until:
            self.now = min(until, self.now + step)
            ended = [each for each in self._flight if each[0] <= self.now]
            self._flight = [each for each in self._flight if each[0] > self.now]
            for _, slot in ended:
                self._finish(slot)
            self.schedule.fire(self.now)

    def commit(self) -> None:
        """What the daemon does once a second."""
        commit = self.recorder.take(self.schedule.fired)
        if commit is None:
            return
        self.store.commit(commit)
        self.recorder.committed(commit)
        for name, probe in self._fresh:
            self.durable.setdefault(name, []).append(probe)
        for name, threshold, at in self._fresh_slow:
            self.slow.setdefault(name, {}).setdefault(threshold, []).append(at)
        self._fresh, self._fresh_slow = [], []

    def settled(self) -> Sequence[int]:
        """Each slot's settled instant as of the last commit."""
        return [self.recorder.settled_until(slot) for slot in self.slots]

    def begin(self, probed: Probed) -> None:
        """Be the prober of every slot: begin a probe."""
        assert isinstance(probed, Slot)
        name = probed.config.name
        number = self._begun[name] = self._begun.get(name, -1) + 1
        vote, took = self.script(name, number)
        probed.attempt = vote
        self._flight.append((self.now + took, probed))

    def cancel(self, probed: Probed) -> None:
        """Drop the probe in flight."""
        self._flight = [each for each in self._flight if each[1] is not probed]

    def _start(self, slot: Slot) -> None:
        self.recorder.started(slot, slot.begun)
        self.begin(slot)

    def _finish(self, slot: Slot) -> None:
        vote = slot.attempt
        assert isinstance(vote, State)
        assert slot.at is not None
        name = slot.config.name
        result = RESULTS[vote]
        if vote == State.UP:
            result = Result(Outcome.SUCCESS, duration=self.duration(name, self._begun[name]))
        if slot.at > self.recorder.held_until:
            probe = Probe(slot.at, vote, slot.config.policy, event=slot.event)
            self._fresh.append((name, probe))
            if vote == State.UP and slot.event:
                thresholds = {threshold for _, threshold in slot.config.policy.latency}
                self._fresh_slow += [(name, each, slot.at) for each in thresholds if result.duration > each]
        at, slot.at = slot.at, None
        self.recorder.finished(
            slot, at, slot.step, result, self.schedule.fired, event=slot.event, policy=slot.config.policy
        )
        if vote == State.DOWN and slot.history.timeline.votes == State.DOWN:
            self.schedule.once(slot, max(at + slot.config.retry_interval, self.schedule.fired))
