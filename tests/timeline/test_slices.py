"""Slices of a past that grows, each judged by its own known part, against a recount (ruling 30)."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.timeline.overlay import exclude
from exporter.timeline.rule import ALL, Kind, Rule
from exporter.timeline.slices import Slices
from exporter.timeline.spans import Spans
from exporter.timeline.tally import Standing, State
from tests.support.growing import Growing, Step, grow, spans, steps
from tests.support.history import ListedHistory
from tests.support.moments import Leaf, Moment, Node, Together, Without
from tests.support.recount import END, Span

GOOD, BAD, EXCLUDED, UNCOUNTED = Standing.UP, Standing.DOWN, Standing.EXCLUDED, Standing.UNKNOWN

scripts = st.lists(st.tuples(st.integers(0, 1), steps), max_size=16)
instants = st.lists(st.integers(0, END), min_size=1, max_size=4)
objectives = st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(9, 10), Fraction(2, 3)])
policies = st.sampled_from(["ignore", "down", "up"])
rules = st.sampled_from([ALL, Rule(Kind.ANY), Rule(Kind.WEIGHTED)])


def judged(moments: Sequence[Moment], objective: Fraction, unknown: str) -> Standing:
    """What a slice is, from its milliseconds."""
    if all(moment.standing is EXCLUDED for moment in moments):
        return EXCLUDED
    share = {each: sum(moment.shares.get(each, Fraction(0)) for moment in moments) for each in Standing}
    good = share[Standing.UP] + (share[Standing.UNKNOWN] if unknown == "up" else 0)
    bad = share[Standing.DOWN] + (share[Standing.UNKNOWN] if unknown == "down" else 0)
    if not good + bad:
        return UNCOUNTED
    return GOOD if good >= objective * (good + bad) else BAD


def assert_sliced(
    slices: Slices, node: Node, objective: Fraction, unknown: str, asked: Sequence[int]
) -> None:
    moments, length = node.moments(), slices.length
    kinds = [
        judged(moments[at : at + length], objective, unknown) for at in range(0, END - length + 1, length)
    ]
    for at in asked:
        ended = kinds[: at // length]
        assert slices.before(at) == tuple(ended.count(each) for each in (GOOD, BAD, EXCLUDED))
    end = max(asked)
    found = [(at, each) for first, last, each in slices.runs(0, end) for at in range(first, last, length)]
    assert found == [(number * length, each) for number, each in enumerate(kinds[: end // length])]


@settings(max_examples=125, deadline=None)
@given(rules, st.tuples(st.sampled_from([1, 7, 10, 15]), objectives, policies), scripts, spans, instants)
def test_slices_equal_a_recount_after_whatever_happens_to_a_member(
    rule: Rule,
    sliced: tuple[int, Fraction, str],
    script: list[tuple[int, Step]],
    excluded: list[Span],
    asked: list[int],
) -> None:
    """Also of the future, and in any order."""
    growing = [Growing(), Growing()]
    node = Without(Together([Leaf(each) for each in growing], rule, (1, 2)), excluded)
    slices, asks = Slices(node.history, *sliced), sliced[1:]
    for step in script:
        grow(growing, [step])
        assert_sliced(slices, node, *asks, asked)
    assert_sliced(slices, node, *asks, list(reversed(range(END))))


@settings(max_examples=150, deadline=None)
@given(scripts, st.integers(0, END), st.integers(1, 60), st.integers(0, 12))
def test_slices_of_a_window_are_those_that_end_in_it(
    script: list[tuple[int, Step]], start: int, length: int, number: int
) -> None:
    """(a, b]: windows that follow each other share none and leave out none."""
    growing = Growing()
    grow([growing], script)
    slices = Slices(growing.history, 12, Fraction(1), "down")
    middle, end = start + length, start + length + 12 * number
    before, between, after = (slices.before(at) for at in (start, middle, end))
    runs = [*slices.runs(start, middle), *slices.runs(middle, end)]
    assert all(start < last <= end for first, beyond, _ in runs for last in range(first + 12, beyond + 1, 12))
    for place, kind in enumerate((GOOD, BAD, EXCLUDED)):
        counted = sum((beyond - first) // 12 for first, beyond, each in runs if each is kind)
        assert counted == after[place] - before[place]
        assert before[place] <= between[place] <= after[place]


MINUTE = 60_000


@pytest.mark.parametrize("second", range(0, 60, 7))
def test_ruling_30_an_outage_of_a_minute_is_as_many_bad_slices_whenever_it_is_asked(second: int) -> None:
    """Slices are multiples of a minute since the epoch, not cut from now: it lies in two of them, or exactly in one."""
    down = 10 * MINUTE
    history = ListedHistory([(0, State.UP), (down, State.DOWN), (down + MINUTE, State.UP)])
    later = ListedHistory([(0, State.UP), (down + 1, State.DOWN), (down + 1 + MINUTE, State.UP)])
    at = 30 * MINUTE + second * 1_000
    for past, bad in ((history, 1), (later, 2)):
        slices = Slices(past, MINUTE, Fraction(1), "ignore")
        assert slices.before(at)[1] - slices.before(at - 25 * MINUTE)[1] == bad


def test_ruling_30_a_slice_that_runs_does_not_count_yet() -> None:
    slices = Slices(ListedHistory([(0, State.DOWN)]), 10, Fraction(1), "ignore")
    assert [slices.before(at)[1] for at in (0, 9, 10, 19, 20)] == [0, 0, 1, 1, 2]
    assert not list(slices.runs(11, 19))


@pytest.mark.parametrize(
    ("excluded", "found"),
    [
        ((10, 20), (0, 0, 1)),
        ((10, 16), (0, 1, 0)),
        ((15, 20), (1, 0, 0)),
        ((14, 20), (1, 0, 0)),
        ((10, 14), (0, 1, 0)),
        ((17, 18), (0, 1, 0)),
    ],
)
def test_ruling_30_a_slice_is_judged_by_what_of_it_counts(
    excluded: Span, found: tuple[int, int, int]
) -> None:
    """Up for its first half and down for its second, with three fifths wanted."""
    history = ListedHistory([(0, State.UP), (15, State.DOWN), (20, State.UP)])
    slices = Slices(exclude(history, Spans([excluded])), 10, Fraction(3, 5), "ignore")
    first, last = slices.before(10), slices.before(20)
    assert tuple(b - a for a, b in zip(first, last, strict=True)) == found
