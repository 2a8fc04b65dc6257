"""When an SLO was bad: everything that its figure counts as bad lies in there, whatever it counts."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.slo.bad import bad_spans, blamed, joined, last_told
from exporter.slo.figures import figures
from exporter.timeline.rule import ALL, Kind, Rule
from exporter.timeline.spans import Span
from tests.support.anything import ASKED, POLICIES, RULES, SPANS, endpoints
from tests.support.explained import SLICE, Put
from tests.support.told import Told, beats

METHODS = st.sampled_from(["time", "events", "latency", "timeslices"])


@settings(max_examples=300, deadline=None)
@given(st.lists(endpoints(), min_size=1, max_size=3), RULES, SPANS, POLICIES, METHODS, ASKED)
def test_what_the_spans_hold_adds_up_to_the_figure_and_each_has_somebody_to_blame(  # noqa: PLR0917 -- as many as there are
    told: list[Told], rule: Rule, shared: list[Span], unknown: str, method: str, asked: tuple[int, int]
) -> None:
    at, window = asked
    rule = ALL if rule.quorum > len(told) or method in {"events", "latency"} else rule
    question = Put(told, rule, shared, method=method, unknown=unknown).question
    spans, before = list(bad_spans(question, at - window, at)), question.measure.before
    amounts = [before(end)[1] - before(max(start, at - window))[1] for start, end in spans]
    assert sum(amounts) == figures(question, at, window).bad
    assert all(amounts)
    assert all(first[1] < then[0] for first, then in pairwise(spans))
    if method != "timeslices":
        assert all(blamed(question, *span) for span in spans)


@settings(max_examples=100, deadline=None)
@given(st.lists(endpoints(), min_size=1, max_size=2), SPANS, POLICIES, METHODS, st.integers(1, 239))
def test_what_is_looked_at_in_pieces_is_the_same_as_in_one(
    told: list[Told], shared: list[Span], unknown: str, method: str, cut: int
) -> None:
    question = Put(told, ALL, shared, method=method, unknown=unknown).question
    pieces = [*bad_spans(question, 0, cut), *bad_spans(question, cut, 240)]
    assert list(joined(iter(pieces))) == list(bad_spans(question, 0, 240))


def test_time_that_is_unknown_is_bad_where_the_slo_says_so() -> None:
    told = [Told(beats("SS...S"), down_after=1)]
    assert list(bad_spans(Put(told).question, 0, 100)) == []
    assert list(bad_spans(Put(told, unknown="down").question, 0, 65)) == [(32, 60)]
    assert blamed(Put(told, unknown="down").question, 32, 60) == ["shop/a"]


def test_who_was_down_is_named_and_who_was_excluded_or_up_is_not() -> None:
    told = [
        Told(beats("SSSS"), down_after=1),
        Told(beats("STTS"), down_after=1),
        Told(beats("STTS"), excluded=[(0, 100)], down_after=1),
    ]
    (span,) = bad_spans(Put(told).question, 0, 50)
    assert span == (20, 40)
    assert blamed(Put(told).question, *span) == ["shop/b"]


def test_what_needs_two_is_bad_while_fewer_are_left_and_both_that_failed_are_named() -> None:
    told = [
        Told(beats("SSSSS"), down_after=1),
        Told(beats("STTTS"), down_after=1),
        Told(beats("SSTSS"), down_after=1),
    ]
    question = Put(told, Rule(Kind.QUORUM, 2)).question
    assert list(bad_spans(question, 0, 60)) == [(30, 40)]
    assert blamed(question, 30, 40) == ["shop/b", "shop/c"]


def test_a_slow_beat_is_bad_until_the_next_says_otherwise() -> None:
    question = Put([Told(beats("SSLLSS"))], method="latency").question
    assert list(bad_spans(question, 0, 70)) == [(30, 50)]


def test_a_bad_beat_that_nothing_follows_is_not_bad_for_ever() -> None:
    question = Put([Told(beats("SSL"))], method="latency").question
    assert list(bad_spans(question, 0, 1_000)) == [(30, 42)], "its result is stale after 12"


@pytest.mark.parametrize(("at", "told"), [(59, 50), (60, 60), (61, 60)])
def test_of_a_slice_that_runs_nothing_is_told_yet(at: int, told: int) -> None:
    assert SLICE == 10
    assert last_told(Put([Told(beats("S"))], method="timeslices").question, at) == told
    assert last_told(Put([Told(beats("S"))]).question, at) == at
