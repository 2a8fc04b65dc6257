"""Another configuration while the engine runs: what stays keeps its beat and windows, what goes keeps its past."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.config.model import Endpoint, Service
from exporter.errors import StoreError
from exporter.store.reader import SqliteReader
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.tally import State
from tests.support.anchors import anchors
from tests.support.machine import HandClock, live
from tests.support.simulated import NEVER, Alive, Machine, beat, one_slo
from tests.support.world import endpoint, service

START = 1_800_000_000_000
UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN

Life = Callable[[Alive], Coroutine[Any, Any, None]]


def run(machine: Machine, life: Life) -> None:
    """Let a daemon live."""

    async def main() -> None:
        async with machine.daemon() as alive:
            await asyncio.sleep(0)
            await life(alive)

    live(machine.clock, main)


def fleet(tmp_path: Path, *endpoints: Endpoint) -> tuple[Machine, Service]:
    watched = one_slo(service(*endpoints))
    return Machine(tmp_path / "uptime.db", [watched], HandClock(START)), watched


def settled_of(alive: Alive) -> int:
    """The instant before which nothing changes, as of the last commit."""
    return min(map(alive.engine.recorder.settled_until, alive.slots))


def rows(machine: Machine, number: int = 1) -> Sequence[Row]:
    store = SqliteReader.open(machine.path)
    try:
        return store.rows(number)
    finally:
        store.close()


def stored_history(machine: Machine, number: int = 1) -> EndpointHistory:
    store = SqliteReader.open(machine.path)
    try:
        removed = next(each.removed for each in store.endpoints() if each.number == number)
        history = EndpointHistory(removed)
        history.load(store.rows(number), store.absences())
    finally:
        store.close()
    return history


def test_what_does_not_change_keeps_its_beat_its_row_and_its_windows(tmp_path: Path) -> None:
    machine, watched = fleet(tmp_path, endpoint("web"))

    async def life(alive: Alive) -> None:
        await asyncio.sleep(5)
        history, counters = alive.slots[0].history, alive.slots[0].counters
        for number in range(10):
            renamed = replace(endpoint("web"), name=f"web{number}")
            await alive.follow(replace(watched, endpoints=(renamed, endpoint(f"other{number}"))))
            await asyncio.sleep(1.3)
        assert (alive.slots[0].history, alive.slots[0].counters) == (history, counters)
        assert alive.health.missed == 0

    run(machine, life)
    (row,) = rows(machine)
    assert (row.step, row.event) == (1_000, True)
    begun = sorted(at for name, each in machine.begun.items() if name.startswith("web") for at in each)
    assert begun == list(range(beat(watched, START), begun[-1] + 1, 1_000))


def test_ruling_36_a_removed_endpoint_drops_out_and_its_past_stays(tmp_path: Path) -> None:
    """Its probe in flight is dropped, its state ends at once, and memory says what the store says."""
    machine, watched = fleet(tmp_path, endpoint("web"), endpoint("api"))
    machine.answers = lambda name, at: (UP, NEVER if name == "api" and at > START + 8_000 else 5)

    async def life(alive: Alive) -> None:
        await asyncio.sleep(10)
        api = alive.slots[1]
        assert api.at is not None, "a probe is in flight"
        await alive.follow(replace(watched, endpoints=(endpoint("web"),)))
        gone = alive.engine.now() + 1
        assert api.attempt is None
        assert [slot.config.name for slot in alive.slots] == ["web"]
        await asyncio.sleep(3)
        assert not api.history.watches(gone + 1)
        stored = stored_history(machine, 2)
        assert api.history.removed == stored.removed
        for at in range(START, alive.engine.now() - 2_000, 100):
            assert api.history.sums(at) == stored.sums(at)
            assert api.history.state(at) == stored.state(at)
        at = settled_of(alive)
        assert alive.figures(at).tally == alive.stored_figures(at).tally

    run(machine, life)
    begun = machine.begun["api"]
    assert begun[-1] < START + 10_000


def test_a_removed_endpoint_comes_back_with_its_past(tmp_path: Path) -> None:
    machine, watched = fleet(tmp_path, endpoint("web"), endpoint("api"))

    async def life(alive: Alive) -> None:
        await asyncio.sleep(5)
        history = alive.slots[1].history
        first = history.first
        await alive.follow(replace(watched, endpoints=(endpoint("web"),)))
        await asyncio.sleep(5)
        await alive.follow(watched)
        await asyncio.sleep(5)
        assert alive.slots[1].history is history
        assert (history.first, len(history.removed), history.gone) == (first, 1, False)
        stored = stored_history(machine, 2)
        assert stored.removed == history.removed
        at = settled_of(alive)
        assert history.sums(at) == stored.sums(at)

    run(machine, life)


def test_a_service_that_comes_back_is_read_from_the_store(tmp_path: Path) -> None:
    machine, watched = fleet(tmp_path, endpoint("web"))
    other = one_slo(service(endpoint("api"), name="other"))

    async def life(alive: Alive) -> None:
        await asyncio.sleep(5)
        await alive.follow(other)
        await asyncio.sleep(5)
        assert list(alive.known) == ["other"]
        await alive.follow(watched, other)
        await asyncio.sleep(5)
        at = settled_of(alive)
        up = alive.figures(at).tally.up
        assert 8_000 < up < 11_000
        assert alive.figures(at).tally == alive.stored_figures(at).tally

    run(machine, life)


def test_removed_and_added_within_a_millisecond_is_as_if_nothing_was(tmp_path: Path) -> None:
    machine, watched = fleet(tmp_path, endpoint("web"), endpoint("api"))

    async def life(alive: Alive) -> None:
        await asyncio.sleep(5)
        await alive.follow(replace(watched, endpoints=(endpoint("web"),)))
        await alive.follow(watched)
        await asyncio.sleep(3)
        assert alive.slots[1].history.removed == stored_history(machine, 2).removed == ()

    run(machine, life)


def test_ruling_10_a_reload_never_gives_a_verdict(tmp_path: Path) -> None:
    """Two failures are pending for three; with one asked for, the next one is the verdict, back-dated to the first."""
    patient = endpoint(policy=Policy(1_000, 500, 2_500, 3))
    machine, watched = fleet(tmp_path, patient)
    first_failure = beat(watched, START + 5_000)
    machine.answers = lambda _, at: (DOWN if at >= first_failure else UP, 5)

    async def life(alive: Alive) -> None:
        timeline = alive.slots[0].history.timeline
        await asyncio.sleep((first_failure + 1_500 - START) / 1_000)
        assert timeline.pending_since() is not None
        assert timeline.verdict == UP
        await alive.follow(replace(watched, endpoints=(endpoint(policy=Policy(1_000, 500, 2_500, 1)),)))
        await asyncio.sleep(0.1)
        assert timeline.verdict == UP
        await asyncio.sleep(1)
        assert timeline.verdict == DOWN
        assert timeline.state(first_failure) == DOWN
        assert timeline.state(first_failure - 1) == UP

    run(machine, life)


def test_ruling_10_a_probe_in_flight_belongs_to_the_settings_that_it_began_with(tmp_path: Path) -> None:
    old, new = Policy(1_000, 500, 2_500), Policy(3_000, 500, 6_500)
    machine, watched = fleet(tmp_path, endpoint(policy=old))
    machine.answers = lambda _, __: (UP, 400)

    async def life(alive: Alive) -> None:
        slot = alive.slots[0]
        while slot.at is None or slot.at < START + 4_000:  # noqa: ASYNC110 -- simulated
            await asyncio.sleep(0.05)
        in_flight = slot.at
        await alive.follow(replace(watched, endpoints=(endpoint(policy=new),)))
        await asyncio.sleep(10)
        judged = {row.at: row.policy for row in rows(machine)}
        assert judged[in_flight] == old
        assert {policy for at, policy in judged.items() if at > in_flight} == {new}
        assert slot.history.sums(settled_of(alive)) == stored_history(machine).sums(settled_of(alive))

    run(machine, life)


def test_what_is_probed_otherwise_is_probed_soon(tmp_path: Path) -> None:
    """A beat of the new interval may be an hour away: the state would not be known until then."""
    machine, watched = fleet(tmp_path, endpoint())

    async def life(alive: Alive) -> None:
        await asyncio.sleep(5)
        await alive.follow(replace(watched, endpoints=(endpoint(policy=Policy(3_600_000, 500, 7_200_500)),)))
        before = len(machine.begun["web"])
        await asyncio.sleep(15.1)
        assert len(machine.begun["web"]) > before
        await asyncio.sleep(3_600)
        assert alive.asked() == UP

    run(machine, life)


def test_another_target_keeps_the_state_and_lets_go_of_the_certificate(tmp_path: Path) -> None:
    machine, watched = fleet(tmp_path, endpoint())

    async def life(alive: Alive) -> None:
        await asyncio.sleep(5)
        slot = alive.slots[0]
        slot.last.status = 200
        await alive.follow(replace(watched, endpoints=(replace(endpoint(), url="tcp://127.0.0.1:10"),)))
        last = slot.last
        assert last.status is None
        assert last.success_at is not None
        assert alive.asked() == UP
        kind = replace(endpoint(), kind="other")
        await alive.follow(replace(watched, endpoints=(kind,)))
        await asyncio.sleep(3)
        assert alive.asked() == UP

    run(machine, life)


def test_what_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    machine, _ = fleet(tmp_path, endpoint("web"), endpoint("api"))

    async def life(alive: Alive) -> None:
        await asyncio.sleep(5)
        with closing(sqlite3.connect(machine.path)) as other:
            other.execute("CREATE TRIGGER full BEFORE INSERT ON watch BEGIN SELECT RAISE(ABORT, 'no'); END")
            other.commit()
            with pytest.raises(StoreError):
                await alive.follow(one_slo(service(endpoint("new"))))
            other.execute("DROP TRIGGER full")
            other.commit()
        assert [slot.config.name for slot in alive.slots] == ["web", "api"]
        assert not any(slot.history.gone for slot in alive.slots)
        await asyncio.sleep(5)
        assert alive.health.missed == 0
        at = settled_of(alive)
        assert at > START + 8_000
        assert alive.figures(at).tally == alive.stored_figures(at).tally
        assert alive.slots[0].history.timeline.before(at) == (at - beat(machine.services[0], START), 0)

    run(machine, life)


def test_a_reload_waits_until_a_step_back_of_the_clock_is_seen_to(tmp_path: Path) -> None:
    machine, watched = fleet(tmp_path, endpoint("web"))

    async def life(alive: Alive) -> None:
        await asyncio.sleep(20)
        machine.clock.step(-10_000)
        await alive.follow(replace(watched, endpoints=(endpoint("web"), endpoint("api"))))
        await asyncio.sleep(20)
        for number in (1, 2):
            history, stored = alive.slots[number - 1].history, stored_history(machine, number)
            assert history.removed == stored.removed
            assert history.sums(settled_of(alive)) == stored.sums(settled_of(alive))

    run(machine, life)


def test_other_anchors_vouch_from_the_reload_on(tmp_path: Path) -> None:
    """What waits when the anchors go is asked about a last time; without anchors nothing waits."""
    machine, watched = fleet(tmp_path, endpoint("web"))

    async def life(alive: Alive) -> None:
        await asyncio.sleep(5)
        await alive.vouch(anchors())
        await asyncio.sleep(5)
        assert alive.health.connected
        machine.anchors = lambda _host, _at: (False, 5)
        await asyncio.sleep(5)
        assert alive.asked() == UNKNOWN
        await alive.vouch(None)
        assert alive.health == replace(alive.health, connected=None, blind_since=None)
        await asyncio.sleep(5)
        assert alive.asked() == UP
        await alive.follow(watched)
        stored = stored_history(machine)
        assert alive.slots[0].history.sums(settled_of(alive)) == stored.sums(settled_of(alive))

    run(machine, life)


names = st.lists(st.sampled_from(["web", "api", "db"]), min_size=1, max_size=3, unique=True)
shapes = st.tuples(st.sampled_from([700, 1_000, 2_000]), st.integers(1, 3), st.integers(1, 2))
reloads = st.lists(st.tuples(st.integers(1, 4_000), names, shapes), min_size=1, max_size=6)
answers = st.lists(
    st.tuples(st.sampled_from([UP, UP, DOWN, UNKNOWN]), st.sampled_from([1, 40, 450])), min_size=1, max_size=7
)


@settings(max_examples=60)
@given(reloads, answers)
def test_after_any_reloads_memory_is_what_the_store_has(
    plan: Sequence[tuple[int, Sequence[str], tuple[int, int, int]]], script: Sequence[tuple[State, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        machine, _ = fleet(Path(folder), endpoint("web"))
        count = iter(range(1_000_000))
        machine.answers = lambda _, __: script[next(count) % len(script)]
        settled = START

        async def life(alive: Alive) -> None:
            nonlocal settled
            for wait, chosen, (interval, down_after, up_after) in plan:
                await asyncio.sleep(wait / 1_000)
                policy = Policy(interval, 500, 2 * interval + 500, down_after, up_after)
                endpoints = [endpoint(name, policy=policy, retry_interval=300) for name in chosen]
                await alive.follow(one_slo(service(*endpoints)))
                assert settled_of(alive) >= settled
                settled = settled_of(alive)
            await asyncio.sleep(3)
            at = settled_of(alive)
            for known in alive.known["shop"]:
                stored = stored_history(machine, known.stored.number)
                assert known.history.removed == stored.removed
                for each in range(START, at, 250):
                    assert known.history.sums(each) == stored.sums(each)
                    assert known.history.state(each) == stored.state(each)
                    assert known.history.events(each) == stored.events(each)
            tally = alive.figures(at).tally
            assert tally == alive.stored_figures(at).tally

        run(machine, life)
