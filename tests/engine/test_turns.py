"""Long work lets the probes go on: corrections and renewals in turns with them, questions in a thread."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from exporter.config.model import SloConfig
from exporter.engine.corrections import Corrections
from exporter.engine.showing import Showing
from exporter.record.wanted import Wanted
from exporter.store.base import LogEntry
from exporter.timeline.exclusion import Exclusion
from exporter.timeline.tally import State
from exporter.units import DAY, HOUR, SECOND, format_instant
from tests.support.machine import HandClock, live
from tests.support.simulated import Machine
from tests.support.world import endpoint, service

START = 1_800_000_000_000 - 1_800_000_000_000 % DAY
MANY = 40
STEP = 600 * SECOND


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A service with many SLOs."""
    shop = service(endpoint("web"))
    slos = tuple(
        SloConfig(f"slo{number}", f"slo{number}", "", Fraction(9, 10), "90", HOUR + number)
        for number in range(MANY)
    )
    return Machine(tmp_path / "uptime.db", [replace(shop, slos=slos)], HandClock(START))


async def turns_of(work: asyncio.Task[None]) -> int:
    """How often others had their turn while some work was done."""
    turns = 0
    while not work.done():
        await asyncio.sleep(0)
        turns += 1
    await work
    return turns


def test_a_correction_of_many_figures_and_a_renewal_let_others_go_on_at_each(machine: Machine) -> None:
    written, shown = list[LogEntry](), list[Sequence[Exclusion]]()

    async def life() -> None:
        async with machine.daemon() as alive:
            await asyncio.sleep(HOUR / SECOND)
            showing = Showing(machine.config, alive.known, alive.slots, alive.engine)

            async def write(entries: Sequence[LogEntry]) -> None:
                written.extend(entries)

            async def show(exclusions: Sequence[Exclusion], *, anew: bool) -> None:
                await showing.live(exclusions, alive.engine.now(), alive.health, anew=anew)
                shown.append(exclusions)

            corrections = Corrections(
                machine.config, alive.known, (), now=alive.engine.now, write=write, show=show
            )
            span = format_instant(START), format_instant(START + HOUR // 2)
            wanted = Wanted(*span, "maintenance", "Disks", services=["shop"])

            async def correct() -> None:
                correction = await corrections.add(wanted, "mara")
                assert len(correction.moves) == MANY

            assert await turns_of(asyncio.create_task(correct())) >= MANY
            renewing = asyncio.create_task(corrections.show())
            assert await turns_of(renewing) >= len(machine.services)

    live(machine.clock, life)
    assert [entry.ident for entry in written] == ["c1"]
    assert [[each.ident for each in exclusions] for exclusions in shown] == [["c1"], ["c1"]]


def test_a_question_is_about_the_past_as_it_was_when_it_was_put(machine: Machine) -> None:
    """It is worked out in a thread: what the endpoint reports meanwhile is not in it."""

    async def life() -> None:
        async with machine.daemon() as alive:
            await asyncio.sleep(HOUR / SECOND)
            showing = Showing(machine.config, alive.known, alive.slots, alive.engine)
            shop, at = machine.services[0], alive.engine.now()
            put = showing.pose(shop, shop.slos[0], at, None)
            answer = put().answer()
            machine.answers = lambda _name, _at: (State.DOWN, 5)
            await asyncio.sleep(60)
            assert alive.asked() is State.DOWN
            assert put().answer() == answer
            later = showing.pose(shop, shop.slos[0], at + 60 * SECOND, None)().answer()
            assert later["seconds"]["down"] > answer["seconds"]["down"] == 0

    live(machine.clock, life)
