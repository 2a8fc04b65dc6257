"""Ruling 13: the clock of the machine is stepped, slewed, or wrong at boot. The real engine in simulated time."""

import asyncio
import sqlite3
from collections.abc import Coroutine
from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from structlog.testing import capture_logs

from exporter.config.model import Service, SloConfig
from exporter.store.base import Writer
from exporter.timeline.policy import Policy
from exporter.timeline.tally import State, tally
from tests.support.machine import HandClock, live
from tests.support.simulated import Alive, Machine, beat
from tests.support.world import endpoint, service

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN
SECOND, HOUR = 1_000, 3_600_000
START = 1_800_000_000_000
POLICY = Policy(15 * SECOND, 5 * SECOND, 35 * SECOND)


def shop(policy: Policy = POLICY, window: int = HOUR) -> Service:
    slo = SloConfig("availability", "availability", "", Fraction(999, 1000), "99.9", window)
    plain = service(endpoint("web", policy=policy))
    return Service(plain.id, plain.name, "", "", (), plain.endpoints, (slo,))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Its clock stands 1 s before a beat."""
    watched = shop()
    return Machine(tmp_path / "uptime.db", [watched], HandClock(beat(watched, START) - SECOND))


def first(machine: Machine) -> int:
    """The first beat."""
    return machine.clock.wall() + SECOND


def counted(alive: Alive) -> int:
    """Milliseconds that the counters have charged."""
    (counters,) = alive.counters()
    return counters["up"] + counters["down"] + counters["unknown"]


def states(alive: Alive, *instants: int) -> list[State]:
    return [alive.slots[0].history.state(at) for at in instants]


def step(alive: Alive, milliseconds: int) -> None:
    """Step the clock right after the engine has looked at it: what it makes of the step is then exact."""
    alive.engine.now()
    alive.machine.clock.step(milliseconds)


def run(machine: Machine, main: Coroutine[Any, Any, None]) -> None:
    async def all_of_it() -> None:
        await main

    live(machine.clock, all_of_it)


def test_ruling_13_a_step_forward_is_a_span_that_was_not_lived(machine: Machine) -> None:
    zero = first(machine)

    async def main() -> None:
        async with machine.daemon() as alive:
            await asyncio.sleep(21)  # 20 s after the first beat
            step(alive, HOUR)
            await asyncio.sleep(60)
            stepped = zero + 20 * SECOND + HOUR
            after = beat(machine.services[0], stepped)
            history = alive.slots[0].history
            assert machine.begun["web"][:3] == [zero, zero + 15 * SECOND, after]
            assert alive.health.clock_steps == 1
            assert alive.health.missed == 0
            assert tally(history, zero, zero + 20 * SECOND).up == 20 * SECOND
            assert tally(history, zero + 20 * SECOND, after).unknown == after - zero - 20 * SECOND
            assert tally(history, after, stepped + 60 * SECOND).unknown == 0
            assert alive.stored_figures(alive.engine.now()) == alive.figures(alive.engine.now())

    run(machine, main())


def test_ruling_13_a_step_forward_while_past_results_are_brought_in_is_not_lost(machine: Machine) -> None:
    """The histories are read again from what the store had before the step."""
    zero = first(machine)
    go = Event()

    async def main() -> None:
        begun, loop = asyncio.Event(), asyncio.get_running_loop()

        def work(_store: Writer) -> None:
            loop.call_soon_threadsafe(begun.set)
            go.wait()

        async with machine.daemon() as alive:
            await asyncio.sleep(21)  # 20 s after the first beat
            rewriting = asyncio.create_task(alive.engine.rewrite(lambda: work, alive.slots))
            await begun.wait()
            step(alive, 12 * SECOND)
            alive.engine.now()
            go.set()
            await rewriting
            await asyncio.sleep(20)
            hole = tally(alive.slots[0].history, zero, zero + 50 * SECOND)
            assert (hole.up, hole.unknown) == (25 * SECOND, 25 * SECOND)
            await asyncio.sleep(1)
            at = alive.engine.now() // 1000 * 1000
            assert alive.stored_figures(at) == alive.figures(at)

    run(machine, main())


def test_ruling_13_an_endpoint_that_came_back_while_the_clock_was_ahead_came_back_now(
    machine: Machine,
) -> None:
    """What the running daemon knows of it goes back as the record does."""
    (shop,) = machine.services
    without = replace(shop, endpoints=(endpoint("other", policy=POLICY),))

    async def minute() -> None:
        async with machine.daemon():
            await asyncio.sleep(60)

    async def ahead() -> None:
        async with machine.daemon() as alive:
            await asyncio.sleep(60)
            step(alive, -3 * HOUR)
            await asyncio.sleep(120)
            at = alive.engine.now() // 1000 * 1000
            assert alive.asked() is UP
            await asyncio.sleep(1)
            stored = next(each for each in alive.store.endpoints() if each.id == "web")
            assert alive.slots[0].history.removed == stored.removed
            assert alive.figures(at).tally.up > 150 * SECOND
            assert alive.stored_figures(at) == alive.figures(at)

    live(machine.clock, minute)
    machine.services = [without]
    live(machine.clock, minute)
    machine.clock.step(3 * HOUR)
    machine.services = [shop]
    live(machine.clock, ahead)


def test_ruling_13_a_probe_in_flight_at_a_short_step_forward_ends_its_series_there(machine: Machine) -> None:
    """The next beat comes as if nothing had been: yet memory and store say that the span was not lived."""
    zero = first(machine)
    machine.answers = lambda _name, _at: (UP, 4_000)

    async def main() -> None:
        async with machine.daemon() as alive:
            await asyncio.sleep(3)  # 2 s into the first probe
            step(alive, 3 * SECOND)
            await asyncio.sleep(60)
            at = alive.engine.now() // 1000 * 1000
            assert machine.begun["web"][:2] == [zero, zero + 15 * SECOND]
            hole = tally(alive.slots[0].history, zero, zero + 15 * SECOND)
            assert (hole.up, hole.unknown) == (2 * SECOND, 13 * SECOND)
            await asyncio.sleep(1)
            assert alive.stored_figures(at) == alive.figures(at)

    run(machine, main())


def test_ruling_13_a_slew_of_a_second_lets_time_stand_still(machine: Machine) -> None:
    zero = first(machine)

    async def main() -> None:
        async with machine.daemon() as alive:
            await asyncio.sleep(11)
            before = alive.engine.now()
            machine.clock.step(-SECOND)
            assert alive.engine.now() == before
            await asyncio.sleep(0.9)
            assert alive.engine.now() == before
            await asyncio.sleep(0.2)
            assert alive.engine.now() == before + 100
            await asyncio.sleep(30)
            assert alive.health.clock_steps == 0
            assert alive.asked() == UP
            assert tally(alive.slots[0].history, zero, zero + 40 * SECOND).unknown == 0

    run(machine, main())
    assert machine.begun["web"] == [zero, zero + 15 * SECOND, zero + 30 * SECOND]


def test_ruling_13_a_step_back_sets_aside_what_is_stamped_after_the_new_now(machine: Machine) -> None:
    """Up for two hours, but down for one beat at 1.5 h; then back by one hour: that beat never was."""
    zero = first(machine)
    bad = zero + 90 * 60 * SECOND
    machine.answers = lambda _name, at: (DOWN if at == bad else UP, 5)

    async def main() -> None:
        async with machine.daemon() as alive:
            await asyncio.sleep(7200)
            assert alive.figures(alive.engine.now()).tally.down == 15 * SECOND
            machine.answers = lambda _name, _at: (UP, 5)
            lived = counted(alive)
            machine.clock.step(-HOUR)
            back = machine.clock.wall()
            await asyncio.sleep(60)
            assert alive.health.clock_steps == 1
            now = alive.engine.now()
            assert 59 * SECOND < now - back <= 60 * SECOND
            assert alive.figures(now).tally.down == 0
            assert tally(alive.slots[0].history, zero, now).unknown == 0
            assert 58 * SECOND < counted(alive) - lived <= 63 * SECOND, "counters count lived time"
            await asyncio.sleep(1)
            assert alive.stored_figures(now) == alive.figures(now)

    run(machine, main())
    with closing(sqlite3.connect(machine.path)) as shell:
        aside = shell.execute("SELECT at, vote, cause FROM set_aside WHERE vote = 2").fetchall()
    assert aside == [(bad, 2, "clock")], "nothing is deleted"


def test_ruling_13_a_step_back_to_after_the_start_of_a_probe_in_flight_invents_no_result_for_it(
    machine: Machine,
) -> None:
    """The probe at 15 s hangs when the clock goes back from 18 to 16 s: it is dropped, and nothing is known of it."""
    zero = first(machine)
    hangs = zero + 15 * SECOND
    machine.answers = lambda _name, at: (UP, 4_000 if at == hangs else 5)

    async def main() -> None:
        async with machine.daemon() as alive:
            await asyncio.sleep(19)
            step(alive, -2 * SECOND)
            await asyncio.sleep(5)
            again = machine.begun["web"][2]
            assert zero + 16 * SECOND <= again <= zero + 17 * SECOND, "it is probed again at once"
            rows = alive.store.rows(1)
            assert [(row.at, row.last) for row in rows] == [(zero, zero), (again, again)]

    run(machine, main())


@pytest.mark.parametrize("again", [-20 * SECOND, 20 * SECOND])
def test_ruling_13_a_clock_that_is_stepped_again_while_its_first_step_back_waits_for_the_disk(
    machine: Machine, again: int
) -> None:
    """Back by 50 s at 100 s, and again 3 s later, while another program has the store locked."""
    zero = first(machine)

    async def main() -> None:
        async with machine.daemon() as alive:
            await asyncio.sleep(101)
            alive.store._connection.execute("PRAGMA busy_timeout = 1")  # noqa: SLF001 -- do not wait five seconds
            with closing(sqlite3.connect(machine.path, isolation_level=None)) as shell:
                shell.execute("BEGIN IMMEDIATE")
                step(alive, -50 * SECOND)
                await asyncio.sleep(3)
                step(alive, again)
                await asyncio.sleep(3)
                shell.execute("ROLLBACK")
            stepped = zero + 53 * SECOND + again
            await asyncio.sleep(60)
            assert alive.health.clock_steps == 2
            history = alive.slots[0].history
            now = machine.clock.wall()
            assert now == stepped + 63 * SECOND
            known = min(zero + 50 * SECOND, stepped)
            assert tally(history, zero, known).up == known - zero
            assert tally(history, known, max(known, stepped)).up == 0, "it was not lived"
            assert alive.asked() == UP
            assert await alive.engine.commit()
            at = alive.health.commit_at
            assert at is not None
            assert alive.stored_figures(at) == alive.figures(at)

    run(machine, main())


def test_ruling_13_the_log_says_by_how_much_the_clock_was_stepped(machine: Machine) -> None:
    async def main() -> None:
        async with machine.daemon() as alive:
            await asyncio.sleep(5)
            with capture_logs() as logs:
                step(alive, HOUR)
                await asyncio.sleep(5)
                step(alive, -2 * HOUR)
                await asyncio.sleep(5)
                step(alive, 900)
                await asyncio.sleep(5)
            said = [each for each in logs if each["event"] == "clock_stepped"]
            assert [(each["log_level"], each["by_seconds"]) for each in said] == [
                ("warning", 3600.0),
                ("warning", -7200.0),
            ], "less than a second is no step"

    run(machine, main())


def test_ruling_13_counters_never_run_ahead_of_the_time_that_was_lived(machine: Machine) -> None:
    """Also when they are read in the second between a step back and the next commit."""

    async def main() -> None:
        async with machine.daemon() as alive:
            await asyncio.sleep(100)
            last = counted(alive)
            step(alive, -50 * SECOND)
            for _ in range(400):
                await asyncio.sleep(0.02)
                now = counted(alive)
                assert last <= now <= 109 * SECOND
                last = now
            await asyncio.sleep(50)
            assert 150 * SECOND < counted(alive) <= 159 * SECOND

    run(machine, main())


def test_ruling_13_a_record_that_ends_after_now_is_not_touched_until_now_has_reached_its_end(
    machine: Machine,
) -> None:
    zero = first(machine)

    async def before() -> None:
        async with machine.daemon():
            await asyncio.sleep(101)  # the last beat is at 90 s

    run(machine, before())
    machine.answers = lambda _name, _at: (DOWN, 5)
    machine.clock.step(-60 * SECOND)

    async def after() -> None:
        async with machine.daemon() as alive:
            end = alive.engine.now()
            assert end - zero in range(99_000, 100_001), (
                "asked about now it answers for the end of the record"
            )
            await asyncio.sleep(30)
            assert alive.health.behind_record in range(28_000, 31_000)
            assert alive.slots[0].last.failure is not None, "probing and live state go on"
            assert states(alive, zero, zero + 90 * SECOND, end - 1) == [UP, UP, UP]
            assert counted(alive) == 0
            await asyncio.sleep(60)
            assert alive.health.behind_record == 0
            assert states(alive, end - 1, end, zero + 105 * SECOND) == [UP, UNKNOWN, DOWN]
            assert tally(alive.slots[0].history, zero, zero + 120 * SECOND)[:4] == (
                end - zero,
                15 * SECOND,
                0,
                zero + 105 * SECOND - end,
            )

    run(machine, after())


def test_ruling_13_a_wrong_clock_at_boot_that_goes_back_further_cuts_no_history(machine: Machine) -> None:
    zero = first(machine)

    async def before() -> None:
        async with machine.daemon():
            await asyncio.sleep(101)

    run(machine, before())
    machine.clock.step(-60 * SECOND)

    async def after() -> None:
        async with machine.daemon() as alive:
            end = alive.engine.now()
            await asyncio.sleep(5)
            machine.clock.step(-20 * SECOND)
            await asyncio.sleep(60)
            assert alive.health.behind_record > 0
            assert alive.engine.now() == end
            machine.clock.step(HOUR)
            await asyncio.sleep(60)
            assert alive.health.behind_record == 0
            assert alive.asked() == UP
            assert tally(alive.slots[0].history, zero, end).unknown == 0
            at = alive.engine.now() - SECOND
            assert alive.stored_figures(at) == alive.figures(at)

    run(machine, after())


def test_ruling_13_a_wrong_time_that_is_set_right_again_leaves_a_hole_of_the_minute_that_it_lasted(
    machine: Machine,
) -> None:
    """An hour ahead at 100 s, back after a minute: what was stamped an hour ahead is set aside."""
    zero = first(machine)

    async def main() -> None:
        async with machine.daemon() as alive:
            await asyncio.sleep(101)
            step(alive, HOUR)
            await asyncio.sleep(60)
            step(alive, -HOUR)
            await asyncio.sleep(600)
            assert alive.health.clock_steps == 2
            history, after = alive.slots[0].history, beat(machine.services[0], zero + 160 * SECOND)
            assert tally(history, zero, zero + 100 * SECOND).up == 100 * SECOND
            assert tally(history, zero, zero + 600 * SECOND).unknown == after - zero - 100 * SECOND
            at = alive.engine.now() - SECOND
            assert alive.stored_figures(at) == alive.figures(at)
            assert len(alive.store.rows(1)) == 2, "one series before, one after"

    run(machine, main())


def test_ruling_13_a_first_probe_is_not_lost_to_a_step_of_the_clock(tmp_path: Path) -> None:
    """An interval of a day: the first probe is due within 15 s, whatever the clock does in them."""
    day = Policy(24 * HOUR, 5 * SECOND, 48 * HOUR + 5 * SECOND, down_after=2)
    for step in (2 * HOUR, -2 * HOUR):
        watched = shop(day)
        start = beat(watched, START) + 6 * HOUR
        machine = Machine(tmp_path / f"{step}.db", [watched], HandClock(start))

        async def main(machine: Machine = machine, step: int = step) -> None:
            async with machine.daemon():
                await asyncio.sleep(0.1)
                machine.clock.step(step)
                await asyncio.sleep(16)

        run(machine, main())
        assert len(machine.begun["web"]) == 1


def test_ruling_13_a_retry_is_not_lost_to_a_step_forward(tmp_path: Path) -> None:
    day = Policy(24 * HOUR, 5 * SECOND, 48 * HOUR + 5 * SECOND, down_after=2)
    watched = shop(day)
    zero = beat(watched, START)
    machine = Machine(tmp_path / "uptime.db", [watched], HandClock(zero - SECOND), lambda *_: (DOWN, 5))

    async def main() -> None:
        async with machine.daemon() as alive:
            await asyncio.sleep(3)
            step(alive, HOUR)
            await asyncio.sleep(5)
            assert alive.slots[0].history.timeline.verdict == DOWN

    run(machine, main())
    assert machine.begun["web"] == [zero, zero + 5 * SECOND + HOUR]
