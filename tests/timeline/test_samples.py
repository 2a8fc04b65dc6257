"""Events that a source has counted step by step (ruling 44): windows of them equal a recount of the steps."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.timeline.beats import Outside
from exporter.timeline.overlay import exclude
from exporter.timeline.past import Member, Past
from exporter.timeline.samples import MICRO, SampleHistory, Step
from exporter.timeline.spans import Spans
from exporter.timeline.tally import Standing, State, tally

END = 60

amounts = st.one_of(st.just(0), st.integers(1, 3), st.just(5 * MICRO), st.just(10**12))
drawn = st.tuples(st.integers(0, 3), st.integers(1, 5), amounts, amounts, st.booleans())
scripts = st.lists(drawn, max_size=12)
spans = st.lists(st.tuples(st.integers(0, END), st.integers(1, 9)), max_size=4)
instants = st.integers(0, END)


def scripted(script: Sequence[tuple[int, int, int, int, bool]]) -> Sequence[Step]:
    """Steps one after the other, with gaps between some."""
    at, found = 0, []
    for gap, length, good, bad, known in script:
        at += gap
        found.append(Step(at, length, good if known else 0, bad if known else 0, known=known))
        at += length
    return found


def outside(excluded: Sequence[tuple[int, int]]) -> Spans:
    return Spans([(start, start + length) for start, length in excluded])


def recounted(steps: Sequence[Step], start: int, end: int, excluded: Spans) -> tuple[int, int]:
    """Good and bad events of the steps that begin in a window."""
    counted = [step for step in steps if start <= step.at < end and not excluded.covers(step.at)]
    return sum(step.good for step in counted), sum(step.bad for step in counted)


def state_of(steps: Sequence[Step], at: int) -> State:
    return next((step.state for step in steps if step.at <= at < step.at + step.length), State.UNKNOWN)


@settings(max_examples=300, deadline=None)
@given(scripts, spans, st.integers(0, 12), instants, instants)
def test_windows_equal_a_recount_while_steps_come(
    script: list[tuple[int, int, int, int, bool]],
    excluded: list[tuple[int, int]],
    first: int,
    one: int,
    other: int,
) -> None:
    steps, away = scripted(script), outside(excluded)
    start, end = sorted((one, other))
    history = SampleHistory()
    laid, counting = exclude(history, away), Outside(history, away)
    past = Past(history, [Member(history, history)], away)
    for known in (steps[:first], steps):
        history.extend(known[0 if known is not steps else len(steps[:first]) :])
        good, bad = (b - a for a, b in zip(counting.events(start), counting.events(end), strict=True))
        assert (good, bad) == recounted(known, start, end, away)
        assert [b - a for a, b in zip(past.counted(start), past.counted(end), strict=True)] == [good, bad]
        found = tally(laid, start, end)
        counted = [at for at in range(start, end) if not away.covers(at)]
        states = [state_of(known, at) for at in counted]
        watched = [at for at in counted if known and at >= known[0].at]
        assert (found.up, found.down) == (states.count(State.UP), states.count(State.DOWN))
        assert found.watched_unknown == len(watched) - found.up - found.down
        assert sum(found[:4]) == end - start
        assert [history.state(at) for at in range(END)] == [state_of(known, at) for at in range(END)]


@settings(max_examples=200, deadline=None)
@given(scripts, instants, instants)
def test_standings_and_edges_say_where_anything_changes(
    script: list[tuple[int, int, int, int, bool]], one: int, other: int
) -> None:
    steps = scripted(script)
    start, end = sorted((one, other))
    history = SampleHistory()
    history.extend(steps)
    changes = dict(history.standings(start, end))
    standing = Standing.ABSENT
    for at in range(start, end):
        standing = changes.get(at, standing)
        watches = bool(steps) and at >= steps[0].at
        assert standing == (Standing(state_of(steps, at)) if watches else Standing.ABSENT)
    for at in range(END):
        step = next((each for each in steps if each.at <= at < each.at + each.length), None)
        assert history.step(at) == (step if step and (step.good or step.bad) else None)
    edges = {start, *history.edges(start, end)}
    before = None
    for at in range(start, end):
        step = history.step(at)
        band = step.band if step else 0
        if at not in edges:
            assert band == before
        before = band


@settings(max_examples=200, deadline=None)
@given(scripts, st.integers(0, END), instants, instants)
def test_what_is_kept_stays_what_it_was_when_the_rest_is_forgotten(
    script: list[tuple[int, int, int, int, bool]], before: int, one: int, other: int
) -> None:
    steps = scripted(script)
    start, end = sorted((max(one, before), max(other, before)))
    history = SampleHistory()
    history.extend(steps)
    counted = recounted(steps, start, end, Spans([]))
    measured = tally(history, start, end)
    history.forget(before)
    good, bad = (b - a for a, b in zip(history.events(start), history.events(end), strict=True))
    assert (good, bad) == counted
    assert tally(history, start, end) == measured
    assert tally(history, 0, before)[:2] == (0, 0)
    again = SampleHistory(kept_from=before)
    again.extend(step for step in steps if step.at + step.length > before)
    assert tally(again, start, end)[:2] == measured[:2]
    assert [b - a for a, b in zip(again.events(start), again.events(end), strict=True)] == list(counted)


def test_a_step_may_not_begin_before_the_end_of_the_latest() -> None:
    history = SampleHistory()
    history.extend([Step(0, 10, 1, 0, known=True)])
    with pytest.raises(ValueError, match="before the end of the latest"):
        history.extend([Step(9, 10, 1, 0, known=True)])


def test_a_past_that_is_taken_over_is_another_edition_of_the_same_object() -> None:
    history, other = SampleHistory(), SampleHistory()
    history.extend([Step(0, 10, MICRO, 0, known=True)])
    other.extend([Step(0, 10, 0, MICRO, known=True), Step(10, 10, 0, 0, known=False)])
    seen = history.edition
    history.take_over(other)
    assert history.edition > seen
    assert history.until == 20
    assert history.events(20) == (0, MICRO)


@settings(max_examples=200, deadline=None)
@given(scripts, instants, instants)
def test_unknown_steps_stand_for_as_many_events_as_the_others_have_on_average(
    script: list[tuple[int, int, int, int, bool]], one: int, other: int
) -> None:
    steps = scripted(script)
    start, end = sorted((one, other))
    history = SampleHistory()
    history.extend(steps)
    past = Past(history, [Member(history, history)])
    found = tally(history, start, end)
    known, events = found.up + found.down, sum(recounted(steps, start, end, Spans([])))
    due = past.due(start, end)
    assert due * known == events * (end - start) if known else due == 0
    missing = past.missing(start, end)
    assert missing * known == events * found.watched_unknown if known else missing == 0


def test_what_is_forgotten_has_neither_events_nor_a_state() -> None:
    history = SampleHistory()
    steps = [Step(at, 10, MICRO, at * MICRO, known=True) for at in (0, 10, 20)]
    history.extend(steps)
    history.forget(10)
    assert (history.first, history.kept_from) == (10, 10)
    assert history.events(10) == history.events(0)
    assert [b - a for a, b in zip(history.events(0), history.events(30), strict=True)] == [
        2 * MICRO,
        30 * MICRO,
    ]
    assert (history.state(9), history.state(10)) == (State.UNKNOWN, State.UP)
    assert [history.step(at) for at in (5, 15, 25, 30)] == [None, steps[1], steps[2], None]
    assert tally(history, 0, 30)[:4] == (20, 0, 0, 10)


def test_a_source_that_has_said_nothing_is_absent_and_has_nothing_to_forget() -> None:
    history = SampleHistory()
    history.forget(10)
    assert list(history.standings(0, END)) == [(0, Standing.ABSENT)]
    assert (history.first, list(history.edges(0, END))) == (None, [])


def test_steps_of_one_band_that_follow_each_other_have_no_edge_between_them() -> None:
    history = SampleHistory()
    history.extend(
        Step(at, 10, MICRO, bad, known=True) for at, bad in ((0, MICRO), (10, MICRO), (30, MICRO), (40, 0))
    )
    assert list(history.edges(0, END)) == [0, 20, 30, 40]
