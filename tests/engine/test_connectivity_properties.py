"""Random results, anchors, kills and steps of the clock: the record equals ruling 11 applied result by result."""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.store.reader import SqliteReader
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.tally import State
from tests.support.anchors import anchors, told
from tests.support.brute import Probe, paint
from tests.support.machine import HandClock, live
from tests.support.simulated import NEVER, Alive, Machine, one_slo
from tests.support.world import endpoint, service

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN
NAMES = ("web", "api")

needs = st.integers(1, 2)
found = st.tuples(st.sampled_from([UP, UP, UP, DOWN, DOWN, UNKNOWN]), st.sampled_from([1, 40, 600, NEVER]))
scripts = st.lists(found, min_size=1, max_size=8)
answer = st.tuples(st.sampled_from([True, True, False]), st.sampled_from([0, 5, 5, 300, 700, NEVER]))
phases = st.lists(
    st.tuples(st.integers(100, 4_000), st.tuples(answer, answer)), min_size=1, max_size=6
)  # milliseconds, and what the two anchors do in them
tuned = st.tuples(st.integers(1, 2), st.sampled_from([300, 1_000, 2_500]))  # quorum and interval
waits = st.integers(10, 5_000)
kills = st.tuples(waits, st.just("kill"), st.integers(0, 3_000))
stops = st.tuples(waits, st.just("stop"), st.integers(0, 3_000))
steps = st.tuples(
    waits, st.just("step"), st.sampled_from([-90_000, -5_000, -1_400, -300, 300, 5_000, 90_000])
)


@contextmanager
def machine(
    script: Sequence[tuple[State, int]],
    sky: Sequence[tuple[int, Sequence[tuple[bool, int]]]],
    tuning: tuple[int, int],
    down_after: int,
) -> Iterator[Machine]:
    """Two endpoints with intervals of 1 and 2 s, and two anchors."""
    first = endpoint("web", policy=Policy(1_000, 800, 2_800, down_after), retry_interval=300)
    second = endpoint("api", policy=Policy(2_000, 1_600, 5_600, 1, down_after), retry_interval=700)
    numbers = dict.fromkeys(NAMES, 0)
    length = sum(each for each, _ in sky)

    def probed(name: str, _at: int) -> tuple[State, int]:
        numbers[name] += 1
        vote, took = script[numbers[name] % len(script)]
        limit = 800 if name == "web" else 1_600
        return (DOWN, limit) if took > limit else (vote, took)

    def anchored(host: str, at: int) -> tuple[bool, int]:
        rest = at % length
        for lasts, answers in sky:
            if rest < lasts:
                return answers["ab".index(host)]
            rest -= lasts
        raise AssertionError

    quorum, interval = tuning
    with tempfile.TemporaryDirectory() as folder:
        yield Machine(
            Path(folder) / "uptime.db",
            [one_slo(service(first, second), 60_000)],
            HandClock(1_000),
            probed,
            connectivity=anchors("ab", quorum, interval),
            anchors=anchored,
        )


def results(rows: Sequence[Row]) -> list[tuple[int, State, bool]]:
    return [(at, row.vote, row.event) for row in rows for at in range(row.at, row.last + 1, max(1, row.step))]


def stored(path: Path) -> dict[str, list[tuple[int, State, bool]]]:
    reader = SqliteReader.open(path)
    try:
        return {each.id: results(reader.rows(each.number)) for each in reader.endpoints()}
    finally:
        reader.close()


def expected(alive: Alive, name: str, until: int | None = None) -> list[tuple[int, State, bool]]:
    connectivity = alive.machine.connectivity
    assert connectivity is not None
    return [
        (each.at, each.vote, each.event)
        for each in told(alive.log[:until], connectivity)
        if each.name == name
    ]


def states(history: EndpointHistory, end: int) -> list[tuple[int, State]]:
    """All changes of state before `end`."""
    out = list[tuple[int, State]]()
    for at, state in history.timeline.runs(0):
        if out and out[-1][0] == at:
            out.pop()  # nothing lies between
        if at < end and state != (out[-1][1] if out else UNKNOWN):
            out.append((at, state))
    return out


def lives(events: Sequence[tuple[int, str, int]]) -> list[tuple[int, str, int]]:
    """What ends each life, after how long, and the milliseconds until the next one."""
    return [*events, (3_000, "stop", 0)]


@settings(max_examples=80, deadline=None)
@given(scripts, phases, tuned, needs, st.lists(st.one_of(kills, stops), max_size=4))
def test_ruling_11_the_record_equals_the_rule_applied_result_by_result(
    script: list[tuple[State, int]],
    sky: list[tuple[int, tuple[tuple[bool, int], ...]]],
    tuning: tuple[int, int],
    down_after: int,
    events: list[tuple[int, str, int]],
) -> None:
    """However often the daemon dies; and what was settled never changes."""
    kept = {name: list[tuple[int, State, bool]]() for name in NAMES}
    said = list[tuple[str, int, list[tuple[int, State]]]]()
    with machine(script, sky, tuning, down_after) as made:

        async def life(lasts: int, end: str) -> None:
            before = {name: len(each) for name, each in kept.items()}
            async with made.daemon() as alive:
                settled = 0
                for _ in range(lasts // 500 + 1):
                    await asyncio.sleep(min(lasts, 500) / 1000)
                    assert alive.settled() >= settled, "it never goes back"
                    settled = alive.settled()
                    said.extend(
                        (slot.config.name, settled, states(slot.history, settled))
                        for slot in alive.slots
                        if slot.history.timeline.votes == UNKNOWN or slot.history.timeline.stable >= settled
                    )
                assert await alive.engine.commit()
                committed, disk = len(alive.log), stored(made.path)
                if end == "kill":
                    await asyncio.sleep(0.4)
                    alive.kill()
                    assert alive.disk is not None
                    disk = stored(alive.disk)
                seen = len(alive.log)
            for name in NAMES:
                lived = (
                    disk.get(name, [])[before[name] :]
                    if end == "kill"
                    else stored(made.path)[name][before[name] :]
                )
                due, may = (
                    expected(alive, name, committed),
                    expected(alive, name, seen if end == "kill" else None),
                )
                assert lived == may[: len(lived)], "nothing but what the rule gives"
                assert len(lived) >= len(due) if end == "kill" else lived == may
                kept[name] += lived

        cuts = list[int]()
        for lasts, end, away in lives(events):
            live(made.clock, lambda lasts=lasts, end=end: life(lasts, end))  # type: ignore[misc]
            reader = SqliteReader.open(made.path)
            mark = reader.mark()
            reader.close()
            assert mark is not None
            cuts.append(mark.at)
            made.clock.pass_time(away / 1000)

        async def last() -> None:
            async with made.daemon() as alive:
                now = made.clock.wall()
                for slot in alive.slots:
                    probes = [
                        Probe(at, vote, slot.config.policy, event=event)
                        for at, vote, event in kept[slot.config.name]
                    ]
                    painted = paint(probes, cuts, now)
                    wanted = [
                        (at, state)
                        for at, state in enumerate(painted)
                        if state != (painted[at - 1] if at else UNKNOWN)
                    ]
                    assert states(slot.history, now) == wanted
                    for name, at, was in said:
                        if name == slot.config.name:
                            assert states(slot.history, at) == was, "what is settled is final"

        live(made.clock, last)


@settings(max_examples=60, deadline=None)
@given(scripts, phases, tuned, needs, st.lists(steps, max_size=5))
def test_nothing_lowers_a_counter_and_memory_equals_store_whatever_anchors_and_clock_do(
    script: list[tuple[State, int]],
    sky: list[tuple[int, tuple[tuple[bool, int], ...]]],
    tuning: tuple[int, int],
    down_after: int,
    events: list[tuple[int, str, int]],
) -> None:
    with machine(script, sky, tuning, down_after) as made:
        made.clock.step(1_000_000)
        jumped = sum(max(0, amount) for _, _, amount in events)

        async def main() -> None:
            async with made.daemon() as alive:
                began, last = made.clock.monotonic(), alive.counters()
                for wait, _, amount in [*events, (4_000, "nothing", 0)]:
                    for _ in range(wait // 250 + 1):
                        await asyncio.sleep(0.25)
                        counters = alive.counters()
                        lived = (made.clock.monotonic() - began) // 1_000_000 + jumped
                        for now, then in zip(counters, last, strict=True):
                            assert all(now[name] >= then[name] for name in now)
                            assert now["up"] + now["down"] + now["unknown"] <= lived
                        last = counters
                    if alive.engine.now() == made.clock.wall() and await alive.engine.commit():
                        at = alive.health.commit_at
                        assert at is not None
                        assert alive.figures(at) == alive.stored_figures(at)
                    made.clock.step(amount)
                    await asyncio.sleep(0.6)  # the engine looks at the clock at least twice a second

        live(made.clock, main)
