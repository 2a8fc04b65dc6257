"""Ruling 12: a beat holds for every + grace, each that is missed is a failure, and no restart resets a deadline."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exporter.config.model import Endpoint
from exporter.errors import StoreError
from exporter.probes.heartbeat import HeartbeatSettings
from exporter.store.reader import SqliteReader
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.tally import State
from tests.support.anchors import anchors
from tests.support.machine import HandClock, live
from tests.support.simulated import Alive, Machine, one_slo
from tests.support.world import endpoint, service

START = 1_800_000_000_000
EVERY, GRACE = 60_000, 10_000
UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN
Life = Callable[[Alive], Coroutine[Any, Any, None]]


def heartbeat() -> Endpoint:
    return Endpoint(
        id="job",
        name="job",
        kind="heartbeat",
        url="heartbeat://job?every=1m&grace=10s",
        target="heartbeat://job",
        settings=HeartbeatSettings(),
        policy=Policy(EVERY, 5_000, EVERY + GRACE),
        retry_interval=5_000,
        token="s3cret-token",
    )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "uptime.db", [one_slo(service(heartbeat()))], HandClock(START))


def run(machine: Machine, life: Life, *, kill: bool = False) -> None:
    async def main() -> None:
        async with machine.daemon() as alive:
            await asyncio.sleep(0.1)
            await life(alive)
            if kill:
                alive.kill()

    live(machine.clock, main)


def rows(machine: Machine) -> Sequence[Row]:
    store = SqliteReader.open(machine.path)
    try:
        return store.rows(1)
    finally:
        store.close()


def misses(machine: Machine) -> list[int]:
    return [at for row in rows(machine) if row.reason == "missed" and row.event for at in (row.at,)]


def test_a_beat_holds_until_its_deadline_and_then_it_is_down_until_the_next(machine: Machine) -> None:
    async def life(alive: Alive) -> None:
        slot = alive.slots[0]
        assert alive.asked() == UNKNOWN, "nothing was said yet"
        await asyncio.sleep(200)
        assert alive.asked() == UNKNOWN
        await alive.engine.beat(slot, done=True)
        told = slot.begun
        assert (alive.asked(), slot.counters.success) == (UP, 1)
        await asyncio.sleep((EVERY + GRACE - 500) / 1000)
        assert alive.asked() == UP
        await asyncio.sleep(1)
        assert alive.asked() == DOWN
        assert alive.slots[0].history.since(alive.engine.now()) == told + EVERY + GRACE
        await asyncio.sleep(3 * EVERY / 1000)
        await alive.engine.beat(slot, done=True)
        assert alive.asked() == UP
        first = told + EVERY + GRACE
        assert misses(machine) == [first + number * EVERY for number in range(4)]
        assert slot.counters.failure == 4

    run(machine, life)


def test_a_job_may_say_that_it_failed(machine: Machine) -> None:
    async def life(alive: Alive) -> None:
        slot = alive.slots[0]
        await alive.engine.beat(slot, done=False)
        assert alive.asked() == DOWN
        assert (slot.last.failure, slot.last.detail) == ("command", "it said that it failed")
        await asyncio.sleep(1)
        await alive.engine.beat(slot, done=True)
        assert alive.asked() == UP

    run(machine, life)


@pytest.mark.parametrize(
    ("lived", "off", "deadline"),
    [
        (20_000, 10_000, EVERY + GRACE),
        (20_000, 39_000, EVERY + GRACE),
        (20_000, 45_000, 65_000 + GRACE),
        (20_000, 500_000, 520_000 + GRACE),
        (65_000, 100_000, 165_000 + 5_000),
    ],
)
@pytest.mark.parametrize("kill", [True, False])
def test_a_restart_resets_no_deadline_and_uses_up_no_grace(
    machine: Machine, lived: int, off: int, deadline: int, kill: bool
) -> None:
    """Deadlines count from the beat; while the daemon is off no grace is used up, and its absence is unknown."""
    told = 0

    async def first(alive: Alive) -> None:
        nonlocal told
        await alive.engine.beat(alive.slots[0], done=True)
        told = alive.slots[0].begun
        await asyncio.sleep((lived - 100) / 1000)

    async def second(alive: Alive) -> None:
        assert alive.asked() == UP, "the state goes on without a new beat"
        history = alive.slots[0].history
        assert history.state(told + lived + off // 2) == UNKNOWN
        left = (told + deadline - alive.engine.now()) / 1000
        await asyncio.sleep(left - 2.5)
        assert alive.asked() == UP
        await asyncio.sleep(5)
        assert alive.asked() == DOWN
        (missed,) = misses(machine)
        assert abs(missed - (told + deadline)) <= 2_100, "up to a commit of the life before"

    run(machine, first, kill=kill)
    machine.clock.pass_time(off / 1000)
    run(machine, second)


@pytest.mark.parametrize(
    ("lived", "off", "deadline"),
    [
        (20_000, 10_000, EVERY + GRACE),
        (20_000, 39_000, EVERY + GRACE),
        (20_000, 500_000, 520_000 + GRACE),
        (65_000, 100_000, 165_000 + 5_000),
    ],
)
def test_a_job_that_a_reload_brings_back_is_awaited_as_after_a_restart(
    machine: Machine, lived: int, off: int, deadline: int
) -> None:
    async def life(alive: Alive) -> None:
        watched = machine.services[0]
        await alive.engine.beat(alive.slots[0], done=True)
        told = alive.slots[0].begun
        await asyncio.sleep(lived / 1000)
        await alive.follow(replace(watched, endpoints=(endpoint("web"),), removed=("job",)))
        await asyncio.sleep(off / 1000)
        await alive.follow(watched)
        await asyncio.sleep(0.1)
        assert alive.asked() == UP
        await asyncio.sleep((told + deadline - alive.engine.now() - 1_000) / 1000)
        assert (alive.asked(), misses(machine)) == (UP, [])
        await asyncio.sleep(3)
        assert alive.asked() == DOWN
        [missed] = misses(machine)
        assert 0 <= missed - told - deadline <= 2_000, "reloads wait for a commit"

    run(machine, life)


def test_what_is_missed_stays_missed_over_a_restart(machine: Machine) -> None:
    async def first(alive: Alive) -> None:
        await alive.engine.beat(alive.slots[0], done=True)
        await asyncio.sleep((EVERY + GRACE + 5_000) / 1000)
        assert alive.asked() == DOWN

    async def second(alive: Alive) -> None:
        assert alive.asked() == DOWN
        await asyncio.sleep(2 * EVERY / 1000)
        assert alive.asked() == DOWN

    run(machine, first)
    machine.clock.pass_time(3 * EVERY / 1000)
    run(machine, second)
    found = misses(machine)
    assert all((at - found[0]) % EVERY == 0 for at in found)
    assert len(found) == len(set(found)) == 3, "none for the time in which nobody listened"


def test_a_clock_that_leaps_is_an_absence(machine: Machine) -> None:
    async def life(alive: Alive) -> None:
        await alive.engine.beat(alive.slots[0], done=True)
        await asyncio.sleep(10)
        machine.clock.step(10 * EVERY)
        await asyncio.sleep(1)
        assert alive.asked() == UP
        await asyncio.sleep((GRACE - 3_000) / 1000)
        assert alive.asked() == UP
        await asyncio.sleep(5)
        assert alive.asked() == DOWN

    run(machine, life)


def test_a_clock_that_goes_back_takes_the_beat_with_it(machine: Machine) -> None:
    async def life(alive: Alive) -> None:
        slot = alive.slots[0]
        await alive.engine.beat(slot, done=True)
        kept = slot.begun
        await asyncio.sleep(20)
        await alive.engine.beat(slot, done=True)
        await asyncio.sleep(2)
        machine.clock.step(-10_000)
        await asyncio.sleep(2)
        assert [row.at for row in rows(machine) if row.event] == [kept]
        await asyncio.sleep((EVERY + GRACE - 16_000) / 1000)
        assert alive.asked() == UP
        await asyncio.sleep(5)
        assert alive.asked() == DOWN

    run(machine, life)


def test_while_the_prober_is_blind_nothing_is_missed(machine: Machine) -> None:
    machine.connectivity = anchors()

    async def life(alive: Alive) -> None:
        await asyncio.sleep(3)
        await alive.engine.beat(alive.slots[0], done=True)
        machine.anchors = lambda _host, _at: (False, 5)
        await asyncio.sleep((EVERY + GRACE + 20_000) / 1000)
        assert misses(machine) == []
        assert alive.asked() == UNKNOWN
        machine.anchors = lambda _host, _at: (True, 5)
        await asyncio.sleep(5)
        assert alive.asked() == DOWN

    run(machine, life)


async def _told(alive: Alive) -> None:
    await alive.engine.beat(alive.slots[0], done=True)
    await asyncio.sleep(5)


async def _missed_at_once(alive: Alive) -> None:
    await asyncio.sleep(5)
    assert alive.asked() == DOWN


def test_without_any_grace_a_restart_after_the_deadline_goes_on(tmp_path: Path) -> None:
    job = replace(heartbeat(), url="heartbeat://job?every=1m&grace=0s", policy=Policy(EVERY, 5_000, EVERY))
    machine = Machine(tmp_path / "uptime.db", [one_slo(service(job))], HandClock(START))
    run(machine, _told)
    machine.clock.pass_time(500)
    run(machine, _missed_at_once)
    run(machine, _missed_at_once)
    assert len(misses(machine)) == 1


def test_a_restart_while_the_prober_is_blind_and_a_beat_is_overdue_goes_on(machine: Machine) -> None:
    machine.connectivity = anchors()

    async def first(alive: Alive) -> None:
        await asyncio.sleep(3)
        await alive.engine.beat(alive.slots[0], done=True)
        machine.anchors = lambda _host, _at: (False, 5)
        await asyncio.sleep((EVERY + GRACE + 20_000) / 1000)

    run(machine, first)
    machine.anchors = lambda _host, _at: (True, 5)
    machine.clock.pass_time(3)
    run(machine, _missed_at_once)
    assert len(misses(machine)) == 1


def test_a_beat_that_cannot_be_written_is_not_acknowledged(machine: Machine) -> None:
    async def life(alive: Alive) -> None:
        alive.store.commit = _full  # type: ignore[method-assign, assignment]  # the disk
        with pytest.raises(StoreError):
            await alive.engine.beat(alive.slots[0], done=True)
        del alive.store.commit
        await asyncio.sleep(2)
        assert alive.slots[0].counters.success == 1, "it was kept, and is written later"

    run(machine, life)


def _full(_commit: object) -> None:
    msg = "the disk is full"
    raise StoreError(msg)


def test_an_acknowledged_beat_survives_a_kill(machine: Machine) -> None:
    async def life(alive: Alive) -> None:
        await asyncio.sleep(0.5)
        await alive.engine.beat(alive.slots[0], done=True)

    run(machine, life, kill=True)
    assert [row.event for row in rows(machine)] == [True]
