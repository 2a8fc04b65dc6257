"""Slow successes are kept as results are; the latencies of an hour become sketches when it is over."""

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.engine.latencies import GRACE, Latencies
from exporter.record.histories import load
from exporter.record.latency import binning, quantiles, unpack
from exporter.store.reader import SqliteReader
from exporter.timeline.policy import Policy
from exporter.timeline.tally import State
from exporter.units import HOUR, MINUTE
from tests.support.machine import HandClock, live
from tests.support.simulated import Machine, up
from tests.support.world import World, endpoint, service

UP, DOWN = State.UP, State.DOWN
MS = 1_000_000

lives = st.lists(st.tuples(st.integers(1, 120), st.integers(0, 60)), min_size=1, max_size=4)
durations = st.lists(
    st.sampled_from([99 * MS, 100 * MS, 100 * MS + 1, 300 * MS, 301 * MS]), min_size=1, max_size=9
)
thresholds = st.sampled_from(
    [
        (),
        (("latency", 100 * MS),),
        (("latency", 300 * MS),),
        (("fast", 100 * MS), ("latency", 300 * MS), ("same", 300 * MS)),
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([UP, UP, UP, DOWN]), min_size=1, max_size=6),
    durations,
    lives,
    st.lists(thresholds, min_size=1, max_size=3),
    st.integers(3, 70),
)
def test_slow_successes_equal_what_was_committed_however_often_the_daemon_dies(
    votes: list[State],
    durations: list[int],
    lives: list[tuple[int, int]],
    settings: list[tuple[tuple[str, int], ...]],
    every: int,
) -> None:
    """Each life has thresholds of its own (ruling 29); lives and deaths are in tenths of a second."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "uptime.db"
        world = World(path, service(), lambda _name, number: (votes[number % len(votes)], 10), now=1_000)
        world.duration = lambda _name, number: durations[number % len(durations)]
        for life, (lived, away) in enumerate(lives):
            policy = Policy(1_000, 500, 2_500, down_after=2, latency=settings[life % len(settings)])
            world.service = service(endpoint(policy=policy, retry_interval=300))
            world.start()
            assert kept(world) == world.slow.get("web", {}), "after a kill"
            end = world.now + lived * 100
            while world.now < end:
                world.pass_time(min(end, world.now + every * 10))
                if world.now < end:
                    world.commit()
                    assert kept(world) == world.slow.get("web", {})
                    assert SqliteReader.open(path).slow(world.slots[0].number) == world.slow.get("web", {})
            world.kill()
            world.now += away * 100


def kept(world: World) -> dict[int, list[int]]:
    """What the daemon knows in its memory."""
    return {threshold: list(instants) for threshold, instants in world.slots[0].history.slow.items()}


def test_only_a_beat_that_took_longer_is_slow_compared_unrounded(tmp_path: Path) -> None:
    """Ruling 29; a first probe after a start is no event."""
    policy = Policy(60_000, 500, 150_000, latency=(("latency", 300 * MS),))
    world = World(tmp_path / "uptime.db", service(endpoint(policy=policy)), lambda _name, _number: (UP, 10))
    exactly, longer = 300 * MS, 300 * MS + 1
    world.duration = lambda _name, number: longer if number in {0, 2} else exactly
    world.start()
    world.pass_time(300_000)
    [slot] = world.slots
    first = next(slot.history.timeline.runs(0))[0]
    assert first < slot.next_beat(0), "a first probe, and no beat"
    assert list(slot.history.slow[300 * MS]) == [slot.next_beat(first) + 60_000]
    world.kill()


def test_a_commit_that_fails_keeps_slow_successes_for_the_next(tmp_path: Path) -> None:
    policy = Policy(1_000, 500, 2_500, latency=(("latency", 300 * MS),))
    world = World(
        tmp_path / "uptime.db", service(endpoint(policy=policy)), lambda _name, _number: (UP, 10), now=1_000
    )
    world.duration = lambda _name, _number: 301 * MS
    world.start()
    world.pass_time(4_000)
    commit = world.recorder.take(4_000)
    assert commit is not None
    assert commit.slow
    world.recorder.failed(commit)
    world.pass_time(6_000)
    again = world.recorder.take(6_000)
    assert again is not None
    assert again.slow[: len(commit.slow)] == commit.slow
    assert len(again.slow) > len(commit.slow)
    world.kill()


def test_ten_thousand_endpoints_do_not_become_sketches_in_one_commit() -> None:
    latencies = Latencies()
    for number in range(10_000):
        latencies.add(number, HOUR - 1, 5)
        latencies.add(number, HOUR, 7)
    assert not latencies.take(HOUR + GRACE - 1), "probes of the hour may still end"
    at, found = HOUR + GRACE, set[int]()
    while sketches := latencies.take(at):
        assert len(sketches) <= 33
        assert {sketch.hour for sketch in sketches} == {0}
        found |= {sketch.endpoint for sketch in sketches}
        at += 1_000
    assert found == set(range(10_000))
    assert at - HOUR < 15 * MINUTE
    assert len(latencies.take_all()) == 10_000


def test_a_duration_that_is_not_known_is_left_out() -> None:
    latencies = Latencies()
    latencies.add(1, 5, 0)
    assert latencies.take_all() == []


def test_hours_that_the_clock_took_back_are_dropped() -> None:
    """Ruling 13."""
    latencies = Latencies()
    for at in (5, HOUR, 2 * HOUR):
        latencies.add(1, at, 1_000)
    latencies.forget(HOUR)
    assert [sketch.hour for sketch in latencies.take_all()] == [0]


def test_what_comes_late_for_an_hour_becomes_another_part_of_it() -> None:
    latencies = Latencies()
    latencies.add(1, 5, 1_000)
    latencies.add(1, 6, 1_000)
    [sketch] = latencies.take(HOUR + GRACE)
    assert list(unpack(sketch.blob)) == [(binning()(1_000), 2)]
    latencies.add(1, 7, 1_000)
    assert [sketch.hour for sketch in latencies.take(HOUR + GRACE)] == [0]


def test_an_hour_with_a_restart_in_it_is_merged_and_a_kill_loses_only_the_running_hour(
    tmp_path: Path,
) -> None:
    clock = HandClock(10 * HOUR - 10 * MINUTE)
    shop = service(endpoint(policy=Policy(15_000, 5_000, 35_000)))
    machine = Machine(tmp_path / "uptime.db", [shop], clock, up)

    async def lives() -> None:
        async with machine.daemon():
            await asyncio.sleep(20 * 60)
        async with machine.daemon():
            await asyncio.sleep(60 * 60)
        async with machine.daemon() as alive:
            await asyncio.sleep(10 * 60)
            alive.kill()

    live(clock, lives)
    reader = SqliteReader.open(machine.path)
    counts = dict[int, int]()
    for hour, blob in reader.sketches(1, 0, 1 << 60):
        counts[hour // HOUR] = counts.get(hour // HOUR, 0) + sum(count for _, count in unpack(blob))
    [known] = load(reader)["shop"]
    assert sum(known.history.events(12 * HOUR)) > 300, "no result is lost"
    assert counts == {
        9: pytest.approx(40, abs=2),
        10: pytest.approx(240, abs=2),
        11: pytest.approx(40, abs=2),
    }
    found = quantiles(reader, [known.stored.number], 0, 12 * HOUR, [0.5])
    assert found is not None
    assert found[0.5] == pytest.approx(MS, rel=0.01)
