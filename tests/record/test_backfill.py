"""Past results: what is read, what is refused, and that they answer any history exactly."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.config.load import load as load_config
from exporter.config.model import Config
from exporter.errors import ConfigError, UptimeError
from exporter.record.backfill import Imported, Origin, backfill, series
from exporter.record.csv_file import Past, read_csv
from exporter.record.durations import Judging
from exporter.record.histories import load
from exporter.store.writer import SqliteWriter
from exporter.timeline.policy import Policy
from exporter.timeline.tally import State, tally

NOW = 2_000_000_000_000
HEADER = "timestamp,service,endpoint,result\n"
MARA = Origin("mara", "past.csv", "ab")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "uptime.yml"
    path.write_text(
        "services:\n  - name: shop\n    endpoints: [{name: web, url: 'http://127.0.0.1/'}]\n    slos: [{objective: 99.9}]\n"
    )
    return load_config([str(path)], {})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteWriter]:
    writer = SqliteWriter.open(tmp_path / "uptime.db")
    yield writer
    writer.close()


def read(tmp_path: Path, config: Config, text: str, now: int = NOW) -> dict[tuple[str, str], Sequence[Past]]:
    path = tmp_path / "past.csv"
    path.write_text(text)
    return dict(read_csv(path, config, now).results)


def row(at: str, result: str = "success", name: str = "shop,web") -> str:
    return f"{at},{name},{result}\n"


def test_rows_may_come_in_any_order_and_the_same_row_twice(tmp_path: Path, config: Config) -> None:
    """Ruling 14: the same instant and result counts once."""
    text = HEADER + row("30") + row("0") + row("15.0009", "failure") + row("30")
    past = read(tmp_path, config, text)[("shop", "web")]
    assert [(each.at, each.vote) for each in past] == [
        (0, State.UP),
        (15_000, State.DOWN),
        (30_000, State.UP),
    ]


def test_instants_are_rfc_3339_or_seconds_and_floored_to_the_millisecond(
    tmp_path: Path, config: Config
) -> None:
    """Ruling 34; and ruling 13: second 60 is the next one."""
    text = (
        HEADER + row("2026-01-01T00:00:00.9999Z") + row("2026-01-01T01:00:01+01:00") + row("1767225602.0019")
    )
    text += row("2026-01-01T00:00:60Z")
    past = read(tmp_path, config, text)[("shop", "web")]
    base = 1_767_225_600_000
    assert [each.at - base for each in past] == [999, 1_000, 2_001, 60_000]


def test_every_mistake_is_told_at_once_with_its_line(tmp_path: Path, config: Config) -> None:
    """Ruling 14: the same instant with different results, or a row after now, is a mistake with its line."""
    text = HEADER + "".join(
        [
            row("soon"),
            row("2100-01-01T00:00:00Z"),
            row("1", name="mail,web"),
            row("2", name="shop,api"),
            row("3", "maybe"),
            row("4", "success,too,many"),
            row("5"),
            row("5", "failure"),
        ]
    )
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, config, text)
    told = [(problem.line, problem.message) for problem in caught.value.problems]
    assert [line for line, _ in told] == [2, 3, 4, 5, 6, 7, 9]
    messages = [message for _, message in told]
    assert messages[0].startswith("timestamp: ")
    assert messages[1:] == [
        "timestamp: 2100-01-01T00:00:00Z is in the future",
        "service: there is no `mail` in the configuration",
        "endpoint: `shop` has no `api`; it has web",
        "result: `maybe` is none of success, failure, inconclusive",
        "has another number of fields than the header",
        "says something else of the same instant than line 8",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the header lacks timestamp, service, endpoint, result"),
        ("timestamp,service,endpoint\n", "the header lacks result"),
        ("timestamp,service,endpoint,result,colour\n", "unknown column `colour`"),
        (HEADER + '"1,shop,web,success\n', "is not CSV"),
        (
            "timestamp,service,endpoint,result,reason\n1,shop,web,failure,gremlins\n",
            "`gremlins` is none of dns",
        ),
        ("timestamp,service,endpoint,result,reason\n1,shop,web,success,dns\n", "only a failure has one"),
        (
            "timestamp,service,endpoint,result,duration_seconds\n1,shop,web,success,fast\n",
            "not a number of seconds",
        ),
    ],
)
def test_a_wrong_file_is_refused_in_words(tmp_path: Path, config: Config, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read(tmp_path, config, text)


def test_a_file_that_cannot_be_read_is_refused_in_words(tmp_path: Path, config: Config) -> None:
    with pytest.raises(UptimeError, match=r"missing\.csv: cannot be read: No such file"):
        read_csv(tmp_path / "missing.csv", config, NOW)
    (tmp_path / "latin.csv").write_bytes(b"timestamp\xe4")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        read_csv(tmp_path / "latin.csv", config, NOW)


def test_many_mistakes_are_counted_not_listed(tmp_path: Path, config: Config) -> None:
    with pytest.raises(ConfigError, match="and 80 more mistakes; nothing was imported"):
        read(tmp_path, config, HEADER + row("soon") * 100)


def past(*instants: int, vote: State = State.UP) -> Sequence[Past]:
    return [Past(at, vote, "", line) for line, at in enumerate(instants, 2)]


def bring(
    store: SqliteWriter,
    config: Config,
    results: Sequence[Past],
    staleness: int | None = None,
    replaced: tuple[int, int] | None = None,
) -> Imported:
    named = {("shop", "web"): results}
    return backfill(store, config, named, MARA, now=NOW, staleness=staleness, replaced=replaced)


def test_what_was_measured_stays_and_a_second_run_changes_nothing(
    store: SqliteWriter, config: Config
) -> None:
    """Ruling 14."""
    assert bring(store, config, past(0, 15_000, 30_000)) == Imported(3, 0)
    assert bring(store, config, past(0, 15_000, 30_000)) == Imported(0, 3)
    between_and_after = [Past(20_000, State.DOWN, "", 2), Past(40_000, State.DOWN, "", 3)]
    assert bring(store, config, between_and_after) == Imported(1, 1)
    [known] = load(store)["shop"]
    assert tally(known.history, 0, 75_000)[:2] == (40_000, 35_000)


def test_results_on_both_sides_of_a_stored_series_are_not_joined_across_it(
    store: SqliteWriter, config: Config
) -> None:
    bring(store, config, past(50_000, 60_000, vote=State.DOWN))
    assert bring(store, config, past(0, 55_000, 110_000)) == Imported(2, 1)
    [known] = load(store)["shop"]
    assert [known.history.state(at) for at in (0, 50_000, 94_999, 95_000, 110_000)] == [
        State.UP,
        State.DOWN,
        State.DOWN,
        State.UNKNOWN,
        State.UP,
    ]


def test_two_month_files_that_meet_leave_no_hole(store: SqliteWriter, config: Config) -> None:
    """Ruling 14: the tail after a last probe is not stored, the next row cuts it."""
    bring(store, config, past(0, 15_000))
    bring(store, config, past(29_000, 44_000, vote=State.DOWN))
    [known] = load(store)["shop"]
    assert tally(known.history, 0, 79_000) == (29_000, 50_000, 0, 0, 0)


def test_a_source_with_another_interval_says_how_long_each_row_speaks(
    store: SqliteWriter, config: Config
) -> None:
    """Ruling 14: rows every five minutes for an endpoint at 15 s leave 88 % unknown, unless told."""
    rows = past(*range(0, 3_600_000, 300_000))
    bring(store, config, rows)
    [known] = load(store)["shop"]
    assert tally(known.history, 0, 3_600_000).unknown == 3_600_000 * 265 // 300
    bring(store, config, rows, staleness=600_000, replaced=(0, 3_600_000))
    [known] = load(store)["shop"]
    assert tally(known.history, 0, 3_600_000).unknown == 0


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from(list(State))), max_size=40),
    st.sets(st.integers(0, 99), max_size=4),
)
def test_series_hold_exactly_the_results_that_they_were_made_of(
    steps: list[tuple[int, State]], stored: set[int]
) -> None:
    at, results = 0, list[Past]()
    for line, (gap, vote) in enumerate(steps):
        at += gap
        results.append(Past(at, vote, "", line))
    judged = Policy(15, 5, 35)
    rows = series(results, Judging(judged, judged), sorted(stored))
    back = [(at, row.vote) for row in rows for at in range(row.at, row.last + 1, max(1, row.step))]
    assert back == [(each.at, each.vote) for each in results]
    for start in stored:
        assert not any(row.at < start <= row.last for row in rows)
