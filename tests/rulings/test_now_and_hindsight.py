"""Rulings 15 and 16: what is said now, what is said afterwards, and counters that nothing lowers."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from exporter.timeline.policy import Policy
from exporter.timeline.tally import State
from exporter.units import format_instant, parse_instant
from tests.support.machine import HandClock, live
from tests.support.past import Past
from tests.support.simulated import Machine, beat, one_slo
from tests.support.world import endpoint, service

UP, DOWN = State.UP, State.DOWN
SECOND, HOUR = 1_000, 3_600_000
START = 1_800_000_000_000
POLICY = Policy(15 * SECOND, 5 * SECOND, 35 * SECOND)

MakePast = Callable[..., Past]


def make(folder: Path, policy: Policy = POLICY) -> tuple[Machine, int]:
    """A machine one second before its endpoint's first beat, and that beat."""
    watched = one_slo(service(endpoint("web", policy=policy, retry_interval=policy.interval)))
    zero = beat(watched, START)
    return Machine(folder / "uptime.db", [watched], HandClock(zero - SECOND)), zero


def test_ruling_15_now_and_hindsight_differ_by_the_unsettled_tail_and_by_nothing_else(tmp_path: Path) -> None:
    """down_after 2: F(15), asked at 16, the verdict at 30: live 16 s up, in hindsight 15 s, settled until 15."""
    machine, zero = make(tmp_path, replace(POLICY, down_after=2))
    machine.answers = lambda _name, at: (UP if at == zero else DOWN, 1)
    at = zero + 16 * SECOND

    async def main() -> None:
        async with machine.daemon() as alive:
            await asyncio.sleep(17)
            assert await alive.engine.commit()
            now = alive.figures(at)
            assert (now.tally.up, now.tally.down) == (16 * SECOND, 0)
            told = machine.ask(at)
            assert told["seconds"]["up"] == 16
            assert told["settled_until"] == format_instant(zero + 15 * SECOND)
            settled = alive.figures(zero + 15 * SECOND)
            await asyncio.sleep(16)
            hindsight = alive.figures(at)
            assert (hindsight.tally.up, hindsight.tally.down) == (15 * SECOND, 1 * SECOND)
            assert alive.figures(zero + 15 * SECOND) == settled

    live(machine.clock, main)


def test_ruling_15_the_future_is_answered_and_unknown_after_the_last_coverage(make_past: MakePast) -> None:
    past = make_past()
    past.bring([("S", START)])
    answer = past.ask(START + HOUR, window=HOUR, now=START + SECOND)
    assert answer["seconds"] == {"up": 35, "down": 0, "excluded": 0, "unknown": 3565}


def test_ruling_15_without_an_instant_it_is_the_newest_commit_while_a_daemon_lives_else_now(
    tmp_path: Path,
) -> None:
    """A commit is taken for a living daemon's while it is less than 5 s old; afterwards nobody has been watching."""
    machine, zero = make(tmp_path)

    async def main() -> None:
        async with machine.daemon() as alive:
            await asyncio.sleep(11)
            assert alive.health.commit_at is not None
            assert machine.ask()["at"] == format_instant(alive.health.commit_at)

    live(machine.clock, main)
    mark = parse_instant(machine.ask()["at"])
    assert zero + 9 * SECOND <= mark <= machine.clock.wall()
    machine.clock.step(mark + 4_999 - machine.clock.wall())
    assert machine.ask()["at"] == format_instant(mark)
    machine.clock.step(1)
    answer = machine.ask()
    assert answer["at"] == format_instant(mark + 5 * SECOND)
    assert answer["seconds"]["up"] == (mark - zero) / 1000
    assert answer["settled_until"] == format_instant(mark)


def test_ruling_16_a_figure_that_is_put_right_moves_no_counter_back(tmp_path: Path) -> None:
    """The case of ruling 1, in steps of 10 ms: the figure goes from 19 s to 15 s, the counter only up."""
    machine, zero = make(tmp_path)
    machine.answers = lambda _name, at: (DOWN, 5_000) if at == zero + 15 * SECOND else (UP, 1)

    async def main() -> None:
        async with machine.daemon() as alive:
            figures, counters = [0], [0]
            while machine.clock.wall() < zero + 40 * SECOND:
                await asyncio.sleep(0.01)
                figures.append(alive.figures(alive.engine.now()).tally.up)
                counters.append(alive.counters()[0]["up"])
            assert max(figures[:2_150]) >= 19 * SECOND
            assert any(after < before for before, after in pairwise(figures))
            assert counters == sorted(counters)
            assert max(counters) in range(23 * SECOND, 25 * SECOND + 1)

    live(machine.clock, main)


def test_ruling_16_results_count_at_their_commit_so_that_no_death_takes_one_back(tmp_path: Path) -> None:
    """A result that no commit has is in no counter, for a kill would take it out of the record."""
    machine, zero = make(tmp_path)

    async def main() -> None:
        async with machine.daemon() as alive:
            await asyncio.sleep(1.3)
            assert alive.slots[0].history.timeline.last == zero
            assert alive.counters()[0]["success"] == 0
            assert await alive.engine.commit()
            assert alive.counters()[0]["success"] == 1

    live(machine.clock, main)


def test_ruling_16_what_is_brought_in_or_learned_from_the_record_moves_no_counter(tmp_path: Path) -> None:
    """A new process starts at nought, whatever the store holds."""
    machine, _ = make(tmp_path)

    async def before() -> None:
        async with machine.daemon():
            await asyncio.sleep(60)

    async def after() -> None:
        async with machine.daemon() as alive:
            assert set(alive.counters()[0].values()) == {0}
            await asyncio.sleep(20)
            counters = alive.counters()[0]
            assert counters["success"] in {1, 2}
            assert counters["up"] + counters["down"] + counters["unknown"] <= 20 * SECOND

    live(machine.clock, before)
    machine.clock.pass_time(600)
    live(machine.clock, after)
