"""Durations of past results: what latency SLOs make of them, and of results that have none."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from exporter.config.load import load as load_config
from exporter.config.model import Config
from exporter.errors import ConfigError
from exporter.record.backfill import Imported, Origin, backfill
from exporter.record.csv_file import Past, read_csv
from exporter.record.histories import load
from exporter.record.latency import quantiles
from exporter.store.writer import SqliteWriter
from exporter.timeline.beats import Judged
from exporter.timeline.events import Events
from exporter.timeline.tally import State
from exporter.units import HOUR

HEADER = "timestamp,service,endpoint,result,duration_seconds\n"
LATENCY = (("latency", 300_000_000),)
UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """An endpoint with a latency SLO of 300 ms."""
    path = tmp_path / "uptime.yml"
    path.write_text(
        "services:\n  - name: shop\n    endpoints: [{name: web, url: 'http://127.0.0.1/'}]\n    slos: [{objective: 99.9}]\n"
    )
    loaded = load_config([str(path)], {})
    [service] = loaded.services
    [endpoint] = service.endpoints
    judged = replace(endpoint, policy=replace(endpoint.policy, latency=LATENCY))
    return replace(loaded, services=(replace(service, endpoints=(judged,)),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteWriter]:
    writer = SqliteWriter.open(tmp_path / "uptime.db")
    yield writer
    writer.close()


def read(tmp_path: Path, config: Config, rows: Sequence[str]) -> Sequence[Past]:
    path = tmp_path / "past.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
    return read_csv(path, config, 4_000_000_000_000).results["shop", "web"]


def bring(
    store: SqliteWriter, config: Config, results: Sequence[Past], replaced: tuple[int, int] | None = None
) -> Imported:
    origin = Origin("mara", "past.csv", "ab")
    return backfill(store, config, {("shop", "web"): results}, origin, now=40 * HOUR, replaced=replaced)


def latency(store: SqliteWriter, end: int) -> Events:
    """What the latency SLO makes of it."""
    [known] = load(store)["shop"]
    return Judged(known.history, "latency").events(end)


def test_seconds_are_floored_to_the_nanosecond(tmp_path: Path, config: Config) -> None:
    rows = [
        "0,shop,web,success,0.3000000019",
        "1,shop,web,success,",
        "2,shop,web,failure,1e1",
        "3,shop,web,success,0",
    ]
    past = read(tmp_path, config, rows)
    assert [each.duration for each in past] == [300_000_001, None, 10_000_000_000, 0]


@pytest.mark.parametrize("duration", ["fast", "-1", "NaN", "Infinity", "1e999999999", "1000001"])
def test_what_is_no_duration_is_a_mistake(tmp_path: Path, config: Config, duration: str) -> None:
    with pytest.raises(ConfigError, match=r"duration_seconds: .* is not a number of seconds"):
        read(tmp_path, config, [f"0,shop,web,success,{duration}"])


def test_one_instant_with_two_durations_is_a_mistake(tmp_path: Path, config: Config) -> None:
    """Ruling 14: which one would count?"""
    same = ["5,shop,web,success,0.1", "5,shop,web,success,0.10"]
    assert len(read(tmp_path, config, same)) == 1
    with pytest.raises(ConfigError, match="says something else of the same instant than line 2"):
        read(tmp_path, config, [same[0], "5,shop,web,success,0.2"])


def test_past_successes_are_judged_by_the_present_threshold_where_they_have_a_duration(
    store: SqliteWriter, config: Config
) -> None:
    """Ruling 29: `I` is no event, a success without a duration is none, a failure is a bad one."""
    told = [(UP, 300_000_000), (UP, 300_000_001), (UP, None), (DOWN, None), (UNKNOWN, None), (UP, 1), (UP, 5)]
    past = [
        Past(15_000 * number, vote, "", number, duration=duration)
        for number, (vote, duration) in enumerate(told)
    ]
    bring(store, config, past)
    [known] = load(store)["shop"]
    assert store.slow(known.stored.number) == {300_000_000: [15_000]}
    assert known.history.events(HOUR) == Events(5, 1)
    assert latency(store, HOUR) == Events(3, 2)
    kinds = [(row.at, row.last, row.policy.latency) for row in store.rows(known.stored.number)]
    assert kinds == [
        (0, 15_000, LATENCY),
        (30_000, 30_000, ()),
        (45_000, 45_000, LATENCY),
        (60_000, 60_000, LATENCY),
        (75_000, 90_000, LATENCY),
    ], "series of both kinds are not joined"


def test_a_source_that_measures_no_duration_says_nothing_to_a_latency_slo(
    store: SqliteWriter, config: Config
) -> None:
    """Else it would see nothing but failures."""
    bring(
        store, config, [Past(15_000 * number, vote, "", number) for number, vote in enumerate([UP, DOWN, UP])]
    )
    [known] = load(store)["shop"]
    assert known.history.events(HOUR) == Events(2, 1)
    assert latency(store, HOUR) == Events(0, 0)


def test_past_durations_are_in_the_quantiles_once_however_often_they_are_brought(
    store: SqliteWriter, config: Config
) -> None:
    past = [Past(number * 60_000, UP, "", number, duration=(number + 1) * 1_000_000) for number in range(120)]
    assert bring(store, config, past) == Imported(120, 0)
    assert bring(store, config, past) == Imported(0, 120)
    assert len(store.sketches(1, 0, 9 * HOUR)) == 2
    found = quantiles(store, [1], HOUR, 2 * HOUR, [0.0, 1.0])
    assert found is not None
    assert found[0.0] == pytest.approx(61e6, rel=0.01)
    assert found[1.0] == pytest.approx(120e6, rel=0.01)


def test_what_replaces_a_span_replaces_its_slow_successes_and_whole_hours(
    store: SqliteWriter, config: Config
) -> None:
    slow = [Past(number * 60_000, UP, "", number, duration=400_000_000) for number in range(120)]
    fast = [each._replace(duration=100_000_000) for each in slow]
    bring(store, config, slow)
    bring(store, config, fast, replaced=(0, 2 * HOUR))
    assert store.slow(1) == {}
    assert latency(store, 3 * HOUR) == Events(120, 0)
    found = quantiles(store, [1], 0, 2 * HOUR, [1.0])
    assert found is not None
    assert found[1.0] == pytest.approx(100e6, rel=0.01)


def test_what_is_older_than_what_is_kept_is_skipped(store: SqliteWriter, config: Config) -> None:
    """Ruling 43: it would be pruned the next day."""
    store.prune(HOUR)
    past = [Past(at, UP, "", at) for at in (HOUR - 1, HOUR)]
    assert bring(store, config, past) == Imported(1, 0, older=1)
    assert bring(store, config, past, replaced=(0, 9 * HOUR)) == Imported(1, 0, older=1, set_aside=1)
