"""Beats that an SLO counts, that were due and that are missing, against a recount (ruling 27)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.timeline.beats import Judged
from exporter.timeline.past import Member, Past, combine
from exporter.timeline.policies import Policies
from exporter.timeline.policy import Policy
from exporter.timeline.spans import Spans
from exporter.timeline.tally import Standing, State
from tests.support.growing import Growing, Step, grow, spans, steps
from tests.support.recount import END, Span, inside

scripts = st.lists(st.tuples(st.integers(0, 2), steps), max_size=18)
own_spans = st.lists(spans, min_size=1, max_size=3)
windows = st.tuples(st.integers(0, END), st.integers(0, END)).map(sorted)


@dataclass
class Put:
    """Endpoints with exclusions of their own, and some of all of them."""

    growing: Sequence[Growing]
    own: Sequence[Sequence[Span]]
    shared: Sequence[Span]
    latency: bool = False

    def past(self) -> Past:
        members = [
            Member(
                each.history,
                Judged(each.history, "slow") if self.latency else each.history,
                Spans(excluded),
            )
            for each, excluded in zip(self.growing, self.own, strict=True)
        ]
        return Past(combine([member.standing() for member in members]), members, Spans(self.shared))

    def counts(self, start: int, end: int) -> tuple[int, int, int]:
        """Good, bad and excluded beats of a window."""
        good = bad = excluded = 0
        for each, own in zip(self.growing, self.own, strict=True):
            for at, well in each.beats("slow" if self.latency else ""):
                if start <= at < end:
                    hidden = inside(own, at) or inside(self.shared, at)
                    excluded, good, bad = (
                        excluded + hidden,
                        good + (well and not hidden),
                        bad + (not well and not hidden),
                    )
        return good, bad, excluded

    def expected(self, start: int, end: int) -> tuple[Fraction, Fraction]:
        """Beats that were due in a window, and those of them that unknown time stands for."""
        due = missing = Fraction(0)
        began = min(
            (first for each in self.growing if (first := each.history.first) is not None), default=END
        )
        for each, own in zip(self.growing, self.own, strict=True):
            first = each.history.first
            if first is None:
                continue
            standings, in_force = each.standings(), each.in_force()
            for at in range(start, end):
                policy = in_force[at]
                watched = standings[at] is not Standing.ABSENT
                together = policy is not None and first - began < policy.interval
                earlier = at < first and together  # beats are spread over an interval
                if policy and (watched or earlier) and not inside(own, at) and not inside(self.shared, at):
                    due += Fraction(1, policy.interval)
                    unknown = watched and standings[at] is Standing.UNKNOWN
                    missing += Fraction(1, policy.interval) if unknown else 0
        return due, missing


@settings(max_examples=250, deadline=None)
@given(own_spans, spans, st.booleans(), scripts, windows)
def test_beats_counted_due_and_missing_equal_a_recount_after_whatever_happens(
    own: list[list[Span]],
    shared: list[Span],
    latency: bool,
    script: list[tuple[int, Step]],
    window: list[int],
) -> None:
    """Intervals change, some results are retries, members join later and are removed."""
    put = Put([Growing() for _ in own], own, shared, latency)
    past, (start, end) = put.past(), window
    for step in [*script, None]:
        if step is not None:
            grow(put.growing, [step])
        first, last = past.counts(start), past.counts(end)
        found = tuple(b - a for a, b in zip(first, last, strict=True))
        assert found == put.counts(start, end)
        assert past.counted(end) == last[:2]
        assert (past.due(start, end), past.missing(start, end)) == put.expected(start, end)


@settings(max_examples=150, deadline=None)
@given(own_spans, spans, scripts, st.lists(st.integers(0, END), min_size=3, max_size=3).map(sorted))
def test_what_was_due_of_parts_is_what_was_due_of_the_whole(
    own: list[list[Span]], shared: list[Span], script: list[tuple[int, Step]], edges: list[int]
) -> None:
    put = Put([Growing() for _ in own], own, shared)
    grow(put.growing, script)
    past, (a, b, c) = put.past(), edges
    assert past.due(a, b) + past.due(b, c) == past.due(a, c)
    assert past.missing(a, b) + past.missing(b, c) == past.missing(a, c)
    assert 0 <= past.missing(a, c) <= past.due(a, c)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 20), st.sampled_from([5, 7, 9])), max_size=12), windows)
def test_settings_in_force_tile_any_window(changes: list[tuple[int, int]], window: list[int]) -> None:
    policies, told, at = Policies(), list[tuple[int, Policy]](), 0
    for gap, interval in changes:
        at += gap
        told.append((at, Policy(interval, 5, 12)))
        policies.add(*told[-1])
    start, end = window
    found = [policy for first, last, policy in policies.segments(start, end) for _ in range(first, last)]
    expected = [
        ([policy for when, policy in told if when <= instant] or [told[0][1]])[-1]
        for instant in range(start, end)
        if told
    ]
    assert found == expected
    spans = list(policies.spans())
    assert len(spans) == len(policies)
    assert [start for start, _, _ in spans[1:]] == [end for _, end, _ in spans[:-1]]


def test_adding_an_endpoint_gives_no_budget_back() -> None:
    """Ruling 27: it counts from its own first result; the first one is taken to have been due before it."""
    put = Put([Growing(), Growing()], [[], []], [])
    policy = Policy(10, 5, 12)
    put.growing[0].history.add(50, State.UP, policy, event=True)
    past = put.past()
    assert past.due(0, 100) == 10
    put.growing[1].history.add(80, State.UP, policy, event=True)
    assert past.due(0, 100) == 12
    assert past.due(0, 40) == 4
