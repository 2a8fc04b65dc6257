"""Rulings 22, 25 and 34 to 39 through the store: rounding, several endpoints, names, changed settings."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from exporter.errors import ConfigError, StoreLockedError
from exporter.output.answers import lines
from exporter.record.backfill import Origin, backfill
from exporter.record.csv_file import read_csv
from exporter.slo.ratio import fraction
from exporter.store.writer import SqliteWriter
from exporter.timeline.policy import Policy
from exporter.timeline.tally import State
from tests.support.machine import HandClock, live
from tests.support.past import Past, config_text, load_text, steady
from tests.support.simulated import Machine, beat, one_slo
from tests.support.world import endpoint, service

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
JANUARY = 1_735_689_600_000  # 2025-01-01T00:00:00Z
START = 1_800_000_000_000
POLICY = Policy(15 * SECOND, 5 * SECOND, 35 * SECOND)

MakePast = Callable[..., Past]


def two(slos: str = "{objective: 99.9, window: 30d}", first: str = "web", second: str = "api") -> str:
    return f"""
defaults: {{interval: 1m}}
services:
  - name: shop
    endpoints: [{{name: {first}, url: 'http://127.0.0.1/'}}, {{name: {second}, url: 'http://127.0.0.2/'}}]
    slos: [{slos}]
"""


def test_ruling_22_unknown_down_spares_a_young_endpoint_also_from_the_store(make_past: MakePast) -> None:
    """One day old, 30d, 99.9: the 29 days before the first result are unknown and not counted as down."""
    past = make_past("interval: 1m", "window: 30d, unknown: down")
    past.bring(steady("S", JANUARY, JANUARY + DAY, MINUTE))
    answer = past.ask(JANUARY + DAY)
    assert (answer["sli"], answer["error_budget"]["remaining_ratio"], answer["met"]) == (1, 1, True)
    assert answer["seconds"] == {"up": 86_400, "down": 0, "excluded": 0, "unknown": 29 * 86_400}
    assert answer["unknown"] == "down"
    assert answer["coverage"] == 1 / 30
    later = past.ask(JANUARY + DAY + HOUR)
    assert later["seconds"]["unknown"] == 29 * 86_400 - 65
    assert later["sli"] == (86_400 + 65) / (86_400 + 3_600), "watched unknown time is down under this policy"


def test_ruling_25_an_slo_of_which_nothing_was_ever_seen_has_no_value(tmp_path: Path) -> None:
    past = Past.of(tmp_path, config_text())
    SqliteWriter.open(past.store).close()
    answer = past.ask(JANUARY)
    assert (answer["sli"], answer["met"], answer["bounds"]) == (None, None, {"best": None, "worst": None})
    assert answer["seconds"] == {"up": 0, "down": 0, "excluded": 0, "unknown": 86_400}
    assert answer["error_budget"]["remaining_ratio"] is None
    assert set(answer["burn_rate"].values()) == {None}


def test_ruling_34_instants_are_floored_where_they_enter_so_that_spans_still_meet(tmp_path: Path) -> None:
    """Down from 10.0009 s to 20.9999 s: 10.999 s exactly, and the parts are the window."""
    past = Past.of(tmp_path, config_text())
    path = past.write([])
    rows = ("0", "success"), ("10.0009", "failure"), ("20.9999", "success"), ("1735689600.0000", "success")
    path.write_text(path.read_text() + "".join(f"{at},shop,web,{result}\n" for at, result in rows))

    store = SqliteWriter.open(past.store)
    backfill(store, past.config, read_csv(path, past.config, START).results, Origin("m", "f", ""), now=START)
    store.close()
    found = past.figures(30_000, window=30_000).tally
    assert found == (10_000 + 9_001, 10_999, 0, 0, 0)


def test_ruling_34_a_share_is_floored_also_where_it_is_negative_and_downtime_never(
    make_past: MakePast,
) -> None:
    """86.401 s down of the 86.4 s allowed: -0.01 % is left, the objective is missed, and no second is dropped."""
    past = make_past("interval: 1m")
    minutes = steady("S", JANUARY, JANUARY + DAY, MINUTE)
    minutes[600:602] = [("F", minutes[600][1]), ("S", minutes[600][1] + 86_401)]
    past.bring(minutes)
    answer = past.ask(JANUARY + DAY)
    assert answer["seconds"]["down"] == 86.401
    assert answer["met"] is False
    assert answer["error_budget"]["remaining_seconds"] == -0.001
    assert fraction(past.figures(JANUARY + DAY).remaining_ratio) == Fraction(-1, 86_400)
    told = "\n".join(lines(answer))
    assert "missed" in told
    assert "1m 26s 401ms down" in told


def test_ruling_35_all_is_down_if_any_is_down_else_unknown_if_any_is_else_up(tmp_path: Path) -> None:
    """Every pair of states for a minute each."""
    past = Past.of(tmp_path, two("{objective: 99, window: 9m}"))
    pairs = [(web, api) for web in "SFI" for api in "SFI"]
    for index, name in enumerate(("web", "api")):
        past.bring(
            [(pair[index], JANUARY + minute * MINUTE) for minute, pair in enumerate(pairs)], f"shop,{name}"
        )
    assert past.figures(JANUARY + 9 * MINUTE).tally == (MINUTE, 5 * MINUTE, 0, 3 * MINUTE, 3 * MINUTE)


def test_ruling_35_adding_an_endpoint_today_does_not_erase_the_last_30_days(tmp_path: Path) -> None:
    """It takes part from its first result on; and `endpoints` narrows an SLO to the old one."""
    past = Past.of(
        tmp_path,
        two("{objective: 99.9, window: 30d}, {name: old, objective: 99.9, window: 30d, endpoints: [web]}"),
    )
    end, today = JANUARY + 30 * DAY, JANUARY + 29 * DAY
    past.bring(steady("S", JANUARY, end, MINUTE))
    past.bring([*steady("S", today, end - HOUR, MINUTE), *steady("F", end - HOUR, end, MINUTE)], "shop,api")
    both, old = past.figures(end), past.figures(end, slo=1)
    assert both.tally == (30 * DAY - HOUR, HOUR, 0, 0, 0)
    assert old.tally == (30 * DAY, 0, 0, 0, 0)


def test_ruling_36_dropping_the_bad_endpoint_from_the_file_improves_nothing(tmp_path: Path) -> None:
    """`api` is down for ten minutes and is then taken out: its ten minutes stay, later time is without it."""
    whole = one_slo(service(endpoint("web", policy=POLICY), endpoint("api", policy=POLICY)))
    machine = Machine(tmp_path / "uptime.db", [whole], HandClock(START))
    machine.answers = lambda name, _at: (DOWN if name == "api" else UP, 1)

    async def minutes(number: int) -> None:
        async with machine.daemon() as alive:
            await asyncio.sleep(number * 60)
            at = alive.engine.now()
            assert await alive.engine.commit()
            assert alive.figures(at) == alive.stored_figures(at)

    live(machine.clock, lambda: minutes(10))
    before = machine.ask()
    assert before["seconds"]["down"] > 580
    machine.services = [one_slo(service(endpoint("web", policy=POLICY)))]
    live(machine.clock, lambda: minutes(10))
    without = machine.ask()
    assert without["seconds"]["down"] == before["seconds"]["down"]
    assert without["seconds"]["up"] > 580
    machine.services = [whole]
    live(machine.clock, lambda: minutes(10))
    again = machine.ask()
    assert again["seconds"]["down"] > before["seconds"]["down"] + 580, "under its id it goes on"
    assert without["seconds"]["up"] - 1 <= again["seconds"]["up"] < without["seconds"]["up"] + 30


def test_ruling_36_the_time_without_an_endpoint_is_unwatched(tmp_path: Path) -> None:
    """Taken out for an hour and put back: unknown, but under `unknown: down` it is not held against it."""
    shop = one_slo(service(endpoint("web", policy=POLICY), endpoint("api", policy=POLICY)), 4 * HOUR)
    only = replace(shop.slos[0], unknown="down", endpoints=("web",))
    shop = replace(shop, slos=(only,))
    without = one_slo(service(endpoint("api", policy=POLICY)))
    machine = Machine(tmp_path / "uptime.db", [shop], HandClock(START))

    async def seconds(number: int) -> None:
        async with machine.daemon():
            await asyncio.sleep(number)

    live(machine.clock, lambda: seconds(600))
    machine.services = [without]
    live(machine.clock, lambda: seconds(2))
    machine.clock.pass_time(3600)
    machine.services = [shop]
    live(machine.clock, lambda: seconds(600))
    answer = machine.ask()
    assert answer["seconds"]["unknown"] > 3.5 * 3600
    assert answer["sli"] is not None
    assert answer["sli"] > 0.98, "at most the two restarts are watched unknown time"
    assert answer["bounds"]["worst"] == answer["sli"]


def test_ruling_37_an_id_keeps_the_history_over_a_rename_of_everything(tmp_path: Path) -> None:
    text = "services: [{name: shop, endpoints: [{name: web, url: 'http://127.0.0.1/'}], slos: [{objective: 99}]}]"
    past = Past.of(tmp_path, text)
    past.bring(steady("S", JANUARY, JANUARY + HOUR, 15 * SECOND))
    before = past.figures(JANUARY + HOUR)
    past.reconfigure(
        "services: [{name: store, id: shop, endpoints: [{name: front, id: web, url: 'tcp://10.0.0.1:80'}], "
        "slos: [{name: reach, id: availability, objective: 99}]}]"
    )
    assert past.figures(JANUARY + HOUR) == before, "also with another URL and another type"
    answer = past.ask(JANUARY + HOUR)
    assert (answer["service"], answer["slo"]) == ("store", "reach")
    past.reconfigure(text.replace("name: shop", "name: store"))
    assert past.ask(JANUARY + HOUR)["sli"] is None, "without an id another name is another service"


def test_ruling_37_endpoints_without_names_are_called_by_their_address_and_two_alike_are_refused(
    tmp_path: Path,
) -> None:
    unnamed = "services: [{{name: shop, endpoints: [{}], slos: [{{objective: 99}}]}}]"
    urls = (
        "{url: 'https://a.example/'}, {url: 'http://a.example:8080/health/live'}, {url: 'tcp://b.example:25'}"
    )
    (shop,) = load_text(tmp_path, unnamed.format(urls)).services
    assert [each.name for each in shop.endpoints] == [
        "a.example",
        "a.example-8080-health-live",
        "b.example-25",
    ]
    with pytest.raises(ConfigError, match="name"):
        load_text(tmp_path, unnamed.format("{url: 'https://a.example/'}, {url: 'https://a.example/?x=1'}"))


def test_ruling_38_objective_and_window_hold_for_the_whole_past_at_once(make_past: MakePast) -> None:
    """100 s down in a day: missed at 99.9 %, met at 99 %; the record is not touched."""
    past = make_past("interval: 10s")
    past.bring(
        [
            *steady("S", JANUARY, JANUARY + HOUR, 10 * SECOND),
            *steady("F", JANUARY + HOUR, JANUARY + HOUR + 100 * SECOND, 10 * SECOND),
            *steady("S", JANUARY + HOUR + 100 * SECOND, JANUARY + DAY, 10 * SECOND),
        ]
    )
    assert past.ask(JANUARY + DAY)["met"] is False
    past.reconfigure(config_text("interval: 10s", "window: 1d").replace("99.9", "99"))
    assert past.ask(JANUARY + DAY)["met"] is True
    past.reconfigure(config_text("interval: 10s", "window: 2h"))
    assert past.ask(JANUARY + 2 * HOUR)["error_budget"]["remaining_seconds"] == 7.2 - 100


def test_ruling_38_down_after_holds_for_new_results_only(make_past: MakePast) -> None:
    """One failure was an outage under `down_after: 1`; under 2 it stays one, and the next is none."""
    past = make_past("down_after: 1")
    past.bring([("S", JANUARY), ("F", JANUARY + 15 * SECOND), ("S", JANUARY + 30 * SECOND)])
    past.reconfigure(config_text("down_after: 2"))
    later = JANUARY + 45 * SECOND
    past.bring([("S", later), ("F", later + 15 * SECOND), ("S", later + 30 * SECOND)])
    found = past.figures(later + 45 * SECOND, window=90 * SECOND).tally
    assert (found.up, found.down) == (75 * SECOND, 15 * SECOND)


def test_ruling_38_a_changed_interval_of_a_living_endpoint_moves_nothing_that_was(tmp_path: Path) -> None:
    watched = one_slo(service(endpoint("web", policy=POLICY)))
    zero = beat(watched, START)
    machine = Machine(tmp_path / "uptime.db", [watched], HandClock(zero - SECOND))

    async def seconds(number: int) -> None:
        async with machine.daemon():
            await asyncio.sleep(number)

    live(machine.clock, lambda: seconds(100))
    end = zero + 95 * SECOND
    before = machine.ask(end)["seconds"]
    machine.services = [one_slo(service(endpoint("web", policy=Policy(2 * SECOND, SECOND, 5 * SECOND, 3))))]
    live(machine.clock, lambda: seconds(100))
    assert machine.ask(end)["seconds"] == before


def test_ruling_39_one_store_has_one_writer_also_within_one_process(tmp_path: Path) -> None:
    store = SqliteWriter.open(tmp_path / "uptime.db")
    with pytest.raises(StoreLockedError, match="is writing to it; stop that one"):
        SqliteWriter.open(tmp_path / "uptime.db")
    store.close()
    SqliteWriter.open(tmp_path / "uptime.db").close()
