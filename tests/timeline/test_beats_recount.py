"""Beats as events: of an endpoint, as a latency threshold judges them, and outside of exclusions (rulings 28 and 29)."""

import itertools
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.timeline.beats import Beats, Judged, Outside
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.events import EventColumns, Events
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.spans import Spans
from exporter.timeline.tally import State
from tests.support.growing import Growing, Step, spans, steps
from tests.support.recount import END, Span, inside

scripts = st.lists(steps, max_size=20)
instants = st.lists(st.integers(0, END), min_size=1, max_size=4)


def assert_counted(found: Beats | Outside, beats: Sequence[tuple[int, bool]], asked: Sequence[int]) -> None:
    """Good and bad of the time up to each instant are those of a list of beats."""
    first = found.events(0)
    for at in asked:
        last = found.events(at)
        votes = [good for when, good in beats if when < at]
        assert (last.good - first.good, last.bad - first.bad) == (votes.count(True), votes.count(False))


@settings(max_examples=250, deadline=None)
@given(scripts, spans, st.booleans(), instants)
def test_beats_equal_a_recount_after_whatever_happens_to_the_endpoint(
    script: list[Step], excluded: list[Span], failures: bool, asked: list[int]
) -> None:
    """All of them, those a latency SLO sees whose threshold comes, goes and changes, and each outside of spans."""
    growing = Growing()
    history = growing.history
    judged = Judged(history, "slow", failures=failures)
    plain_outside, judged_outside = Outside(history, Spans(excluded)), Outside(judged, Spans(excluded))
    for number in range(len(script) + 1):
        if number < len(script):
            growing.take(script[number])
        instants = asked if number < len(script) else list(reversed(range(END + 1)))
        plain, slow = growing.beats(), growing.beats("slow", failures=failures)
        assert_counted(history, plain, instants)
        assert_counted(judged, slow, instants)
        assert_counted(plain_outside, [beat for beat in plain if not inside(excluded, beat[0])], instants)
        assert_counted(judged_outside, [beat for beat in slow if not inside(excluded, beat[0])], instants)
    assert (judged.edition, judged.version, judged.stable) == (
        history.edition,
        history.version,
        history.stable,
    )


@settings(max_examples=200, deadline=None)
@given(scripts)
def test_the_latest_beat_and_whether_it_was_slow_are_those_of_the_list(script: list[Step]) -> None:
    growing = Growing()
    for step in script:
        growing.take(step)
    history, judged = growing.history, Judged(growing.history, "slow")
    beats = growing.beating()
    for at in range(growing.kept, END):
        past = [probe for probe in beats if probe.at <= at]
        coming = [probe.at for probe in beats if probe.at > at]
        assert history.beat_after(at) == (coming[0] if coming else None)
        if past:
            assert history.latest_beat(at) == past[-1].at
        threshold = dict(past[-1].policy.latency).get("slow", 0) if past else 0
        slow = bool(past) and past[-1].at in growing.slow.get(threshold, ())
        assert judged.slower_than(at) == (threshold if slow else None)


@settings(max_examples=200, deadline=None)
@given(scripts, st.integers(0, END), st.integers(0, END))
def test_between_two_edges_all_beats_say_the_same(script: list[Step], one: int, other: int) -> None:
    growing = Growing()
    for step in script:
        growing.take(step)
    judged, (start, end) = Judged(growing.history, "slow"), sorted((one, other))
    start = max(start, growing.kept)
    edges = set(judged.edges(start, end))
    assert all(start <= edge < end for edge in edges)
    beats = [
        (probe.at, judged.slower_than(probe.at), probe.vote)
        for probe in growing.beating()
        if start <= probe.at < end
    ]
    for (first, *said), (second, *says) in itertools.pairwise(beats):
        assert said == says or any(first < edge <= second for edge in edges)


rows = st.lists(
    st.tuples(
        st.integers(1, 9),
        st.integers(1, 6),
        st.integers(1, 9),
        st.sampled_from([State.UP, State.DOWN, State.UNKNOWN]),
        st.booleans(),
    ),
    max_size=10,
)


@settings(max_examples=300, deadline=None)
@given(rows, rows, st.lists(st.integers(0, 400), max_size=2))
def test_series_of_beats_are_counted_as_each_beat_by_itself(
    first: list[tuple[int, int, int, State, bool]],
    then: list[tuple[int, int, int, State, bool]],
    forgotten: list[int],
) -> None:
    """Rows from the record, then one beat after another as they come; a series that goes on is one."""
    columns, beats, at = EventColumns(), list[tuple[int, State]](), 0
    for number, (gap, count, step, vote, event) in enumerate([*first, *then]):
        at += gap
        instants = [at + step * index for index in range(count)]
        if number < len(first):
            row = Row(at, step if count > 1 else 0, instants[-1], vote, "", event, Policy(5, 5, 12))
            columns.add_row(row)
        elif event:
            for each in instants:
                columns.add(each, vote)
        at = instants[-1]
        beats += [(each, vote) for each in instants if event and vote is not State.UNKNOWN]
    kept = min([0, *forgotten]) if not beats else max([0, *(min(each, at) for each in forgotten)])
    for each in forgotten:
        columns.forget(min(each, at))
    for instant in range(kept, at + 12):
        votes = [vote for when, vote in beats if when < instant]
        assert columns.before(instant) == (votes.count(State.UP), votes.count(State.DOWN))
        assert columns.after(instant) == next((when for when, _ in beats if when > instant), None)
        latest = [when for when, _ in beats if when <= instant]
        assert columns.latest(instant) == (latest[-1] if latest else None)


def test_beats_before_the_slo_had_a_threshold_are_none_of_its_events() -> None:
    """Ruling 29: nor those after it has none any more, nor failures where it ignores them."""
    history = EndpointHistory()
    judged, lenient = Judged(history, "fast"), Judged(history, "fast", failures=False)
    assert judged.events(100) == Events(0, 0)
    plain, strict, loose = (
        Policy(10, 5, 12, latency=latency) for latency in ((), (("fast", 100),), (("fast", 900),))
    )
    for at, policy, vote, slow in (
        (10, plain, State.UP, ()),
        (20, strict, State.UP, (100,)),
        (30, strict, State.DOWN, ()),
        (40, loose, State.UP, (100,)),
        (50, loose, State.UP, (100, 900)),
        (60, plain, State.DOWN, ()),
    ):
        history.add(at, vote, policy, event=True, slow=slow)
    assert [judged.events(at) for at in (20, 30, 40, 50, 60, 99)] == [
        (0, 0),
        (0, 1),
        (0, 2),
        (1, 2),
        (1, 3),
        (1, 3),
    ]
    assert lenient.events(99) == (1, 2)
    assert [judged.slower_than(at) for at in (5, 10, 20, 30, 40, 50, 60)] == [
        None,
        None,
        100,
        None,
        None,
        900,
        None,
    ]


def test_what_was_remembered_of_a_span_is_forgotten_once_beats_come() -> None:
    history = EndpointHistory()
    outside = Outside(history, Spans([(5, 8), (12, 20)]))
    told = list[Events]()
    for number, vote in enumerate([State.UP, State.DOWN, State.UP, State.DOWN, State.UP]):
        history.add(number * 5, vote, Policy(5, 2, 8), event=True)
        told = [outside.events(at) for at in (30, 10)]
    assert told == [(3, 0), (1, 0)]


def test_the_beat_after_the_last_of_a_series_is_the_first_of_the_next() -> None:
    history, policy = EndpointHistory(), Policy(5, 2, 8)
    series = Row(0, 5, 10, State.UP, "", event=True, policy=policy)
    history.load([series, Row(30, 0, 30, State.DOWN, "", event=True, policy=policy)], [])
    assert [history.beat_after(at) for at in (-1, 0, 9, 10, 29, 30)] == [0, 5, 10, 30, 30, None]
