"""What shapes a probe and is kept with each result: the settings in force at its start."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings that a result is judged by, kept with it for ever (rule C).

    Attributes:
        interval: Milliseconds between beats, > 0.
        timeout: Milliseconds that a whole probe may take, > 0.
        staleness: Milliseconds for which a result speaks, >= interval.
        down_after: Consecutive failures that make the endpoint down, >= 1.
        up_after: Consecutive successes that make it up, >= 1.
        latency: Thresholds that its successes are judged by: ids of latency SLOs of its
            service, each with nanoseconds > 0, sorted. A success is slow where its whole
            probe took longer; a result whose policy has no threshold for an SLO is no event
            of it (so is one whose duration is not known).
    """

    interval: int
    timeout: int
    staleness: int
    down_after: int = 1
    up_after: int = 1
    latency: tuple[tuple[str, int], ...] = ()
