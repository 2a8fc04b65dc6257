"""When endpoints are due, as a function of the instants that the schedule is given."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.engine.schedule import FIRST_PROBE_WITHIN, Schedule
from exporter.engine.slot import Slot, spread
from exporter.probes.base import Probed
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.policy import Policy
from tests.support.world import endpoint, service

SECOND = 1_000
DAY = 86_400 * SECOND

Started = list[tuple[int, str, int, bool]]
"""Instant, endpoint, step and event of each probe that was started."""


class Idle:
    """A prober whose probes end when the test says so."""

    def begin(self, endpoint: Probed) -> None:
        """Begin nothing."""

    def cancel(self, endpoint: Probed) -> None:
        """Drop nothing."""


def slot(name: str, interval: int, phase: int | None = None) -> Slot:
    config = endpoint(name, policy=Policy(interval, interval, 3 * interval))
    made = Slot(service(config), config, number=1, prober=Idle(), history=EndpointHistory(), began=0)
    if phase is not None:
        made.phase = phase
    return made


def scheduled(
    *slots: Slot, now: int = 0, ends: Callable[[Slot], bool] = lambda _: True
) -> tuple[Schedule, Started, list[int]]:
    started, lags = Started(), list[int]()

    def start(slot: Slot) -> None:
        assert slot.at is not None
        started.append((slot.at, slot.config.name, slot.step, slot.event))
        if ends(slot):
            slot.at = None

    return Schedule(slots, now, start, lags.append), started, lags


def live(schedule: Schedule, start: int, end: int, step: int = 10) -> None:
    for now in range(start, end + 1, step):
        schedule.fire(now)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([2, 5, 15, 60, 86_400]), min_size=1, max_size=20), st.integers(0, 10**12))
def test_every_endpoint_is_probed_within_its_interval_or_15_s_of_the_start(
    intervals: list[int], now: int
) -> None:
    slots = [slot(f"e{index}", seconds * SECOND) for index, seconds in enumerate(intervals)]
    schedule, started, _ = scheduled(*slots, now=now)
    live(schedule, now, now + FIRST_PROBE_WITHIN + 10)
    for each in slots:
        within = min(each.config.policy.interval, FIRST_PROBE_WITHIN)
        assert any(name == each.config.name and at <= now + within + 10 for at, name, _, _ in started)


def test_a_first_probe_before_the_first_beat_is_no_event() -> None:
    schedule, started, _ = scheduled(slot("daily", DAY, phase=DAY // 2))
    live(schedule, 0, FIRST_PROBE_WITHIN)
    [(_, _, step, event)] = started
    assert (step, event) == (0, False)


def test_beats_are_an_interval_apart_and_a_restart_keeps_them() -> None:
    first, started, _ = scheduled(slot("web", 15 * SECOND))
    live(first, 0, 60 * SECOND)
    again, later, _ = scheduled(slot("web", 15 * SECOND), now=61 * SECOND)
    live(again, 61 * SECOND, 120 * SECOND)
    instants = [at for at, _, _, _ in started + later]
    assert {b - a for a, b in pairwise(instants)} == {15 * SECOND}


def test_the_spread_depends_on_identity_alone_and_is_even() -> None:
    places = [spread("shop", f"e{index}", 15_000) for index in range(15_000)]
    assert places == [spread("shop", f"e{index}", 15_000) for index in range(15_000)]
    per_second = [sum(at // 1_000 == second for at in places) for second in range(15)]
    assert min(per_second) > 800
    assert max(per_second) < 1_200


@pytest.mark.parametrize(("late", "step"), [(0, 15_000), (100, 15_000), (101, 0), (5_000, 0)])
def test_a_start_within_100_ms_of_its_beat_counts_as_the_beat(late: int, step: int) -> None:
    """Rule A."""
    schedule, started, lags = scheduled(slot("web", 15_000, phase=10_000))
    schedule.fire(10_000 + late)
    assert started == [(10_000 if step else 10_000 + late, "web", step, True)]
    assert lags == [late]


def test_a_short_interval_is_less_tolerant() -> None:
    """Rule A: and within 5 % of the interval."""
    schedule, started, _ = scheduled(slot("web", 1_000, phase=500))
    schedule.fire(551)
    assert started == [(551, "web", 0, True)]


def test_a_beat_that_finds_a_probe_in_flight_is_missed_and_never_queued_up() -> None:
    """Ruling 2."""
    web = slot("web", 1_000, phase=0)
    schedule, started, _ = scheduled(web, ends=lambda _: False)
    live(schedule, 0, 3_500)
    assert (len(started), schedule.missed) == (1, 2)
    web.at = None
    live(schedule, 3_510, 4_000)
    assert [at for at, _, _, _ in started] == [1_000, 4_000]


def test_a_hung_endpoint_delays_no_other() -> None:
    hung, well = slot("hung", 1_000, phase=0), slot("well", 1_000, phase=1)
    schedule, started, _ = scheduled(hung, well, ends=lambda slot: slot is well)
    live(schedule, 0, 5_500)
    assert sum(name == "well" for _, name, _, _ in started) == 6
    assert sum(name == "hung" for _, name, _, _ in started) == 1


def test_after_a_stall_each_endpoint_is_probed_once_and_the_rest_is_missed() -> None:
    slots = [slot(f"e{index}", 1_000, phase=index * 10) for index in range(50)]
    schedule, started, _ = scheduled(*slots)
    live(schedule, 0, 2_000)
    before = len(started)
    schedule.fire(3_600_000)
    assert len(started) - before == 50
    assert len(started) + schedule.missed == sum(1 + (3_600_000 - each.phase) // 1_000 for each in slots) - 1
    instants = [at for at, name, _, _ in started if name == "e7"]
    assert instants == sorted(set(instants))


def test_a_late_retry_and_a_beat_in_the_same_look_start_one_probe() -> None:
    """Both would have been begun at one instant, as a failure may come at once."""
    web = slot("web", 6_000, phase=0)
    schedule, started, _ = scheduled(web)
    live(schedule, 0, 6_000)
    schedule.once(web, 8_000)
    schedule.fire(15_000)
    instants = [at for at, _, _, _ in started]
    assert instants == [6_000, 15_000]
    assert schedule.missed == 1


def test_a_retry_that_meets_a_beat_is_the_beat() -> None:
    """Ruling 3: the next probe starts at the earlier of the next beat and the retry."""
    web = slot("web", 5_000, phase=0)
    schedule, started, _ = scheduled(web)
    live(schedule, 0, 5_000)
    schedule.once(web, 9_950)
    schedule.once(web, 12_000)
    live(schedule, 5_010, 10_000)
    assert [(at, event) for at, _, _, event in started] == [(5_000, True), (10_000, True)]


def test_beats_that_a_jump_of_the_clock_skips_are_not_missed() -> None:
    schedule, started, _ = scheduled(slot("web", 1_000, phase=0))
    schedule.fire(1_000)
    schedule.seek(1_000, 3_600_500)
    schedule.fire(3_601_000)
    assert schedule.missed == 0
    assert [at for at, _, _, _ in started] == [1_000, 3_601_000]
