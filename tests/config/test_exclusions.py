"""Exclusions and service hours, from the file to what does not count."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter import units
from exporter.config.model import Config
from exporter.config.times import instant
from exporter.timeline.exclusion import Category, Exclusion, Once, Scope
from exporter.timeline.hours import hours
from exporter.timeline.recurrence import recurring
from tests.support.mistakes import SERVICE, exclusion

LoadText = Callable[..., Config]

FLEET = """\
services:
  - name: shop
    id: store
    labels: {tier: 1}
    endpoints:
      - {name: web, id: front, url: https://example.com/}
      - {name: api, url: https://api.example.com/, labels: {team: a}}
  - name: blog
    endpoints: [{name: web, url: https://blog.example.com/}]
"""
BERLIN = "timezone: Europe/Berlin\n"
EVERYBODY = 'services: ["*"]\n'


def only(config: Config) -> Exclusion:
    (found,) = config.exclusions
    return found


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("from: 2026-11-02T01:00:00+01:00", "to: 2026-11-02T03:30:00+01:00"),
        ("from: 2026-11-02T00:00Z", "to: 2026-11-02 02:30Z"),
        (BERLIN + "from: 2026-11-02T01:00", "to: 2026-11-02 03:30:00"),
        (BERLIN + "from: 2026-11-02T01:00:00.000", "to: 2026-11-02T02:30:00Z"),
    ],
)
def test_an_exclusion_is_from_a_time_to_a_time_in_any_zone(load_text: LoadText, start: str, end: str) -> None:
    when = Once(units.parse_instant("2026-11-02T00:00:00Z"), units.parse_instant("2026-11-02T02:30:00Z"))
    assert only(load_text(exclusion(f"{EVERYBODY}{start}\n{end}"))).when == when


def test_a_day_begins_at_its_local_midnight(load_text: LoadText) -> None:
    text = exclusion(EVERYBODY + BERLIN + "from: 2026-07-01\nto: 2026-07-02")
    start, end = (units.parse_instant(f"2026-{day}T22:00:00Z") for day in ("06-30", "07-01"))
    assert only(load_text(text)).when == Once(start, end)


@given(st.integers(units.EARLIEST, units.LATEST - 1))
def test_an_instant_that_is_written_with_its_zone_is_read_as_everywhere(at: int) -> None:
    assert instant(units.format_instant(at), None) == at
    assert instant(units.format_instant(at).removesuffix("Z"), "UTC") == at


def test_an_exclusion_is_called_by_its_name_and_has_no_author(load_text: LoadText) -> None:
    text = exclusion(EVERYBODY + "from: 2026-11-02T00:00Z\nto: 2026-11-03T00:00Z\nreason: the move")
    found = only(load_text(text))
    assert (found.ident, found.name, found.category) == ("patching", "patching", Category.MAINTENANCE)
    assert (found.reason, found.author, found.entered_at) == ("the move", "", None)


def test_an_exclusion_recurs_by_its_rule_from_its_start_to_its_end(load_text: LoadText) -> None:
    rule = "FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=0;BYSECOND=0"
    plain = only(load_text(exclusion(f"{EVERYBODY}rrule: {rule}\nduration: 2h")))
    assert plain.when == recurring(rule, 2 * units.HOUR, "UTC", None, None)
    bounds = "from: 2026-01-01\nto: 2027-01-01"
    bound = only(load_text(exclusion(f"{EVERYBODY}{BERLIN}rrule: {rule}\nduration: 2h\n{bounds}")))
    since, until = (units.parse_instant(f"{year}-12-31T23:00:00Z") for year in (2025, 2026))
    assert bound.when == recurring(rule, 2 * units.HOUR, "Europe/Berlin", since, until)


def test_names_become_ids_and_labels_stay(load_text: LoadText) -> None:
    when = "from: 2026-11-02T00:00Z\nto: 2026-11-03T00:00Z\n"
    text = exclusion("services: [shop, blog]\nendpoints: [shop/web, shop/api]\n" + when, FLEET)
    assert only(load_text(text)).scope == Scope(
        frozenset({"store", "blog"}), frozenset({("store", "front"), ("store", "api")})
    )
    labelled = load_text(exclusion("labels: {tier: 1, team: a}\n" + when, FLEET))
    assert only(labelled).scope == Scope(labels=(("team", "a"), ("tier", "1")))
    assert labelled.warnings == ()
    assert only(load_text(exclusion(EVERYBODY + when, FLEET))).scope == Scope(frozenset({"*"}))


def test_it_warns_of_labels_that_nothing_has_together(load_text: LoadText) -> None:
    text = "labels: {tier: 2, team: a}\nfrom: 2026-11-02T00:00Z\nto: 2026-11-03T00:00Z"
    assert load_text(exclusion(text, FLEET)).warnings == (
        "uptime.yml:13: no service and no endpoint has the labels tier: 2, team: a",
    )


def test_hours_of_an_slo_lie_over_those_of_its_service(load_text: LoadText) -> None:
    config = load_text("""\
service_hours:
  office: {timezone: Europe/Berlin, mon-fri: "08:00-20:00, 21:00-22:00", sat: 22:00-06:00, holidays: DE-BE}
  always: {daily: 00:00-24:00}
services:
  - name: shop
    service_hours: office
    endpoints: [{url: https://example.com/}]
    slos:
      - {objective: 99}
      - {name: own, objective: 99, service_hours: always}
  - name: blog
    endpoints: [{url: https://example.com/}]
    slos: [{objective: 99}]
""")
    office = hours("Europe/Berlin", {"mon-fri": "08:00-20:00, 21:00-22:00", "sat": "22:00-06:00"}, "DE-BE")
    always = hours("UTC", {"daily": "00:00-24:00"}, None)
    shop, blog = config.services
    assert (shop.hours, [slo.hours for slo in shop.slos]) == (office, [office, always])
    assert (blog.hours, blog.slos[0].hours) == (None, None)
    assert config.warnings == ()


def test_it_warns_of_hours_that_nobody_has(load_text: LoadText) -> None:
    assert load_text(SERVICE + "service_hours: {office: {mon: 08:00-20:00}}\n").warnings == (
        "uptime.yml:5: nothing has the service hours `office`",
    )


def test_a_service_may_have_hours_that_one_of_its_slos_does_not_recognise(load_text: LoadText) -> None:
    config = load_text(
        SERVICE
        + "    service_hours: office\n    slos: [{objective: 99, exclusions: [maintenance]}]\n"
        + "service_hours: {office: {mon: 08:00-20:00}}\n"
    )
    assert config.services[0].slos[0].categories == frozenset({Category.MAINTENANCE})
