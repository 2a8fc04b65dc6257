"""Intervals behind a figure: they tile its window and add up to it, whatever the history, method and exclusions."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.slo.causes import Absence
from exporter.slo.explain import Explanation, explain
from exporter.slo.objective import Objective
from exporter.slo.question import Question, question
from exporter.timeline.beats import Judged
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.exclusion import Category, Exclusion, Once, Scope
from exporter.timeline.past import Member, Past, combine
from exporter.timeline.policy import Policy
from exporter.timeline.rule import ALL, Kind, Rule
from exporter.timeline.spans import Spans
from exporter.timeline.tally import State

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN
SLOW = 300_000_000
END = 300

votes = st.sampled_from([UP, UP, UP, DOWN, DOWN, UNKNOWN])
results = st.lists(st.tuples(st.integers(1, 25), votes, st.booleans(), st.booleans()), max_size=20)
spans = st.lists(st.tuples(st.integers(0, END), st.integers(1, 60)), max_size=3)
rules = st.sampled_from(
    [ALL, Rule(Kind.ANY), Rule(Kind.QUORUM, 2), Rule(Kind.WEIGHTED, 0, (("a", 2), ("b", 1)))]
)
policies = st.sampled_from(["ignore", "down", "up"])


def history(told: Sequence[tuple[int, State, bool, bool]], down_after: int = 2) -> EndpointHistory:
    """Results told as gap, vote, whether a beat, whether slow."""
    past, at = EndpointHistory(), 0
    policy = Policy(5, 5, 12, down_after, 1, (("latency", SLOW),))
    for gap, vote, event, slow in told:
        at += gap
        reason = "timeout" if vote is DOWN else ""
        exceeded = (SLOW,) if slow and event and vote is UP else ()
        past.add(at, vote, policy, event=event, slow=exceeded, reason=reason)
    return past


def once(start: int, length: int) -> Exclusion:
    return Exclusion(
        f"c{start}", "move", Category.MAINTENANCE, Scope(frozenset(["*"])), Once(start, start + length)
    )


def put(  # noqa: PLR0917 -- as many as there are
    members: Sequence[Member],
    rule: Rule,
    excluded: Sequence[Exclusion],
    method: str,
    unknown: str,
    window: int,
) -> tuple[Question, list[tuple[Exclusion, Spans]]]:
    covering = [(each, Spans(each.when.spans(0, END * 2))) for each in excluded]
    whole = Spans([span for _, each in covering for span in each])
    past = Past(combine([each.standing() for each in members], rule, [2, 1]), members, whole)
    slices = 10 if method == "timeslices" else 0
    objective = Objective(
        Fraction(9, 10),
        window,
        unknown,
        slices or 5,
        1,
        method=method,
        slice=slices,
        slice_objective=Fraction(1, 2),
    )
    return question(objective, past), covering


def tiles(explanation: Explanation) -> None:
    found = explanation.figures
    edges = [(each.start, each.end) for each in explanation.intervals]
    assert edges[0][0] == found.start
    assert edges[-1][1] == found.end
    assert all(one[1] == other[0] for one, other in pairwise(edges))
    assert all(start < end for start, end in edges)


@settings(max_examples=300, deadline=None)
@given(results, results, rules, spans, spans, policies, st.integers(1, END), st.integers(0, END))
def test_times_and_costs_of_any_combination_add_up(  # noqa: PLR0917 -- as many as there are
    first: list[tuple[int, State, bool, bool]],
    second: list[tuple[int, State, bool, bool]],
    rule: Rule,
    shared: list[tuple[int, int]],
    own: list[tuple[int, int]],
    unknown: str,
    window: int,
    at: int,
) -> None:
    pasts = [history(first), history(second, 1)]
    members = [Member(past, past, name=name) for past, name in zip(pasts, "ab", strict=True)]
    members[0] = Member(pasts[0], pasts[0], Spans((start, start + length) for start, length in own), "a")
    asked, covering = put(members, rule, [once(*each) for each in shared], "time", unknown, window)
    found = explain(asked, covering, at, window)
    tiles(found)
    assert found.adds_up


@settings(max_examples=300, deadline=None)
@given(
    results,
    spans,
    st.sampled_from(["events", "latency", "timeslices"]),
    st.integers(1, END),
    st.integers(0, END),
)
def test_beats_slow_ones_and_slices_add_up(
    told: list[tuple[int, State, bool, bool]],
    excluded: list[tuple[int, int]],
    method: str,
    window: int,
    at: int,
) -> None:
    past = history(told)
    beats = Judged(past, "latency") if method == "latency" else past
    asked, covering = put(
        [Member(past, beats, name="web")],
        ALL,
        [once(*each) for each in excluded],
        "events" if method == "latency" else method,
        "ignore",
        window,
    )
    found = explain(asked, covering, at, window)
    tiles(found)
    assert found.adds_up
    assert sum(each.bad for each in found.intervals) == found.figures.bad


def test_what_is_wrong_is_said_of_each_interval() -> None:
    told = [(10, UP, True, False), (10, DOWN, True, False), (3, DOWN, False, False), (7, UP, True, False)]
    past = history([*told, (10, UNKNOWN, True, False), (10, UP, True, False), (40, UP, True, False)])
    asked, covering = put([Member(past, past, name="web")], ALL, [once(22, 2)], "time", "ignore", 100)
    found = explain(asked, covering, 100, 100, [Absence(52, 70, "stopped")])
    assert [(each.start, each.end, each.state, each.why) for each in found.intervals] == [
        (0, 10, "unknown", "not watched"),
        (10, 20, "up", ""),
        (20, 22, "down", "timeout"),
        (22, 24, "excluded", "was down: timeout"),
        (24, 30, "down", "timeout"),
        (30, 40, "up", ""),
        (40, 50, "unknown", "the probe told nothing"),
        (50, 62, "up", ""),
        (62, 90, "unknown", "the exporter was not running"),
        (90, 100, "up", ""),
    ]
    assert [each.exclusion.ident for each in found.intervals if each.exclusion] == ["c22"]
    assert [each.cost for each in found.intervals if each.cost] == [2, 6]


def test_a_failed_beat_that_was_no_outage_is_told_where_beats_count() -> None:
    told = [(10, UP, True, False), (10, DOWN, True, False), (10, UP, True, False), (10, UP, True, True)]
    past = history(told)
    asked, covering = put([Member(past, past, name="web")], ALL, [], "events", "ignore", 60)
    bad = [each for each in explain(asked, covering, 60, 60).intervals if each.bad]
    assert [(each.start, each.state, each.why, each.counts.bad) for each in bad] == [
        (20, "up", "timeout (no outage yet)", 1)
    ]
    judged = Judged(past, "latency")
    asked, covering = put([Member(past, judged, name="web")], ALL, [], "events", "ignore", 60)
    slow = [each for each in explain(asked, covering, 60, 60).intervals if each.bad]
    assert [(each.start, each.why) for each in slow] == [
        (20, "timeout (no outage yet)"),
        (40, "slower than 300ms"),
    ]


def test_bad_slices_are_told_with_the_first_failure_in_them() -> None:
    told = [(10, UP, True, False), (11, DOWN, True, False), (3, DOWN, False, False), (8, UP, True, False)]
    past = history(told)
    asked, covering = put([Member(past, past, name="web")], ALL, [], "timeslices", "ignore", 50)
    found = explain(asked, covering, 45, 45)
    assert [(each.start, each.end, each.state, each.why) for each in found.intervals] == [
        (0, 10, "uncounted", ""),
        (10, 20, "good", ""),
        (20, 30, "bad", "timeout"),
        (30, 40, "good", ""),
        (40, 45, "uncounted", ""),
    ]
    assert found.adds_up


@pytest.mark.parametrize("rule", [ALL, Rule(Kind.ANY)])
def test_of_several_members_each_is_named(rule: Rule) -> None:
    pasts = [
        history([(10, UP, True, False), (10, DOWN, True, False)], 1),
        history([(10, DOWN, True, False)], 1),
    ]
    members = [
        Member(past, past, name=name) for past, name in zip(pasts, ("shop/web", "shop/db"), strict=True)
    ]
    asked, covering = put(members, rule, [], "time", "ignore", 22)
    found = explain(asked, covering, 22, 22)
    said = {each.why for each in found.intervals if each.state == "down"}
    assert "shop/web: timeout; shop/db: timeout" in said
