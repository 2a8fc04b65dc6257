"""Merged spans against a plain set of whole numbers."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.timeline.spans import FOREVER, NOTHING, Span, Spans, first_within

END = 60

instants = st.integers(0, END)
written = st.lists(st.tuples(instants, instants), max_size=8)


def members(spans: list[Span]) -> set[int]:
    return {at for start, end in spans for at in range(start, end)}


def runs(held: set[int]) -> list[Span]:
    """The maximal runs of a set, in order."""
    starts = sorted(at for at in held if at - 1 not in held)
    ends = sorted(at + 1 for at in held if at + 1 not in held)
    return list(zip(starts, ends, strict=True))


@given(written)
def test_spans_in_any_order_are_merged_and_sorted(spans: list[Span]) -> None:
    merged = Spans(spans)
    assert list(merged) == runs(members(spans))
    assert len(merged) == len(list(merged))
    assert all(start < end for start, end in merged)
    assert all(end < start for (_, end), (start, _) in pairwise(merged))


@given(written, st.integers(-5, END + 5))
def test_before_counts_the_members_below_an_instant(spans: list[Span], at: int) -> None:
    assert Spans(spans).before(at) == sum(one < at for one in members(spans))


@given(written, st.integers(-5, END + 5))
def test_covers_tells_whether_an_instant_is_a_member(spans: list[Span], at: int) -> None:
    assert Spans(spans).covers(at) == (at in members(spans))


@given(written, st.integers(-5, END + 5), st.integers(-5, END + 5))
def test_within_gives_the_parts_that_lie_between_two_instants(
    spans: list[Span], start: int, end: int
) -> None:
    assert list(Spans(spans).within(start, end)) == runs(members(spans) & set(range(start, end)))


@given(written, written)
def test_either_is_the_union(ones: list[Span], others: list[Span]) -> None:
    assert list(Spans(ones) | Spans(others)) == runs(members(ones) | members(others))


@given(written, written)
def test_both_is_the_intersection(ones: list[Span], others: list[Span]) -> None:
    assert list(Spans(ones) & Spans(others)) == runs(members(ones) & members(others))


@given(written, written)
def test_one_without_the_other_is_the_difference(ones: list[Span], others: list[Span]) -> None:
    assert list(Spans(ones) - Spans(others)) == runs(members(ones) - members(others))


@given(st.lists(instants, max_size=8).map(sorted), instants, instants)
def test_the_first_instant_within_a_span(found: list[int], start: int, end: int) -> None:
    assert first_within(found, (start, end)) == next((at for at in found if start <= at < end), None)


@given(written, written)
def test_two_are_equal_where_they_hold_the_same(ones: list[Span], others: list[Span]) -> None:
    assert (Spans(ones) == Spans(others)) == (members(ones) == members(others))


@given(written)
def test_those_that_hold_the_same_have_one_hash_however_they_were_written(spans: list[Span]) -> None:
    once = [(at, at + 1) for at in sorted(members(spans), reverse=True)]
    assert Spans(spans) == Spans(once)
    assert hash(Spans(spans)) == hash(Spans(once))
    assert len({Spans(spans), Spans(once), Spans([*spans, (70, 71)])}) == 2


@given(written, written)
def test_what_is_asked_of_two_leaves_both_as_they_were(ones: list[Span], others: list[Span]) -> None:
    one, other = Spans(ones), Spans(others)
    union, difference = one | other, one - other
    assert one == Spans(ones)
    assert other == Spans(others)
    assert difference | other == union
    assert sum(end - start for start, end in union) == other.before(END) + difference.before(END)


def test_spans_that_touch_are_one_and_those_a_millisecond_apart_are_two() -> None:
    assert list(Spans([(5, 9), (1, 5)])) == [(1, 9)]
    assert list(Spans([(6, 9), (1, 5)])) == [(1, 5), (6, 9)]


def test_a_span_inside_another_adds_nothing() -> None:
    assert list(Spans([(1, 9), (3, 5)])) == [(1, 9)]


def test_the_start_belongs_to_a_span_and_the_end_does_not() -> None:
    spans = Spans([(1, 5), (7, 9)])
    assert [at for at in range(12) if spans.covers(at)] == [1, 2, 3, 4, 7, 8]
    assert [spans.before(at) for at in (1, 2, 5, 7, 8, 9, 10)] == [0, 1, 4, 4, 5, 6, 6]


@pytest.mark.parametrize("spans", [[], [(3, 3)], [(9, 1)], [(3, 3), (9, 1)]])
def test_nothing_holds_nothing_and_is_false(spans: list[Span]) -> None:
    nothing = Spans(spans)
    assert not nothing
    assert nothing == NOTHING
    assert list(nothing) == list(nothing.within(-FOREVER, FOREVER)) == []
    assert nothing.before(FOREVER) == len(nothing) == 0
    assert not nothing.covers(3)


def test_nothing_added_or_taken_away_changes_nothing() -> None:
    some = Spans([(1, 5)])
    assert some | NOTHING is some
    assert NOTHING | some is some
    assert some - NOTHING == some
    assert NOTHING - some == some - some == NOTHING


def test_spans_are_equal_to_nothing_but_spans() -> None:
    assert Spans([(1, 5)]) != [(1, 5)]
    assert Spans() != ()


def test_spans_print_as_they_are_written() -> None:
    assert repr(Spans([(5, 9), (1, 5), (20, 30)])) == "Spans([(1, 9), (20, 30)])"
    assert repr(NOTHING) == "Spans([])"


def test_a_span_without_an_end_is_counted_from_its_start() -> None:
    spans = Spans([(100, FOREVER), (-50, 0)])
    assert spans.before(130) == 80
    assert spans.before(FOREVER) == FOREVER - 50
    assert spans.covers(FOREVER - 1)
    assert list(spans - Spans([(200, 300)])) == [(-50, 0), (100, 200), (300, FOREVER)]


def test_spans_can_be_keys_and_a_window_that_ends_before_it_starts_holds_nothing() -> None:
    touching, whole = Spans([(5, 9), (1, 5)]), Spans([(1, 9)])
    assert {touching: "both"}[whole] == "both"
    assert list(whole.within(6, 3)) == list(whole.within(3, 3)) == []
