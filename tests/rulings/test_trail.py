"""Ruling 42 through the record: exclusions of the configuration hold for the past, and the trail says what they moved."""

import json
from collections.abc import Callable

import pytest

from exporter.errors import UsageError
from exporter.store.reader import SqliteReader
from tests.support.entered import exclude, lasting, see
from tests.support.past import Past, config_text, steady

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
JANUARY = 1_735_689_600_000  # 2025-01-01T00:00:00Z, a Wednesday

MakePast = Callable[..., Past]

SUNDAYS = (
    "name: patching, category: maintenance, timezone: UTC, duration: 1h,"
    " rrule: 'FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=0;BYSECOND=0'"
)
FOUR_WEEKS = config_text("interval: 1h", "window: 28d")


def test_ruling_42_a_weekly_rule_that_is_added_today_excludes_past_sundays_unless_it_says_from_when(
    make_past: MakePast,
) -> None:
    """Four Sundays in 28 days; `from` and `to` bound the recurrence: two of them are left."""
    past = make_past(text=lasting(FOUR_WEEKS, SUNDAYS))
    past.bring(steady("S", JANUARY, JANUARY + 28 * DAY, HOUR))
    end = JANUARY + 28 * DAY
    assert past.figures(end).tally.excluded == 4 * HOUR
    past.reconfigure(lasting(FOUR_WEEKS, f"{SUNDAYS}, from: 2025-01-10, to: 2025-01-25"))
    assert past.figures(end).tally.excluded == 2 * HOUR


def test_ruling_42_whatever_a_reload_adds_changes_or_removes_is_in_the_trail_with_the_figures_that_it_moves(
    make_past: MakePast,
) -> None:
    """Tidying an old one-off out of the file puts its downtime back, and the trail says by how much."""
    once = "name: disks, category: maintenance, from: 2025-01-10, to: {}, timezone: UTC"
    past = make_past(text=FOUR_WEEKS)
    past.bring([
        *steady("S", JANUARY, JANUARY + 9 * DAY, HOUR),
        *steady("F", JANUARY + 9 * DAY, JANUARY + 10 * DAY, HOUR),
        *steady("S", JANUARY + 10 * DAY, JANUARY + 28 * DAY, HOUR),
    ])  # fmt: skip
    end = JANUARY + 28 * DAY
    for text in (
        lasting(FOUR_WEEKS, once.format("2025-01-11")),
        lasting(FOUR_WEEKS, once.format("2025-01-10T12:00")),
        FOUR_WEEKS,
    ):
        past.reconfigure(text)
        assert len(see(past, end)) == 1
        assert see(past, end) == []
    store = SqliteReader.open(past.store)
    trail = [(entry.action, entry.ident, json.loads(entry.body)["moves"]) for entry in store.exclusion_log()]
    store.close()
    assert [(action, ident) for action, ident, _ in trail] == [
        ("configure", "disks"),
        ("configure", "disks"),
        ("drop", "disks"),
    ]
    changes = [(move["before"]["sli"], move["after"]["sli"]) for _, _, [move] in trail]
    assert changes == [(27 / 28, 1), (1, 54 / 55), (54 / 55, 27 / 28)]


def test_ruling_42_what_begins_in_the_future_must_be_planned_and_what_ends_there_need_not(
    make_past: MakePast,
) -> None:
    past = make_past("interval: 1m")
    past.bring(steady("S", JANUARY, JANUARY + DAY, MINUTE))
    now = JANUARY + DAY
    with pytest.raises(UsageError, match="is in the future; say that it is planned"):
        exclude(past, now + 1_000, now + HOUR, now=now)
    assert exclude(past, now, now + 30 * MINUTE, now=now).exclusion.ident == "c1"
    assert exclude(past, now + DAY, now + 2 * DAY, now=now, planned=True).exclusion.ident == "c2"
    assert exclude(past, JANUARY, JANUARY + HOUR, now=now).exclusion.ident == "c3"
