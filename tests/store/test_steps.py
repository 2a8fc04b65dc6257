"""Events that a source has counted: kept by SLO and hour, set aside with the clock, pruned."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from exporter.errors import StoreError
from exporter.store.base import EndpointKey, SloKey
from exporter.store.reader import SqliteReader
from exporter.store.writer import SqliteWriter
from exporter.timeline.samples import Step
from exporter.units import HOUR, MINUTE

ORDERS, SEARCH, OTHERS = SloKey("shop", "orders"), SloKey("shop", "search"), SloKey("depot", "orders")


def minutes(first: int, last: int, good: int = 5_000_000, bad: int = 0) -> Sequence[Step]:
    return [Step(minute * MINUTE, MINUTE, good, bad, known=True) for minute in range(first, last)]


def test_steps_are_what_was_added_over_hours_and_additions(path: Path, writer: SqliteWriter) -> None:
    first, second = (
        minutes(50, 130),
        [
            Step(130 * MINUTE, MINUTE, 0, 0, known=False),
            Step(131 * MINUTE, 1_000, 10**18, 1, known=True),
            Step(132 * MINUTE, 12 * MINUTE, 0, 0, known=True),
        ],
    )
    assert writer.add_steps(ORDERS, first, None)
    assert writer.add_steps(SEARCH, minutes(1, 2), None)
    assert writer.add_steps(ORDERS, second, 130 * MINUTE)
    reader = SqliteReader.open(path)
    assert reader.steps(ORDERS) == [*first, *second]
    assert reader.steps(SEARCH) == minutes(1, 2)
    assert reader.steps(OTHERS) == []
    reader.close()


def test_steps_that_do_not_follow_the_latest_are_not_added(writer: SqliteWriter) -> None:
    assert not writer.add_steps(ORDERS, minutes(1, 2), 1)
    assert writer.add_steps(ORDERS, minutes(1, 3), None)
    for after in (None, 2 * MINUTE, 4 * MINUTE):
        assert not writer.add_steps(ORDERS, minutes(5, 6), after)
    assert writer.steps(ORDERS) == minutes(1, 3)


def test_what_the_clock_took_back_takes_the_steps_that_end_later_with_it(
    path: Path, writer: SqliteWriter
) -> None:
    """Ruling 13: a step that was running then is asked about again."""
    writer.begin(0, {EndpointKey("shop", "web"): "http"})
    writer.add_steps(ORDERS, minutes(0, 200), None)
    writer.add_steps(OTHERS, minutes(0, 60), None)
    writer.set_aside(200 * MINUTE, 90 * MINUTE + 1)
    assert writer.steps(ORDERS) == minutes(0, 90)
    assert writer.steps(OTHERS) == minutes(0, 60)
    kept = sqlite3.connect(path).execute("SELECT cause, service, slo, hour FROM set_aside_sample").fetchall()
    assert kept == [("clock", "shop", "orders", hour * HOUR) for hour in (1, 2, 3)]
    assert writer.add_steps(ORDERS, minutes(90, 91), 90 * MINUTE)


def test_hours_go_as_a_whole_when_they_are_over(writer: SqliteWriter) -> None:
    for slo in (ORDERS, SEARCH, OTHERS):
        writer.add_steps(slo, minutes(0, 200), None)
    writer.set_aside(200 * MINUTE, 190 * MINUTE)
    assert writer.prune(2 * HOUR + 30 * MINUTE) == 6
    for slo in (ORDERS, SEARCH, OTHERS):
        assert writer.steps(slo) == minutes(120, 190)
    assert writer.prune(4 * HOUR) == 9
    assert [writer.steps(slo) for slo in (ORDERS, SEARCH, OTHERS)] == [[], [], []]


def test_an_addition_is_whole_or_not_at_all(path: Path, writer: SqliteWriter) -> None:
    writer.add_steps(ORDERS, minutes(0, 10), None)
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute(
            "CREATE TRIGGER full BEFORE INSERT ON sample WHEN NEW.hour > 0 BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    with pytest.raises(StoreError, match="the disk is full"):
        writer.add_steps(ORDERS, minutes(10, 70), 10 * MINUTE)
    assert writer.steps(ORDERS) == minutes(0, 10)


def test_damage_is_said_with_its_place(path: Path, writer: SqliteWriter) -> None:
    writer.add_steps(ORDERS, minutes(0, 10), None)
    with sqlite3.connect(path) as other:
        other.execute("UPDATE sample SET steps = x'00'")
    with pytest.raises(StoreError, match=r"the steps of the hour 1970-01-01T00:00:00Z are damaged"):
        writer.steps(ORDERS)
