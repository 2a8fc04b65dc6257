"""Ruling 44 through the record: events that a Prometheus has counted, step by step."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from exporter.slo.ratio import fraction
from exporter.slo.status import Status, status_at
from exporter.store.base import SloKey
from exporter.store.writer import SqliteWriter
from exporter.timeline.samples import MICRO, Step
from tests.support.entered import exclude, take_back
from tests.support.past import Past

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
JANUARY = 1_735_689_600_000  # 2025-01-01T00:00:00Z
CONFIG = """
prometheus: {url: "http://127.0.0.1:9090"}
services:
  - name: shop
    slos:
      - name: orders
        objective: 99
        window: 1h
        sli: {promql: {good: 'sum(increase(ok[1m]))', total: 'sum(increase(all[1m]))'}}
"""


@pytest.fixture
def past(tmp_path: Path) -> Past:
    return Past.of(tmp_path, CONFIG)


def minutes(*counted: tuple[float, float] | None, start: int = JANUARY) -> Sequence[Step]:
    """Steps of a minute; None where nothing is known."""
    return [
        Step(
            start + number * MINUTE,
            MINUTE,
            round((each or (0, 0))[0] * MICRO),
            round((each or (0, 0))[1] * MICRO),
            known=each is not None,
        )
        for number, each in enumerate(counted)
    ]


def count(past: Past, steps: Sequence[Step], after: int | None = None) -> None:
    """Do as the daemon does with an answer."""
    store = SqliteWriter.open(past.store)
    try:
        store.begin(steps[0].at, {})
        assert store.add_steps(SloKey("shop", "orders"), steps, after)
    finally:
        store.close()


def test_ruling_44_the_events_of_a_step_lie_at_its_start_and_are_not_split(past: Past) -> None:
    count(past, minutes((10, 0), (9, 1), (7, 3)))
    for at, counted in (
        (JANUARY + MINUTE, (10, 0)),
        (JANUARY + MINUTE + 1, (19, 1)),
        (JANUARY + 2 * MINUTE, (19, 1)),
        (JANUARY + 3 * MINUTE, (26, 4)),
    ):
        found = past.figures(at)
        assert (found.good, found.bad) == (counted[0] * MICRO, counted[1] * MICRO)
    late = past.figures(JANUARY + HOUR + 1)
    assert (late.good, late.bad) == (16 * MICRO, 4 * MICRO), "the first step began before the window"


def test_ruling_44_the_known_steps_stand_for_the_whole_window(past: Past) -> None:
    """The budget is a share of what the window would have, were all of it known: 100 events a minute."""
    count(past, minutes((99.5, 0.5), None, (100, 0)))
    found = past.figures(JANUARY + 3 * MINUTE)
    assert fraction(found.sli) == Fraction(1995, 2000)
    assert fraction(found.remaining_ratio) == 1 - Fraction(1, 2) / 60
    assert found.met is True


def test_ruling_44_coverage_is_of_steps_by_time(past: Past) -> None:
    """Ruling 23: known time / time, and a step without events is known."""
    count(past, minutes((10, 0), None, None, (0, 0)))
    found = past.ask(JANUARY + 4 * MINUTE, window=4 * MINUTE)
    assert (found["coverage"], found["seconds"]["unknown"]) == (0.5, 120)
    assert found["bounds"] == {"best": 1, "worst": 0.5}
    assert found["settled_until"] == "2025-01-01T00:04:00Z"
    assert found["events"] == {"good": 10, "bad": 0, "excluded": 0}


def test_ruling_44_a_step_is_bad_where_all_of_its_events_were(past: Past) -> None:
    """Until the next one is due to be asked about the latest one says how the SLO is."""
    count(past, minutes((1, 9), (0, 5)))
    end = JANUARY + 2 * MINUTE
    for at, status in (
        (JANUARY, Status.GOOD),
        (JANUARY + MINUTE, Status.BAD),
        (end + 2 * MINUTE, Status.BAD),
        (end + 10 * MINUTE, Status.UNKNOWN),
    ):
        assert status_at(past.pose(at).question, at) is status


def test_ruling_44_an_exclusion_takes_the_steps_that_begin_in_it_and_gives_them_back(past: Past) -> None:
    count(past, minutes((10, 0), (0, 10), (10, 0)))
    at = JANUARY + 3 * MINUTE
    before = past.ask(at)
    correction = exclude(past, JANUARY + MINUTE, JANUARY + 2 * MINUTE, now=at)
    assert [(move["before"]["sli"], move["after"]["sli"]) for move in correction.moves] == [(2 / 3, 1)]
    assert past.ask(at)["events"] == {"good": 20, "bad": 0, "excluded": 10}
    assert past.pose(at).explain()["adds_up"]
    take_back(past, correction.exclusion.ident, now=at)
    assert past.ask(at) == before


def test_ruling_44_what_is_counted_later_moves_no_earlier_figure(past: Past) -> None:
    count(past, minutes((10, 0), (9, 1)))
    before = past.figures(JANUARY + 2 * MINUTE)
    count(past, minutes((0, 10), start=JANUARY + 2 * MINUTE), JANUARY + 2 * MINUTE)
    assert past.figures(JANUARY + 2 * MINUTE) == before


def test_ruling_43_what_is_pruned_is_unwatched(past: Past) -> None:
    count(past, minutes(*[(1, 1)] * 180))
    store = SqliteWriter.open(past.store)
    store.prune(JANUARY + HOUR)
    store.close()
    found = past.ask(JANUARY + 90 * MINUTE)
    assert found["events"] == {"good": 30, "bad": 30, "excluded": 0}
    assert (found["kept_from"], found["coverage"]) == ("2025-01-01T01:00:00Z", 0.5)


def test_a_window_without_a_single_step_has_no_value(past: Past) -> None:
    count(past, minutes((10, 0)))
    found = past.ask(JANUARY + 10 * DAY)
    assert (found["sli"], found["met"], found["coverage"]) == (None, None, 0)
