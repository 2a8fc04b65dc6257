"""What is exported says all that the record says: brought into an empty store it gives the same past."""

import csv
import io
import tempfile
import tracemalloc
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.config.model import Config, Service
from exporter.output.exports import instant, write_csv, write_openmetrics
from exporter.record.backfill import Origin, backfill
from exporter.record.csv_file import Kind, read_csv
from exporter.record.export import Told, count, instants, named, told, with_absences
from exporter.record.histories import Known, load_as_of
from exporter.store.reader import SqliteReader
from exporter.store.writer import SqliteWriter
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.spans import FOREVER
from exporter.timeline.tally import State
from exporter.units import format_instant
from tests.support.world import World, endpoint, service

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN
POLICY = Policy(15_000, 5_000, 35_000)
ALWAYS = (-FOREVER, FOREVER)

outcomes = st.tuples(
    st.sampled_from([UP, UP, UP, UP, DOWN, DOWN, UNKNOWN]), st.sampled_from([0, 10, 40, 300, 1_700])
)
lives = st.lists(st.tuples(st.integers(1, 120), st.integers(0, 60)), min_size=1, max_size=4)


def export(path: Path, config: Config, now: int) -> str:
    """The CSV that `export` writes."""
    text = io.StringIO()
    with closing(SqliteReader.open(path)) as store:
        write_csv(((name, told(store, each, ALWAYS, now)) for name, each in named(store, config)), text)
    return text.getvalue()


def known(path: Path, now: int) -> Sequence[Known]:
    with closing(SqliteReader.open(path)) as store:
        return load_as_of(store, now).get("shop", ())


def config_of(shop: Service) -> Config:
    return Config((shop,), "", "")


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 3),
    st.integers(1, 3),
    st.lists(outcomes, min_size=1, max_size=12),
    lives,
    st.integers(3, 70),
)
def test_there_and_back_gives_the_same_states_beats_and_watched_time(
    down_after: int,
    up_after: int,
    script: list[tuple[State, int]],
    lives: list[tuple[int, int]],
    every: int,
) -> None:
    """Whatever a daemon lives through: retries, first probes, inconclusive ones, and deaths at any instant."""
    policy = Policy(1_000, 500, 2_500, down_after, up_after)
    shop = service(endpoint("web", policy=policy, retry_interval=300), endpoint("api", policy=policy))
    with tempfile.TemporaryDirectory() as folder:
        path, again = Path(folder) / "first.db", Path(folder) / "second.db"
        world = World(
            path, shop, lambda name, number: script[(number + len(name[:1])) % len(script)], now=1_000
        )
        for lived, away in lives:
            world.start()
            end = world.now + lived * 100
            while world.now < end:
                world.pass_time(min(end, world.now + every * 10))
                world.commit()
            world.kill()
            world.now += away * 100
        now = world.now + 10_000
        (Path(folder) / "past.csv").write_text(export(path, config_of(shop), now))

        read = read_csv(Path(folder) / "past.csv", config_of(shop), now)
        with closing(SqliteWriter.open(again)) as store:
            backfill(store, config_of(shop), read.results, Origin("mara", "past.csv", read.sha256), now=now)

        first, second = known(path, now), known(again, now)
        for one in first:
            other = next((each for each in second if each.stored.id == one.stored.id), None)
            if other is None:
                assert one.history.first is None, "nothing was exported of it as there was nothing"
                continue
            edges = {1_000, now, *(at for each in (one, other) for at, _ in each.history.timeline.runs(0))}
            for at in sorted(edges | {edge + 1 for edge in edges}):
                assert one.history.state(at) == other.history.state(at), at
                assert one.history.sums(at) == other.history.sums(at), at
                assert one.history.events(at) == other.history.events(at), at


def row(at: int, step: int, last: int, vote: State = UP, *, event: bool = True, source: int = 0) -> Row:
    return Row(at, step, last, vote, "timeout" if vote is DOWN else "", event, POLICY, source)


def test_an_absence_is_told_only_where_it_cuts_something_short() -> None:
    rows = [row(0, 15_000, 30_000), row(100_000, 0, 100_000, source=1), row(200_000, 0, 200_000, UNKNOWN)]
    gone = [
        each for each in with_absences(rows, [40_000, 50_000, 110_000, 210_000]) if isinstance(each, Told)
    ]
    assert gone == [Told(40_000, UNKNOWN, "", Kind.ABSENCE)]
    late = [each for each in with_absences(rows[:1], [65_000]) if isinstance(each, Told)]
    assert late == [], "the last result has spoken out"
    assert list(with_absences(rows[:1], [64_999]))[1:] == [Told(64_999, UNKNOWN, "", Kind.ABSENCE)]


def test_a_span_takes_the_results_from_its_start_up_to_its_end() -> None:
    steady = row(0, 15_000, 150_000)
    assert list(instants(steady, (15_000, 45_000))) == [15_000, 30_000]
    assert list(instants(steady, (15_001, 45_001))) == [30_000, 45_000]
    assert list(instants(steady, (-5, 1))) == [0]
    assert list(instants(steady, (200_000, 300_000))) == []
    assert list(instants(row(7, 0, 7), (7, 8))) == [7]
    assert list(instants(row(7, 0, 7), (8, 9))) == []
    assert list(instants(steady, ALWAYS)) == list(range(0, 150_001, 15_000))


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_instants_always_have_milliseconds_and_are_the_same_instants(at: int) -> None:
    written = instant(at)
    assert len(written) == len("2026-01-01T00:00:00.000Z")
    assert written.replace(".000Z", "Z") == format_instant(at)


def test_a_failure_keeps_its_reason_and_openmetrics_leaves_out_what_says_nothing() -> None:
    results = [
        Told(-1_500, UP, "", Kind.BEAT),
        Told(1_000, DOWN, "timeout", Kind.BEAT),
        Told(6_001, UNKNOWN, "", Kind.EXTRA),
    ]
    text = io.StringIO()
    write_csv([(("shop", "a,b"), results)], text)
    assert list(csv.reader(text.getvalue().splitlines()))[1:] == [
        ["1969-12-31T23:59:58.500Z", "shop", "a,b", "success", "", "beat"],
        ["1970-01-01T00:00:01.000Z", "shop", "a,b", "failure", "timeout", "beat"],
        ["1970-01-01T00:00:06.001Z", "shop", "a,b", "inconclusive", "", "extra"],
    ]
    text = io.StringIO()
    write_openmetrics([(("shop", 'a"b'), results)], text)
    assert text.getvalue().splitlines()[2:] == [
        r'uptime_probe_success{uptime_service="shop",uptime_endpoint="a\"b"} 1 -1.500',
        r'uptime_probe_success{uptime_service="shop",uptime_endpoint="a\"b"} 0 1.000',
        "# EOF",
    ]


class Nowhere:
    """Takes text and keeps nothing."""

    def __init__(self) -> None:
        self.lines = 0

    def write(self, text: str, /) -> object:
        self.lines += text.count("\n")
        return None


def test_memory_stays_flat_however_long_the_history_is(tmp_path: Path) -> None:
    """A jittered past: every result is a series of its own."""
    shop, results = service(), 20_000
    config = config_of(shop)
    lines = (f"{at * 15 + at % 7 * 0.001:.3f},shop,web,success\n" for at in range(results))
    (tmp_path / "past.csv").write_text("timestamp,service,endpoint,result\n" + "".join(lines))
    read = read_csv(tmp_path / "past.csv", config, FOREVER)
    with closing(SqliteWriter.open(tmp_path / "uptime.db")) as store:
        backfill(store, config, read.results, Origin("mara", "past.csv", read.sha256), now=FOREVER)
    del read, lines

    sink = Nowhere()
    with closing(SqliteReader.open(tmp_path / "uptime.db")) as reader:
        tracemalloc.start()
        write_csv(((name, told(reader, each, ALWAYS, FOREVER)) for name, each in named(reader, config)), sink)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        ((_, web),) = named(reader, config)
        assert count(reader, web, ALWAYS) == results
    assert sink.lines == results + 1
    assert peak < 1_000_000
