"""An endpoint whose past grows, is cut, removed, brought in, loaded anew and forgotten, and its recount by millisecond."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.spans import FOREVER
from exporter.timeline.tally import Standing, State
from tests.support.brute import Probe, paint
from tests.support.recount import END, Span, inside

THRESHOLDS = (1_000, 2_000)
LATEST = END - 30
"""No result comes later, so that the end is seen too."""

votes = st.sampled_from([State.UP, State.UP, State.UP, State.DOWN, State.DOWN, State.UNKNOWN])
kinds = st.sampled_from(["add"] * 8 + ["cut", "late", "remove", "bring", "load", "load", "forget", "forget"])
strict, loose = (("slow", 1_000),), (("slow", 2_000),)
latencies = st.sampled_from([strict, strict, strict, loose, loose, (), (("other", 1_000),)])
policies = st.builds(
    Policy,
    interval=st.sampled_from([5, 7]),
    timeout=st.just(5),
    staleness=st.sampled_from([8, 12, 20]),
    down_after=st.integers(1, 3),
    up_after=st.integers(1, 2),
    latency=latencies,
)
spans = st.lists(
    st.tuples(st.integers(0, END), st.integers(1, 50)).map(lambda each: (each[0], sum(each))), max_size=4
)


@dataclass(frozen=True)
class Step:
    """What happens next to one endpoint.

    Attributes:
        kind: What.
        gap: Milliseconds after what happened before; of `forget` and `bring`, before it.
        vote: What a result says.
        policy: What it is judged by.
        event: Whether it is a beat.
        slow: How many of the thresholds it was slower than.
    """

    kind: str
    gap: int
    vote: State
    policy: Policy
    event: bool
    slow: int


steps = st.builds(
    Step,
    kind=kinds,
    gap=st.integers(1, 22),
    vote=votes,
    policy=policies,
    event=st.booleans(),
    slow=st.integers(0, 2),
)


@dataclass
class Growing:
    """One endpoint while its past grows.

    Attributes:
        history: What the packed code makes of it.
        probes: Results so far, in order of their instants.
        slow: Instants of slow successes by threshold.
        cuts: Starts of absences.
        removed: When it was not configured.
        kept: Instant before which all was forgotten.
        now: The latest instant at which anything happened.
    """

    history: EndpointHistory = field(default_factory=EndpointHistory)
    probes: list[Probe] = field(default_factory=list)
    slow: dict[int, list[int]] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)
    removed: list[Span] = field(default_factory=list)
    kept: int = 0
    now: int = 5

    def take(self, step: Step) -> None:
        """Let it happen; nothing once it is late."""
        if self.now + step.gap + 4 < LATEST:
            {
                "add": self._add,
                "cut": self._cut,
                "late": self._late,
                "remove": self._remove,
                "bring": self._bring,
                "load": self._load,
                "forget": self._forget,
            }[step.kind](step)

    def standings(self) -> list[Standing]:
        """How it stands at each millisecond."""
        drops = [start for start, _ in self.removed]
        standings = [Standing(state) for state in paint(self.probes, self.cuts, END, drops)]
        first = self.probes[0].at if self.probes else END
        for at in range(END):
            if at < max(first, self.kept) or inside(self.removed, at):
                standings[at] = Standing.ABSENT
        return standings

    def in_force(self) -> list[Policy | None]:
        """What it was judged by at each millisecond, before the first result what that one was; None where there is none."""
        found: list[Policy | None] = []
        for at in range(END):
            past = [probe.policy for probe in self.probes if probe.at <= at]
            past = past or [probe.policy for probe in self.probes[:1]]
            found.append(past[-1] if past else None)
        return found

    def beats(self, slo: str = "", *, failures: bool = True) -> list[tuple[int, bool]]:
        """Instant of each beat that is kept and whether it is good; of a latency SLO where it is named."""
        found = []
        for probe in self.beating():
            good = probe.vote is State.UP
            if slo:
                threshold = dict(probe.policy.latency).get(slo)
                if threshold is None or not (good or failures):
                    continue
                good = good and probe.at not in self.slow.get(threshold, ())
            found.append((probe.at, good))
        return found

    def beating(self) -> list[Probe]:
        """Results that are beats, are kept, and ran while it was configured."""
        return [
            probe
            for probe in self.probes
            if probe.event and probe.vote is not State.UNKNOWN
            if probe.at >= self.kept and not inside(self.removed, probe.at)
        ]

    @property
    def _gone(self) -> bool:
        return bool(self.removed) and self.removed[-1][1] == FOREVER

    def _add(self, step: Step) -> None:
        """A result of the daemon; where the endpoint was removed, it is configured again first."""
        self.now += step.gap
        if self._gone:
            self.removed[-1] = (self.removed[-1][0], self.now)
            self._load(step)
        self._result(self.now, step)

    def _result(self, at: int, step: Step) -> None:
        slow = THRESHOLDS[: step.slow] if step.event and step.vote is State.UP else ()
        for threshold in slow:
            self.slow.setdefault(threshold, []).append(at)
        self.probes.append(Probe(at, step.vote, step.policy, event=step.event))
        self.history.add(at, step.vote, step.policy, event=step.event, slow=slow)

    def _cut(self, step: Step) -> None:
        self.now += step.gap
        self.cuts.append(self.now)
        self.history.timeline.cut(self.now)

    def _late(self, step: Step) -> None:
        """A result that comes after the absence that began while it was in flight."""
        if self._gone:
            return
        at = self.now + step.gap
        self.now = at + 3
        self.cuts.append(self.now)
        self.history.timeline.cut(self.now)
        self._result(at, step)

    def _remove(self, step: Step) -> None:
        if self._gone:
            return
        self.now += step.gap
        self.removed.append((self.now, FOREVER))
        self.history.timeline.drop(self.now)
        self.history.removed = tuple(self.removed)

    def _bring(self, step: Step) -> None:
        """A result of another source, before the latest one."""
        taken = {probe.at for probe in self.probes} | {*self.cuts, *(start for start, _ in self.removed)}
        at = max(1, self.now - 2 * step.gap)
        if at not in taken:
            policy = replace(step.policy, down_after=1, up_after=1)
            brought = Probe(at, step.vote, policy, 1, step.event)
            self.probes = sorted([*self.probes, brought], key=lambda probe: probe.at)
        self._load(step)

    def _load(self, _: Step) -> None:
        rows = [
            Row(probe.at, 0, probe.at, probe.vote, "", probe.event, probe.policy, probe.source)
            for probe in self.probes
        ]
        self.history.removed = tuple(self.removed)
        first = self.probes[0].at if self.kept and self.probes else None
        elsewhere = EndpointHistory(self.removed, first=first, kept_from=self.kept or None)
        elsewhere.load(rows, self.cuts, self.slow)
        self.history.take_over(elsewhere)

    def _forget(self, step: Step) -> None:
        if self.probes:
            before = max(0, self.now - step.gap)
            self.kept = max(self.kept, before)
            self.history.forget(before)


def grow(members: Sequence[Growing], script: Sequence[tuple[int, Step]]) -> None:
    """Let all of a script happen; numbers of members are taken modulo how many there are."""
    for number, step in script:
        members[number % len(members)].take(step)
