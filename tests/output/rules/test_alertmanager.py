"""The Alertmanager configuration that goes with the rules; what it silences is shown in tests/alertmanager."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from exporter.output.rules.alertmanager import alertmanager_file
from tests.output.rules.conftest import LoadConfig
from tests.support.alerted import CONFIGS
from tests.support.processes import need


def written(text: str, load_config: LoadConfig) -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load(alertmanager_file(load_config(text)))
    return made


@pytest.mark.parametrize("text", CONFIGS.values(), ids=CONFIGS.keys())
def test_amtool_finds_nothing_wrong(text: str, load_config: LoadConfig, tmp_path: Path) -> None:
    need("amtool", "prometheus-alertmanager")
    file = tmp_path / "alertmanager.yml"
    file.write_text(alertmanager_file(load_config(text)))
    done = subprocess.run(["amtool", "check-config", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def receiver(text: str, load_config: LoadConfig, tmp_path: Path, *labels: str) -> list[str]:
    """Who is told of an alert with these labels, as amtool finds."""
    need("amtool", "prometheus-alertmanager")
    file = tmp_path / "alertmanager.yml"
    file.write_text(alertmanager_file(load_config(text)))
    done = subprocess.run(
        ["amtool", "config", "routes", "test", f"--config.file={file}", *labels],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split("\n")[:-1]


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (["owner=payments", "severity=critical"], "payments-page"),
        (["owner=payments", "severity=page"], "payments-page"),
        (["owner=payments", "severity=ticket"], "payments-ticket"),
        ([r'owner="the \"others\""', "severity=critical"], 'the "others"-page'),
        (["severity=critical"], "page"),
        (["owner=nobody known", "severity=ticket"], "ticket"),
        ([r"severity=P1 \(wake up\)", "owner=payments"], "payments-ticket"),
        (["alertname=UptimeWatchdog", "severity=none"], "watchdog"),
    ],
)
def test_alerts_go_by_owner_and_severity(
    labels: list[str], told: str, load_config: LoadConfig, tmp_path: Path
) -> None:
    assert receiver(CONFIGS["several, of several owners"], load_config, tmp_path, *labels) == [told]


@pytest.mark.parametrize("said", ["P1 (wake up)", "S[1]", "crit+", "a.b|c", "back\\slash"])
def test_severities_of_any_name_are_routed_as_they_are_called(
    said: str, load_config: LoadConfig, tmp_path: Path
) -> None:
    text = f"alerting: {{severities: {{page: '{said}'}}}}\n{CONFIGS['30d']}"
    escaped = said.replace("\\", "\\\\")
    assert receiver(text, load_config, tmp_path, f'severity="{escaped}"') == ["page"]


def test_an_owner_may_be_called_as_receivers_are(load_config: LoadConfig, tmp_path: Path) -> None:
    text = CONFIGS["30d"].replace("payments", "page")
    assert receiver(text, load_config, tmp_path, "owner=page", "severity=page") == ["page-page"]


def dependencies(text: str, load_config: LoadConfig) -> list[tuple[list[str], list[str]]]:
    return [
        (each["source_matchers"], each["target_matchers"])
        for each in written(text, load_config)["inhibit_rules"]
        if "uptime_service=" in each["source_matchers"][0]
    ]


def test_who_is_needed_silences_all_that_depend_on_it(load_config: LoadConfig) -> None:
    text = (
        "alerting: {name: Burning}\nservices:\n"
        "  - {name: db.main, endpoints: [{url: 'tcp://db:1'}], slos: [{objective: 99.9}]}\n"
        "  - {name: search, endpoints: [{url: 'tcp://s:1'}], depends_on: [db.main], slos: [{objective: 99.9}]}\n"
        "  - {name: shop, endpoints: [{url: 'tcp://shop:1'}], depends_on: [search]}\n"
    )
    said = 'alertname=~"Burning|EndpointDown"'
    assert dependencies(text, load_config) == [
        (['uptime_service="db.main"', 'tier=~"fast|medium"'], ['uptime_service=~"search|shop"', said]),
        (['uptime_service="search"', 'tier=~"fast|medium"'], ['uptime_service="shop"', said]),
    ]


def test_who_never_pages_silences_nobody(load_config: LoadConfig) -> None:
    text = (
        "services:\n"
        "  - {name: a, endpoints: [{url: 'tcp://a:1'}], slos: [{objective: 99, alerting: {tiers: [long]}}]}\n"
        "  - {name: b, endpoints: [{url: 'tcp://b:1'}], depends_on: [a]}\n"
    )
    assert dependencies(text, load_config) == []


def test_a_blind_prober_silences_endpoints_of_its_own_instance_and_nothing_else(
    load_config: LoadConfig,
) -> None:
    rules = [
        each
        for each in written(CONFIGS["30d"], load_config)["inhibit_rules"]
        if "UptimeProberBlind" in each["source_matchers"][0]
    ]
    assert rules == [
        {
            "source_matchers": ['alertname="UptimeProberBlind"'],
            "target_matchers": ['alertname=~"EndpointDown|HeartbeatMissed"'],
            "equal": ["job", "instance"],
        }
    ]


def test_groups_wait_as_long_as_check_reckons_with(load_config: LoadConfig) -> None:
    assert written(CONFIGS["30d"], load_config)["route"]["group_wait"] == "30s"
    text = "alerting: {group_wait: 5s}\n" + CONFIGS["30d"]
    assert written(text, load_config)["route"]["group_wait"] == "5s"
