"""Once a day the daemon lets go of what is older than its retention: in the store, and in memory."""

import asyncio
from pathlib import Path

import pytest

from exporter.engine.upkeep import AFTER_START, daily
from exporter.store.base import Batch, EndpointKey
from exporter.store.reader import SqliteReader
from exporter.store.writer import SqliteWriter
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.tally import State, tally
from exporter.units import DAY, HOUR, SECOND
from tests.support.machine import HandClock, live
from tests.support.simulated import Machine, one_slo
from tests.support.world import endpoint, service

START = 1_800_000_000_000 - 1_800_000_000_000 % DAY
STEP = 600 * SECOND
RETENTION = 2 * DAY
POLICY = Policy(STEP, 5 * SECOND, 2 * STEP + 5 * SECOND)


def days_with_an_outage_at_noon(count: int) -> list[Row]:
    """A result each ten minutes up to START; of each day the hour after noon is down."""
    rows = []
    for day in range(count):
        noon = START - (count - day) * DAY + 12 * HOUR
        for start, end, vote in (
            (noon - 12 * HOUR, noon, State.UP),
            (noon, noon + HOUR, State.DOWN),
            (noon + HOUR, noon + 12 * HOUR, State.UP),
        ):
            reason = "timeout" if vote is State.DOWN else ""
            rows.append(Row(start, STEP, end - STEP, vote, reason, event=True, policy=POLICY))
    return rows


def test_what_is_older_than_the_retention_goes_and_what_is_not_stays_the_same(tmp_path: Path) -> None:
    web = endpoint(policy=POLICY)
    machine = Machine(tmp_path / "uptime.db", [one_slo(service(web), DAY)], HandClock(START))
    store = SqliteWriter.open(machine.path)
    (number,) = store.enter({EndpointKey("shop", "web"): "tcp"}, START).values()
    store.import_batch(Batch(START, "mara", "past.csv", "", {number: days_with_an_outage_at_noon(4)}, 0))
    store.close()
    renewed = list[int]()

    async def renew() -> None:
        renewed.append(machine.clock.wall())

    async def life() -> None:
        async with machine.daemon() as alive:
            history = alive.slots[0].history
            upkeep = daily(
                alive.engine,
                lambda: [history],
                retention=lambda: RETENTION,
                renew=renew,
            )
            task = asyncio.get_running_loop().create_task(upkeep)
            await asyncio.sleep(30)
            kept = tally(history, START - 2 * DAY, START)
            assert kept.down == 2 * HOUR
            assert tally(history, START - 4 * DAY, START - 2 * DAY).down == 2 * HOUR
            await asyncio.sleep(60)
            task.cancel()
            edge = START - RETENTION
            assert history.kept_from == history.first == edge
            assert tally(history, edge, START) == kept
            assert tally(history, START - 4 * DAY, edge) == (0, 0, 0, 2 * DAY, 0)
            assert history.events(edge) == history.events(START - 4 * DAY)
            assert alive.stored_figures(alive.engine.now()) == alive.figures(alive.engine.now())

    live(machine.clock, life)
    assert len(renewed) == 1
    reader = SqliteReader.open(machine.path)
    first = reader.endpoints()[0].first
    assert (reader.kept_from(), first) == (START - RETENTION, START - 4 * DAY), "the first result survives"
    assert min(row.last for row in reader.rows(number)) >= START - RETENTION - STEP
    reader.close()


def test_a_clock_that_is_years_ahead_lets_go_of_nothing_for_a_day(tmp_path: Path) -> None:
    """Also over a restart; once it has gone on for a day it is taken to be right."""
    web = endpoint(policy=POLICY)
    machine = Machine(tmp_path / "uptime.db", [one_slo(service(web), DAY)], HandClock(START))

    async def renew() -> None:
        pass

    async def life(seconds: float) -> int | None:
        async with machine.daemon() as alive:
            upkeep = daily(
                alive.engine,
                lambda: [slot.history for slot in alive.slots],
                retention=lambda: RETENTION,
                renew=renew,
            )
            task = asyncio.get_running_loop().create_task(upkeep)
            await asyncio.sleep(seconds)
            task.cancel()
            return alive.store.kept_from()

    def edge_after(seconds: float) -> int | None:
        return live(machine.clock, lambda: life(seconds))

    assert edge_after(100) == START - RETENTION
    machine.clock.step(3650 * DAY)
    assert edge_after(100) == START - RETENTION
    machine.clock.pass_time(60)
    assert edge_after(100) == START - RETENTION
    machine.clock.pass_time(DAY / SECOND)
    now = machine.clock.wall()
    assert edge_after(100) == (now - RETENTION) // HOUR * HOUR


@pytest.mark.parametrize("before", [5.0, 0.9, 0.3, 0.05])
def test_a_clock_that_leaps_right_before_lets_go_of_nothing_either(tmp_path: Path, before: float) -> None:
    machine = Machine(
        tmp_path / "uptime.db", [one_slo(service(endpoint(policy=POLICY)), DAY)], HandClock(START)
    )

    async def renew() -> None:
        pass

    async def life() -> int | None:
        async with machine.daemon() as alive:
            upkeep = daily(alive.engine, list, retention=lambda: RETENTION, renew=renew)
            task = asyncio.get_running_loop().create_task(upkeep)
            await asyncio.sleep(AFTER_START / SECOND - before)
            machine.clock.step(3650 * DAY)
            await asyncio.sleep(30)
            task.cancel()
            return alive.store.kept_from()

    assert live(machine.clock, life) is None
