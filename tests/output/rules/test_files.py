"""Rules of a dozen configurations, which promtool checks and tests; and the static ones, which need none."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from exporter.config.model import Config
from exporter.output.rules.alertmanager import alertmanager_file
from exporter.output.rules.exporters import WATCHDOG
from exporter.output.rules.files import operator_file, rules_file
from exporter.output.rules.files import tests_file as promtool_tests
from exporter.output.rules.groups import groups, static_groups
from exporter.output.rules.rule import Alert, Group
from exporter.units import MINUTE
from tests.output.rules.conftest import LoadConfig, Promtool
from tests.support.alerted import CONFIGS

DEPLOY = Path(__file__).parents[3] / "deploy"
EACH = pytest.mark.parametrize("text", CONFIGS.values(), ids=CONFIGS.keys())


def alerts(made: tuple[Group, ...]) -> Iterator[Alert]:
    for group in made:
        for rule in group.rules:
            if isinstance(rule, Alert):
                yield rule


@EACH
def test_promtool_finds_nothing_wrong_and_every_alert_does_what_its_histories_say(
    text: str, load_config: LoadConfig, run_promtool: Promtool, tmp_path: Path
) -> None:
    made = groups(load_config(text))
    (tmp_path / "rules.yml").write_text(rules_file(made))
    (tmp_path / "rules_test.yml").write_text(promtool_tests(made, "rules.yml"))
    assert "duplicate" not in run_promtool("check", "rules", "rules.yml")
    run_promtool("test", "rules", "rules_test.yml")


@EACH
def test_they_are_the_same_each_time(text: str, load_config: LoadConfig) -> None:
    config = load_config(text)
    once, again = groups(config), groups(load_config(text))
    assert rules_file(once) == rules_file(again)
    assert promtool_tests(once, "rules.yml") == promtool_tests(again, "rules.yml")
    assert alertmanager_file(config) == alertmanager_file(load_config(text))


@EACH
def test_every_alert_has_a_history_in_which_it_fires_and_one_in_which_it_does_not(
    text: str, load_config: LoadConfig
) -> None:
    """But for the watchdog, whose point is to fire always."""
    for alert in (*alerts(groups(load_config(text))), *alerts(static_groups())):
        assert any(case.fires for case in alert.cases), alert.name
        assert any(not case.fires for case in alert.cases) or alert.name == WATCHDOG


@EACH
def test_expressions_match_by_naming_labels_so_that_those_of_targets_change_nothing(
    text: str, load_config: LoadConfig
) -> None:
    written = rules_file((*groups(load_config(text), sloth=True), *static_groups()))
    assert "ignoring" not in written
    assert "without" not in written


@EACH
def test_the_operator_gets_the_same_groups(text: str, load_config: LoadConfig) -> None:
    made = groups(load_config(text))
    given = yaml.safe_load(operator_file(made))
    assert (given["apiVersion"], given["kind"]) == ("monitoring.coreos.com/v1", "PrometheusRule")
    assert given["spec"] == yaml.safe_load(rules_file(made))
    names = [group["name"] for group in given["spec"]["groups"]]
    assert len(names) == len(set(names))


def test_the_static_rules_are_those_in_deploy_and_promtool_agrees(run_promtool: Promtool) -> None:
    made = static_groups()
    rules = DEPLOY / "prometheus" / "rules" / "uptime.yml"
    tests = DEPLOY / "prometheus" / "tests" / "uptime_test.yml"
    assert rules.read_text() == rules_file(made)
    assert tests.read_text() == promtool_tests(made, "../rules/uptime.yml")
    assert (DEPLOY / "alertmanager" / "alertmanager.yml").read_text() == alertmanager_file(Config((), "", ""))
    assert "duplicate" not in run_promtool("check", "rules", str(rules))
    run_promtool("test", "rules", str(tests))


def test_the_alert_on_burning_budgets_is_the_one_that_the_contract_has() -> None:
    burn = next(alerts(static_groups()))
    assert (burn.name, burn.expr) == (
        "ErrorBudgetBurn",
        "max by (uptime_service, slo, tier, severity, long, short) (last_over_time(uptime_slo_alert_ratio[3m])) > 1",
    )


WRONG = {
    "firing at the threshold": ("[3m])) > 1", "[3m])) >= 1"),
    "no bridge": ("(last_over_time(uptime_slo_alert_ratio[3m]))", "(uptime_slo_alert_ratio)"),
    "one for each exporter": (
        "max by (uptime_service, slo, tier,",
        "max by (instance, uptime_service, slo, tier,",
    ),
    "a budget that is just spent": (
        "(last_over_time(uptime_slo_error_budget_remaining_ratio[3m])) < 0",
        "(last_over_time(uptime_slo_error_budget_remaining_ratio[3m])) <= 0",
    ),
    "endpoints that are excluded": (
        "unless on (uptime_service, uptime_endpoint, job, instance) last_over_time(uptime_endpoint_excluded[3m]) == 1\n      unless",
        "unless",
    ),
    "a minute instead of two": ("for: 2m", "for: 1m"),
    "targets that are no exporters": (
        " and on (job, instance) last_over_time(uptime_exporter_build_info[1d])",
        "",
    ),
    "another pace": ('eq $labels.long "1d"', 'eq $labels.long "1h"'),
    "another number in words": ("* 3600 *", "* 60 *"),
    "a clock that is ahead": (
        "(abs(timestamp(uptime_exporter_evaluated_timestamp_seconds) - uptime_exporter_evaluated_timestamp_seconds))",
        "(timestamp(uptime_exporter_evaluated_timestamp_seconds) - uptime_exporter_evaluated_timestamp_seconds)",
    ),
    "exclusions that recur": ('{recurring="false"}', ""),
    "an SLO whose exporter is down": (
        "unless on () (up == 0 and on (job, instance) last_over_time(uptime_exporter_build_info[1h]))\n",
        "\n",
    ),
}


@pytest.mark.parametrize(("right", "wrong"), WRONG.values(), ids=WRONG.keys())
def test_the_histories_notice_a_rule_that_is_wrong(
    right: str, wrong: str, run_promtool: Promtool, tmp_path: Path
) -> None:
    made = [
        one
        for alert in alerts(static_groups())
        if right in rules_file([one := Group(f"of {alert.name}", MINUTE, (alert,))])
    ]
    assert made
    (tmp_path / "rules.yml").write_text(rules_file(made).replace(right, wrong))
    (tmp_path / "rules_test.yml").write_text(promtool_tests(made, "rules.yml"))
    run_promtool("check", "rules", "rules.yml")
    assert "FAILED" in run_promtool("test", "rules", "rules_test.yml", status=1)
