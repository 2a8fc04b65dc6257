"""An SLO asked of the store."""

from pathlib import Path

import pytest

from exporter.config.load import load
from exporter.errors import UsageError
from exporter.record.backfill import Origin, backfill
from exporter.record.csv_file import read_csv
from exporter.record.question import default_instant, pose
from exporter.store.base import Mark
from exporter.store.writer import SqliteWriter
from exporter.units import EARLIEST, HOUR, MINUTE, YEAR
from tests.support.lived import CONFIG, START, leave
from tests.support.past import LONG_AFTER, Past


def test_a_window_that_begins_before_there_were_instants_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "uptime.yml"
    file.write_text("services: [{name: a, endpoints: [{url: 'http://127.0.0.1/'}], slos: [{objective: 99}]}]")
    config = load([str(file)], {})
    [service] = config.services
    store = SqliteWriter.open(tmp_path / "uptime.db")
    for window, at in ((9_000 * YEAR, None), (None, EARLIEST)):
        with pytest.raises(UsageError, match="lies beyond the years 1 to 9999"):
            pose(store, config, service, service.slos[0], now=0, at=at, window=window)
    store.close()


@pytest.mark.parametrize(
    ("mark", "instant"), [(None, 10_000), (9_000, 9_000), (5_001, 5_001), (5_000, 10_000), (11_000, 10_000)]
)
def test_the_newest_commit_is_asked_about_while_a_daemon_lives_else_now(
    mark: int | None, instant: int
) -> None:
    """Ruling 15."""
    assert default_instant(None if mark is None else Mark(mark, {}), now=10_000) == instant


def test_what_a_dead_daemon_measured_ends_with_its_last_commit_also_where_something_was_imported_after_it(
    tmp_path: Path,
) -> None:
    """Ruling 5: a later import does not let it speak on."""
    leave(tmp_path)
    past = Past.of(tmp_path, CONFIG)
    end = START + 3 * HOUR
    assert past.figures(end + MINUTE, window=MINUTE).tally.up == 0
    read = read_csv(tmp_path / "past.csv", past.config, LONG_AFTER)
    store = SqliteWriter.open(past.store)
    backfill(store, past.config, read.results, Origin("mara", "past.csv", read.sha256), now=LONG_AFTER)
    store.close()
    assert past.figures(end + MINUTE, window=MINUTE).tally.up == 0
