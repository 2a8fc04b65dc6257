"""Lives of endpoints, act by act, beside a recount of each: results, absences, removals, imports, reloads and pruning."""

from bisect import insort
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from hypothesis import strategies as st

from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.policy import Policy
from exporter.timeline.row import LIVE, Row
from exporter.timeline.spans import FOREVER, Span
from exporter.timeline.tally import History, Standing, State
from tests.support.brute import Probe, paint
from tests.support.recount import inside

END = 160
"""The instants that are recounted are [0, END)."""
LATEST = 120
"""All acts come until then, so that the rest is the future."""
SLO, OTHER = "latency", "other"
DURATIONS = (500, 1_500, 2_500)
"""Nanoseconds that a success may take."""

VOTES = st.sampled_from([State.UP, State.UP, State.UP, State.DOWN, State.DOWN, State.UNKNOWN])
KINDS = st.sampled_from(
    ["result"] * 12 + ["late", "absence", "absence", "load", "bring_in", "remove", "prune"]
)
POLICIES = st.builds(
    Policy,
    st.sampled_from([5, 7]),
    st.just(5),
    st.sampled_from([12, 16]),
    st.integers(1, 3),
    st.integers(1, 2),
    st.sampled_from([0, 1_000, 2_000]).map(lambda each: ((SLO, each), (OTHER, 2_000)) if each else ()),
)


@dataclass(frozen=True)
class Act:
    """Something that happens to one of several endpoints, `after` milliseconds after the act before it."""

    member: int
    after: int
    kind: str
    probe: Probe
    duration: int
    back: int


def acts(members: int) -> st.SearchStrategy[list[Act]]:
    """What happens to that many endpoints: next to nothing, or much."""
    probes = st.builds(Probe, st.just(0), VOTES, POLICIES, st.just(LIVE), st.booleans())
    numbers, durations = st.integers(0, members - 1), st.sampled_from(DURATIONS)
    act = st.builds(
        Act, numbers, st.sampled_from([5, 5, 5, *range(10)]), KINDS, probes, durations, st.integers(0, 40)
    )
    return st.sampled_from([0, 15, 15]).flatmap(lambda least: st.lists(act, min_size=least, max_size=30))


spans = st.lists(
    st.tuples(st.integers(0, END), st.integers(1, 50)).map(lambda each: (each[0], sum(each))), max_size=3
)
"""Anywhere, also in the future, overlapping or touching."""


def told(most: int) -> st.SearchStrategy[tuple[list[list[Span]], list[Act]]]:
    """What is excluded of each of up to that many endpoints alone, and what happens to them."""
    return st.integers(1, most).flatmap(
        lambda number: st.tuples(st.lists(spans, min_size=number, max_size=number), acts(number))
    )


@dataclass
class Life:
    """One endpoint: its history, which grows, and all that it was told.

    Attributes:
        excluded: What does not count of it alone.
        probes: In order of their instants, of all sources.
        durations: Of the successful beats, by instant.
        cuts: Absences.
        removed: When it was not configured.
        kept_from: What is before is forgotten.
    """

    excluded: Sequence[Span] = ()
    probes: list[Probe] = field(default_factory=list)
    durations: dict[int, int] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)
    removed: list[Span] = field(default_factory=list)
    kept_from: int = 0
    history: EndpointHistory = field(default_factory=EndpointHistory)
    _counted: list[Standing] | None = None  # as it was recounted since the last act

    def take(self, act: Act, now: int) -> None:
        """Let an act happen at the instant `now`; nothing where it cannot."""
        getattr(self, act.kind)(act, now)
        self._counted = None

    @property
    def first(self) -> int | None:
        """From when on it is watched."""
        return max(self.probes[0].at, self.kept_from) if self.probes else None

    @property
    def gone(self) -> bool:
        """Whether it is out of the configuration."""
        return bool(self.removed) and self.removed[-1][1] == FOREVER

    def result(self, act: Act, at: int) -> None:
        if self.gone or (self.probes and self.probes[-1].at >= at):
            return
        probe = act.probe._replace(at=at)
        self.probes.append(probe)
        slow = self._slow(probe, act.duration)
        reason = "timeout" if probe.vote is State.DOWN else ""
        self.history.add(at, probe.vote, probe.policy, event=probe.event, slow=slow, reason=reason)

    def late(self, act: Act, now: int) -> None:
        """A result whose probe began before what happened last, as one that was in flight at an absence."""
        self.result(act, min(now, max([self.kept_from, now - act.back, *(end for _, end in self.removed)])))

    def absence(self, _: Act, now: int) -> None:
        self.cuts.append(now)
        self.history.timeline.cut(now)

    def remove(self, _: Act, now: int) -> None:
        """Out of the configuration, or back into it."""
        if self.gone:
            start, _end = self.removed.pop()
            self.removed += [(start, now)] if start < now else []
        elif not self.probes or self.probes[-1].at < now:
            self.removed.append((now, FOREVER))
        self.history.removed = tuple(self.removed)
        self.load()

    def bring_in(self, act: Act, now: int) -> None:
        """A result of another source at a free instant of the past, by itself."""
        at = max(0, now - act.back)
        if all(probe.at != at for probe in self.probes):
            probe = Probe(at, act.probe.vote, replace(act.probe.policy, down_after=1, up_after=1), 1)
            insort(self.probes, probe, key=lambda each: each.at)
            self._slow(probe, act.duration)
            self.load()

    def prune(self, act: Act, now: int) -> None:
        self.kept_from = max(self.kept_from, now - act.back)
        self.history.forget(self.kept_from)

    def load(self, *_: object) -> None:
        """Take up what the record would have of it."""
        slow = dict[int, list[int]]()
        for probe in self.probes:
            for threshold in self._slow(probe, self.durations.get(probe.at, 0)):
                slow.setdefault(threshold, []).append(probe.at)
        self.history.load(self.rows(), sorted(self.cuts), slow)

    def _slow(self, probe: Probe, duration: int) -> tuple[int, ...]:
        """Thresholds that it was slower than."""
        if not probe.event or probe.vote is not State.UP:
            return ()
        self.durations[probe.at] = duration
        thresholds = {threshold for _, threshold in probe.policy.latency}
        return tuple(sorted(threshold for threshold in thresholds if duration > threshold))

    def rows(self) -> Iterator[Row]:
        """Its results as series; one that goes on is one row."""
        ends = [*self.cuts, *(start for start, _ in self.removed)]
        last: Row | None = None
        for at, vote, policy, source, event in self.probes:
            reason = "timeout" if vote is State.DOWN else ""
            if last is not None:
                step = last.step or at - last.at
                same = (last.vote, last.policy, last.source, last.event) == (vote, policy, source, event)
                if same and at == last.last + step and not any(last.at <= end < at for end in ends):
                    last = last._replace(step=step, last=at)
                    continue
                yield last
            last = Row(at, 0, at, vote, reason, event=event, policy=policy, source=source)
        if last is not None:
            yield last

    def states(self) -> list[State]:
        """What was measured at each instant, as far as it is kept and it was configured."""
        states = paint(self.probes, self.cuts, END, [start for start, _ in self.removed])
        return [
            State.UNKNOWN if at < self.kept_from or inside(self.removed, at) else state
            for at, state in enumerate(states)
        ]

    def standings(self) -> list[Standing]:
        """How it stands at each instant, its own exclusions aside."""
        if self._counted is None:
            first = self.first
            self._counted = [
                Standing.ABSENT
                if first is None or at < first or inside(self.removed, at)
                else Standing(state)
                for at, state in enumerate(self.states())
            ]
        return self._counted

    def with_exclusions(self) -> list[Standing]:
        """The same with its own exclusions."""
        return laid_over(self.standings(), self.excluded)

    def intervals(self) -> list[int]:
        """The interval in force at each instant, before the first result that of the first; of one without any 0."""
        found = [self.probes[0].policy.interval if self.probes else 0] * END
        for probe in self.probes:
            found[probe.at :] = [probe.policy.interval] * (END - probe.at)
        return found

    def beats(
        self, shared: Sequence[Span], *, latency: str = "", failures: bool = True
    ) -> Iterator[tuple[int, bool, bool]]:
        """Instant, whether good, and whether it counts, of each event that is kept, while it was configured."""
        for probe in self.probes:
            if not probe.event or probe.vote is State.UNKNOWN or probe.at < self.kept_from:
                continue
            if inside(self.removed, probe.at):
                continue
            good = probe.vote is State.UP
            if latency:
                threshold = dict(probe.policy.latency).get(latency)
                if threshold is None or (not good and not failures):
                    continue
                good = good and self.durations[probe.at] <= threshold
            yield probe.at, good, not inside([*self.excluded, *shared], probe.at)


def live(lives: Sequence[Life], happened: Sequence[Act]) -> Iterator[int]:
    """Let acts happen one by one; gives the instant of each, and `END` after all."""
    now = 0
    for act in happened:
        now = min(now + act.after, LATEST)
        lives[act.member].take(act, now)
        yield now
    yield END


def lived(excluded: Sequence[Sequence[Span]], happened: Sequence[Act]) -> list[Life]:
    """Whole lives."""
    lives = [Life(each) for each in excluded]
    for _ in live(lives, happened):
        pass
    return lives


def laid_over(standings: Sequence[Standing], excluded: Sequence[Span]) -> list[Standing]:
    return [Standing.EXCLUDED if inside(excluded, at) else each for at, each in enumerate(standings)]


def check_sums(history: History, standings: Sequence[Standing], instants: Sequence[int]) -> None:
    """The history's sums of [0, at) are those of the standings; of one that shares out nothing."""
    zero = history.sums(0)
    for at in instants:
        count = standings[:at].count
        up, down, unknown = count(Standing.UP), count(Standing.DOWN), count(Standing.UNKNOWN)
        sums = tuple(now - then for now, then in zip(history.sums(at), zero, strict=True))
        assert sums == (up, down, count(Standing.EXCLUDED), up + down + unknown)


def check_standings(history: History, standings: Sequence[Standing], start: int, end: int) -> None:
    """What it says of [start, end), change by change and instant by instant, is what the standings are."""
    changes = list(history.standings(start, end))
    assert changes[0][0] == start
    assert [at for at, _ in changes] == sorted(at for at, _ in changes)
    assert all(start <= at < end for at, _ in changes)
    said, found = dict(changes), changes[0][1]
    for at in range(start, end):
        found = said.get(at, found)
        assert found is standings[at]
        assert history.excluded(at) == (standings[at] is Standing.EXCLUDED)


def due(lives: Sequence[Life], shared: Sequence[Span], start: int, end: int) -> Fraction:
    """Beats that were due in [start, end), by the interval in force at each counted millisecond (ruling 27)."""
    began = min((life.first for life in lives if life.first is not None), default=0)
    due = Counter[int]()
    for life in lives:
        if life.first is None:
            continue
        standings, intervals = life.with_exclusions(), life.intervals()
        together = life.first - began < intervals[0]
        for at in range(start, end):
            watched = at >= 0 and standings[at] in (Standing.UP, Standing.DOWN, Standing.UNKNOWN)
            early = together and at < life.first and not inside(life.excluded, at)
            if (watched or early) and not inside(shared, at):
                due[intervals[max(at, 0)]] += 1
    return beats_of(due)


def missing(lives: Sequence[Life], shared: Sequence[Span], start: int, end: int) -> Fraction:
    """Beats that the watched unknown time of [start, end) stands for."""
    missing = Counter[int]()
    for life in lives:
        standings, intervals = life.with_exclusions(), life.intervals()
        for at in range(max(0, start), end):
            if standings[at] is Standing.UNKNOWN and not inside(shared, at):
                missing[intervals[at]] += 1
    return beats_of(missing)


def beats_of(milliseconds: Counter[int]) -> Fraction:
    """How many beats milliseconds by interval are."""
    return sum((Fraction(count, interval) for interval, count in milliseconds.items()), Fraction(0))
