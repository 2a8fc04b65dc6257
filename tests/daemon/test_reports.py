"""Reports that are written by themselves: each once, and again where that failed."""

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from exporter.daemon.reports import Reports
from exporter.engine.live import Health
from exporter.engine.storage import Storage
from exporter.record.agreements.verify.document import problems
from exporter.store.reader import SqliteReader
from exporter.store.writer import SqliteWriter
from exporter.units import MINUTE
from tests.support.contracted import AGREEMENT, contracted
from tests.support.months import NOW, sources
from tests.support.past import Past

SETTLED = NOW + 5 * MINUTE


@pytest.fixture
def past(tmp_path: Path) -> Past:
    return contracted(tmp_path, AGREEMENT.replace("to: reports}", "to: reports, also: daily}"))


async def write(past: Past, now: int) -> bool:
    """As a daemon does that has just started."""
    with closing(SqliteWriter.open(past.store)) as store, closing(Storage(store, Health(), ())) as storage:
        known = replace(sources(past), until=now)
        return await Reports(storage, past.folder).write(known, past.config.agreements, now)


def names(past: Past) -> list[str]:
    return sorted(each.name for each in (past.folder / "reports").iterdir())


async def test_a_running_period_is_reported_as_it_stood_at_midnight_just_once(past: Past) -> None:
    assert await write(past, NOW)
    stem = "acme-2026-11-interim-2026-11-05"  # and none of the days before
    assert names(past) == [f"{stem}.csv", f"{stem}.html", f"{stem}.json", f"{stem}.md"]
    told = json.loads((past.folder / "reports" / f"{stem}.json").read_text())
    assert (told["issue"]["number"], told["period"]["until"]) == (None, "2026-11-05T00:00:00Z")
    assert list(problems(told)) == []
    with closing(SqliteReader.open(past.store)) as store:
        assert store.issues("acme") == []
        assert store.reported_at("acme") == NOW

    for each in (past.folder / "reports").iterdir():
        each.unlink()
    assert await write(past, SETTLED - 1)
    assert names(past) == []
    assert await write(past, SETTLED)
    assert "acme-2026-11-interim-2026-11-06.json" in names(past)


async def test_one_that_could_not_be_written_is_after_a_restart(past: Past) -> None:
    reports = past.folder / "reports"
    reports.write_text("a file where the folder is to be")
    with capture_logs() as logs:
        assert not await write(past, NOW)
    assert [(each["event"], each["agreement"]) for each in logs] == [("report_failed", "acme")]
    reports.unlink()
    assert await write(past, NOW + MINUTE)
    assert len(names(past)) == 4
