"""Exclusions laid over a past that grows, is cut, loaded anew and forgotten, against a recount by millisecond (rule 3)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.overlay import exclude
from exporter.timeline.policy import Policy
from exporter.timeline.spans import FOREVER, NOTHING, Spans
from exporter.timeline.tally import State, tally
from tests.support.growing import Growing, Step, spans, steps
from tests.support.moments import Leaf, Without, assert_recounted
from tests.support.recount import END, Span

scripts = st.lists(steps, max_size=14)
instants = st.lists(st.integers(0, END), min_size=1, max_size=4)
touching = st.tuples(st.integers(0, END), st.lists(st.integers(1, 20), min_size=2, max_size=5)).map(
    lambda each: [(each[0] + sum(each[1][:n]), each[0] + sum(each[1][: n + 1])) for n in range(len(each[1]))]
)
several = st.one_of(spans, touching)


@settings(max_examples=150, deadline=None)
@given(scripts, several, instants)
def test_an_overlay_equals_a_recount_after_whatever_happens_below_it(
    script: list[Step], excluded: list[Span], asked: list[int]
) -> None:
    """Asked after each step, in any order and of the future too; at the end of every instant, backwards."""
    growing = Growing()
    node = Without(Leaf(growing), excluded)
    for step in script:
        growing.take(step)
        assert_recounted(node, asked)
    assert_recounted(node, reversed(range(END + 1)))


@settings(max_examples=100, deadline=None)
@given(scripts, spans, touching, spans, instants)
def test_overlays_over_overlays_equal_one_with_all_spans(
    script: list[Step], first: list[Span], second: list[Span], third: list[Span], asked: list[int]
) -> None:
    growing = Growing()
    nested = Without(Without(Without(Leaf(growing), first), second), third)
    single = Without(Leaf(growing), [*first, *second, *third])
    for step in script:
        growing.take(step)
        for at in asked:
            assert tally(nested.history, 0, at) == tally(single.history, 0, at)
    assert_recounted(nested, range(END + 1))
    assert_recounted(single, range(END + 1))


@settings(max_examples=200, deadline=None)
@given(
    scripts, several, st.lists(st.integers(0, END), min_size=3, max_size=3).map(sorted), st.integers(0, 14)
)
def test_windows_add_up_and_nothing_is_left_of_an_exclusion_that_is_taken_away(
    script: list[Step], excluded: list[Span], edges: list[int], at_step: int
) -> None:
    """The history below is never touched: without the spans all is to the digit what it was."""
    a, b, c = edges
    growing, untouched = Growing(), Growing()
    overlay = exclude(growing.history, Spans(excluded))
    for number, step in enumerate(script):
        growing.take(step)
        untouched.take(step)
        if number >= at_step:
            tally(overlay, a, c)
    whole, parts = tally(overlay, a, c), (tally(overlay, a, b), tally(overlay, b, c))
    assert sum(whole[:4]) == c - a
    assert min(whole) >= 0
    assert tuple(map(sum, zip(*parts, strict=True))) == tuple(whole)
    assert exclude(growing.history, NOTHING) is growing.history
    for at in range(END):
        assert growing.history.sums(at) == untouched.history.sums(at)


@settings(max_examples=100, deadline=None)
@given(scripts, st.integers(0, END))
def test_an_exclusion_without_an_end_hides_all_that_comes(script: list[Step], since: int) -> None:
    growing = Growing()
    node = Without(Leaf(growing), [(since, FOREVER)])
    for step in script:
        growing.take(step)
        assert_recounted(node, [END])
    assert tally(node.history, since, END)[:3] == (0, 0, END - since)


@pytest.mark.parametrize(("edge", "before", "after", "hidden"), [(30, 0, 1, 1), (40, 1, 1, 2), (60, 1, 0, 1)])
def test_an_exclusion_is_half_open_and_those_that_touch_are_one(
    edge: int, before: int, after: int, hidden: int
) -> None:
    history = Growing().history
    overlay = exclude(history, Spans([(30, 40), (40, 60)]))
    assert (overlay.excluded(edge - 1), overlay.excluded(edge)) == (before, after)
    assert tally(overlay, edge - 1, edge + 1).excluded == hidden
    assert (overlay.scale, overlay.edition) == (history.scale, history.edition)
    assert (overlay.version, overlay.stable) == (history.version, history.stable)


def test_what_was_remembered_of_a_span_is_forgotten_once_results_change_it() -> None:
    """Also what a history says of the time of a verdict that is pending when it is first asked."""
    spans, policy = Spans([(5, 8), (12, 20)]), Policy(5, 2, 8, down_after=2)
    history = EndpointHistory()
    laid = exclude(history, spans)
    for number, vote in enumerate([State.UP, State.UP, State.DOWN, State.DOWN, State.UP]):
        history.add(number * 5, vote, policy, event=True)
        for at in (30, 10, 16, 22):
            assert tally(laid, 0, at) == tally(exclude(history, spans), 0, at)
    assert tally(laid, 0, 30)[:3] == (15, 2, 11)
