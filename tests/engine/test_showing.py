"""What everybody is shown follows what is excluded, also of endpoints that are no longer there."""

import asyncio
from dataclasses import replace
from pathlib import Path

from exporter.engine.showing import Showing
from exporter.slo.figures import figures
from exporter.timeline.exclusion import Category, Exclusion, Once, Scope
from exporter.timeline.tally import State
from exporter.units import DAY, HOUR
from tests.support.machine import HandClock, live
from tests.support.simulated import Machine, one_slo
from tests.support.world import endpoint, service

START = 1_800_000_000_000 - 1_800_000_000_000 % DAY


def test_an_exclusion_of_a_removed_endpoint_is_shown_at_once(tmp_path: Path) -> None:
    both = one_slo(service(endpoint("web"), endpoint("old")))
    machine = Machine(tmp_path / "uptime.db", [both], HandClock(START))
    machine.answers = lambda name, _at: (State.DOWN if name == "old" else State.UP, 5)

    async def minutes() -> None:
        async with machine.daemon():
            await asyncio.sleep(600)

    async def excluded() -> None:
        async with machine.daemon() as alive:
            await asyncio.sleep(60)
            at = alive.engine.now()
            showing = Showing(machine.config, alive.known, alive.slots, alive.engine)
            before = await showing.live((), at, alive.health, anew=True)
            assert figures(before.slos[0].question, at).tally.down > 500_000
            scope = Scope(endpoints=frozenset({(both.id, "old")}))
            move = Exclusion("c1", "move", Category.MAINTENANCE, scope, Once(START, START + HOUR))
            after = await showing.live((move,), at, alive.health, anew=False)
            assert figures(after.slos[0].question, at).tally.down == 0

    live(machine.clock, minutes)
    machine.services = [replace(one_slo(service(endpoint("web"))), removed=("old",))]
    live(machine.clock, excluded)
