"""What is excluded, of the configuration and entered; the trail of it; and which figures each moves."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from exporter.config.model import Config
from exporter.errors import UsageError
from exporter.output.exclusions import table, trail_table
from exporter.record.corrections import adding, removing
from exporter.record.exclusions import Action, changed, in_force, last_seen
from exporter.record.histories import load
from exporter.record.moves import Change, State, compared, first_moves, moves
from exporter.record.told import corrections_as_json
from exporter.record.wanted import Wanted
from exporter.store.base import LogEntry
from exporter.store.reader import SqliteReader
from exporter.store.writer import SqliteWriter
from exporter.units import DAY, HOUR, format_instant, parse_instant
from tests.support.past import Past, load_text, steady

JANUARY = parse_instant("2026-01-01T00:00:00Z")
NOW = JANUARY + 2 * DAY
SHOP = """
services:
  - name: shop
    labels: {tier: "1"}
    endpoints:
      - {name: web, url: "http://127.0.0.1/", interval: 10m}
      - {name: db, url: "tcp://127.0.0.1:5432", interval: 10m, labels: {rack: "7"}}
    slos:
      - {objective: 99, window: 1d}
      - {name: strict, objective: 99, window: 1d, exclusions: [customer]}
  - name: mail
    endpoints: [{name: smtp, url: "tcp://127.0.0.1:25", interval: 10m}]
    slos: [{objective: 99, window: 1d}]
"""
NIGHT = """
exclusions:
  - {name: night, category: maintenance, services: [shop], rrule: "FREQ=DAILY;BYHOUR=2;BYMINUTE=0;BYSECOND=0", duration: %s}
"""


@pytest.fixture
def past(tmp_path: Path) -> Past:
    """Two days of shop and mail, all up but the database from 02:00 to 03:00 on the second day."""
    made = Past.of(tmp_path, SHOP)
    step = 600_000
    for name in ("shop,web", "mail,smtp"):
        made.bring(steady("S", JANUARY, NOW, step), name)
    down = JANUARY + DAY + 2 * HOUR
    made.bring(
        [
            *steady("S", JANUARY, down, step),
            *steady("F", down, down + HOUR, step),
            *steady("S", down + HOUR, NOW, step),
        ],
        "shop,db",
    )
    return made


def seen(past: Past, config: Config, at: int) -> list[LogEntry]:
    """Let a daemon see a configuration; what it enters."""
    store = SqliteWriter.open(past.store)
    try:
        entries = list(changed(config, store.exclusion_log(), at))
        store.log_exclusions(entries)
        return entries
    finally:
        store.close()


def trail(past: Past) -> list[LogEntry]:
    store = SqliteReader.open(past.store)
    try:
        return list(store.exclusion_log())
    finally:
        store.close()


def enter(past: Past, wanted: Wanted) -> dict[str, object]:
    """Enter a correction as a command does."""
    store = SqliteWriter.open(past.store)
    try:
        draft = adding(wanted, past.config, store.exclusion_log(), author="mara", now=NOW)
        correction = draft.worked_out(load(store))
        store.log_exclusions([correction.entry])
        return {f"{move['service']}/{move['slo']}": move for move in correction.moves}
    finally:
        store.close()


def test_an_exclusion_of_the_file_enters_the_trail_when_it_is_first_seen_changed_and_gone(past: Past) -> None:
    one, two = (load_text(past.folder, SHOP + NIGHT % length) for length in ("1h", "2h"))
    assert [entry.action for entry in seen(past, one, NOW)] == [Action.CONFIGURE]
    assert seen(past, one, NOW + 1) == [], "it is known already"
    assert [entry.action for entry in seen(past, two, NOW + 2)] == [Action.CONFIGURE]
    assert in_force(two, trail(past))[0].entered_at == NOW + 2
    assert in_force(one, trail(past))[0].entered_at is None, "as it was before nobody has seen it since"
    none = load_text(past.folder, SHOP)
    assert [(entry.action, entry.ident) for entry in seen(past, none, NOW + 3)] == [(Action.DROP, "night")]
    assert seen(past, one, NOW + 4)[0].at == NOW + 4
    assert [entry.action for entry in trail(past)] == ["configure", "configure", "drop", "configure"]


def test_service_hours_enter_it_too_and_the_last_seen_configuration_is_known(past: Past) -> None:
    hours = "service_hours: {office: {timezone: Europe/Berlin, mon-fri: '08:00-20:00', holidays: DE-BE}}\n"
    with_hours = SHOP.replace('labels: {tier: "1"}', 'labels: {tier: "1"}\n    service_hours: office') + hours
    config = load_text(past.folder, with_hours)
    assert [entry.ident for entry in seen(past, config, NOW)] == ["service_hours/shop"]
    before = last_seen(load_text(past.folder, SHOP), trail(past))
    assert before.services[0].hours == config.services[0].hours
    assert [slo.hours for slo in before.services[0].slos] == [config.services[0].hours] * 2
    assert before.services[1].hours is None
    told = corrections_as_json(config, trail(past))
    (shown,) = told["exclusions"]
    assert (shown["id"], shown["services"], shown["category"]) == (
        "service_hours/shop",
        ["shop"],
        "out_of_hours",
    )
    assert (shown["timezone"], shown["entered_at"]) == ("Europe/Berlin", format_instant(NOW))
    outside = "outside of mon-fri 08:00-20:00 but public holidays of DE-BE, Europe/Berlin"
    assert outside in "\n".join(table(told["exclusions"]))
    (entry,) = told["trail"]
    assert entry["exclusion"] == shown
    assert "configure  service_hours/shop  out_of_hours  shop" in "\n".join(trail_table(told["trail"]))


def test_an_entered_one_is_called_as_none_of_the_configuration(past: Past) -> None:
    config = load_text(past.folder, SHOP + NIGHT.replace("name: night", "name: c1") % "1h")
    past = replace(past, config=config)
    span = (format_instant(JANUARY), format_instant(JANUARY + HOUR))
    for _ in range(2):
        enter(past, Wanted(*span, "customer", "They pulled the plug", services=["shop"]))
    assert [entry.ident for entry in trail(past)] == ["c2", "c3"]


def test_the_figures_that_a_change_of_the_file_moves_are_told(past: Past) -> None:
    bare, config = past.config, load_text(past.folder, SHOP + NIGHT % "1h")
    store = SqliteReader.open(past.store)
    change = Change(State(bare, ()), State(config, config.exclusions), NOW)
    found, more = first_moves(moves(compared(load(store), change)))
    store.close()
    assert not more
    assert [(move["service"], move["slo"]) for move in found] == [("shop", "availability")]
    assert found[0]["before"] == {"sli": 23 / 24, "remaining_seconds": 864 - 3600, "met": False}
    assert found[0]["after"] == {"sli": 1.0, "remaining_seconds": 828.0, "met": True}


@pytest.mark.parametrize(
    ("whom", "excluded"),
    [
        ({"services": ["shop"]}, True),
        ({"services": ["*"]}, True),
        ({"services": ["mail"]}, False),
        ({"labels": {"tier": "1"}}, True),
        ({"labels": {"rack": "7"}}, False),
        ({"endpoints": ["shop/db"]}, False),
    ],
)
def test_it_covers_services_endpoints_and_labels(past: Past, whom: dict[str, Any], excluded: bool) -> None:
    """An endpoint that is excluded alone steps aside, and the others speak for the service."""
    start = JANUARY + DAY + 2 * HOUR
    wanted = Wanted(format_instant(start), format_instant(start + HOUR), "customer", "They pulled the plug")
    moved = enter(past, replace(wanted, **whom))
    found = past.figures(NOW)
    if "mail" in whom.get("services", ()):
        assert list(moved) == ["mail/availability"]
        assert found.tally.down == HOUR
        return
    assert found.tally.down == 0
    assert found.tally.excluded == (HOUR if excluded else 0)
    assert "shop/strict" in moved
    assert ("mail/availability" in moved) == ("*" in whom.get("services", ()))


def test_a_category_that_an_slo_does_not_recognise_does_not_count_for_it(past: Past) -> None:
    span = (format_instant(JANUARY + DAY + 2 * HOUR), format_instant(JANUARY + DAY + 3 * HOUR))
    moved = enter(past, Wanted(*span, "maintenance", "Disks", services=["shop"]))
    assert list(moved) == ["shop/availability"]
    assert past.figures(NOW, slo=1).tally.down == HOUR


def test_taking_one_back_restores_every_figure_and_both_stay_in_the_trail_with_what_they_moved(
    past: Past,
) -> None:
    before = [past.figures(NOW, slo=slo) for slo in (0, 1)]
    span = (format_instant(JANUARY + DAY + 2 * HOUR), format_instant(JANUARY + DAY + 3 * HOUR))
    enter(past, Wanted(*span, "customer", "They pulled the plug", services=["shop"]))
    assert past.figures(NOW) != before[0]
    store = SqliteWriter.open(past.store)
    undone = removing("c1", "They did not", past.config, store.exclusion_log(), author="jo", now=NOW)
    store.log_exclusions([undone.worked_out(load(store)).entry])
    store.close()
    assert [past.figures(NOW, slo=slo) for slo in (0, 1)] == before
    entered, removed = trail(past)
    assert (entered.who, removed.who) == ("mara", "jo")
    assert json.loads(removed.body)["reason"] == "They did not"
    for entry in (entered, removed):
        assert [move["slo"] for move in json.loads(entry.body)["moves"]] == ["availability", "strict"]


def test_how_one_recurs_is_told_so_that_people_and_scripts_read_it(past: Past) -> None:
    config = load_text(past.folder, SHOP + NIGHT % "90m")
    (told,) = corrections_as_json(config, [])["exclusions"]
    assert (told["rule"], told["duration_seconds"], told["timezone"]) == (
        "FREQ=DAILY;BYHOUR=2;BYMINUTE=0;BYSECOND=0",
        5_400.0,
        "UTC",
    )
    assert (told["start"], told["end"]) == (None, None)
    assert "FREQ=DAILY;BYHOUR=2;BYMINUTE=0;BYSECOND=0 for 1h 30m, UTC" in "\n".join(table([told]))


def test_the_trail_cannot_be_rewritten(past: Past) -> None:
    span = (format_instant(JANUARY), format_instant(JANUARY + HOUR))
    enter(past, Wanted(*span, "other", "A test", services=["mail"]))
    store = SqliteWriter.open(past.store)
    for statement in ("UPDATE exclusion_log SET who = 'x'", "DELETE FROM exclusion_log"):
        with pytest.raises(Exception, match="only ever added to"):
            store._connection.execute(statement)  # noqa: SLF001 -- what somebody with a shell would do
    store.close()


def test_what_overlaps_counts_once_and_the_first_category_names_it(past: Past) -> None:
    """Ruling 33."""
    start = JANUARY + DAY
    for category, first, last in (("maintenance", 1, 3), ("customer", 2, 4), ("other", 0, 5)):
        span = (format_instant(start + first * HOUR), format_instant(start + last * HOUR))
        enter(past, Wanted(*span, category, "A test", services=["shop"]))
    assert past.figures(NOW).tally.excluded == 5 * HOUR
    told = past.pose(NOW).explain()
    named = [
        (line["seconds"], line["exclusion"]["category"], line["why"])
        for line in told["intervals"]
        if line["exclusion"]
    ]
    assert named == [
        (3600, "other", ""),
        (3600, "maintenance", ""),
        (3600, "customer", "db: down (failure)"),
        (3600, "customer", ""),
        (3600, "other", ""),
    ]
    assert told["adds_up"]


def test_a_plan_may_begin_in_the_future_where_it_says_so(past: Past) -> None:
    span = (format_instant(NOW + DAY), format_instant(NOW + 2 * DAY))
    wanted = Wanted(*span, "maintenance", "The new rack", services=["shop"])
    with pytest.raises(UsageError, match="is in the future; say that it is planned"):
        enter(past, wanted)
    planned = Wanted(*span, "maintenance", "The new rack", services=["shop"], planned=True)
    assert enter(past, planned) == {}
    assert past.figures(NOW + DAY + HOUR).tally.excluded == HOUR
    ends = Wanted("", format_instant(NOW + HOUR), "maintenance", "The next hour", services=["shop"])
    enter(past, ends)
    assert past.figures(NOW + HOUR).tally.excluded == HOUR
    assert Fraction(*past.figures(NOW).allowed) == 864_000


def test_what_does_not_exist_is_refused_with_the_nearest_name(past: Past) -> None:
    wrong = Wanted("x", "", "lunch", "", labels={"tier": "9"}, endpoints=["shop/dbb"])
    with pytest.raises(UsageError) as told:
        enter(past, wrong)
    assert str(told.value).splitlines() == [
        "from: `x` is not a time; write 2026-11-01T00:00:00Z or seconds since 1970",
        "to: is missing; write a time such as 2026-11-01T00:00:00Z",
        "category: `lunch` is none of out_of_hours, force_majeure, customer, dependency, maintenance, other",
        "reason: is missing; say why, as it stands beside every figure that this moves",
        "endpoint: there is no `shop/dbb` in the configuration; did you mean `shop/db`?",
        "label: no service and no endpoint has tier=9",
    ]
    store = SqliteReader.open(past.store)
    config = load_text(past.folder, SHOP + NIGHT % "1h")
    with pytest.raises(UsageError, match="stands in the configuration; remove it there"):
        removing("night", "x", config, store.exclusion_log(), author="jo", now=NOW)
    store.close()


@pytest.mark.parametrize("hours", [-26, -24, -23, -1, 0, 5])
def test_the_figures_that_are_told_to_move_are_those_that_do(past: Past, hours: int) -> None:
    """Whatever lies before, across, within and after the windows: the ones that cannot move are not asked."""
    before = [past.figures(NOW, slo=slo) for slo in (0, 1)]
    start = NOW + hours * HOUR
    span = (format_instant(start - HOUR // 2), format_instant(start + HOUR // 2))
    moved = enter(past, Wanted(*span, "customer", "A test", services=["shop"], planned=True))
    after = [past.figures(NOW, slo=slo) for slo in (0, 1)]
    differ = [old != new for old, new in zip(before, after, strict=True)]
    assert [f"shop/{name}" in moved for name in ("availability", "strict")] == differ
    assert differ == [hours in {-24, -23, -1, 0}] * 2
