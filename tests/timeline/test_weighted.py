"""Instants shared out by weight, exactly, while members grow, are removed and step aside (rule 8, ruling 35)."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.timeline.rule import Kind, Rule
from exporter.timeline.spans import FOREVER
from exporter.timeline.tally import State, tally
from exporter.timeline.weighted import Weighted
from tests.support.growing import Growing, Step, grow, spans, steps
from tests.support.history import ListedHistory
from tests.support.moments import Leaf, Together, Without, assert_recounted
from tests.support.recount import END, Span

WEIGHTED = Rule(Kind.WEIGHTED)

scripts = st.lists(st.tuples(st.integers(0, 3), steps), max_size=18)
instants = st.lists(st.integers(0, END), min_size=1, max_size=3)
members = st.lists(st.tuples(st.integers(1, 7), spans), min_size=1, max_size=4)


@settings(max_examples=100, deadline=None)
@given(members, scripts, spans, instants)
def test_shares_equal_a_recount_after_whatever_happens_to_a_member(
    own: list[tuple[int, list[Span]]], script: list[tuple[int, Step]], shared: list[Span], asked: list[int]
) -> None:
    growing = [Growing() for _ in own]
    leaves = [Without(Leaf(each), excluded) for each, (_, excluded) in zip(growing, own, strict=True)]
    node = Without(Together(leaves, WEIGHTED, [weight for weight, _ in own]), shared)
    for step in script:
        grow(growing, [step])
        assert_recounted(node, asked)
    assert_recounted(node, reversed(range(END + 1)))


@settings(max_examples=50, deadline=None)
@given(members, scripts, instants)
def test_a_weighted_service_within_a_composite_is_what_all_its_members_are(
    own: list[tuple[int, list[Span]]], script: list[tuple[int, Step]], asked: list[int]
) -> None:
    """And a composite may share out combinations."""
    growing = [Growing() for _ in range(4)]
    leaves = [Leaf(each) for each in growing]
    weights = [weight for weight, _ in own]
    service = Without(Together(leaves[: len(own)], WEIGHTED, weights), own[0][1])
    nodes = Together([service, leaves[3]]), Together([service, Together(leaves)], WEIGHTED, (2, 3))
    for number, step in enumerate(script):
        grow(growing, [step])
        assert_recounted(nodes[number % 2], asked)
    for node in nodes:
        assert_recounted(node, range(END + 1))


@settings(max_examples=200, deadline=None)
@given(members, scripts, st.lists(st.integers(0, END), min_size=3, max_size=3).map(sorted))
def test_shares_of_a_window_are_the_window_and_those_of_its_parts_add_up(
    own: list[tuple[int, list[Span]]], script: list[tuple[int, Step]], edges: list[int]
) -> None:
    """In whole numbers, so exactly: whatever weights take part, the scale can be shared out among them."""
    growing = [Growing() for _ in own]
    leaves = [Without(Leaf(each), excluded) for each, (_, excluded) in zip(growing, own, strict=True)]
    history = Together(leaves, WEIGHTED, [weight for weight, _ in own]).history
    grow(growing, script)
    a, b, c = edges
    whole, parts = tally(history, a, c), (tally(history, a, b), tally(history, b, c))
    assert sum(whole[:4]) == (c - a) * history.scale
    assert min(whole) >= 0
    assert tuple(map(sum, zip(*parts, strict=True))) == tuple(whole)


def test_ruling_35_the_weight_of_a_member_that_is_excluded_goes_to_the_others() -> None:
    up, down = [(0, State.UP)], [(0, State.DOWN)]
    weighted = Weighted([ListedHistory(up), ListedHistory(down, [(10, 20)]), ListedHistory(up)], [1, 2, 3])
    shared, alone = tally(weighted, 0, 10), tally(weighted, 10, 20)
    scale = weighted.scale
    assert (Fraction(shared.up, scale), Fraction(shared.down, scale)) == (Fraction(40, 6), Fraction(20, 6))
    assert alone[:3] == (10 * scale, 0, 0)
    assert (weighted.state(5), weighted.state(15), weighted.excluded(15)) == (State.DOWN, State.UP, False)
    assert weighted.edition == (0, 0, 0)


def test_ruling_35_where_every_member_is_excluded_so_is_the_instant() -> None:
    weighted = Weighted([ListedHistory([(10, State.UP)], [(15, 20)])], [4])
    assert weighted.scale == 4
    assert tally(weighted, 0, 25) == (40, 0, 20, 40, 0)
    assert (weighted.excluded(14), weighted.excluded(15)) == (False, True)


def test_before_all_time_there_is_nothing() -> None:
    """Where a window begins that reaches back as far as a past without a beginning."""
    weighted = Weighted([ListedHistory([(10, State.UP)])], [4])
    assert weighted.sums(-FOREVER) == (0, 0, 0, 0)
