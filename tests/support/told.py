"""An endpoint's results as a test tells them."""

from collections.abc import Sequence
from dataclasses import dataclass

from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.policy import Policy
from exporter.timeline.spans import Span
from exporter.timeline.tally import State

SLO = "latency"
SLOW = 300_000_000
INTERVAL, TIMEOUT, STALENESS = 5, 5, 12

VOTES = {"S": State.UP, "L": State.UP, "T": State.DOWN, "R": State.DOWN, "I": State.UNKNOWN}


@dataclass(frozen=True)
class Probe:
    """One result as it was told."""

    at: int
    vote: State
    event: bool = True
    slow: bool = False
    reason: str = "timeout"


@dataclass(frozen=True)
class Told:
    """An endpoint: its results, what excludes it alone, and when it was not configured."""

    probes: Sequence[Probe]
    excluded: Sequence[Span] = ()
    removed: Sequence[Span] = ()
    down_after: int = 2
    weight: int = 1

    def history(self, absences: Sequence[int] = ()) -> EndpointHistory:
        """Grown result by result; an absence cuts what was measured before it."""
        past = EndpointHistory(self.removed)
        policy = Policy(INTERVAL, TIMEOUT, STALENESS, self.down_after, 1, ((SLO, SLOW),))
        left = sorted(absences, reverse=True)
        for probe in self.probes:
            while left and left[-1] < probe.at:
                past.timeline.cut(left.pop())
            reason = probe.reason if probe.vote is State.DOWN else ""
            slow = (SLOW,) if self.is_slow(probe) else ()
            past.add(probe.at, probe.vote, policy, event=probe.event, slow=slow, reason=reason)
        while left:
            past.timeline.cut(left.pop())
        return past

    @staticmethod
    def is_slow(probe: Probe) -> bool:
        return probe.slow and probe.event and probe.vote is State.UP


def beats(letters: str, start: int = 10, step: int = 10) -> list[Probe]:
    """A beat each `step`: `S` success, `L` slow one, `T` timeout, `R` refused, `I` inconclusive, `.` none."""
    return [
        Probe(
            start + step * place,
            VOTES[letter],
            slow=letter == "L",
            reason="refused" if letter == "R" else "timeout",
        )
        for place, letter in enumerate(letters)
        if letter != "."
    ]
