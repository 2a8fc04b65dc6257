"""The packed timeline against a recount of every probe and every millisecond."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.timeline.combine import Combined
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.spans import FOREVER
from exporter.timeline.tally import State, tally
from tests.support.brute import Probe, count, paint

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN
END = 400

needs = st.integers(1, 4)
votes = st.sampled_from([UP, UP, UP, DOWN, DOWN, UNKNOWN])
steps = st.lists(st.tuples(st.integers(1, 25), votes, st.integers(8, 20)), max_size=30)
cuts = st.lists(st.integers(0, END), max_size=3).map(lambda each: sorted(set(each)))
edges = st.integers(0, END - 1)


def probes_of(
    steps: list[tuple[int, State, int]], down_after: int, up_after: int, sources: list[int] | None = None
) -> list[Probe]:
    at, out = 10, []
    for index, (gap, vote, staleness) in enumerate(steps):
        at += gap
        if at < END - 30:
            source = sources[index] if sources else 0
            out.append(Probe(at, vote, Policy(5, 5, staleness, down_after, up_after), source))
    return out


def row_of(probe: Probe) -> Row:
    return Row(probe.at, 0, probe.at, probe.vote, "", probe.event, probe.policy, probe.source)


def history_of(probes: list[Probe], absences: list[int]) -> EndpointHistory:
    history = EndpointHistory()
    history.load(map(row_of, probes), absences)
    return history


@settings(max_examples=400, deadline=None)
@given(steps, needs, needs, cuts, st.tuples(edges, edges, edges))
def test_windows_partition_add_up_and_equal_a_recount(
    steps: list[tuple[int, State, int]],
    down_after: int,
    up_after: int,
    absences: list[int],
    window: tuple[int, int, int],
) -> None:
    a, b, c = sorted(window)
    probes = probes_of(steps, down_after, up_after)
    history = history_of(probes, absences)
    state = paint(probes, absences, END)
    whole = tally(history, a, c)
    assert whole[:2] == count(state, a, c)
    assert whole.up + whole.down + whole.excluded + whole.unknown == c - a
    assert min(whole) >= 0
    parts = zip(tally(history, a, b), tally(history, b, c), strict=True)
    assert whole == tuple(map(sum, parts))
    assert [history.state(at) for at in range(END)] == state
    for vote, counted in ((UP, 0), (DOWN, 1)):
        events = history.events(c)[counted] - history.events(a)[counted]
        assert events == sum(probe.vote == vote and a <= probe.at < c for probe in probes)


@settings(max_examples=300, deadline=None)
@given(steps, needs, needs, cuts, st.lists(st.integers(0, 2), min_size=30, max_size=30))
def test_imported_batches_get_verdicts_of_their_own(
    steps: list[tuple[int, State, int]],
    down_after: int,
    up_after: int,
    absences: list[int],
    sources: list[int],
) -> None:
    probes = probes_of(steps, down_after, up_after, sources)
    history = history_of(probes, absences)
    assert [history.state(at) for at in range(END)] == paint(probes, absences, END)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 9), votes, st.integers(8, 20), st.integers(1, 5), st.integers(1, 30)),
        max_size=8,
    ),
    needs,
    needs,
    cuts,
)
def test_a_series_taken_in_one_step_is_the_same_as_its_results_one_by_one(
    series: list[tuple[int, State, int, int, int]], down_after: int, up_after: int, absences: list[int]
) -> None:
    rows, at = [], 10
    for gap, vote, staleness, count_, step in series:
        at += gap
        policy = Policy(5, 5, staleness, down_after, up_after)
        rows.append(Row(at, step, at + step * (count_ - 1), vote, "", event=True, policy=policy))
        at = rows[-1].last
    absences = [cut for cut in absences if not any(row.at <= cut < row.last for row in rows)]
    probes = [Probe(at, row.vote, row.policy) for row in rows for at in range(row.at, row.last + 1, row.step)]
    packed, single = EndpointHistory(), history_of(probes, absences)
    packed.load(rows, absences)
    end = (rows[-1].last if rows else 0) + 40
    for at in range(end):
        assert (packed.sums(at), packed.state(at), packed.since(at)) == (
            single.sums(at),
            single.state(at),
            single.since(at),
        )
        assert packed.events(at) == single.events(at)


@settings(max_examples=300, deadline=None)
@given(steps, needs, needs, st.integers(0, END))
def test_what_lies_before_the_stable_instant_never_changes(
    steps: list[tuple[int, State, int]], down_after: int, up_after: int, now: int
) -> None:
    probes = probes_of(steps, down_after, up_after)
    history = EndpointHistory()
    for probe in probes:
        if probe.at <= now:
            history.add(probe.at, probe.vote, probe.policy, event=True)
    stable = max(0, history.timeline.stable)
    then = [history.state(at) for at in range(stable)]
    for probe in probes:
        if probe.at > now:
            history.add(probe.at, probe.vote, probe.policy, event=True)
    assert [history.state(at) for at in range(stable)] == then


removals = st.one_of(
    st.none(),
    st.tuples(st.integers(5, END), st.integers(1, 60)).map(lambda each: (each[0], each[0] + each[1])),
    st.integers(5, END).map(lambda at: (at, FOREVER)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(steps, needs, removals), min_size=1, max_size=3), st.lists(edges, max_size=4))
def test_combined_states_equal_a_recount_however_often_they_are_asked(
    members: list[tuple[list[tuple[int, State, int]], int, tuple[int, int] | None]], asked: list[int]
) -> None:
    histories, painted, arrivals = [], [], []
    for steps_, need, removed in members:
        probes = [
            p for p in probes_of(steps_, need, need) if not removed or not removed[0] <= p.at < removed[1]
        ]
        histories.append(EndpointHistory())
        arrivals += [(probe.at, len(histories) - 1, probe) for probe in probes]
        drops = [removed[0]] if removed else []
        state: list[State | None] = list(paint(probes, [], END, drops))
        for at in range(END):
            if not probes or at < probes[0].at or (removed and removed[0] <= at < removed[1]):
                state[at] = None
        painted.append(state)
    combined = Combined(histories)
    removals = [(removed[0], index, removed) for index, (_, _, removed) in enumerate(members) if removed]
    gone = sorted(removals)

    def remove(before: int) -> None:
        while gone and gone[0][0] < before:
            since, index, span = gone.pop(0)
            histories[index].timeline.drop(since)
            histories[index].removed = (span,)

    for at, index, probe in sorted(arrivals, key=lambda each: each[:2]):
        remove(at)
        histories[index].add(at, probe.vote, probe.policy, event=True)
        for when in asked:
            combined.sums(when)
    remove(FOREVER)
    up = down = watched = 0
    for at in range(END):
        present = [state[at] for state in painted if state[at] is not None]
        now = DOWN if DOWN in present else UP if present and set(present) == {UP} else UNKNOWN
        assert combined.sums(at) == (up, down, 0, watched)
        assert combined.state(at) == now
        up, down, watched = up + (now == UP), down + (now == DOWN), watched + bool(present)


def test_results_out_of_order_are_refused() -> None:
    history = EndpointHistory()
    policy = Policy(15, 5, 35)
    history.add(100, UP, policy, event=True)
    with pytest.raises(ValueError, match="not after"):
        history.add(100, UP, policy, event=True)


def test_a_run_that_never_decides_keeps_only_what_is_pending() -> None:
    """Success and failure in turn, both needing two: unknown for ever, in bounded memory."""
    history = EndpointHistory()
    policy = Policy(15, 5, 35, 2, 2)
    for index in range(10_000):
        history.add(index * 15, (UP, DOWN, UNKNOWN)[index % 3], policy, event=True)
    assert history.state(9_999 * 15) == UNKNOWN
    assert len(history.timeline._tail) <= 3  # noqa: SLF001 -- memory is the point


def test_a_verdict_over_results_that_an_absence_cut_at_once_leaves_the_time_between_unknown() -> None:
    """Both were in flight when the prober went away: they count, but speak for no time."""
    history = EndpointHistory()
    policy = Policy(2_000, 1_600, 5_600, up_after=2)
    for at in (288, 2_288):
        history.timeline.cut(at)
        history.add(at, UP, policy, event=True)
    history.add(4_288, UP, policy, event=True)
    assert tally(history, 0, 5_288)[:4] == (1_000, 0, 0, 4_288)


def test_a_result_that_comes_after_two_absences_speaks_until_the_first() -> None:
    history = EndpointHistory()
    for cut in (288, 2_288):
        history.timeline.cut(cut)
    history.add(200, UP, Policy(2_000, 1_600, 5_600), event=True)
    assert tally(history, 0, 5_000)[:4] == (88, 0, 0, 4_912)


def test_what_lies_in_a_span_without_the_endpoint_is_not_counted() -> None:
    """Rule 8, also for what was brought in of that time; and alone it says what it says among others."""
    policy = Policy(15, 5, 35)
    rows = [Row(at, 0, at, UP, "", event=True, policy=policy, source=1) for at in range(10, 200, 15)]
    history = EndpointHistory([(50, 90), (300, FOREVER)])
    history.load(rows, [])
    together = Combined([history])
    for at in range(400):
        assert history.sums(at) == together.sums(at)
    assert history.sums(400) == (175, 0, 0, 250)
    assert [history.watches(at) for at in (9, 10, 50, 90, 299, 300)] == [
        False,
        True,
        False,
        True,
        True,
        False,
    ]


def test_a_window_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="window ends before it starts"):
        tally(EndpointHistory(), 2, 1)


def test_who_waits_for_a_verdict_waits_from_the_first_result_that_nothing_parts_from_the_latest() -> None:
    history = EndpointHistory()
    policy = Policy(1_000, 500, 2_500, down_after=9)
    for at in (0, 10_000, 11_000):
        history.add(at, DOWN, policy, event=True)
    assert history.timeline.pending_since() == (10_000, 13_500)
