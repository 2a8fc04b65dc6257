"""One endpoint while the daemon runs: what it is, and where it stands."""

import hashlib
from typing import Any

from exporter.config.model import Endpoint, Service
from exporter.config.objectives import HEARTBEAT
from exporter.engine.live import Counters, LastProbe
from exporter.probes.base import Prober
from exporter.probes.result import Outcome, Result
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.spans import FOREVER

LARGEST_EARLY_OR_LATE = 100
"""Milliseconds by which a start may miss its beat and still count as the beat (rule A)."""


class Slot:
    """The engine's mutable state of one endpoint; probers see `check` and `attempt` of it.

    Attributes:
        service: Its service.
        config: Its configuration.
        number: Its key in the store.
        check: What the prober made of its settings.
        prober: Runs its probes.
        attempt: The prober's own, while a probe is in flight.
        history: What is known of its past.
        counters: Since the process started.
        last: Facts of the latest probe.
        phase: Milliseconds from each multiple of the interval to its beat.
        told_nothing: Whether the latest probe was inconclusive.
        tolerance: Milliseconds by which a start may miss its beat and still count as the beat.
        policy: That the probe in flight, or the latest one, is judged by: a reload holds from the next one on.
        at: Instant of the probe in flight; None while there is none.
        begun: Instant of the latest probe that was begun; instants only grow.
        step: Of the probe in flight: the interval where it counts as its beat, else 0.
        event: Whether the probe in flight is an event of an SLI.
        one_off: When a retry or first probe is due; None where none is.
        row: The open row of the record; None before the first result and after an absence.
        row_last: Instant of the latest result in it.
        undone: First instant that is not done though it has come; None where all is done.
        charged: Instant up to which the counters have charged its time.
    """

    __slots__ = (
        "at",
        "attempt",
        "begun",
        "charged",
        "check",
        "config",
        "counters",
        "event",
        "history",
        "last",
        "number",
        "one_off",
        "phase",
        "policy",
        "prober",
        "row",
        "row_last",
        "service",
        "step",
        "told_nothing",
        "tolerance",
        "undone",
    )

    def __init__(
        self,
        service: Service,
        config: Endpoint,
        *,
        number: int,
        prober: Prober,
        history: EndpointHistory,
        began: int,
        check: object = None,
    ) -> None:
        """A slot that is probed from the instant `began` on; `check` where its settings are compiled already."""
        self.number = number
        self.follow(
            service, config, prober, check or config.settings.check(config.url, config.policy.timeout)
        )
        self.policy = config.policy
        self.attempt: object = None
        self.history = history
        self.counters = Counters()
        self.last = LastProbe()
        self.told_nothing = False
        self.at: int | None = None
        self.begun = -FOREVER
        self.step = 0
        self.event = False
        self.one_off: int | None = None
        self.row: Row | None = None
        self.row_last = 0
        self.undone: int | None = None
        self.charged = began

    def follow(self, service: Service, config: Endpoint, prober: Prober, check: object) -> None:
        """Be as a configuration says from the next probe on; the one in flight keeps what it began with."""
        self.service = service
        self.config = config
        self.prober = prober
        self.check: Any = check
        self.phase = spread(service.id, config.id, config.policy.interval)
        self.tolerance = min(LARGEST_EARLY_OR_LATE, config.policy.interval // 20)

    @property
    def is_told(self) -> bool:
        """Whether nothing is probed, but somebody says how it is."""
        return self.config.kind == HEARTBEAT

    def leave(self) -> None:
        """Drop the probe in flight: nobody asks for its result any more."""
        self.prober.cancel(self)
        self.at = self.one_off = self.undone = None

    def forget(self) -> None:
        """Forget what is not done, as the clock went back; the record goes on with a new row."""
        self.at = self.row = self.undone = None
        self.begun = -FOREVER

    def next_beat(self, after: int) -> int:
        """The first beat after an instant."""
        interval = self.config.policy.interval
        return self.phase + ((after - self.phase) // interval + 1) * interval


def exceeded(policy: Policy, result: Result) -> tuple[int, ...]:
    """The thresholds, ascending, that a success was slower than, compared unrounded; none where it is no success."""
    if not policy.latency or result.outcome is not Outcome.SUCCESS:
        return ()
    return tuple(sorted({threshold for _, threshold in policy.latency if result.duration > threshold}))


def spread(service: str, endpoint: str, length: int) -> int:
    """A place within `length` that depends on nothing but the endpoint's identity, so that a restart keeps it."""
    digest = hashlib.blake2b(f"{service}\0{endpoint}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) % length
