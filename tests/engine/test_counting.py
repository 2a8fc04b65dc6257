"""Steps are asked about as they end, caught up with after any trouble, and the same in memory as in the store."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from aiohttp import web

from exporter.config.model import Config, Prometheus, Promql, SloConfig
from exporter.engine.counting import Counting
from exporter.engine.live import Health
from exporter.engine.storage import Storage
from exporter.store.base import EndpointKey, SloKey
from exporter.store.writer import SqliteWriter
from exporter.timeline.samples import MICRO, SampleHistory, Step
from exporter.timeline.spans import FOREVER
from tests.support.answering import answering
from tests.support.world import service

START, STEP = 1_800_000_000_000, 100
ORDERS = SloKey("shop", "orders")
QUERY = Promql("good", "total", STEP, 2 * STEP)


def good_at(at: int) -> int:
    """Good events of the step that ends at an instant."""
    return at // STEP % 7


def expected(start: int, end: int) -> Sequence[Step]:
    return [Step(at, STEP, good_at(at + STEP) * MICRO, MICRO, known=True) for at in range(start, end, STEP)]


@dataclass
class Source:
    """What answers as a Prometheus: one bad event a step, and some good ones.

    Attributes:
        instead: Answers in its place, unless with None.
        since: Before this instant it knows nothing.
        asked: First and last instant of each question for `total`.
    """

    instead: Callable[[int, int], web.Response | None] = lambda _first, _last: None
    since: int = 0
    asked: list[tuple[int, int]] = field(default_factory=list)

    async def __call__(self, request: web.Request) -> web.Response:
        form = dict(parse_qsl((await request.read()).decode()))
        first, last = (int(Decimal(form[name]) * 1000) for name in ("start", "end"))
        step = int(form["step"].removesuffix("ms"))
        instead = self.instead(first, last)
        if form["query"] == "total":
            self.asked.append((first, last))
        if instead is not None:
            return instead
        bad = int(form["query"] == "total")
        values = [
            [at / 1000, str(good_at(at) + bad)] for at in range(first, last + 1, step) if at > self.since
        ]
        result = [{"metric": {}, "values": values}] if values else []
        data = {"resultType": "matrix", "result": result}
        return web.json_response({"status": "success", "data": data})


class Gate:
    """Lets nobody through to a source until it is told to.

    Attributes:
        reached: Set once somebody asks.
        go_on: To be set.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()

    async def __call__(self, request: web.Request) -> web.Response:
        self.reached.set()
        await self.go_on.wait()
        return await self._source(request)


@dataclass
class World:
    """A store, a source, and what asks the one for the other; `now` is what the test says.

    Attributes:
        sampled: The pasts in memory.
    """

    path: Path
    source: Source = field(default_factory=Source)
    now: int = START
    sampled: dict[SloKey, SampleHistory] = field(default_factory=dict)
    health: Health = field(default_factory=Health)
    window: int = 10 * STEP
    port: int = 0

    def config(self, promql: Promql = QUERY, names: Sequence[str] = ("orders",)) -> Config:
        slos = [
            SloConfig(
                name,
                name,
                name,
                Fraction(99, 100),
                "99",
                self.window,
                method="events",
                endpoints=(),
                promql=promql,
            )
            for name in names
        ]
        prometheus = Prometheus(f"http://127.0.0.1:{self.port}")
        watched = replace(service(), endpoints=(), slos=tuple(slos))
        return replace(Config((watched,), "", ""), prometheus=prometheus)

    @asynccontextmanager
    async def alive(self, names: Sequence[str] = ("orders",)) -> AsyncIterator["Alive"]:
        """From the start to the end of a daemon."""
        store = SqliteWriter.open(self.path)
        store.begin(self.now, {EndpointKey("shop", "web"): "http"})
        storage = Storage(store, self.health, (), self.sampled)
        counting = Counting(self.sampled, storage, lambda: self.now, self.health)
        async with answering(self.source) as port:
            self.port = port
            config = self.config(names=names)
            await counting.take_up(config)
            counting.follow(config)
            running = asyncio.get_running_loop().create_task(counting.run())
            try:
                yield Alive(self, store, storage, counting)
            finally:
                running.cancel()
                await asyncio.wait([running])
                storage.close()
                store.close()
        assert running.cancelled(), running

    def stored(self, slo: SloKey = ORDERS) -> Sequence[Step]:
        store = SqliteWriter.open(self.path)
        try:
            return store.steps(slo)
        finally:
            store.close()


@dataclass
class Alive:
    """A daemon while it lives."""

    world: World
    store: SqliteWriter
    storage: Storage
    counting: Counting

    async def counted(self, until: int, slo: SloKey = ORDERS) -> None:
        """Wait until everything up to an instant is counted."""
        await eventually(lambda: self.world.sampled[slo].until == until)

    async def failing(self) -> str:
        """Wait until a question has failed; what the problem is."""
        await eventually(lambda: self.world.health.counting["shop", "orders"].problem)
        return self.world.health.counting["shop", "orders"].problem


async def eventually(question: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not question():  # noqa: ASYNC110 -- what comes from elsewhere is no event here
            await asyncio.sleep(0.01)


def held(history: SampleHistory) -> tuple[int | None, int | None, Sequence[tuple[int, ...]]]:
    """All that a past has in memory."""
    first, until = history.first, history.until
    if first is None or until is None:
        return first, until, ()
    instants = range(first, until, STEP)
    return first, until, [(*history.events(at), *history.sums(at), int(history.state(at))) for at in instants]


def loaded(steps: Sequence[Step]) -> SampleHistory:
    history = SampleHistory()
    history.extend(steps)
    return history


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "uptime.db")


async def test_an_slo_begins_with_its_window_and_goes_on_step_by_step(world: World) -> None:
    async with world.alive() as alive:
        await alive.counted(START - 2 * STEP)
        world.now += 5 * STEP + 1
        await alive.counted(START + 3 * STEP)
    assert world.stored() == expected(START - 10 * STEP, START + 3 * STEP)
    assert held(world.sampled[ORDERS]) == held(loaded(world.stored()))
    assert world.source.asked == [
        (START - 9 * STEP, START - 2 * STEP),
        (START - STEP, START + 3 * STEP),
    ]


async def test_a_step_is_not_asked_about_before_its_delay_is_over(world: World) -> None:
    async with world.alive() as alive:
        await alive.counted(START - 2 * STEP)
        world.now += STEP - 1
        await asyncio.sleep(0.1)
        assert world.sampled[ORDERS].until == START - 2 * STEP
        world.now += 1
        await alive.counted(START - STEP)


async def test_an_slo_begins_where_its_source_does(world: World) -> None:
    """What nobody has counted is not watched: it has no unknown time either."""
    world.source.since = START - 5 * STEP
    async with world.alive() as alive:
        await alive.counted(START - 2 * STEP)
    assert world.stored() == expected(START - 5 * STEP, START - 2 * STEP)


async def test_a_source_that_knows_nothing_begins_nothing_and_is_not_asked_twice(world: World) -> None:
    world.source.since = START
    async with world.alive() as alive:
        await eventually(lambda: world.source.asked)
        world.now += 2 * STEP
        await eventually(lambda: len(world.source.asked) == 2)
        assert world.sampled[ORDERS].until is None
        world.now += STEP
        await alive.counted(START + STEP)
    assert world.source.asked[1][0] == world.source.asked[0][1] + STEP
    assert world.stored() == expected(START, START + STEP)


async def test_what_is_unknown_after_the_first_step_is_kept_as_such(world: World) -> None:
    async with world.alive() as alive:
        await alive.counted(START - 2 * STEP)
        world.source.since = START
        world.now += 4 * STEP
        await alive.counted(START + 2 * STEP)
    unknown = [Step(at, STEP, 0, 0, known=False) for at in (START - 2 * STEP, START - STEP)]
    assert world.stored()[-4:] == [*unknown, *expected(START, START + 2 * STEP)]


async def test_our_absence_makes_no_gap(world: World) -> None:
    async with world.alive() as alive:
        await alive.counted(START - 2 * STEP)
    world.now += 3_600 * STEP
    world.sampled = {}
    async with world.alive() as alive:
        assert world.sampled[ORDERS].until == START - 2 * STEP
        await alive.counted(START + 3_600 * STEP - 2 * STEP)
    assert world.stored() == expected(START - 10 * STEP, START + 3_600 * STEP - 2 * STEP)


async def test_a_long_absence_is_caught_up_with_in_several_questions(world: World) -> None:
    async with world.alive() as alive:
        await alive.counted(START - 2 * STEP)
        world.source.asked.clear()
        world.now += 21_600 * STEP
        await alive.counted(START + 21_600 * STEP - 2 * STEP)
    assert [(last - first) // STEP + 1 for first, last in world.source.asked] == [10_000, 10_000, 1_600]
    assert world.stored() == expected(START - 10 * STEP, START + 21_600 * STEP - 2 * STEP)


async def test_what_is_older_than_the_retention_is_not_asked_about(world: World) -> None:
    world.window = 360_000 * STEP
    async with world.alive() as alive:
        config = replace(world.config(), retention=60 * STEP)
        alive.counting.follow(config)
        await eventually(lambda: world.source.asked)
        await alive.counted(START - 2 * STEP)
    assert world.stored() == expected(START - 60 * STEP, START - 2 * STEP)


async def test_a_question_that_fails_is_put_again_until_it_is_answered(world: World) -> None:
    world.source.instead = lambda _first, _last: web.Response(status=503)
    async with world.alive() as alive:
        assert "answers 503" in await alive.failing()
        assert world.sampled[ORDERS].until is None
        world.now += 3 * STEP
        world.source.instead = lambda _first, _last: None
        await alive.counted(START + STEP)
        await eventually(lambda: not world.health.counting["shop", "orders"].problem)
    assert world.stored() == expected(START - 7 * STEP, START + STEP), "its window has moved on meanwhile"


async def test_steps_before_one_that_cannot_be_answered_are_counted(world: World) -> None:
    """No later one is: its events would be lost without a word."""
    bad = START - 4 * STEP
    negative = json.dumps(
        {"status": "success", "data": {"resultType": "matrix", "result": [{"values": [[bad / 1000, "-1"]]}]}}
    )

    def refusing(first: int, last: int) -> web.Response | None:
        return web.Response(text=negative) if first <= bad <= last else None

    world.source.instead = refusing
    async with world.alive() as alive:
        assert "events are never negative" in await alive.failing()
        await alive.counted(bad - STEP)
        world.source.instead = lambda _first, _last: None
        await alive.counted(START - 2 * STEP)
    assert world.stored() == expected(START - 10 * STEP, START - 2 * STEP)


async def test_what_the_clock_took_back_is_asked_about_again(world: World) -> None:
    async with world.alive() as alive:
        await alive.counted(START - 2 * STEP)
        assert await alive.storage.set_aside(START, START - 5 * STEP - 1)
        world.now = START + STEP
        await alive.counted(START - STEP)
    assert world.stored() == expected(START - 10 * STEP, START - STEP)
    assert held(world.sampled[ORDERS]) == held(loaded(world.stored()))


async def test_steps_that_the_clock_takes_back_while_they_are_asked_about_leave_no_gap(world: World) -> None:
    async with world.alive() as alive:
        await alive.counted(START - 2 * STEP)
        gate = Gate(world.source)
        async with answering(gate) as world.port:
            alive.counting.follow(world.config())
            world.now += 3 * STEP
            await gate.reached.wait()
            assert await alive.storage.set_aside(START, START - 5 * STEP)
            gate.go_on.set()
            await alive.counted(START + STEP)
    assert world.stored() == expected(START - 10 * STEP, START + STEP)
    assert held(world.sampled[ORDERS]) == held(loaded(world.stored()))


async def test_what_was_written_while_a_reload_interrupted_it_is_taken_up(world: World) -> None:
    async with world.alive() as alive:
        await alive.counted(START - 2 * STEP)
        more = expected(START - 2 * STEP, START)
        assert await alive.storage.run(lambda store: store.add_steps(ORDERS, more, START - 2 * STEP))
        world.now += 3 * STEP
        await alive.counted(START + STEP)
    assert world.stored() == expected(START - 10 * STEP, START + STEP)
    assert held(world.sampled[ORDERS]) == held(loaded(world.stored()))


async def test_another_step_goes_on_where_the_one_before_ended(world: World) -> None:
    async with world.alive() as alive:
        await alive.counted(START - 2 * STEP)
        alive.counting.follow(world.config(replace(QUERY, step=5 * STEP)))
        world.now += 8 * STEP
        await alive.counted(START + 5 * STEP)
    added = world.stored()[8:]
    assert [(step.at, step.length) for step in added] == [(START, 5 * STEP)]
    assert world.sampled[ORDERS].state(START - STEP) == 0, "no whole step of it was left to be asked about"


async def test_slos_come_and_go_with_reloads(world: World) -> None:
    other = SloKey("shop", "search")
    async with world.alive() as alive:
        await alive.counted(START - 2 * STEP)
        config = world.config(names=("search",))
        await alive.counting.take_up(config)
        alive.counting.follow(config)
        await alive.counted(START - 2 * STEP, other)
        assert list(world.health.counting) == [("shop", "search")]
        world.now += 4 * STEP
        await alive.counted(START + 2 * STEP, other)
        assert world.sampled[ORDERS].until == START - 2 * STEP
        nobody = replace(world.config(), services=(), prometheus=None)
        await alive.counting.take_up(nobody)
        alive.counting.follow(nobody)
        assert world.health.counting == {}
        both = world.config(names=("orders", "search"))
        await alive.counting.take_up(both)
        alive.counting.follow(both)
        await alive.counted(START + 2 * STEP)
    assert world.stored() == expected(START - 10 * STEP, START + 2 * STEP), (
        "it was counted meanwhile, by others"
    )


async def test_what_cannot_be_written_is_asked_about_again(world: World) -> None:
    async with world.alive() as alive:
        await alive.counted(START - 2 * STEP)
        with closing(sqlite3.connect(world.path, isolation_level=None)) as disk:
            disk.execute(
                "CREATE TRIGGER full BEFORE INSERT ON sample BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
            )
            world.now += 2 * STEP
            assert "the disk is full" in await alive.failing()
            disk.execute("DROP TRIGGER full")
        await alive.counted(START)
    assert world.stored() == expected(START - 10 * STEP, START)
    assert world.sampled[ORDERS].events(FOREVER) == loaded(world.stored()).events(FOREVER)


async def test_a_clock_that_goes_back_before_the_first_step_begins_anew(world: World) -> None:
    world.source.since = START - 5 * STEP
    async with world.alive() as alive:
        await alive.counted(START - 2 * STEP)
        assert await alive.storage.set_aside(START, START - 20 * STEP)
        assert world.sampled[ORDERS].until is None
        world.source.since, world.now = 0, START - 10 * STEP
        await alive.counted(START - 12 * STEP)
    assert world.stored() == expected(START - 20 * STEP, START - 12 * STEP)


async def test_an_answer_from_before_a_step_back_is_put_away(world: World) -> None:
    """What it says of the time to come is asked about again when that has come."""
    async with world.alive() as alive:
        await alive.counted(START - 2 * STEP)
        gate = Gate(world.source)
        async with answering(gate) as world.port:
            alive.counting.follow(world.config())
            world.now += 100 * STEP
            await gate.reached.wait()
            world.now = START + STEP
            gate.go_on.set()
            await alive.counted(START - STEP)
            assert alive.store.steps(ORDERS)[-1].at == START - 2 * STEP


@pytest.mark.parametrize("fails", [False, True])
async def test_a_reload_takes_an_slo_away_while_its_question_is_being_answered(
    world: World, fails: bool
) -> None:
    """Whatever comes of the question, the others go on."""
    other, gate = SloKey("shop", "search"), Gate(world.source)
    if fails:
        world.source.instead = lambda _first, _last: web.Response(status=503)
    async with world.alive() as alive, answering(gate) as world.port:
        alive.counting.follow(world.config())
        await gate.reached.wait()
        config = world.config(names=("search",))
        gate.go_on.set()
        await alive.counting.take_up(config)
        alive.counting.follow(config)
        world.source.instead = lambda _first, _last: None
        await alive.counted(START - 2 * STEP, other)
        assert list(world.health.counting) == [("shop", "search")]


async def test_a_server_that_gives_few_points_is_caught_up_with_with_few_failures(world: World) -> None:
    refused = 0

    def limited(first: int, last: int) -> web.Response | None:
        nonlocal refused
        if (last - first) // STEP < 100:
            return None
        refused += 1
        return web.Response(
            status=422, text='{"status": "error", "errorType": "execution", "error": "too many points"}'
        )

    world.window = 2_000 * STEP
    world.source.instead = limited
    async with world.alive() as alive:
        await alive.counted(START - 2 * STEP)
    assert world.stored() == expected(START - 2_000 * STEP, START - 2 * STEP)
    assert refused / 2 < len(world.source.asked) / 4, "of two queries each"
