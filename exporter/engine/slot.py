"""One endpoint while the daemon runs: what it is, and where it stands."""

import hashlib

from exporter.config.model import Endpoint, Service
from exporter.engine.live import Counters, LastProbe
from exporter.probes.base import Prober
from exporter.probes.result import Outcome, Result
from exporter.timeline.endpoint import EndpointHistory
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
        thresholds: Nanoseconds that its latency SLOs allow, ascending; empty where it has none.
        tolerance: Milliseconds by which a start may miss its beat and still count as the beat.
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
        "prober",
        "row",
        "row_last",
        "service",
        "step",
        "thresholds",
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
    ) -> None:
        """A slot that is probed from the instant `began` on."""
        self.service = service
        self.config = config
        self.number = number
        self.prober = prober
        self.check = config.settings.check(config.url, config.policy.timeout)
        self.attempt: object = None
        self.history = history
        self.counters = Counters()
        self.last = LastProbe()
        self.thresholds = tuple(sorted({threshold for _, threshold in config.policy.latency}))
        self.phase = spread(service.id, config.id, config.policy.interval)
        self.tolerance = min(LARGEST_EARLY_OR_LATE, config.policy.interval // 20)
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

    def forget(self) -> None:
        """Forget what is not done, as the clock went back; the record goes on with a new row."""
        self.at = self.row = self.undone = None
        self.begun = -FOREVER

    def exceeded(self, result: Result) -> tuple[int, ...]:
        """The thresholds that a success was slower than, compared unrounded; none where it is no success."""
        if not self.thresholds or result.outcome is not Outcome.SUCCESS:
            return ()
        return tuple(threshold for threshold in self.thresholds if result.duration > threshold)

    def next_beat(self, after: int) -> int:
        """The first beat after an instant."""
        interval = self.config.policy.interval
        return self.phase + ((after - self.phase) // interval + 1) * interval


def spread(service: str, endpoint: str, length: int) -> int:
    """A place within `length` that depends on nothing but the endpoint's identity, so that a restart keeps it."""
    digest = hashlib.blake2b(f"{service}\0{endpoint}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) % length
