"""The real Prometheus scrapes the real daemon, and finds what the store says."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from exporter.units import parse_instant
from tests.support.daemon import Daemon
from tests.support.processes import wait_for
from tests.support.prometheus import KUBERNETES, Prometheus, check_metrics, scrape
from tests.support.target import Target

ROOT = Path(__file__).parent.parent.parent

CONFIG = """
defaults: {{interval: 1s, timeout: 500ms, retry_interval: 200ms}}
services:
  - name: shop
    endpoints:
      - {{name: web, url: "{web}"}}
      - {{name: steady, url: "{steady}"}}
    slos:
      - {{name: availability, objective: 99.99, window: 2h}}
      - {{name: steady, objective: 99.9, window: 30d, endpoints: [steady]}}
"""
WEB = {"uptime_service": "shop", "uptime_endpoint": "web"}


class Scene:
    """A daemon, two targets of which one misbehaves, and a Prometheus that scrapes as in Kubernetes."""

    def __init__(self, daemon: Daemon, prometheus: Prometheus, web: Target) -> None:
        self.daemon = daemon
        self.prometheus = prometheus
        self.web = web

    def misbehave(self) -> None:
        """Fail, recover, hang, go away and come back, each until a scrape has shown it."""
        self.daemon.wait_for_value(1, "uptime_endpoint_up", **WEB)
        for trouble, reason in (
            (self.web.fail, "status"),
            (self.web.hang, "timeout"),
            (self.web.go_away, "refused"),
        ):
            trouble()
            self.wait_until_scraped(
                f'uptime_endpoint_failure_info{{uptime_endpoint="web",reason="{reason}"}} == 1'
            )
            self.web.come_back()
            self.web.recover()
            self.wait_until_scraped('uptime_endpoint_up{uptime_endpoint="web"} == 1')

    def wait_until_scraped(self, expression: str) -> None:
        self.prometheus.wait_for(expression)


@pytest.fixture
def scene(
    start_daemon: Callable[..., Daemon],
    start_prometheus: Callable[..., Prometheus],
    start_target: Callable[[], Target],
    tmp_path: Path,
) -> Scene:
    web, steady = start_target(), start_target()
    daemon = start_daemon(CONFIG.format(web=web.url, steady=steady.url))
    rules = tmp_path / "rules.yml"
    rules.write_text(alert_rule())
    prometheus = start_prometheus(scrape(daemon.address, **KUBERNETES), rules=[rules])
    return Scene(daemon, prometheus, web)


def alert_rule() -> str:
    """The one that the README shows."""
    found = re.search(
        r"<!-- example: rules -->\n```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL
    )
    assert found is not None
    return found[1]


def test_targets_labels_of_kubernetes_rename_nothing(scene: Scene) -> None:
    scene.wait_until_scraped("uptime_slo_sli_ratio")

    assert scene.prometheus.query('count({__name__=~"uptime_.+",exported_service!=""})') == []
    assert scene.prometheus.query('count({__name__=~"uptime_.+",exported_endpoint!=""})') == []
    (found,) = scene.prometheus.query('uptime_endpoint_info{uptime_service="shop",uptime_endpoint="web"}')
    assert KUBERNETES.items() <= found.labels.items()


def test_answers_equal_what_the_store_says_of_the_same_instant(scene: Scene) -> None:
    scene.misbehave()
    at, scraped = settled_scrape(scene)

    answer = scene.daemon.sli("shop/availability", f"--at={at}")

    budget = answer["error_budget"]
    assert answer["seconds"]["down"] > 0
    assert scraped["uptime_slo_sli_ratio", ""] == answer["sli"]
    assert scraped["uptime_slo_coverage_ratio", ""] == answer["coverage"]
    assert scraped["uptime_slo_error_budget_remaining_ratio", ""] == budget["remaining_ratio"]
    assert scraped["uptime_slo_error_budget_remaining_seconds", ""] == budget["remaining_seconds"]
    burns = {window: value for (name, window), value in scraped.items() if name == "uptime_slo_burn_rate"}
    assert burns == {window: rate for window, rate in answer["burn_rate"].items() if rate is not None}


def settled_scrape(scene: Scene) -> tuple[str, dict[tuple[str, str], float]]:
    """The figures of one scrape by metric and window, and the instant that they were given for, now settled."""
    evaluated = scene.prometheus.wait_for("uptime_exporter_evaluated_timestamp_seconds")[0].value
    moment = scene.prometheus.query("timestamp(uptime_exporter_evaluated_timestamp_seconds)")[0].number
    (at,) = scene.prometheus.query("uptime_exporter_evaluated_timestamp_seconds", at=moment)
    assert at.number >= float(evaluated)
    figures = scene.prometheus.query(
        '{__name__=~"uptime_slo_.+",uptime_service="shop",slo="availability"}', at=moment
    )
    wait_for(lambda: settled(scene, at.value), f"{at.value} is settled")
    return at.value, {
        (figure.labels["__name__"], figure.labels.get("window", "")): figure.number for figure in figures
    }


def settled(scene: Scene, at: str) -> bool:
    until = scene.daemon.sli("shop/availability", f"--at={at}")["settled_until"]
    return until is not None and parse_instant(until) >= parse_instant(at)


def test_counters_never_reset_while_the_process_lives(scene: Scene) -> None:
    scene.misbehave()

    counters = scene.prometheus.query(
        'count by (__name__) ({__name__=~"uptime_.+_(total|count|sum|bucket)"})'
    )
    names = {counter.labels["__name__"] for counter in counters}
    resets = {name: scene.prometheus.query(f"sum(resets({name}[1h]))")[0].number for name in names}
    assert {"uptime_endpoint_seconds_total", "uptime_probe_failures_total"} <= names
    assert resets == dict.fromkeys(names, 0)


def test_the_alert_of_the_readme_fires_for_an_outage(scene: Scene) -> None:
    scene.wait_until_scraped('uptime_endpoint_up{uptime_endpoint="web"} == 1')
    assert scene.prometheus.query("ALERTS") == []

    scene.web.fail()

    found = scene.prometheus.wait_for('ALERTS{alertname="ErrorBudgetBurn",alertstate="firing"}')
    assert {alert.labels["slo"] for alert in found} == {"availability"}
    assert {alert.labels["severity"] for alert in found} <= {"page", "ticket"}


@pytest.mark.usefixtures("promtool")
def test_promtool_has_nothing_to_say_after_trouble(scene: Scene) -> None:
    scene.misbehave()

    assert check_metrics(scene.daemon.get("/metrics", Accept="text/plain; version=0.0.4").text) == ""
