"""What silences what, in the real Alertmanager with the configuration that `rules --alertmanager` writes."""

import pytest
import yaml

from tests.conftest import StartAlertmanager
from tests.support.alertmanager import Alertmanager
from tests.support.daemon import command
from tests.support.processes import wait_for

CONFIG = """
services:
  - {name: db.main, endpoints: [{url: "tcp://db:1"}], slos: [{objective: 99.9}]}
  - {name: search, endpoints: [{url: "tcp://search:1"}], slos: [{objective: 99.9}], depends_on: [db.main]}
  - name: shop
    endpoints: [{url: "tcp://shop:1"}]
    slos: [{objective: 99.9}, {name: strict, objective: 99.99, alerting: {name: StrictBurn}}]
    depends_on: [search]
  - {name: dbxmain, endpoints: [{url: "tcp://other:1"}], slos: [{objective: 99.9}]}
"""
TIERS = {
    "fast": {"severity": "page", "long": "1h", "short": "5m"},
    "medium": {"severity": "page", "long": "6h", "short": "30m"},
    "slow": {"severity": "ticket", "long": "1d", "short": "2h"},
    "long": {"severity": "ticket", "long": "3d", "short": "6h"},
}

Labels = dict[str, str]


def burn(service: str, tier: str, slo: str = "availability", alert: str = "ErrorBudgetBurn") -> Labels:
    return {"alertname": alert, "uptime_service": service, "slo": slo, "tier": tier} | TIERS[tier]


def budget(alert: str, service: str) -> Labels:
    return {"alertname": alert, "uptime_service": service, "slo": "availability", "severity": "ticket"}


def endpoint(alert: str, service: str, instance: str = "a:9895") -> Labels:
    return exporter(alert, instance, "ticket") | {"uptime_service": service, "uptime_endpoint": "web"}


def certificate(days: int, service: str) -> Labels:
    """One that is about an endpoint as all exporters see it."""
    name = f"CertificateExpiresIn{days}Days"
    return {"alertname": name, "uptime_service": service, "uptime_endpoint": "web", "severity": "ticket"}


def exporter(alert: str, instance: str = "a:9895", severity: str = "page") -> Labels:
    return {"alertname": alert, "job": "uptime", "instance": instance, "severity": severity}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("written")
    (folder / "uptime.yml").write_text(CONFIG)
    made = command("rules", "--out=rules.yml", "--alertmanager=alertmanager.yml", cwd=folder)
    assert made.returncode == 0, made.stderr
    return (folder / "alertmanager.yml").read_text()


@pytest.fixture
def alertmanager(start_alertmanager: StartAlertmanager, written: str) -> Alertmanager:
    return start_alertmanager(yaml.safe_load(written))


def silenced(alertmanager: Alertmanager, *firing: Labels) -> list[Labels]:
    """Let these fire at once; those of them that others silence, in their order.

    Alertmanager takes alerts in one by one: once the last one silences what it must, all before it are reckoned with.
    """
    last = certificate(7, "known.last")
    held = certificate(21, "known.last")
    alertmanager.post([*firing, held, last])
    wait_for(
        lambda: [each for each in alertmanager.alerts(**held) if each.inhibited_by] or None,
        "Alertmanager has taken in what fires",
    )
    told = alertmanager.alerts()
    assert len(told) == len(firing) + 2
    return [labels for labels in firing if any(each.labels == labels and each.inhibited_by for each in told)]


def test_a_faster_tier_silences_all_slower_ones_of_its_slo(alertmanager: Alertmanager) -> None:
    shop = [burn("shop", tier) for tier in TIERS]

    assert silenced(alertmanager, *shop) == shop[1:]


def test_a_ticket_tier_silences_the_slower_one_and_no_page(alertmanager: Alertmanager) -> None:
    strict = burn("shop", "fast", "strict", "StrictBurn")

    assert silenced(alertmanager, burn("shop", "slow"), burn("shop", "long"), strict) == [
        burn("shop", "long")
    ]


def test_another_slo_or_service_that_burns_is_told_all_the_same(alertmanager: Alertmanager) -> None:
    others = [
        burn("shop", "slow", "strict", "StrictBurn"),
        burn("dbxmain", "medium"),
        burn("db.main", "long"),
    ]

    assert silenced(alertmanager, burn("shop", "fast"), *others) == []


def test_a_blind_prober_silences_endpoints_of_its_own_instance(alertmanager: Alertmanager) -> None:
    own = [endpoint("EndpointDown", "shop"), endpoint("HeartbeatMissed", "search")]

    assert silenced(alertmanager, exporter("UptimeProberBlind"), *own) == own


def test_a_blind_prober_silences_nothing_of_another_instance(alertmanager: Alertmanager) -> None:
    others = [
        endpoint("EndpointDown", "shop", "b:9895"),
        endpoint("HeartbeatMissed", "search", "b:9895"),
        endpoint("EndpointDown", "shop") | {"job": "uptime-of-another-site"},
    ]

    assert silenced(alertmanager, exporter("UptimeProberBlind"), *others) == []


def test_a_blind_prober_silences_no_burning_budget_and_no_trouble_of_its_own(
    alertmanager: Alertmanager,
) -> None:
    others = [
        *(burn("shop", tier) for tier in ("fast", "slow")),
        budget("ErrorBudgetExhausted", "search"),
        certificate(7, "shop"),
        exporter("UptimeWritesFailing"),
    ]

    assert silenced(alertmanager, exporter("UptimeProberBlind"), *others) == [burn("shop", "slow")]


@pytest.mark.parametrize("tier", ["fast", "medium"])
def test_a_service_that_pages_silences_those_that_depend_on_it_also_by_way_of_others(
    tier: str, alertmanager: Alertmanager
) -> None:
    dependents = [
        burn("search", "fast"),
        burn("shop", "medium"),
        burn("shop", "slow", "strict", "StrictBurn"),
        endpoint("EndpointDown", "search"),
        endpoint("EndpointDown", "shop", "b:9895"),
    ]

    assert silenced(alertmanager, burn("db.main", tier), *dependents) == dependents


def test_a_service_that_pages_silences_neither_itself_nor_what_it_needs_nor_strangers(
    alertmanager: Alertmanager,
) -> None:
    others = [
        endpoint("EndpointDown", "search"),
        burn("db.main", "slow"),
        endpoint("EndpointDown", "db.main"),
        burn("dbxmain", "fast"),
    ]

    assert silenced(alertmanager, burn("search", "fast"), *others) == []


def test_a_service_for_which_a_ticket_is_due_silences_nobody_else(alertmanager: Alertmanager) -> None:
    dependents = [burn("search", "slow"), endpoint("EndpointDown", "shop")]

    assert silenced(alertmanager, burn("db.main", "slow"), *dependents) == []


def test_a_spent_budget_of_a_dependent_is_told_all_the_same(alertmanager: Alertmanager) -> None:
    others = [
        budget("ErrorBudgetExhausted", "shop"),
        budget("SloCoverageLow", "search"),
        certificate(7, "shop"),
    ]

    assert silenced(alertmanager, burn("db.main", "fast"), *others) == []


def test_what_is_worse_silences_the_same_that_is_better(alertmanager: Alertmanager) -> None:
    held = [
        certificate(21, "shop"),
        {"alertname": "UptimeExporterAbsent", "severity": "page", "job": exporter("x")["job"]},
        budget("ErrorBudgetEmptyBeforePeriodEnd", "shop"),
    ]
    told = [
        certificate(7, "shop"),
        exporter("UptimeExporterDown"),
        {"alertname": "UptimeExporterAbsent", "severity": "page", "job": "of another cluster"},
        budget("ErrorBudgetExhausted", "shop"),
        certificate(21, "search"),
        budget("ErrorBudgetEmptyBeforePeriodEnd", "search"),
    ]

    assert silenced(alertmanager, *told, *held) == held
