"""Ruling 11: results wait for the connectivity anchors. The real engine in simulated time."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from exporter.config.model import Connectivity, Endpoint
from exporter.engine.connectivity import BLIND, Sight
from exporter.engine.slot import spread
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.tally import State, tally
from tests.support.anchors import AnchorBegan, anchors
from tests.support.machine import HandClock, live
from tests.support.simulated import NEVER, Alive, Machine, beat
from tests.support.world import endpoint, service

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN
SECOND = 1_000
START = 1_800_000_000_000
DENSE = Policy(1_000, 500, 2_500)
USUAL = Policy(15_000, 5_000, 35_000)


def machine(
    folder: Path, *endpoints: Endpoint, connectivity: Connectivity | None = None, before: int = SECOND
) -> Machine:
    """Its clock stands `before` a beat of the first endpoint."""
    shop = service(*endpoints)
    clock = HandClock(beat(shop, START) - before)
    return Machine(folder / "uptime.db", [shop], clock, connectivity=connectivity or anchors())


def run(made: Machine, life: Callable[[Alive], Awaitable[None]]) -> None:
    async def main() -> None:
        async with made.daemon() as alive:
            await life(alive)

    live(made.clock, main)


def dead(_host: str, _at: int) -> tuple[bool, int]:
    return False, 5


def silent(_host: str, _at: int) -> tuple[bool, int]:
    return True, NEVER


def votes(rows: list[Row]) -> list[tuple[int, State]]:
    return [(at, row.vote) for row in rows for at in range(row.at, row.last + 1, max(1, row.step))]


def stored(alive: Alive, slot: int = 0) -> list[tuple[int, State]]:
    return votes(list(alive.store.rows(alive.slots[slot].number)))


def connected(alive: Alive) -> bool | None:
    return alive.health.connected


def begun(alive: Alive) -> list[int]:
    """Instants at which checks of a single anchor began."""
    return [each.at for each in alive.log if isinstance(each, AnchorBegan)]


@pytest.mark.parametrize(
    ("sight", "began", "nothing"),
    [
        (Sight(0), 5, False),
        (Sight(0).begin(10), 5, False),
        (Sight(0).begin(10).answer(good=True), 5, False),
        (Sight(0).begin(10).answer(good=False), 5, True),
        (Sight(0).begin(10).answer(good=False), 15, True),
        (Sight(0).begin(10).answer(good=False).begin(20), 20, True),
        (Sight(0).begin(10).answer(good=False).begin(20), 21, False),
        (Sight(0).begin(10).answer(good=False).begin(20).answer(good=False), 21, True),
        (Sight(0).begin(10).answer(good=False).begin(20).answer(good=True), 20, True),
        (Sight(0).begin(10).answer(good=False).begin(20).answer(good=True), 21, False),
        (Sight(0).begin(10).answer(good=False).begin(20).answer(good=True).begin(30), 20, True),
        (Sight(0).begin(10).answer(good=False).restart(7), 8, True),
        (Sight(0).begin(10).answer(good=False).begin(20).answer(good=True).restart(7), 8, False),
    ],
)
def test_what_a_probe_that_began_then_and_ends_now_tells(sight: Sight, *, began: int, nothing: bool) -> None:
    assert sight.tells_nothing(began) == nothing


def test_blindness_counts_from_the_beginning_of_the_last_good_check() -> None:
    sight = Sight(0).begin(10).answer(good=True).begin(20).answer(good=False).begin(30).answer(good=False)
    assert (sight.since, sight.blind, sight.checks) == (10, True, 3)


def test_ruling_11_what_was_found_between_the_last_good_check_and_death_of_the_anchors_never_becomes_an_outage(
    tmp_path: Path,
) -> None:
    """Last good check at 100 s, a success at 102, a failure at 103, all anchors dead at 105, back at 200."""
    web = endpoint("web", policy=USUAL)
    phase = spread("shop", "web", 15_000)
    earlier = next(
        name
        for name in map(str, range(10_000))
        if 900 < (phase - spread("shop", name, 15_000)) % 15_000 < 1_100
    )
    made = machine(
        tmp_path,
        web,
        endpoint(earlier, policy=USUAL),
        connectivity=anchors(interval=10_000),
        before=103 * SECOND,
    )
    zero = made.clock.wall()
    made.answers = lambda name, at: (
        (DOWN, 5_000) if name == "web" and 103 * SECOND <= at - zero < 200 * SECOND else (UP, 5)
    )
    made.anchors = lambda _host, at: (not 105 * SECOND <= at - zero < 200 * SECOND, 5)

    async def life(alive: Alive) -> None:
        failing, well = (slot.history for slot in alive.slots)
        await asyncio.sleep(104)
        assert alive.settled() - zero in range(101_800, 102_200), "what waits is not settled"
        assert connected(alive)
        await asyncio.sleep(5)
        assert connected(alive) is False
        assert alive.health.blind_since == zero + 100 * SECOND
        assert alive.slots[0].last.failure is None
        await asyncio.sleep(90)
        assert failing.timeline.verdict == UP, "no outage"
        assert tally(failing, zero, zero + 199 * SECOND).down == 0
        for history, last in ((failing, 103 * SECOND), (well, 102_100)):
            assert tally(history, zero + 90 * SECOND, zero + last - 200).unknown == 0, "it was up before"
            assert tally(history, zero + last, zero + 199 * SECOND).unknown == 199 * SECOND - last
        counters = alive.counters()
        assert [each["failure"] for each in counters] == [0, 0]
        assert all(each["inconclusive"] in {6, 7} for each in counters)
        await asyncio.sleep(31)
        assert connected(alive)
        assert [slot.history.state(alive.engine.now()) for slot in alive.slots] == [UP, UP]
        assert tally(failing, zero + 200 * SECOND, zero + 207 * SECOND).unknown == 7 * SECOND, (
            "knowledge returns with the next probe"
        )
        await alive.engine.commit()
        now = alive.engine.now()
        assert alive.slots[0].history.timeline.before(now) == failing.timeline.before(now)

    run(made, life)


def test_a_failure_starts_a_check_at_once_and_is_recorded_when_it_has_answered(tmp_path: Path) -> None:
    made = machine(tmp_path, endpoint("web", policy=USUAL), connectivity=anchors(interval=60_000))
    made.answers = lambda _name, _at: (DOWN, 300)
    made.anchors = lambda _host, _at: (True, 40)
    zero = made.clock.wall() + SECOND

    async def life(alive: Alive) -> None:
        await asyncio.sleep(1.33)
        assert alive.slots[0].history.timeline.verdict == UNKNOWN
        await asyncio.sleep(0.03)
        assert alive.slots[0].history.timeline.verdict == DOWN
        assert alive.slots[0].history.since(alive.engine.now()) == zero, "it counts from the probe's start"
        (at,) = begun(alive)[1:]
        assert zero + 300 <= at <= zero + 311, "probes begin within 10 ms"

    run(made, life)


def test_many_failures_make_no_more_than_four_checks_a_second(tmp_path: Path) -> None:
    fleet = [endpoint(f"e{index}", policy=DENSE) for index in range(50)]
    made = machine(tmp_path, *fleet)
    made.answers = lambda _name, _at: (DOWN, 20)

    async def life(alive: Alive) -> None:
        await asyncio.sleep(10)
        assert 35 <= len(begun(alive)) <= 41
        assert all(counters["failure"] >= 8 for counters in alive.counters())

    run(made, life)


def test_a_check_under_way_when_a_failure_ends_is_no_answer_but_the_next_one_follows_at_once(
    tmp_path: Path,
) -> None:
    made = machine(
        tmp_path, endpoint("web", policy=USUAL), connectivity=anchors(interval=2_000), before=1_900
    )
    zero = made.clock.wall()
    made.answers = lambda _name, _at: (DOWN, 200)
    made.anchors = lambda _host, _at: (True, 600)

    async def life(alive: Alive) -> None:
        await asyncio.sleep(2.7)
        assert alive.slots[0].history.timeline.verdict == UNKNOWN
        await asyncio.sleep(0.6)
        assert alive.slots[0].history.timeline.verdict == DOWN
        assert [at - zero for at in begun(alive)] == [0, 2_000, 2_600]

    run(made, life)


def test_an_endpoint_whose_results_wait_misses_no_beat(tmp_path: Path) -> None:
    made = machine(tmp_path, endpoint("web", policy=DENSE))
    made.anchors = lambda _host, _at: (True, 700)
    zero = made.clock.wall() + SECOND

    async def life(alive: Alive) -> None:
        await asyncio.sleep(60.5)
        assert alive.health.missed == 0
        assert made.begun["web"] == [zero + index * SECOND for index in range(60)]

    run(made, life)

    async def after(alive: Alive) -> None:
        assert stored(alive)[:60] == [(zero + index * SECOND, UP) for index in range(60)]
        await asyncio.sleep(0)

    run(made, after)


def test_what_began_after_a_result_that_waited_is_still_not_done_when_that_is_recorded(
    tmp_path: Path,
) -> None:
    """A retry within half a second waits until a check at 1.2 s has answered, while the beat at 1 s is in flight."""
    policy = Policy(1_000, 500, 2_500, down_after=2)
    shop = endpoint("web", policy=policy, retry_interval=300)
    made = machine(tmp_path, shop, connectivity=anchors(interval=1_200))
    zero = made.clock.wall() + SECOND
    made.answers = lambda _name, at: (DOWN if at == zero else UP, 700 if at == zero + SECOND else 5)

    async def life(alive: Alive) -> None:
        await asyncio.sleep(2.6)
        assert alive.slots[0].history.timeline.last == made.begun["web"][1], "the retry is recorded"
        assert alive.slots[0].at == zero + SECOND
        assert await alive.engine.commit()
        assert alive.settled() == zero + SECOND

    run(made, life)


def test_a_retry_comes_once_the_failure_is_recorded(tmp_path: Path) -> None:
    """The check takes longer than the retry interval: the retry starts when it has answered."""
    policy = Policy(15_000, 5_000, 35_000, down_after=2)
    made = machine(tmp_path, endpoint("web", policy=policy, retry_interval=300))
    made.answers = lambda _name, _at: (DOWN, 5)
    made.anchors = lambda _host, _at: (True, 500)
    zero = made.clock.wall() + SECOND

    async def life(alive: Alive) -> None:
        await asyncio.sleep(4)
        assert alive.slots[0].history.timeline.verdict == DOWN
        first, retry = made.begun["web"]
        assert first == zero
        assert 500 <= retry - zero <= 1_100

    run(made, life)


def test_a_quorum_of_the_anchors_is_enough_and_less_is_not(tmp_path: Path) -> None:
    made = machine(tmp_path, endpoint("web", policy=DENSE), connectivity=anchors(["a", "b", "c"], quorum=2))
    zero = made.clock.wall()
    made.anchors = lambda host, at: (host in ("ab" if at < zero + 10 * SECOND else "a"), 0)

    async def life(alive: Alive) -> None:
        await asyncio.sleep(9)
        assert connected(alive)
        await asyncio.sleep(5)
        assert connected(alive) is False
        assert alive.slots[0].history.state(alive.engine.now()) == UNKNOWN

    run(made, life)


def test_log_and_health_say_when_the_prober_is_blind_and_for_how_long(tmp_path: Path) -> None:
    made = machine(tmp_path, endpoint("web", policy=DENSE))
    zero = made.clock.wall()
    made.anchors = lambda _host, at: (not 5_500 <= at - zero < 65_500, 5)

    async def life(alive: Alive) -> None:
        assert connected(alive) is None, "it is not known yet"
        with capture_logs() as logs:
            await asyncio.sleep(70)
        said = [each for each in logs if each["event"].startswith("prober_")]
        assert [(each["event"], each["log_level"]) for each in said] == [
            ("prober_blind", "warning"),
            ("prober_connected", "info"),
        ]
        assert said[0]["since"].endswith(f"{(zero + 5_000) % 1_000:03}Z")
        assert said[1]["blind_seconds"] == 61
        assert {each["detail"] for each in logs if each["event"] == "endpoint_unknown"} == {BLIND}

    run(made, life)


def test_without_anchors_nothing_waits(tmp_path: Path) -> None:
    made = machine(tmp_path, endpoint("web", policy=DENSE))
    made.connectivity = None

    async def life(alive: Alive) -> None:
        await asyncio.sleep(1.02)
        assert alive.slots[0].history.timeline.verdict == UP
        assert connected(alive) is None

    run(made, life)


def test_a_clean_stop_records_what_a_last_check_confirms(tmp_path: Path) -> None:
    made = machine(tmp_path, endpoint("web", policy=USUAL), connectivity=anchors(interval=60_000))
    zero = made.clock.wall() + SECOND

    async def life(_alive: Alive) -> None:
        await asyncio.sleep(2)

    run(made, life)
    assert made.clock.wall() < zero + 1_200

    async def after(alive: Alive) -> None:
        assert stored(alive) == [(zero, UP)]
        await asyncio.sleep(0)

    run(made, after)


def test_a_clean_stop_while_the_anchors_are_dead_records_what_waits_as_inconclusive(tmp_path: Path) -> None:
    made = machine(tmp_path, endpoint("web", policy=USUAL), connectivity=anchors(interval=60_000))
    zero = made.clock.wall() + SECOND

    async def life(_alive: Alive) -> None:
        await asyncio.sleep(2)
        made.anchors = dead

    run(made, life)

    async def after(alive: Alive) -> None:
        assert stored(alive) == [(zero, UNKNOWN)]
        await asyncio.sleep(0)

    run(made, after)


def test_a_clean_stop_waits_no_longer_than_two_seconds_and_leaves_undone_what_has_no_answer(
    tmp_path: Path,
) -> None:
    slow = anchors(interval=60_000)
    slow = Connectivity(slow.anchors, slow.quorum, slow.interval, timeout=30_000)
    made = machine(tmp_path, endpoint("web", policy=USUAL), connectivity=slow)
    zero = made.clock.wall() + SECOND

    async def life(_alive: Alive) -> None:
        await asyncio.sleep(2)
        made.anchors = silent

    run(made, life)
    assert made.clock.wall() <= zero + 3_100

    async def after(alive: Alive) -> None:
        assert stored(alive) == []
        await asyncio.sleep(0)

    run(made, after)


def test_kill_9_loses_what_waits_and_no_more(tmp_path: Path) -> None:
    made = machine(tmp_path, endpoint("web", policy=DENSE), connectivity=anchors(interval=3_000), before=500)
    zero = made.clock.wall() + 500

    async def life(alive: Alive) -> None:
        await asyncio.sleep(5.2)  # checks at 0 and 3 s
        assert await alive.engine.commit()
        assert alive.settled() == zero + 3 * SECOND
        alive.kill()

    run(made, life)

    async def after(alive: Alive) -> None:
        assert stored(alive) == [(zero + index * SECOND, UP) for index in range(3)]
        assert alive.slots[0].history.state(zero + 3_200) == UP, "as of the last result that is known"
        await asyncio.sleep(0)

    run(made, after)


def test_ruling_13_a_step_back_drops_what_waits_and_its_endpoint_is_probed_again(tmp_path: Path) -> None:
    """Also where it is stamped before the new time: no check that could say whether it counts will follow it."""
    made = machine(tmp_path, endpoint("web", policy=USUAL), connectivity=anchors(interval=60_000))
    zero = made.clock.wall() + SECOND

    async def life(alive: Alive) -> None:
        await asyncio.sleep(6)
        alive.engine.now()
        made.clock.step(-3 * SECOND)
        await asyncio.sleep(1)
        first, again = made.begun["web"]
        assert first == zero
        assert zero + 2 * SECOND <= again <= zero + 2_600
        assert alive.health.clock_steps == 1

    run(made, life)

    async def after(alive: Alive) -> None:
        assert stored(alive) == [(made.begun["web"][1], UP)]
        await asyncio.sleep(0)

    run(made, after)


def test_ruling_13_a_step_back_ends_no_blindness(tmp_path: Path) -> None:
    made = machine(tmp_path, endpoint("web", policy=DENSE))
    made.anchors = dead

    async def life(alive: Alive) -> None:
        await asyncio.sleep(10)
        made.clock.step(-5 * SECOND)
        await asyncio.sleep(10)
        assert connected(alive) is False
        assert alive.health.blind_since is not None
        assert alive.slots[0].history.timeline.verdict == UNKNOWN
        made.anchors = lambda _host, _at: (True, 5)
        await asyncio.sleep(4)
        assert connected(alive)
        assert alive.asked() == UP

    run(made, life)


def test_ruling_13_a_step_forward_keeps_what_waits_but_it_speaks_only_until_the_step(tmp_path: Path) -> None:
    made = machine(tmp_path, endpoint("web", policy=USUAL), connectivity=anchors(interval=10_000))
    zero = made.clock.wall() + SECOND

    async def life(alive: Alive) -> None:
        await asyncio.sleep(6)
        alive.engine.now()
        made.clock.step(3_600 * SECOND)
        await asyncio.sleep(30)
        history = alive.slots[0].history
        step = zero + 5 * SECOND
        assert history.state(zero) == UP
        assert tally(history, zero, step + 3_600 * SECOND).up == 5 * SECOND
        at = alive.engine.now() - 20 * SECOND
        await alive.engine.commit()
        assert stored(alive)[0] == (zero, UP)
        assert history.state(at) == UP

    run(made, life)
