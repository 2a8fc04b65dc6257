"""What the durations of past results say: what each is judged by, which were slow, and their sketches."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from exporter.record.csv_file import Past
from exporter.record.latency import binning, pack
from exporter.store.base import Sketch, SlowSuccess
from exporter.timeline.policy import Policy
from exporter.timeline.tally import State
from exporter.units import HOUR


class Judging(NamedTuple):
    """What the results of one source are judged by (ruling 29).

    A success whose duration is not known is no event of a latency SLO. A failure is a bad
    one also without a duration, but only where the source measures durations at all: else
    a latency SLO would see nothing but failures.

    Attributes:
        policy: Of a result that latency SLOs can judge.
        unmeasured: Of one that they cannot: the same, without thresholds.
    """

    policy: Policy
    unmeasured: Policy

    @classmethod
    def of(cls, policy: Policy, results: Sequence[Past]) -> "Judging":
        """Judge all results of a source by the settings of their endpoint."""
        unmeasured = replace(policy, latency=())
        measures = bool(policy.latency) and any(map(_is_measured, results))
        return cls(policy if measures else unmeasured, unmeasured)

    def of_result(self, result: Past) -> Policy:
        """What one of them is judged by."""
        return self.unmeasured if result.vote == State.UP and result.duration is None else self.policy


def slow(endpoint: int, results: Sequence[Past], policy: Policy) -> Iterator[SlowSuccess]:
    """The beats that succeeded and took longer than a threshold, compared unrounded."""
    thresholds = sorted({threshold for _, threshold in policy.latency})
    for result in results if thresholds else ():
        if result.duration is not None and result.vote == State.UP and result.event:
            for threshold in thresholds:
                if result.duration > threshold:
                    yield SlowSuccess(endpoint, threshold, result.at)


def sketches(endpoint: int, results: Sequence[Past]) -> Iterator[Sketch]:
    """How long the successes of each hour took."""
    measured = list(filter(_is_measured, results))
    if not measured:
        return
    hours, bin_of = dict[int, list[int]](), binning()
    for result in measured:
        hours.setdefault(result.at - result.at % HOUR, []).append(bin_of(max(1, result.duration or 0)))
    for hour, bins in hours.items():
        yield Sketch(endpoint, hour, pack(bins))


def _is_measured(result: Past) -> bool:
    return result.vote == State.UP and result.duration is not None
