"""From a file to a complete, frozen configuration."""

import hashlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter import units
from exporter.config.alerting import Alerting, Delays
from exporter.config.dependencies import needed_by
from exporter.config.load import load
from exporter.config.model import Config, Endpoint
from exporter.config.objectives import members, objective_of
from exporter.config.sections import SloSection
from exporter.config.targets import default_name, target
from exporter.probes.http import HttpSettings
from exporter.probes.tcp import TcpSettings
from exporter.timeline.policy import Policy

LoadText = Callable[..., Config]

SMALLEST = """\
services:
  - name: website
    endpoints: [{url: https://example.com/}]
    slos: [{objective: 99.9}]
"""


def only_endpoint(config: Config) -> Endpoint:
    (service,) = config.services
    (endpoint,) = service.endpoints
    return endpoint


def test_the_smallest_file_gets_every_default(load_text: LoadText) -> None:
    config = load_text(SMALLEST)
    (service,) = config.services
    endpoint = only_endpoint(config)
    (slo,) = service.slos
    assert (service.id, service.name, service.title, service.owner, service.labels) == (
        "website",
        "website",
        "website",
        "",
        (),
    )
    assert (endpoint.id, endpoint.name, endpoint.kind) == ("example.com", "example.com", "http")
    assert (endpoint.url, endpoint.target) == ("https://example.com/", "https://example.com/")
    assert endpoint.settings == HttpSettings()
    assert endpoint.policy == Policy(15_000, 5_000, 35_000, 1, 1)
    assert endpoint.retry_interval == 5_000
    assert (slo.id, slo.name, slo.title) == ("availability", "availability", "availability")
    assert (slo.objective, slo.objective_text, slo.window) == (Fraction(999, 1000), "99.9", 30 * units.DAY)
    assert (slo.method, slo.unknown, slo.endpoints) == ("time", "ignore", None)
    assert (config.site, config.alerting.min_bad, config.warnings) == ("", 3, ())


def test_scalars_stay_what_was_written(load_text: LoadText) -> None:
    config = load_text(
        SMALLEST + "    title: NO\n    owner: 1.10\n    labels: {at: 22:30, b: true, c: 0x1F}\n"
    )
    (service,) = config.services
    assert (service.title, service.owner) == ("NO", "1.10")
    assert service.labels == (("at", "22:30"), ("b", "true"), ("c", "0x1F"))


def test_what_shapes_a_probe_stands_on_the_endpoint_over_the_service_over_the_defaults(
    load_text: LoadText,
) -> None:
    config = load_text("""\
defaults: {interval: 1m, timeout: 10s, down_after: 3, probe: lenient}
probes:
  lenient: {type: http, expect: {status: [2xx, 4xx]}}
  database: {type: tcp, ip_family: 4}
services:
  - name: a
    interval: 30s
    endpoints:
      - {url: https://a.example.com/, interval: 10s, staleness: 11s, retry_interval: 1s}
      - {url: https://b.example.com/}
      - {url: "tcp://db.example.com:5432", probe: database}
  - name: b
    endpoints: [{url: https://c.example.com/, up_after: 1}]
""")
    first, second = config.services
    assert [endpoint.policy for endpoint in first.endpoints] == [
        Policy(10_000, 10_000, 11_000, 3, 1),
        Policy(30_000, 10_000, 70_000, 3, 1),
        Policy(30_000, 10_000, 70_000, 3, 1),
    ]
    assert [endpoint.retry_interval for endpoint in first.endpoints] == [1_000, 5_000, 5_000]
    assert second.endpoints[0].policy == Policy(60_000, 10_000, 130_000, 3, 1)
    assert isinstance(first.endpoints[1].settings, HttpSettings)
    assert first.endpoints[1].settings.expect.status == ("2xx", "4xx")
    assert first.endpoints[2].settings == TcpSettings(ip_family="4")


def test_a_retry_interval_defaults_to_the_interval_where_that_is_shorter_than_5_s(
    load_text: LoadText,
) -> None:
    config = load_text(SMALLEST + "    interval: 2s\n")
    assert only_endpoint(config).retry_interval == 2_000


def test_a_staleness_of_exactly_the_interval_and_a_retry_of_exactly_the_interval_are_right(
    load_text: LoadText,
) -> None:
    endpoint = only_endpoint(load_text(SMALLEST + "    staleness: 15s\n    retry_interval: 15s\n"))
    assert (endpoint.policy.staleness, endpoint.retry_interval) == (15_000, 15_000)


@pytest.mark.parametrize(
    ("url", "name", "shown"),
    [
        ("https://shop.example.com/healthz", "shop.example.com-healthz", "https://shop.example.com/healthz"),
        ("https://shop.example.com:443/", "shop.example.com", "https://shop.example.com:443/"),
        ("http://shop.example.com:80/a/b/", "shop.example.com-a-b", "http://shop.example.com:80/a/b/"),
        ("http://shop.example.com:443/", "shop.example.com-443", "http://shop.example.com:443/"),
        ("HTTPS://shop.example.com", "shop.example.com", "https://shop.example.com"),
        ("tcp://db.example.com:5432", "db.example.com-5432", "tcp://db.example.com:5432"),
        ("https://me:pass@example.com/a?token=1#b", "example.com-a", "https://example.com/a"),
        ("http://[2001:db8::1]:8080/x", "2001-db8-1-8080-x", "http://[2001:db8::1]:8080/x"),
        ("http://[::1]/", "1", "http://[::1]/"),
        ("https://example.com/caf%C3%A9", "example.com-caf-C3-A9", "https://example.com/caf%C3%A9"),
    ],
)
def test_an_endpoint_is_called_by_its_place_and_shown_without_credentials_and_query(
    url: str, name: str, shown: str
) -> None:
    assert default_name(url) == name
    assert target(url) == shown


def test_an_id_keeps_its_history_through_a_rename(load_text: LoadText) -> None:
    (service,) = load_text("""\
services:
  - name: shop
    id: store
    endpoints: [{name: web, id: front, url: https://example.com/}]
    slos: [{name: up, id: availability, objective: 99, endpoints: [web]}]
""").services
    assert (service.id, service.endpoints[0].id, service.slos[0].id) == ("store", "front", "availability")
    assert service.slos[0].endpoints == ("front",)


def test_labels_of_endpoints_and_slos_lie_over_those_of_the_service(load_text: LoadText) -> None:
    (service,) = load_text("""\
services:
  - name: shop
    labels: {tier: 1, area: eu}
    endpoints: [{url: https://example.com/, labels: {tier: 2}}]
    slos: [{objective: 99, labels: {who: me}}]
""").services
    assert service.labels == (("area", "eu"), ("tier", "1"))
    assert service.endpoints[0].labels == (("area", "eu"), ("tier", "2"))
    assert service.slos[0].labels == (("area", "eu"), ("tier", "1"), ("who", "me"))


def test_an_slo_asks_over_its_endpoints_with_the_largest_of_their_intervals(load_text: LoadText) -> None:
    config = load_text("""\
defaults: {window: 7d}
alerting: {min_bad: 5}
services:
  - name: shop
    endpoints:
      - {name: a, url: https://a.example.com/, interval: 10s}
      - {name: b, url: https://b.example.com/, interval: 1m}
    slos:
      - {name: all, objective: 99%}
      - {name: first, objective: 99, endpoints: [a], window: 28d, unknown: down, title: First}
""")
    (service,) = config.services
    whole, first = (objective_of(config, service, slo) for slo in service.slos)
    assert (whole.ratio, whole.window, whole.interval, whole.min_bad) == (
        Fraction(99, 100),
        7 * units.DAY,
        60_000,
        5,
    )
    assert (first.window, first.unknown, first.interval) == (28 * units.DAY, "down", 10_000)
    assert [endpoint.name for endpoint in members(service, service.slos[1])] == ["a"]
    assert service.slos[1].title == "First"


def test_anchors_and_aliases_repeat_what_was_said(load_text: LoadText) -> None:
    first, second = load_text("""\
services:
  - name: a
    owner: &team payments
    labels: &labels {tier: 1}
    endpoints: [{url: https://example.com/}]
    slos: &slos [{objective: 99.9}]
  - {name: b, owner: *team, labels: *labels, endpoints: [{url: https://example.com/}], slos: *slos}
""").services
    assert (first.owner, first.labels, first.slos) == (second.owner, second.labels, second.slos)


def test_a_dollar_sign_is_itself_unless_it_names_a_variable(load_text: LoadText) -> None:
    (service,) = load_text(SMALLEST + "    title: costs $5, $$6 and $${HOME}$\n").services
    assert service.title == "costs $5, $6 and ${HOME}$"


def test_the_exporters_own_address_is_no_secret_and_never_undefined(load_text: LoadText) -> None:
    text = SMALLEST.replace("https://example.com/", "'http://${EXPORTER_ADDRESS}/-/healthy'")
    assert only_endpoint(load_text(text)).target == "http://127.0.0.1:9895/-/healthy"
    set_ = load_text(text, EXPORTER_ADDRESS="[::1]:9999")
    assert (only_endpoint(set_).target, only_endpoint(set_).name) == (
        "http://[::1]:9999/-/healthy",
        "1-9999---healthy",
    )


def test_the_hash_is_that_of_the_files_bytes(load_text: LoadText) -> None:
    assert load_text(SMALLEST).hash == hashlib.sha256(SMALLEST.encode()).hexdigest()


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter(tmp_path: Path) -> None:
    file = tmp_path / "uptime.yml"
    file.write_bytes(b"\xef\xbb\xbf" + SMALLEST.replace("\n", "\r\n").encode())
    assert only_endpoint(load([str(file)], {})).url == "https://example.com/"


def test_it_warns_where_a_verdict_may_never_come(load_text: LoadText) -> None:
    config = load_text(SMALLEST + "    up_after: 2\n    down_after: 2\n")
    assert config.warnings == (
        (
            "uptime.yml:6: with both `down_after` and `up_after` above 1"
            " an endpoint that keeps changing may never get a verdict"
        ),
    )


def test_it_warns_of_a_probe_that_nobody_uses(load_text: LoadText) -> None:
    assert load_text(SMALLEST + "probes:\n  api: {type: http}\n").warnings == (
        "uptime.yml:6: no endpoint uses the probe `api`",
    )


def test_equal_policies_and_settings_are_shared_so_that_fleets_stay_small(load_text: LoadText) -> None:
    first, second = (
        load_text("""\
services:
  - name: a
    endpoints:
      - url: https://a.example.com/
      - url: https://b.example.com/
""")
        .services[0]
        .endpoints
    )
    assert first.policy is second.policy
    assert first.settings is second.settings


@given(
    st.recursive(
        st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=12,
    ),
    st.booleans(),
)
def test_no_file_whatever_is_in_it_ends_in_anything_but_problems(
    tmp_path_factory: pytest.TempPathFactory, node: object, nested: bool
) -> None:
    import yaml  # noqa: PLC0415 -- only to write

    from exporter.errors import ConfigError  # noqa: PLC0415

    file = tmp_path_factory.mktemp("fuzz") / "uptime.yml"
    slo = dict.fromkeys(SloSection.model_fields, node)
    sections = {
        "services": [{"name": "a", "endpoints": node, "slos": [slo, {"objective": "99", "window": node}]}],
        "exclusions": [dict.fromkeys(("name", "services", "from", "rrule", "duration"), node)],
        "service_hours": {"office": {"mon": node, "holidays": node}},
    }
    whole = dict.fromkeys(
        ("services", "defaults", "alerting", "exclusions", "service_hours", "storage"), node
    )
    file.write_text(yaml.safe_dump({**whole, "probes": {"p": node}, **(sections if nested else {})}))
    with pytest.raises(ConfigError):
        load([str(file)], {})


def test_alerting_of_an_slo_stands_over_that_of_the_file(load_text: LoadText) -> None:
    config = load_text("""\
alerting: {min_bad: 5, severities: {page: critical}, labels: {team: sre, rank: a}, group_wait: 0s}
services:
  - name: shop
    endpoints: [{url: https://shop.example.com/}]
    slos:
      - objective: 99.9
      - name: strict
        objective: 99.99
        alerting: {tiers: [long, fast], severities: {ticket: low}, labels: {rank: b}, name: Burning}
      - {name: silent, objective: 99.9, alerting: {tiers: []}}
""")
    plain, strict, silent = config.services[0].slos
    assert plain.alerting == config.alerting
    assert (plain.alerting.severity("page"), plain.alerting.severity("ticket")) == ("critical", "ticket")
    assert strict.alerting == Alerting(
        name="Burning",
        tiers=("fast", "long"),
        min_bad=5,
        severities=(("page", "critical"), ("ticket", "low")),
        labels=(("rank", "b"), ("team", "sre")),
    )
    assert silent.alerting.tiers == ()
    plans = [objective_of(config, config.services[0], slo).plan for slo in (plain, strict, silent)]
    assert [[tier.pace.tier for tier in plan.tiers] for plan in plans] == [
        ["fast", "medium", "slow", "long"],
        ["fast", "long"],
        [],
    ]
    assert config.delays == Delays(group_wait=0, given=frozenset({"group_wait"}))


def test_services_are_needed_by_all_that_depend_on_them_also_by_way_of_others(load_text: LoadText) -> None:
    config = load_text("""\
services:
  - {name: search, id: s1, endpoints: [{url: "tcp://search:1"}]}
  - {name: shop, endpoints: [{url: "tcp://shop:1"}], depends_on: [search]}
  - {name: mobile, endpoints: [{url: "tcp://mobile:1"}], depends_on: [shop, search]}
""")
    assert [each.depends_on for each in config.services] == [(), ("s1",), ("shop", "s1")]
    assert needed_by(config.services) == {
        "s1": frozenset({"shop", "mobile"}),
        "shop": frozenset({"mobile"}),
        "mobile": frozenset(),
    }
