"""Rulings 43, 36 and 22 through the record: what is let go of is time that nobody watched."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from exporter.errors import ConfigError
from exporter.output.answers import lines
from exporter.record.backfill import Imported
from exporter.slo.ratio import fraction
from exporter.store.reader import SqliteReader
from exporter.store.writer import SqliteWriter
from tests.support.entered import exclude
from tests.support.past import Past, config_text, load_text, steady

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
JANUARY = 1_735_689_600_000  # 2025-01-01T00:00:00Z

MakePast = Callable[..., Past]


def prune(past: Past, before: int) -> None:
    """Do as the daemon does once a day."""
    store = SqliteWriter.open(past.store)
    try:
        store.prune(before)
    finally:
        store.close()


def kept(retention: str, window: str) -> str:
    return config_text(slo=f"window: {window}") + f"storage: {{retention: {retention}}}\n"


@pytest.mark.parametrize(
    ("retention", "window"),
    [
        ("90d", "365d"),
        ("30d", "30d"),
        ("31d", "{calendar: month}"),
        ("366d", "{calendar: year}"),
        ("92d", "{calendar: quarter}"),
        ("7d", "{calendar: week}"),
    ],
)
def test_ruling_43_a_window_or_period_that_is_kept_for_less_than_a_day_more_is_a_mistake(
    tmp_path: Path, retention: str, window: str
) -> None:
    with pytest.raises(ConfigError, match="kept"):
        load_text(tmp_path, kept(retention, window))
    longer = f"{int(retention[:-1]) + 366}d"
    load_text(tmp_path, kept(longer, window))


def ten_days(past: Past) -> None:
    """Up, but for an hour on the second day and an hour on the sixth."""
    for day in range(10):
        start = JANUARY + day * DAY
        down = start + HOUR if day in {1, 5} else start
        past.bring(
            ("F" if start <= at < down else "S", at) for _, at in steady("S", start, start + DAY, MINUTE)
        )


@pytest.mark.parametrize("unknown", ["ignore", "down", "up"])
def test_ruling_43_and_22_what_was_pruned_is_unwatched_whatever_the_policy(
    make_past: MakePast, unknown: str
) -> None:
    """Everything before the sixth day is let go of: the hour down of the second day goes, and no policy fills the hole."""
    past = make_past("interval: 1m", f"window: 10d, unknown: {unknown}")
    ten_days(past)
    end = JANUARY + 10 * DAY
    whole = past.figures(end)
    assert whole.tally == (10 * DAY - 2 * HOUR, 2 * HOUR, 0, 0, 0)
    edge = JANUARY + 5 * DAY
    prune(past, edge)
    found = past.figures(end)
    assert found.tally == (5 * DAY - HOUR, HOUR, 0, 5 * DAY, 0)
    assert fraction(found.sli) == Fraction(119, 120)
    assert fraction(found.coverage) == Fraction(1, 2)
    assert found.bad == HOUR
    assert found.allowed_ms == 864_000
    reader = SqliteReader.open(past.store)
    assert reader.kept_from() == edge
    reader.close()


def test_ruling_43_the_answer_says_from_when_on_something_is_kept(make_past: MakePast) -> None:
    """As JSON and in a line; null where the window begins later."""
    past = make_past("interval: 1m", "window: 10d")
    ten_days(past)
    end = JANUARY + 10 * DAY
    assert past.ask(end)["kept_from"] is None
    prune(past, JANUARY + 5 * DAY)
    assert past.ask(end)["kept_from"] == "2025-01-06T00:00:00Z"
    assert "  kept       from 2025-01-06T00:00:00Z on; what lies before was let go of" in lines(past.ask(end))
    assert past.ask(end, window=5 * DAY)["kept_from"] is None


def test_ruling_43_nothing_changes_from_the_edge_on_wherever_it_is(make_past: MakePast) -> None:
    """A series across it is kept whole: an edge in the middle of the night, or in the middle of the outage."""
    past = make_past("interval: 1m, down_after: 2", "window: 4d")
    ten_days(past)
    instants = [JANUARY + 9 * DAY + hour * HOUR for hour in range(25)]
    before = [past.figures(at) for at in instants]
    for edge in (DAY + 30 * MINUTE, 3 * DAY + 12_345, 5 * DAY - 1):
        prune(past, JANUARY + edge)
        assert [past.figures(at) for at in instants] == before


def test_ruling_43_an_explanation_says_what_is_no_longer_kept(make_past: MakePast) -> None:
    """As far as it can be told: what came before the first result and what was pruned is unwatched alike."""
    past = make_past("interval: 1m", "window: 20d")
    ten_days(past)
    end = JANUARY + 10 * DAY
    assert past.pose(end).explain()["intervals"][0]["why"] == "before the first result"
    prune(past, JANUARY + 5 * DAY)
    told = past.pose(end).explain()
    assert (told["intervals"][0]["state"], told["intervals"][0]["why"]) == (
        "unknown",
        "before the first result, or no longer kept",
    )
    assert (told["intervals"][0]["to"], told["adds_up"]) == ("2025-01-06T00:00:00Z", True)


def test_ruling_43_first_results_and_the_trail_survive_and_older_results_are_not_brought_in_again(
    make_past: MakePast,
) -> None:
    """The endpoint stays as old as it is: 22 asks for its first result."""
    past = make_past("interval: 1m", "window: 10d")
    ten_days(past)
    exclude(past, JANUARY + DAY, JANUARY + DAY + HOUR)
    prune(past, JANUARY + 5 * DAY)
    reader = SqliteReader.open(past.store)
    [stored] = reader.endpoints()
    trail = reader.exclusion_log()
    reader.close()
    assert stored.first == JANUARY
    assert [entry.ident for entry in trail] == ["c1"]
    again = past.bring(steady("F", JANUARY, JANUARY + DAY, MINUTE))
    assert again == Imported(0, 0, older=1440)


@pytest.mark.parametrize("unknown", ["ignore", "down"])
def test_ruling_43_what_is_excluded_before_the_edge_stays_excluded(make_past: MakePast, unknown: str) -> None:
    """Exclusions are a question: an hour of them in pruned time is excluded, and the four parts are the window."""
    past = make_past("interval: 1m", f"window: 10d, unknown: {unknown}")
    ten_days(past)
    exclude(past, JANUARY + DAY, JANUARY + DAY + HOUR)
    prune(past, JANUARY + 5 * DAY)
    assert past.figures(JANUARY + 10 * DAY).tally == (5 * DAY - HOUR, HOUR, HOUR, 5 * DAY - HOUR, 0)
