"""What a report says of the monitor itself."""

from pathlib import Path

import pytest

from exporter.record.agreements.evidence import Sources
from exporter.record.agreements.monitor import monitor
from exporter.record.agreements.results import results
from exporter.store.base import Absence
from exporter.timeline.spans import NOTHING, Span
from exporter.units import DAY, HOUR, format_instant
from tests.support.contracts import agreement
from tests.support.months import NOVEMBER, NOW, OCTOBER, SHOP, STEP, entered, sources
from tests.support.past import Past, steady

BLIND = (OCTOBER + 3 * DAY, OCTOBER + 3 * DAY + 2 * HOUR)
STOPPED = Absence(OCTOBER + 5 * DAY, OCTOBER + 5 * DAY + HOUR, "stopped")


def told(*spans: Span) -> list[list[str]]:
    return [[format_instant(start), format_instant(end)] for start, end in spans]


@pytest.fixture
def past(tmp_path: Path) -> Past:
    """A month in which no probe told anything for two hours, and one of the two did not for longer."""
    made = Past.of(tmp_path, SHOP)
    start, blind, seen = OCTOBER - DAY, *BLIND
    for name, longer in (("db", 0), ("web", 6 * HOUR)):
        made.bring(
            [
                *steady("S", start, blind - longer, STEP),
                *steady("I", blind - longer, seen, STEP),
                *steady("S", seen, NOW, STEP),
            ],
            f"shop,{name}",
        )
    return made


def of_october(seen: Sources) -> dict[str, object]:
    (found,) = results(seen, [agreement()], (OCTOBER, NOVEMBER))
    return monitor(found, seen)


def test_it_saw_nothing_where_nothing_is_known_of_anything(past: Past) -> None:
    assert of_october(sources(past))["blind"] == told(BLIND)


def test_what_it_did_not_run_is_told_apart(past: Past) -> None:
    seen = sources(past)
    across = Absence(BLIND[0] + HOUR, BLIND[1] + HOUR, "stopped")
    found = of_october(Sources(seen.config, seen.known, seen.log, seen.until, (across, STOPPED)))
    assert found["blind"] == told((BLIND[0], BLIND[0] + HOUR))
    assert found["stopped"] == told((across.since, across.until), (STOPPED.since, STOPPED.until))
    assert found["restarts"] == 2


def test_before_anything_was_watched_it_was_not_blind(past: Past) -> None:
    (found,) = results(sources(past), [agreement()], (OCTOBER - 60 * DAY, OCTOBER - 30 * DAY))
    assert monitor(found, sources(past))["blind"] == told(*NOTHING)


def test_corrections_are_told_also_where_they_came_later(past: Past) -> None:
    entry = entered(past, "maintenance", OCTOBER + DAY, OCTOBER + DAY + HOUR, NOVEMBER + DAY)
    assert of_october(sources(past, (entry,)))["corrections"] == [
        {"at": format_instant(NOVEMBER + DAY), "author": "mara", "what": f"add {entry.ident}"}
    ]
