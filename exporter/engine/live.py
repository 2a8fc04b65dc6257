"""What the daemon holds while it runs, as everything that shows it reads it.

The engine writes these objects on the event loop's thread; outputs only read them,
on the same thread, and make a frozen picture of what they read.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from exporter.config.model import Config, Endpoint, Service, SloConfig
from exporter.probes.result import NO_PHASES, Outcome, Phases, Reason, Result, TlsFacts
from exporter.sla.agreement import Agreement
from exporter.sla.period import PeriodResult
from exporter.sla.standing import OpenIncidents
from exporter.slo.question import Question
from exporter.timeline.exclusion import Exclusion
from exporter.timeline.samples import SampleHistory
from exporter.timeline.spans import NOTHING, Spans
from exporter.timeline.tally import Measured

DURATION_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the histogram of probe durations, in seconds."""

_BOUNDS_NS = tuple(round(bound * 1_000_000_000) for bound in DURATION_BOUNDS)

LAG_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds of the histogram of scheduler lag, in seconds."""


class Histogram:
    """Counts per bucket, the last one beyond every bound; not cumulative.

    Attributes:
        bounds: Upper bounds in nanoseconds, ascending, inclusive.
        counts: One more than `bounds`.
        total: Sum of what was observed, in nanoseconds.
    """

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: tuple[int, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0

    def observe(self, nanoseconds: int) -> None:
        """Count one observation."""
        self.counts[bisect_left(self.bounds, nanoseconds)] += 1
        self.total += nanoseconds

    def add(self, other: "Histogram") -> None:
        """Count what another of the same bounds observed."""
        self.counts = [mine + theirs for mine, theirs in zip(self.counts, other.counts, strict=True)]
        self.total += other.total


class Counters:
    """Monotone counts of one endpoint since the process started; they move at commits only.

    Attributes:
        success: Probes by result, retries and first probes included; so the next two.
        failure: Sum of `failures`.
        inconclusive: Probes that told nothing.
        failures: By reason.
        durations: Of successes.
        up: Milliseconds settled in each state, charged once each.
        down: Likewise.
        unknown: Likewise.
    """

    __slots__ = ("down", "durations", "failure", "failures", "inconclusive", "success", "unknown", "up")

    def __init__(self) -> None:
        self.success = self.failure = self.inconclusive = 0
        self.failures: dict[Reason, int] = {}
        self.durations = Histogram(_BOUNDS_NS)
        self.up = self.down = self.unknown = 0

    def count(self, outcome: Outcome, reason: Reason | None, duration: int) -> None:
        """Count one result; only a success's duration, in nanoseconds, is observed."""
        if outcome is Outcome.SUCCESS:
            self.success += 1
            self.durations.observe(duration)
        elif outcome is Outcome.FAILURE:
            self.failure += 1
            if reason is not None:
                self.failures[reason] = self.failures.get(reason, 0) + 1
        else:
            self.inconclusive += 1

    def add(self, other: "Counters") -> None:
        """Count what another counted of results."""
        self.success += other.success
        self.failure += other.failure
        self.inconclusive += other.inconclusive
        for reason, count in other.failures.items():
            self.failures[reason] = self.failures.get(reason, 0) + count
        self.durations.add(other.durations)


class LastProbe:
    """Facts of the latest probe, for gauges.

    Attributes:
        at: Instant of the latest result, milliseconds; None before the first.
        success_at: Instant of the latest success.
        phases: Of the latest probe.
        status: HTTP status code of the latest probe; None where it had none.
        tls: Of the latest handshake, kept over probes that did not get that far.
        failure: Why the latest conclusive result failed; None where it succeeded.
        detail: For people: what the latest failure said.
    """

    __slots__ = ("at", "detail", "failure", "phases", "status", "success_at", "tls")

    def __init__(self) -> None:
        self.at: int | None = None
        self.success_at: int | None = None
        self.phases: Phases = NO_PHASES
        self.status: int | None = None
        self.tls: TlsFacts | None = None
        self.failure: Reason | None = None
        self.detail = ""

    def update(self, at: int, result: Result) -> None:
        """Take over what the result of the probe at `at` says."""
        self.at = at
        self.phases = result.phases
        self.status = result.status
        if result.tls is not None:
            self.tls = result.tls
        if result.outcome is Outcome.SUCCESS:
            self.success_at, self.failure, self.detail = at, None, ""
        elif result.outcome is Outcome.FAILURE:
            self.failure, self.detail = result.reason, result.detail


def _nothing() -> None:
    """There is nothing to settle."""


@dataclass(frozen=True, slots=True)
class LiveEndpoint:
    """One endpoint as it is now.

    Attributes:
        settle: Lets the counters have the time that has settled; to be called before they are read.
        excluded: What of its time does not count, whatever SLOs recognise.
    """

    service: Service
    config: Endpoint
    history: Measured
    counters: Counters
    last: LastProbe
    settle: Callable[[], None] = _nothing
    excluded: Spans = NOTHING


@dataclass(frozen=True, slots=True)
class LiveSlo:
    """One SLO as it is now, and what it asks."""

    service: Service
    config: SloConfig
    question: Question


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source of targets is.

    Attributes:
        success_at: When it said what can be used for the last time, milliseconds; None where it never has.
        problem: Why it does not now; empty where it does.
    """

    success_at: int | None = None
    problem: str = ""


@dataclass(slots=True)
class CountingHealth:
    """How it is to ask a source about an SLO.

    Attributes:
        history: What was answered so far.
        problem: Why the latest question was not answered; empty where it was, and before the first.
    """

    history: SampleHistory
    problem: str = ""


@dataclass(slots=True)
class Health:
    """The daemon's own state.

    Attributes:
        commit_at: Instant of the last commit, milliseconds; None before the first.
        pending_rows: Rows that wait for a commit.
        write_failures: Commits that failed.
        clock_steps: Steps of the wall clock that were found.
        missed: Beats that found a probe in flight, or were slept through.
        lag: From a beat to the start of its probe.
        store_bytes: Size of the store's files.
        reload_success_at: Instant at which the running configuration was loaded.
        reload_successful: Whether the last attempt to load one succeeded.
        behind_record: Milliseconds by which the wall clock is behind the end of the
            record; nothing is recorded while it is > 0.
        store_error: Why the last commit failed; empty where it did not.
        connected: Whether the last check of the connectivity anchors was good; None without anchors, and before
            the first check has answered.
        blind_since: While it was not, the instant from which results tell nothing.
        sources: By source of targets, how it is.
        counting: By names of service and SLO, how it is to ask about an SLO over `promql`.
    """

    commit_at: int | None = None
    pending_rows: int = 0
    write_failures: int = 0
    clock_steps: int = 0
    missed: int = 0
    lag: Histogram = field(
        default_factory=lambda: Histogram(tuple(round(bound * 1_000_000_000) for bound in LAG_BOUNDS))
    )
    store_bytes: int = 0
    reload_success_at: int | None = None
    reload_successful: bool = True
    behind_record: int = 0
    store_error: str = ""
    connected: bool | None = None
    blind_since: int | None = None
    sources: dict[str, SourceHealth] = field(default_factory=dict)
    counting: Mapping[tuple[str, str], CountingHealth] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LiveAgreement:
    """An agreement: how it stands in its running period, and what is to be done about it.

    Attributes:
        agreement: The version in force; the last one where none is any more.
        result: Of the running period, as of some moments ago; None where no version is in force.
        incidents: Open incidents, by severity.
        review_from: From when on a review is called for because of how the last periods were, milliseconds; None where it is not, or was held.
        claim_by: Until when the earliest credit of an earlier period that is still open may be claimed, milliseconds; None
            where nothing is owed.
        reported_at: When a report was last written by itself; None where none ever was.
        reported: Whether all that are due were; None where none is to be.
    """

    agreement: Agreement
    result: PeriodResult | None
    incidents: Sequence[OpenIncidents] = ()
    review_from: int | None = None
    claim_by: int | None = None
    reported_at: int | None = None
    reported: bool | None = None


@dataclass(slots=True)
class Live:
    """All of it; lists are in the order of the configuration, endpoints and SLOs of a service together."""

    config: Config
    endpoints: list[LiveEndpoint]
    slos: list[LiveSlo]
    health: Health
    exclusions: tuple[Exclusion, ...] = ()
    agreements: tuple[LiveAgreement, ...] = ()
