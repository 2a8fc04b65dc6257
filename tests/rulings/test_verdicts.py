"""Rulings 1 to 10: from probes to states. The real engine in simulated time, each case with its numbers."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from exporter.config.load import load as load_config
from exporter.errors import ConfigError
from exporter.slo.ratio import fraction
from exporter.timeline.policy import Policy
from exporter.timeline.tally import State, tally
from tests.support.machine import HandClock, live
from tests.support.past import Past, load_text
from tests.support.simulated import NEVER, Alive, Answers, Machine, beat, one_slo
from tests.support.world import endpoint, service

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN
SECOND, HOUR, DAY = 1_000, 3_600_000, 86_400_000
START = 1_800_000_000_000
POLICY = Policy(15 * SECOND, 5 * SECOND, 35 * SECOND)


def follow(script: Mapping[int, tuple[State, int]], zero: int, otherwise: State = UP) -> Answers:
    """Answers by seconds after `zero`; what is not named is `otherwise`, at once."""
    return lambda _name, at: script.get((at - zero) // SECOND, (otherwise, 1))


def make(folder: Path, policy: Policy = POLICY, retry_interval: int | None = None) -> tuple[Machine, int]:
    """A machine one second before its endpoint's first beat, and that beat."""
    watched = one_slo(service(endpoint("web", policy=policy, retry_interval=retry_interval)))
    zero = beat(watched, START)
    return Machine(folder / "uptime.db", [watched], HandClock(zero - SECOND)), zero


def set_policy(machine: Machine, policy: Policy) -> None:
    """The configuration that the next start will find."""
    (watched,) = machine.services
    machine.services = [
        replace(watched, endpoints=tuple(replace(each, policy=policy) for each in watched.endpoints))
    ]


async def until(machine: Machine, at: int) -> None:
    """Let time pass until an instant."""
    await asyncio.sleep((at - machine.clock.wall()) / 1000)


def states(alive: Alive, zero: int, *seconds: int) -> list[State]:
    return [alive.slots[0].history.state(zero + each * SECOND) for each in seconds]


def seconds(alive: Alive, start: int, end: int) -> tuple[int, int, int]:
    """Whole milliseconds up, down and unknown."""
    found = tally(alive.slots[0].history, start, end)
    return found.up, found.down, found.unknown


def test_ruling_1_a_probe_in_flight_lets_the_state_before_it_stand(tmp_path: Path) -> None:
    """S(0); the probe at 15 hangs and fails at 20: at 19 the record says up 19 s, at 20 up 15 s."""
    machine, zero = make(tmp_path)
    machine.answers = follow({15: (DOWN, 5_000)}, zero)

    async def main() -> None:
        async with machine.daemon() as alive:
            await until(machine, zero + 19 * SECOND)
            assert seconds(alive, zero, zero + 19 * SECOND) == (19 * SECOND, 0, 0)
            assert alive.settled() == zero + 15 * SECOND
            assert alive.counters()[0]["up"] == 15 * SECOND, "counters wait"
            await until(machine, zero + 20 * SECOND + 10)
            assert seconds(alive, zero, zero + 20 * SECOND) == (15 * SECOND, 5 * SECOND, 0)
            await until(machine, zero + 23 * SECOND)
            assert alive.counters()[0]["up"] == 15 * SECOND
            assert alive.counters()[0]["down"] > 5 * SECOND

    live(machine.clock, main)


def test_ruling_2_one_probe_is_in_flight_and_the_beats_that_find_it_are_missed(tmp_path: Path) -> None:
    """interval 1s, timeout 5s, a black hole: in 60 s 12 probes begin and 48 beats are missed; no gap, no queue."""
    machine, zero = make(tmp_path, Policy(1 * SECOND, 5 * SECOND, 7 * SECOND))
    machine.answers = lambda _name, _at: (DOWN, 4_995)

    async def main() -> None:
        async with machine.daemon() as alive:
            await until(machine, zero + 60 * SECOND + 20)
            assert machine.begun["web"] == [zero + 5 * SECOND * index for index in range(13)]
            assert alive.health.missed == 48
            assert seconds(alive, zero, zero + 60 * SECOND) == (0, 60 * SECOND, 0)
            assert alive.slots[0].history.events(zero + 60 * SECOND) == (0, 12)

    live(machine.clock, main)


def test_ruling_2_a_staleness_below_the_interval_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="staleness"):
        load_text(tmp_path, one("interval: 30s, staleness: 29s"))
    load_text(tmp_path, one("interval: 30s, staleness: 30s"))
    assert load_text(tmp_path, one("interval: 1s, timeout: 5s")).services, (
        "a timeout above the interval is fine"
    )


def one(keys: str) -> str:
    return f"services: [{{name: shop, endpoints: [{{url: 'http://127.0.0.1/', {keys}}}], slos: [{{objective: 99}}]}}]"


@pytest.mark.parametrize(("interval", "retry"), [("24h", 5 * SECOND), ("5s", 5 * SECOND), ("2s", 2 * SECOND)])
def test_ruling_3_the_retry_interval_is_the_smaller_of_interval_and_5s(
    tmp_path: Path, interval: str, retry: int
) -> None:
    (shop,) = load_text(tmp_path, one(f"interval: {interval}")).services
    assert shop.endpoints[0].retry_interval == retry


def test_ruling_3_a_retry_interval_above_the_interval_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="retry_interval"):
        load_text(tmp_path, one("interval: 10s, retry_interval: 11s"))
    load_text(tmp_path, one("interval: 10s, retry_interval: 10s"))


def test_ruling_3_a_failure_is_tried_again_soon_and_the_verdict_ends_it(tmp_path: Path) -> None:
    """down_after 2, interval 24h: F(0), the retry at 5 s is the verdict, and the next probe is tomorrow's."""
    machine, zero = make(tmp_path, Policy(DAY, 5 * SECOND, 2 * DAY, down_after=2), 5 * SECOND)
    machine.answers = follow({}, zero, DOWN)

    async def main() -> None:
        async with machine.daemon() as alive:
            await until(machine, zero + 1 * SECOND)
            assert states(alive, zero, 0) == [UNKNOWN]
            await until(machine, zero + 60 * SECOND)
            assert machine.begun["web"] == [zero, zero + 5 * SECOND]
            assert states(alive, zero, -1, 0, 5, 59) == [UNKNOWN, DOWN, DOWN, DOWN]
            assert alive.slots[0].history.events(zero + HOUR) == (0, 1), "a retry is no event"

    live(machine.clock, main)


def test_ruling_3_a_retry_never_starts_before_the_attempt_has_ended(tmp_path: Path) -> None:
    """retry_interval 2s, but the attempt takes 4 s: the retry starts at 4 s, the one after that 2 s later."""
    machine, zero = make(tmp_path, Policy(60 * SECOND, 5 * SECOND, 125 * SECOND, down_after=3), 2 * SECOND)
    machine.answers = follow({0: (DOWN, 4_000)}, zero, DOWN)

    async def main() -> None:
        async with machine.daemon():
            await until(machine, zero + 59 * SECOND)

    live(machine.clock, main)
    begun = [at - zero for at in machine.begun["web"]]
    assert begun[0] == 0
    assert begun[1] in range(4_000, 4_020)
    assert begun[2] == begun[1] + 2 * SECOND
    assert len(begun) == 3


def test_ruling_3_only_a_failure_brings_a_retry_and_a_beat_that_comes_first_stands_for_it(
    tmp_path: Path,
) -> None:
    """down_after 3, every 15 s, retries after 5 s: F(0) F(5) I(10), then S(15) of the beat; F(30) F(35) F(40)."""
    machine, zero = make(tmp_path, replace(POLICY, down_after=3), 5 * SECOND)
    machine.answers = follow(
        {0: (DOWN, 1), 5: (DOWN, 1), 10: (UNKNOWN, 1), 30: (DOWN, 1), 35: (DOWN, 1), 40: (DOWN, 1)}, zero
    )

    async def main() -> None:
        async with machine.daemon() as alive:
            await until(machine, zero + 59 * SECOND)
            assert states(alive, zero, 0, 5, 10, 15, 30, 44, 45) == [
                UNKNOWN,
                UNKNOWN,
                UNKNOWN,
                UP,
                DOWN,
                DOWN,
                UP,
            ]

    live(machine.clock, main)
    assert [(at - zero) // SECOND for at in machine.begun["web"]] == [0, 5, 10, 15, 30, 35, 40, 45]


def test_ruling_3_there_are_no_retries_towards_up_after(tmp_path: Path) -> None:
    machine, zero = make(tmp_path, replace(POLICY, up_after=3), 1 * SECOND)

    async def main() -> None:
        async with machine.daemon() as alive:
            await until(machine, zero + 40 * SECOND)
            assert states(alive, zero, 0, 39) == [UP, UP], "back-dated to the first of the three"

    live(machine.clock, main)
    assert machine.begun["web"] == [zero, zero + 15 * SECOND, zero + 30 * SECOND]


def test_ruling_3_a_retry_that_would_meet_the_next_beat_is_that_beat(tmp_path: Path) -> None:
    machine, zero = make(tmp_path, replace(POLICY, down_after=2), 15 * SECOND)
    machine.answers = follow({}, zero, DOWN)

    async def main() -> None:
        async with machine.daemon() as alive:
            await until(machine, zero + 29 * SECOND)
            assert alive.slots[0].history.events(zero + 29 * SECOND) == (0, 2)
            assert alive.health.missed == 0

    live(machine.clock, main)
    assert machine.begun["web"] == [zero, zero + 15 * SECOND]


@pytest.mark.parametrize(("gap", "unknown"), [(125_000, 0), (125_001, 1)])
def test_ruling_4_a_probe_speaks_for_the_staleness_in_force_at_its_start(
    tmp_path: Path, gap: int, unknown: int
) -> None:
    """Interval 60s -> 10s after a probe: it covers 125 s, not 25; a probe exactly then leaves no gap."""
    past = Past.of(tmp_path, one("name: web, interval: 1m"))
    past.bring([("S", START)])
    past.reconfigure(one("name: web, interval: 10s"))
    past.bring([("S", START + gap)])
    found = past.figures(START + gap + 60 * SECOND).tally
    assert past.figures(START + gap, window=gap).tally.unknown == unknown
    assert found.up == gap - unknown + 25 * SECOND


def test_ruling_5_a_restart_shorter_than_the_staleness_is_unknown(tmp_path: Path) -> None:
    """S(0), kill -9 at 5, restart at 8, S(15): unknown from the last commit to 15, however short."""
    machine, zero = make(tmp_path)

    async def before() -> None:
        async with machine.daemon() as alive:
            await until(machine, zero + 5 * SECOND)
            alive.kill()

    async def after() -> None:
        async with machine.daemon() as alive:
            mark = alive.store.absences()[0]
            assert zero + 3 * SECOND <= mark <= zero + 5 * SECOND
            await until(machine, zero + 14 * SECOND)
            assert alive.asked() == UNKNOWN
            await until(machine, zero + 29 * SECOND)
            expected = (mark - zero + 14 * SECOND, 0, zero + 15 * SECOND - mark)
            assert seconds(alive, zero, zero + 29 * SECOND) == expected
            assert alive.stored_figures(zero + 28 * SECOND) == alive.figures(zero + 28 * SECOND)

    live(machine.clock, before)
    machine.clock.pass_time(3)
    live(machine.clock, after)
    assert machine.begun["web"] == [zero, zero + 15 * SECOND]


def test_ruling_5_a_stop_commits_what_is_known_and_costs_no_more(tmp_path: Path) -> None:
    """SIGTERM at 20, half a second after a commit, with a result that no commit has: it is not lost."""
    machine, zero = make(tmp_path)
    machine.answers = follow({15: (DOWN, 4_900)}, zero)

    async def before() -> None:
        async with machine.daemon():
            await until(machine, zero + 19_950)

    async def after() -> None:
        async with machine.daemon() as alive:
            await until(machine, zero + 31 * SECOND)
            (mark,) = alive.store.absences()
            assert zero + 19_400 <= mark <= zero + 19_950
            assert seconds(alive, zero, zero + 31 * SECOND) == (
                16 * SECOND,
                mark - zero - 15 * SECOND,
                zero + 30 * SECOND - mark,
            )

    live(machine.clock, before)
    live(machine.clock, after)


def test_ruling_6_back_dating_labels_the_results_and_never_the_unknown_time_between(tmp_path: Path) -> None:
    """down_after 2; S and F at the end of October, off for ten days, F: October's F turns down, the gap does not."""
    machine, zero = make(tmp_path, replace(POLICY, down_after=2), 15 * SECOND)
    machine.answers = follow({0: (UP, 1)}, zero, DOWN)

    async def october() -> None:
        async with machine.daemon() as alive:
            await until(machine, zero + 25 * SECOND)
            assert seconds(alive, zero, zero + 25 * SECOND) == (25 * SECOND, 0, 0), "not yet a verdict"

    async def november() -> None:
        async with machine.daemon() as alive:
            mark, back = alive.store.absences()[0], beat(machine.services[0], machine.clock.wall())
            await until(machine, back + 5 * SECOND)
            assert seconds(alive, zero, back) == (
                15 * SECOND,
                mark - zero - 15 * SECOND,
                back - mark,
            )
            assert alive.asked() == DOWN
            await until(machine, back + 9 * SECOND)
            (counters,) = alive.counters()
            assert counters["up"] == 0, "no counter of this process ever saw October"
            assert counters["down"] in range(7 * SECOND, 9 * SECOND + 1)

    live(machine.clock, october)
    machine.clock.pass_time(10 * DAY / 1000)
    live(machine.clock, november)


def test_ruling_6_counters_wait_at_most_the_staleness_and_a_later_verdict_leaves_them(tmp_path: Path) -> None:
    """down_after 2: S(0) F(15), then nothing but I until F(300): the counters go on at 50, and are never put right."""
    machine, zero = make(tmp_path, replace(POLICY, down_after=2), 15 * SECOND)
    quiet = dict.fromkeys(range(30, 300, 15), (UNKNOWN, 1))
    machine.answers = follow({0: (UP, 1), **quiet}, zero, DOWN)

    async def main() -> None:
        async with machine.daemon() as alive:
            await until(machine, zero + 49 * SECOND)
            assert alive.counters()[0]["up"] == 15 * SECOND
            assert alive.settled() == zero + 15 * SECOND
            await until(machine, zero + 53 * SECOND)
            assert alive.counters()[0]["up"] == 30 * SECOND
            assert alive.settled() >= zero + 50 * SECOND
            assert seconds(alive, zero, zero + 50 * SECOND) == (30 * SECOND, 0, 20 * SECOND)
            await until(machine, zero + 314 * SECOND)
            assert seconds(alive, zero, zero + 50 * SECOND) == (15 * SECOND, 15 * SECOND, 20 * SECOND)
            (counters,) = alive.counters()
            assert counters["up"] == 30 * SECOND
            assert counters["down"] in range(12 * SECOND, 14 * SECOND + 1)

    live(machine.clock, main)


@pytest.mark.parametrize(
    ("letters", "expected"),
    [("SFIF", [UP, DOWN, UNKNOWN, DOWN]), ("SFIS", [UP, UP, UNKNOWN, UP])],
)
def test_ruling_7_an_inconclusive_result_hides_its_interval_and_no_more(
    tmp_path: Path, letters: str, expected: list[State]
) -> None:
    """down_after 2: F I F is down, unknown, down; F I S is up, unknown, up."""
    past = Past.of(tmp_path, one("name: web, down_after: 2"))
    past.bring([(letter, START + index * 15 * SECOND) for index, letter in enumerate(letters)])
    assert past.states(*(START + index * 15 * SECOND for index in range(4))) == expected
    assert past.states(*(START + index * 15 * SECOND - 1 for index in range(1, 5))) == expected


def test_ruling_8_after_a_gap_the_old_verdict_stands_for_one_retry(tmp_path: Path) -> None:
    """Up, off for an hour, the first probe fails with down_after 2: up until the retry, then down from that probe."""
    machine, zero = make(tmp_path, replace(POLICY, down_after=2), 5 * SECOND)

    async def before() -> None:
        async with machine.daemon():
            await until(machine, zero + 20 * SECOND)

    async def after() -> None:
        async with machine.daemon() as alive:
            back = beat(machine.services[0], machine.clock.wall())
            await until(machine, back + 4 * SECOND)
            assert alive.asked() == UP
            await until(machine, back + 6 * SECOND)
            assert alive.asked() == DOWN
            assert alive.slots[0].history.since(back + 6 * SECOND) == back

    live(machine.clock, before)
    machine.clock.pass_time(3_600)
    machine.answers = follow({}, zero, DOWN)
    live(machine.clock, after)


def test_ruling_8_success_and_failure_in_turn_never_decide_where_both_need_two(tmp_path: Path) -> None:
    """A new endpoint is unknown for ever, one that was up stays up; and `check` warns of such a setting."""
    text = one("name: web, up_after: 2, down_after: 2")
    past = Past.of(tmp_path, text)
    turns = [("SF"[index % 2], START + index * 15 * SECOND) for index in range(200)]
    past.bring(turns)
    assert past.figures(START + 3_000 * SECOND, window=3_000 * SECOND).tally == (
        0,
        0,
        0,
        3_000_000,
        3_000_000,
    )
    (tmp_path / "up").mkdir()
    other = Past.of(tmp_path / "up", text)
    other.bring([("S", START - 30 * SECOND), ("S", START - 15 * SECOND), *turns])
    assert fraction(other.figures(START + 3_000 * SECOND, window=3_000 * SECOND).sli) == 1
    assert any("up_after" in warning for warning in load_config([str(tmp_path / "uptime.yml")], {}).warnings)


def test_ruling_9_up_after_is_symmetric(tmp_path: Path) -> None:
    """Down, up_after 2, S(100) S(115): up from 100, and down in between for whoever asks at 110."""
    policy = Policy(5 * SECOND, 5 * SECOND, 15 * SECOND, up_after=2)
    machine, zero = make(tmp_path, policy)
    machine.answers = lambda _name, at: (UP if at >= zero + 100 * SECOND else DOWN, 1)

    async def main() -> None:
        async with machine.daemon() as alive:
            await until(machine, zero + 104 * SECOND)
            assert alive.asked() == DOWN
            assert states(alive, zero, 99, 100) == [DOWN, DOWN]
            await until(machine, zero + 106 * SECOND)
            assert alive.asked() == UP
            assert states(alive, zero, 99, 100) == [DOWN, UP]

    live(machine.clock, main)


def test_ruling_9_the_first_verdict_of_a_life_is_back_dated_and_nothing_before_its_run_is_known(
    tmp_path: Path,
) -> None:
    """up_after 2, down_after 2: F(0) S(15) S(30): unknown until 15, up from then."""
    past = Past.of(tmp_path, one("name: web, up_after: 2, down_after: 2"))
    past.bring([("F", START), ("S", START + 15 * SECOND), ("S", START + 30 * SECOND)])
    assert past.states(START, START + 15 * SECOND - 1, START + 15 * SECOND) == [UNKNOWN, UNKNOWN, UP]
    assert past.figures(START + 65 * SECOND, window=65 * SECOND).tally == (50_000, 0, 0, 15_000, 15_000)


def test_ruling_9_a_restart_keeps_the_verdict_and_the_pending_run(tmp_path: Path) -> None:
    """down_after 3, every beat fails, killed between the second and the third: the third is the verdict."""
    machine, zero = make(tmp_path, replace(POLICY, down_after=3), 15 * SECOND)
    machine.answers = follow({0: (UP, 1)}, zero, DOWN)

    async def before() -> None:
        async with machine.daemon() as alive:
            await until(machine, zero + 34 * SECOND)
            alive.kill()

    async def after() -> None:
        async with machine.daemon() as alive:
            assert alive.slots[0].history.timeline.verdict == UP
            await until(machine, zero + 46 * SECOND)
            (mark,) = alive.store.absences()
            assert alive.asked() == DOWN
            assert seconds(alive, zero, zero + 46 * SECOND) == (
                15 * SECOND,
                mark - zero - 15 * SECOND + 1 * SECOND,
                zero + 45 * SECOND - mark,
            )

    live(machine.clock, before)
    live(machine.clock, after)


def test_ruling_10_a_changed_setting_gives_no_verdict_but_the_next_result_does(tmp_path: Path) -> None:
    """down_after 3, F F pending, then 1: nothing happens until the next failure, which is down from the first."""
    machine, zero = make(tmp_path, replace(POLICY, down_after=3), 15 * SECOND)
    machine.answers = follow({0: (UP, 1)}, zero, DOWN)

    async def before() -> None:
        async with machine.daemon():
            await until(machine, zero + 34 * SECOND)

    async def after() -> None:
        async with machine.daemon() as alive:
            await until(machine, zero + 44 * SECOND)
            assert alive.slots[0].history.timeline.verdict == UP
            assert states(alive, zero, 16) == [UP]
            await until(machine, zero + 46 * SECOND)
            assert alive.slots[0].history.timeline.verdict == DOWN
            assert states(alive, zero, 14, 15, 30, 45) == [UP, DOWN, DOWN, DOWN]

    live(machine.clock, before)
    set_policy(machine, replace(POLICY, down_after=1))
    live(machine.clock, after)


def test_ruling_10_a_removed_endpoint_loses_its_pending_verdict(tmp_path: Path) -> None:
    """down_after 2, F pending, removed, put back: the next failure begins a run of its own."""
    machine, zero = make(tmp_path, replace(POLICY, down_after=2), 15 * SECOND)
    machine.answers = follow({0: (UP, 1)}, zero, DOWN)
    (watched,) = machine.services

    async def before() -> None:
        async with machine.daemon():
            await until(machine, zero + 20 * SECOND)

    async def without() -> None:
        async with machine.daemon():
            await asyncio.sleep(2)

    async def after() -> None:
        async with machine.daemon() as alive:
            assert alive.slots[0].history.timeline.votes == UNKNOWN
            await until(machine, zero + 31 * SECOND)
            assert alive.slots[0].history.timeline.verdict == UP
            await until(machine, zero + 46 * SECOND)
            assert states(alive, zero, 15, 30, 45) == [UP, DOWN, DOWN]

    live(machine.clock, before)
    machine.services = [one_slo(service(endpoint("other", policy=POLICY)))]
    live(machine.clock, without)
    machine.services = [watched]
    live(machine.clock, after)


def test_a_probe_that_hangs_when_the_daemon_stops_leaves_nothing_behind(tmp_path: Path) -> None:
    """Ruling 5: its beat is the first that is not done, so the record does not imply that it succeeded."""
    machine, zero = make(tmp_path)
    machine.answers = follow({15: (UP, NEVER)}, zero)

    async def main() -> None:
        async with machine.daemon():
            await until(machine, zero + 18 * SECOND)

    live(machine.clock, main)
    past = machine.ask(zero + 15 * SECOND)
    assert past["events"] == {"good": 1, "bad": 0, "excluded": 0}
    assert machine.ask(zero + 18 * SECOND)["events"]["good"] == 1
