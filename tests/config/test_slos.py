"""What an SLO may ask, from the file to its question."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import ClassVar

import pytest

from exporter import units
from exporter.config.alerting import NO_ALERTING
from exporter.config.hours import NamedHours
from exporter.config.latency import with_thresholds
from exporter.config.model import RETENTION, Config, Latency, Service, SloConfig
from exporter.config.objectives import members
from exporter.config.report import Report
from exporter.config.sections import ServiceSection
from exporter.config.slos import Owner, SloBuilder
from exporter.config.tree import Map, Seq
from exporter.config.windows import Windows
from exporter.errors import ConfigError
from exporter.probes.tcp import TcpSettings
from exporter.timeline.calendar import Calendar
from exporter.timeline.exclusion import Category
from exporter.timeline.rule import ALL, Kind, Rule

LoadText = Callable[..., Config]
MS = 1_000_000

PAIR = """\
services:
  - name: shop
    id: store
    endpoints:
      - {name: web, id: front, url: https://example.com/}
      - {name: api, url: https://api.example.com/, timeout: 2s}
    slos:
"""


def slos(config: Config) -> tuple[SloConfig, ...]:
    return config.services[-1].slos


def test_a_window_is_a_duration_or_a_period_of_the_calendar(load_text: LoadText) -> None:
    config = load_text(
        "defaults: {window: {calendar: quarter}}\n"
        + PAIR
        + """\
      - {name: a, objective: 99}
      - {name: b, objective: 99, window: 7d}
      - {name: c, objective: 99, window: {calendar: month, timezone: Europe/Berlin}}
      - {name: d, objective: 99, window: {calendar: year, anchor: 2026-01-31}}
"""
    )
    assert [slo.window for slo in slos(config)] == [
        Calendar("quarter"),
        7 * units.DAY,
        Calendar("month", "Europe/Berlin"),
        Calendar("year", "UTC", date(2026, 1, 31)),
    ]


def test_a_window_may_end_a_day_before_what_is_kept_ruling_43(load_text: LoadText) -> None:
    text = PAIR + "      - {objective: 99, window: {calendar: year}}\nstorage: {retention: 367d}\n"
    config = load_text(text)
    assert config.retention == 367 * units.DAY
    assert load_text(PAIR + "      - {objective: 99, window: 399d}\n").retention == 400 * units.DAY


def test_a_retention_may_be_too_short_for_a_default_window_that_no_slo_has(load_text: LoadText) -> None:
    text = PAIR + "      - {objective: 99, window: 7d}\nstorage: {retention: 8d}\n"
    assert load_text(text).retention == 8 * units.DAY


def test_timeslices_say_how_long_a_slice_is_and_when_it_is_good(load_text: LoadText) -> None:
    config = load_text(
        PAIR
        + """\
      - {name: a, objective: 99, method: timeslices, slice_objective: 95}
      - {name: b, objective: 99, method: timeslices, slice_objective: 100%, slice: 5m, unknown: down}
      - {name: c, objective: 99, method: events}
"""
    )
    first, second, third = slos(config)
    assert (first.method, first.slice, first.slice_objective) == ("timeslices", 60_000, Fraction(95, 100))
    assert (second.slice, second.slice_objective, second.unknown) == (300_000, Fraction(1), "down")
    assert (third.method, third.slice, third.slice_objective) == ("events", 0, None)


def test_a_latency_slo_counts_events_and_is_called_so(load_text: LoadText) -> None:
    config = load_text(
        PAIR
        + """\
      - {objective: 99, sli: {latency: {threshold: 300ms}}}
      - {name: strict, objective: 99, method: events, endpoints: [web], failures: ignore,
         sli: {latency: {threshold: 2.5ms}}}
      - {objective: 99.9}
"""
    )
    first, second, third = slos(config)
    assert (first.name, first.method, first.latency) == ("latency", "events", Latency(300 * MS, "bad"))
    assert second.latency == Latency(2_500_000, "ignore")
    assert (third.name, third.latency) == ("availability", None)


def test_endpoints_know_the_thresholds_of_the_slos_that_ask_about_them(load_text: LoadText) -> None:
    config = load_text(
        PAIR
        + """\
      - {id: x, objective: 99, sli: {latency: {threshold: 300ms}}}
      - {name: a, objective: 99, endpoints: [web], sli: {latency: {threshold: 1s}}}
      - {objective: 99.9}
  - name: other
    endpoints: [{url: https://example.com/}]
"""
    )
    shop, other = config.services
    web, api = shop.endpoints
    assert web.policy.latency == (("a", 1_000 * MS), ("x", 300 * MS))
    assert api.policy.latency == (("x", 300 * MS),)
    assert other.endpoints[0].policy.latency == ()


def test_endpoints_with_equal_thresholds_share_a_policy(load_text: LoadText) -> None:
    text = "services:\n" + "".join(
        f"  - name: {name}\n    endpoints: [{{url: https://example.com/}}]\n"
        "    slos: [{objective: 99, sli: {latency: {threshold: 300ms}}}]\n"
        for name in "ab"
    )
    first, second = (service.endpoints[0].policy for service in load_text(text).services)
    assert first is second


def test_it_warns_of_a_threshold_that_nothing_is_above(load_text: LoadText) -> None:
    config = load_text(PAIR + "      - objective: 99\n        sli: {latency: {threshold: 2s}}\n")
    assert config.warnings == (
        "uptime.yml:9: `threshold` is not below the timeout 2s of `api`, so that no success is ever slow",
    )


class SilentSettings(TcpSettings):
    """A type of probe that measures no duration, as heartbeats do not."""

    measures_duration: ClassVar[bool] = False


def silent(service: Service) -> Service:
    """Let the second endpoint of a service measure nothing."""
    first, second = service.endpoints
    return replace(service, endpoints=(first, replace(second, settings=SilentSettings())))


def owner(service: Service) -> Owner:
    """A service as what its SLOs are built for."""
    return Owner(service.name, service.endpoints, complete=True, labels=(), hours=None, removed=())


def complaints(service: Service, slo: SloConfig) -> str:
    """What is said of a latency SLO that stands in line 1."""
    report = Report()
    node = Map(report.file("uptime.yml") + 1)
    with_thresholds(owner(service), (slo,), {slo.id: node}, lambda policy: policy, report)
    with pytest.raises(ConfigError) as caught:
        report.raise_problems()
    return str(caught.value)


def test_a_latency_slo_refuses_an_endpoint_that_measures_nothing(load_text: LoadText) -> None:
    service = silent(
        load_text(PAIR + "      - {objective: 99, sli: {latency: {threshold: 1s}}}\n").services[0]
    )
    named = replace(service.slos[0], endpoints=("front", "api"))
    assert complaints(service, named) == (
        "uptime.yml:1: `api` is of type http, which does not measure how long a probe takes"
    )


def heartbeats(service: Service) -> Service:
    """Let all endpoints of a service be heartbeats, which this version does not probe yet."""
    return replace(service, endpoints=tuple(replace(each, kind="heartbeat") for each in service.endpoints))


def test_a_latency_slo_refuses_to_be_about_nothing(load_text: LoadText) -> None:
    service = load_text(PAIR + "      - {objective: 99, sli: {latency: {threshold: 1s}}}\n").services[0]
    assert complaints(heartbeats(service), service.slos[0]) == (
        "uptime.yml:1: `latency`: no endpoint of `shop` measures how long its probes take"
    )


def test_an_slo_over_heartbeats_names_them(load_text: LoadText) -> None:
    service = heartbeats(load_text(PAIR + "      - {objective: 99}\n").services[0])
    report = Report()
    node = Map(report.file("uptime.yml") + 1)
    node.put("objective", "99", node.mark)
    slos = Seq(node.mark)
    slos.put(node, node.mark)
    builder = SloBuilder(
        Windows(RETENTION, 0, report), NamedHours(Map(node.mark), report), NO_ALERTING, report
    )
    builder.build(ServiceSection(name="shop", slos=slos), owner(service))
    with pytest.raises(ConfigError) as caught:
        report.raise_problems()
    assert str(caught.value) == (
        "uptime.yml:1: the SLO is over no endpoint: all of `shop` are heartbeats; name those that count"
    )


def test_a_combination_is_checked_against_the_endpoints_and_keeps_their_ids(load_text: LoadText) -> None:
    config = load_text(
        PAIR
        + """\
      - {name: a, objective: 99, combine: all}
      - {name: b, objective: 99, combine: any}
      - {name: c, objective: 99, combine: {quorum: 2}}
      - {name: d, objective: 99, combine: {weighted: {api: 1, web: 2}}}
"""
    )
    assert [slo.combine for slo in slos(config)] == [
        ALL,
        Rule(Kind.ANY),
        Rule(Kind.QUORUM, 2),
        Rule(Kind.WEIGHTED, weights=(("front", 2), ("api", 1))),
    ]


def test_an_slo_may_recognise_some_categories_or_none(load_text: LoadText) -> None:
    config = load_text(
        PAIR
        + """\
      - {name: a, objective: 99}
      - {name: b, objective: 99, exclusions: [maintenance, customer]}
      - {name: c, objective: 99, exclusions: []}
"""
    )
    assert [slo.categories for slo in slos(config)] == [
        None,
        frozenset({Category.MAINTENANCE, Category.CUSTOMER}),
        frozenset(),
    ]


COMPOSITES = """\
services:
  - name: frontend
    slos:
      - {objective: 99, services: [checkout, search/availability]}
      - {name: any, objective: 99, services: [search, checkout], combine: any, method: timeslices, slice_objective: 90}
      - {name: two, objective: 99, services: [search, checkout], combine: {quorum: 2}}
      - {name: most, objective: 99, services: [search, checkout], combine: {weighted: {checkout: 3, search: 1}}}
  - name: checkout
    id: pay
    endpoints: [{url: https://shop.example.com/}]
    slos:
      - {name: both, objective: 99, services: [checkout, search]}
  - name: search
    endpoints: [{url: https://a.example.com/}, {url: https://b.example.com/}]
    slos: [{id: uptime, objective: 99, combine: any}]
"""


def test_an_slo_over_services_keeps_the_ids_of_its_members(load_text: LoadText) -> None:
    config = load_text(COMPOSITES)
    frontend, checkout, _ = config.services
    assert frontend.endpoints == ()
    assert [(slo.services, slo.combine) for slo in frontend.slos] == [
        (("pay", "search/uptime"), ALL),
        (("search", "pay"), Rule(Kind.ANY)),
        (("search", "pay"), Rule(Kind.QUORUM, 2)),
        (("search", "pay"), Rule(Kind.WEIGHTED, weights=(("search", 1), ("pay", 3)))),
    ]
    assert checkout.slos[0].services == ("pay", "search")
    assert members(frontend, frontend.slos[0]) == ()
    assert config.warnings == ()
