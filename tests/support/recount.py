"""Combined pasts, exclusions, beats and slices counted millisecond by millisecond and beat by beat: slow, and too plain to be wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.policy import Policy
from exporter.timeline.rule import Kind, Rule
from exporter.timeline.tally import Standing, State
from tests.support.brute import Probe, paint

END = 150
SLOW = 1_000
Span = tuple[int, int]


@dataclass
class Told:
    """One endpoint, told as its probes.

    Attributes:
        probes: In order of their instants.
        slow: Instants of successes that were slower than `SLOW`.
        excluded: What does not count of it alone.
        removed: When it was not configured; ends beyond `END` are for ever.
    """

    probes: Sequence[Probe]
    slow: frozenset[int] = frozenset()
    excluded: Sequence[Span] = ()
    removed: Sequence[Span] = ()
    history: EndpointHistory = field(init=False)

    def __post_init__(self) -> None:
        self.history = EndpointHistory([(start, end if end < END else 2**62) for start, end in self.removed])

    def add(self, probe: Probe) -> None:
        """Let the history have one more of the probes."""
        slow = (SLOW,) if probe.at in self.slow and probe.event and probe.vote is State.UP else ()
        reason = "timeout" if probe.vote is State.DOWN else ""
        self.history.add(probe.at, probe.vote, probe.policy, event=probe.event, slow=slow, reason=reason)

    def standings(self, known: int) -> list[Standing]:
        """How it stands at each millisecond, by the first `known` of its probes."""
        probes = self.probes[:known]
        states = paint(probes, (), END, [start for start, _ in self.removed])
        standings = [Standing(state) for state in states]
        for at in range(END):
            if not probes or at < probes[0].at or inside(self.removed, at):
                standings[at] = Standing.ABSENT
            if inside(self.excluded, at):
                standings[at] = Standing.EXCLUDED
        return standings


def inside(spans: Sequence[Span], at: int) -> bool:
    return any(start <= at < end for start, end in spans)


def judged(rule: Rule, standings: Sequence[Standing]) -> Standing:
    """Rule 8, at one instant."""
    present = [each for each in standings if each not in (Standing.EXCLUDED, Standing.ABSENT)]
    needed = rule.quorum if rule.kind is Kind.QUORUM else 1
    if len(present) < needed:
        return Standing.EXCLUDED if Standing.EXCLUDED in standings else Standing.ABSENT
    if rule.kind is Kind.ANY:
        order = (Standing.UP, Standing.UNKNOWN, Standing.DOWN)
        return next(each for each in order if each in present)
    if rule.kind is Kind.QUORUM:
        if present.count(Standing.UP) >= needed:
            return Standing.UP
        return Standing.DOWN if len(present) - present.count(Standing.DOWN) < needed else Standing.UNKNOWN
    order = (Standing.DOWN, Standing.UNKNOWN, Standing.UP)
    return next(each for each in order if each in present)


def shares(weights: Sequence[int], standings: Sequence[Standing]) -> dict[Standing, Fraction]:
    """What a millisecond is of, by weight."""
    pairs = list(zip(weights, standings, strict=True))
    total = sum(weight for weight, each in pairs if each not in (Standing.EXCLUDED, Standing.ABSENT))
    if not total:
        excluded = Standing.EXCLUDED in standings
        return {Standing.EXCLUDED if excluded else Standing.ABSENT: Fraction(1)}
    found = dict[Standing, Fraction]()
    for weight, each in pairs:
        if each not in (Standing.EXCLUDED, Standing.ABSENT):
            found[each] = found.get(each, Fraction(0)) + Fraction(weight, total)
    return found


def beats(
    told: Told, known: int, shared: Sequence[Span], *, latency: bool = False, failures: bool = True
) -> list[tuple[int, bool, bool]]:
    """Instant, whether good, and whether it counts, of each event."""
    found = []
    for probe in told.probes[:known]:
        if not probe.event or probe.vote is State.UNKNOWN:
            continue
        good = probe.vote is State.UP
        if latency:
            if not probe.policy.latency or (not good and not failures):
                continue
            good = good and probe.at not in told.slow
        counts = not inside(told.excluded, probe.at) and not inside(shared, probe.at)
        found.append((probe.at, good, counts))
    return found


def policy(interval: int = 5, staleness: int = 12, down_after: int = 1, *, latency: bool = True) -> Policy:
    return Policy(interval, 5, staleness, down_after, 1, (("latency", SLOW),) if latency else ())
