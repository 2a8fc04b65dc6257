"""What is older than the record is kept goes; what follows from it stays."""

import tempfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.store.base import Batch, ClosedRow, Commit, EndpointKey, Mark, OpenRow, Sketch, SlowSuccess
from exporter.store.reader import SqliteReader
from exporter.store.writer import SqliteWriter
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.spans import FOREVER
from exporter.timeline.tally import State
from exporter.units import HOUR

POLICY = Policy(10, 5, 25)
WEB = EndpointKey("shop", "web")
UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN


def row(at: int, last: int, vote: State = UP, policy: Policy = POLICY, step: int = 10) -> Row:
    return Row(at, step if last > at else 0, last, vote, "", event=True, policy=policy)


def record(writer: SqliteWriter, number: int, rows: Sequence[Row], mark: int) -> None:
    closed = [ClosedRow(number, each.at, each.last) for each in rows]
    writer.commit(Commit(Mark(mark, {})))
    writer.commit(Commit(Mark(mark, {}), opened=[OpenRow(number, each) for each in rows]))
    writer.commit(Commit(Mark(mark, {}), closed=closed))


def test_a_series_across_the_edge_is_kept_whole_and_the_first_result_survives(
    path: Path, writer: SqliteWriter
) -> None:
    """Ruling 43."""
    web = writer.begin(0, {WEB: "http"})[WEB]
    rows = [row(10, 50), row(63, 63, DOWN), row(70, 200), row(215, 300)]
    record(writer, web, rows, 400)
    assert writer.prune(150) == 2
    reader = SqliteReader.open(path)
    assert reader.rows(web) == rows[2:]
    assert reader.kept_from() == 150
    assert [each.first for each in reader.endpoints()] == [10]


def test_the_edge_never_goes_back(writer: SqliteWriter) -> None:
    web = writer.begin(0, {WEB: "http"})[WEB]
    record(writer, web, [row(10, 50), row(63, 63, DOWN), row(70, 200)], 400)
    writer.prune(150)
    writer.prune(40)
    assert (writer.kept_from(), [each.first for each in writer.endpoints()]) == (150, [10])


def test_an_open_series_is_kept_however_old_it_is(writer: SqliteWriter) -> None:
    web = writer.begin(0, {WEB: "http"})[WEB]
    writer.commit(Commit(Mark(990, {}), opened=[OpenRow(web, row(10, 20))]))
    assert writer.prune(900) == 0
    assert writer.rows(web) == [row(10, 990)]


def test_failures_on_both_sides_of_a_removal_are_no_verdict(writer: SqliteWriter) -> None:
    """Ruling 10: a pending verdict is dropped with the endpoint, so that the one before it is needed."""
    web = writer.begin(0, {WEB: "http"})[WEB]
    twice = Policy(10, 5, 25, down_after=2)
    up, first, second = row(10, 50, UP, twice), row(60, 60, DOWN, twice), row(80, 80, DOWN, twice)
    record(writer, web, [row(3, 3, DOWN), up, first], 65)
    writer.begin(65, {})
    writer.begin(70, {WEB: "http"})
    record(writer, web, [second], 90)
    writer.prune(85)
    assert writer.rows(web) == [up, first, second]
    assert loaded(writer, web).state(85) == UP


def test_slow_successes_and_sketches_go_by_whole_hours(writer: SqliteWriter) -> None:
    web = writer.begin(0, {WEB: "http"})[WEB]
    slow = [SlowSuccess(web, threshold, at) for threshold in (7, 9) for at in (5, HOUR, 2 * HOUR)]
    sketches = [Sketch(web, hour * HOUR, b"x") for hour in range(3)]
    writer.commit(Commit(Mark(3 * HOUR, {}), slow=slow, sketches=sketches))
    assert writer.prune(2 * HOUR - 1) == 3
    assert writer.slow(web) == {7: [HOUR, 2 * HOUR], 9: [HOUR, 2 * HOUR]}
    assert [hour for hour, _ in writer.sketches(web, 0, FOREVER)] == [HOUR, 2 * HOUR]


def test_absences_stay_while_they_cut_something_that_is_kept(writer: SqliteWriter) -> None:
    web = writer.begin(0, {WEB: "http"})[WEB]
    record(writer, web, [row(10, 40), row(95, 200)], 50)
    writer.begin(60, {WEB: "http"})
    writer.begin(90, {WEB: "http"})
    assert writer.absences() == [50, 60]
    writer.prune(55)
    assert writer.absences() == [50, 60], "they end what the kept series says"
    writer.prune(150)
    assert writer.absences() == []


def test_what_was_set_aside_goes_when_it_is_as_old(writer: SqliteWriter) -> None:
    web = writer.begin(0, {WEB: "http"})[WEB]
    slow, sketches = [SlowSuccess(web, 7, 60)], [Sketch(web, HOUR, b"x")]
    writer.commit(Commit(Mark(90, {}), opened=[OpenRow(web, row(60, 60))], slow=slow, sketches=sketches))
    writer.set_aside(90, 50)
    assert writer.prune(60) == 0
    assert writer.prune(3 * HOUR) == 3


def test_a_clock_that_goes_back_before_the_edge_takes_it_along(writer: SqliteWriter) -> None:
    """Ruling 13: what is recorded from the new now on is kept."""
    web = writer.begin(0, {WEB: "http"})[WEB]
    record(writer, web, [row(510, 550), row(563, 563, DOWN), row(570, 590)], 600)
    writer.prune(580)
    assert [each.first for each in writer.endpoints()] == [510]
    writer.set_aside(600, 400)
    assert (writer.kept_from(), [each.first for each in writer.endpoints()]) == (400, [None])


def test_it_is_done_in_slices_between_which_a_commit_may_come(path: Path, writer: SqliteWriter) -> None:
    keys = [EndpointKey("shop", f"web{each}") for each in range(250)]
    numbers = writer.begin(0, dict.fromkeys(keys, "http"))
    opened = [
        OpenRow(number, each) for number in numbers.values() for each in (row(10, 10), row(63, 63, DOWN))
    ]
    closed = [ClosedRow(number, at, at) for number in numbers.values() for at in (10, 63)]
    writer.commit(Commit(Mark(90, {}), opened=opened))
    writer.commit(Commit(Mark(90, {}), closed=closed))
    deleted = list[int]()
    for index, slice_ in enumerate(writer.pruning(80)):
        deleted.append(slice_)
        writer.commit(Commit(Mark(100 + index, {})))
        assert SqliteReader.open(path).kept_from() == 80
    assert deleted == [100, 100, 50, 0], "the first result of each; the second one may speak until 88"


needs = st.integers(1, 3)
policies = st.builds(lambda down, up: Policy(10, 5, 25, down, up), needs, needs)
runs = st.lists(
    st.tuples(
        st.sampled_from([UP, UP, DOWN, DOWN, UNKNOWN]),
        st.integers(1, 4),  # results
        st.sampled_from([3, 10, 30, 90]),  # milliseconds between them and after the last
        policies,
        st.sampled_from([0, 0, 0, 1, 2]),  # source
        st.booleans(),  # whether the prober goes away after it, and the endpoint is taken out
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=300, deadline=None)
@given(runs, st.integers(0, 900))
def test_whatever_is_pruned_nothing_changes_from_the_edge_on(
    runs: list[tuple[State, int, int, Policy, int, bool]], edge: int
) -> None:
    at, rows, away = 5, list[Row](), list[int]()
    for vote, results, step, policy, source, leaves in runs:
        last = at + step * (results - 1)
        rows.append(row(at, last, vote, policy, step)._replace(source=source))
        at = last + step
        if leaves:
            away.append(last + 1)
            at += 2
    with tempfile.TemporaryDirectory() as folder:
        writer = SqliteWriter.open(Path(folder) / "uptime.db")
        number = writer.begin(0, {WEB: "http"})[WEB]
        for start, end in pairwise([0, *away, at]):
            live = [each for each in rows if start <= each.at < end and not each.source]
            record(writer, number, live, end)
            if end in away:
                writer.begin(end, {})
                writer.begin(end + 1, {WEB: "http"})
        for source in (1, 2):
            own = [each for each in rows if each.source == source]
            writer.import_batch(Batch(at, "mara", "past.csv", "ab", {number: own}, 0))
        assert writer.rows(number) == rows
        before = loaded(writer, number)
        writer.prune(edge)
        after = loaded(writer, number)
        writer.close()
    end = at + 40
    assert list(told(after, edge, end)) == list(told(before, edge, end))
    assert after.timeline.verdict == before.timeline.verdict
    assert after.timeline.pending_since() == before.timeline.pending_since() or at < edge


def loaded(writer: SqliteWriter, number: int) -> EndpointHistory:
    [stored] = writer.endpoints()
    history = EndpointHistory(stored.removed)
    history.load(writer.rows(number), writer.absences())
    return history


def told(history: EndpointHistory, edge: int, end: int) -> Iterator[tuple[object, ...]]:
    """All that the history says of each millisecond from the edge on."""
    up0, down0 = history.timeline.before(edge)
    good0, bad0 = history.events(edge)
    for at in range(edge, end):
        up, down = history.timeline.before(at)
        good, bad = history.events(at)
        yield at, history.state(at), up - up0, down - down0, good - good0, bad - bad0
