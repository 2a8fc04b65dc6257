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


def proved(made: tuple[Group, ...], run_promtool: Promtool, folder: Path) -> None:
    """See that promtool finds nothing wrong, and that every alert does what its histories say.

    Alerts of one name have files of their own: promtool evaluates all rules of a file in each of its tests, which takes the square of
    their number. The files as they are written for users are tested as one for the static rules.
    """
    (folder / "rules.yml").write_text(rules_file(made))
    assert "duplicate" not in run_promtool("check", "rules", "rules.yml")
    assert all(isinstance(rule, Alert) for group in made for rule in group.rules), "none needs another"
    files = list[str]()
    for name in dict.fromkeys(alert.name for alert in alerts(made)):
        own = tuple(
            Group(group.name, group.interval, rules)
            for group in made
            if (rules := tuple(rule for rule in group.rules if isinstance(rule, Alert) and rule.name == name))
        )
        (folder / f"{name}.yml").write_text(rules_file(own))
        (folder / f"{name}_test.yml").write_text(promtool_tests(own, f"{name}.yml"))
        files.append(f"{name}_test.yml")
    run_promtool("test", "rules", *files)


@EACH
def test_promtool_finds_nothing_wrong_and_every_alert_does_what_its_histories_say(
    text: str, load_config: LoadConfig, run_promtool: Promtool, tmp_path: Path
) -> None:
    proved(groups(load_config(text)), run_promtool, tmp_path)


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
        "error_budget_remaining_ratio[3m])) > 0",
        "error_budget_remaining_ratio[3m])) >= 0",
    ),
    "the better of two exporters": (
        "max by (uptime_service, slo) (-last",
        "min by (uptime_service, slo) (-last",
    ),
    "a forecast of a day only": ('window="2h"', 'window="1d"'),
    "a forecast of hours only": ('window="1d"', 'window="2h"'),
    "a forecast of a budget that is gone": ("[3m])) >= 0", "[3m])) >= -1"),
    "a forecast that cannot bear a replaced pod": (
        "max by (uptime_service, slo, job, instance) (last_over_time(uptime_slo_window_seconds[3m]))",
        "last_over_time(uptime_slo_window_seconds[3m])",
    ),
    "an hour of the unknown": ("> 3600", ">= 3600"),
    "another hour of it": ("> 3600", "> 3602"),
    "the worst of two exporters": (
        "min by (uptime_service, slo) (last_over_time(uptime_slo_day",
        "max by (uptime_service, slo) (last_over_time(uptime_slo_day",
    ),
    "no bridge to another Prometheus": (
        "last_over_time(uptime_promql_last_ask_successful[3m])",
        "uptime_promql_last_ask_successful",
    ),
    "endpoints that are excluded": (
        "unless on (uptime_service, uptime_endpoint, job, instance) last_over_time(uptime_endpoint_excluded[1m]) == 1",
        "",
    ),
    "exclusions of another exporter": (
        "unless on (uptime_service, uptime_endpoint, job, instance) last_over_time(uptime_endpoint_excluded[1m]) == 1",
        "unless on (uptime_service, uptime_endpoint) last_over_time(uptime_endpoint_excluded[1m]) == 1",
    ),
    "a minute instead of two": ("for: 2m", "for: 1m"),
    "a bridge longer than the wait": ("[1m]", "[3m]"),
    "the later certificate": (
        "min by (uptime_service, uptime_endpoint)",
        "max by (uptime_service, uptime_endpoint)",
    ),
    "certificates without a bridge": (
        "last_over_time(uptime_tls_chain_not_after_timestamp_seconds[3m])",
        "uptime_tls_chain_not_after_timestamp_seconds",
    ),
    "targets that are no exporters": (
        " and on (job, instance) last_over_time(uptime_exporter_build_info[3d])",
        "",
    ),
    "other targets of its job": (
        "and on (job, instance) last_over_time(uptime_exporter_build_info[3d])",
        "and on (job) last_over_time(uptime_exporter_build_info[3d])",
    ),
    "another pace": ('eq $labels.long "1d"', 'eq $labels.long "1h"'),
    "another number in words": ("* 3600 *", "* 60 *"),
    "a clock that is ahead": ("(abs(", "(("),
    "a record without a bridge": (
        "last_over_time((timestamp(uptime_storage_last_commit_timestamp_seconds) - uptime_storage_last_commit_timestamp_seconds)[1m:15s])",
        "timestamp(uptime_storage_last_commit_timestamp_seconds) - uptime_storage_last_commit_timestamp_seconds",
    ),
    "a quantile of others": ("histogram_quantile(0.99,", "histogram_quantile(0.995,"),
    "a quantile of fewer": ("histogram_quantile(0.99,", "histogram_quantile(0.98,"),
    "exclusions that recur": ('{recurring="false"}', ""),
    "exclusions of what is well": (
        'last_over_time(uptime_endpoint_state{state="down"}[1m]) == 1 and',
        'last_over_time(uptime_endpoint_state{state="down"}[1m]) >= 0 and',
    ),
    "what is not excluded": (
        "last_over_time(uptime_endpoint_excluded[1m]) == 1)",
        "last_over_time(uptime_endpoint_excluded[1m]) >= 0)",
    ),
    "what another exporter excludes": (
        "and on (job, instance) (last_over_time(uptime_endpoint_state",
        "and on () (last_over_time(uptime_endpoint_state",
    ),
    "an SLO whose exporter is down": ("unless on (job, instance) (max_over_time(up[5m]) == 0)", ""),
    "an SLO that vanished while another is down": (
        "unless on (job, instance) (max_over_time(up[5m]) == 0)",
        "unless on (job) (max_over_time(up[5m]) == 0)",
    ),
    "an SLO of nobody": ("and on (job) last_over_time(uptime_exporter_build_info[5m])", ""),
    "an SLO that another exporter shows": (
        "unless on (uptime_service, slo) last_over_time",
        "unless on (uptime_service, slo, job, instance) last_over_time",
    ),
    "an exporter of another job": (
        "unless on (job) last_over_time(uptime_exporter_build_info[5m])",
        "unless on () last_over_time(uptime_exporter_build_info[5m])",
    ),
    "an answer that is far": (") < 600", ") < 3600"),
    "an answer that is too late": (" - time() > 0) < ", " - time() > -3600) < "),
    "an answer that is for a vendor to give": ('{kind="vendor"}', '{kind="internal"}'),
    "the later of two answers": ("min by (agreement, incident", "max by (agreement, incident"),
    "the severity of the alert": (
        'label_replace(last_over_time(uptime_sla_escalation_level[3m]), "inc',
        'label_replace(last_over_time(uptime_sla_escalation_level[3m]), "x_inc',
    ),
    "the lowest of two levels": ("max by (agreement, incident", "min by (agreement, incident"),
    "no level": ('("level", ', '("step", '),
}
SPELLED_OUT = {
    "no bridge": ('window="1h"}[3m]) > 14.4', 'window="1h"}[15s]) > 14.4'),
    "no bridge for the guard": ('window="1h"}[3m]) > 30', 'window="1h"}[15s]) > 30'),
    "a little too much": ("> 14.4", "> 14.5"),
    "exactly enough": ("> 14.4", ">= 14.4"),
    "halves of two exporters": (
        "and on (uptime_service, slo, job, instance)",
        "and on (uptime_service, slo)",
    ),
    "another label of targets": ("and on (uptime_service, slo, job, instance)", "and"),
    "less than the guard": ('window="1h"}[3m]) > 30', 'window="1h"}[3m]) >= 30'),
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


@pytest.mark.parametrize(("right", "wrong"), SPELLED_OUT.values(), ids=SPELLED_OUT.keys())
def test_the_histories_notice_a_spelled_out_rule_that_is_wrong(
    right: str, wrong: str, load_config: LoadConfig, run_promtool: Promtool, tmp_path: Path
) -> None:
    fast = next(alerts(groups(load_config(CONFIGS["30d"]))))
    made = [Group("fast", MINUTE, (fast,))]
    text = rules_file(made)
    assert right in text
    (tmp_path / "rules.yml").write_text(text.replace(right, wrong))
    (tmp_path / "rules_test.yml").write_text(promtool_tests(made, "rules.yml"))
    assert "FAILED" in run_promtool("test", "rules", "rules_test.yml", status=1)


def test_the_guard_of_events_is_reached_where_that_of_time_is_exceeded(
    load_config: LoadConfig, run_promtool: Promtool, tmp_path: Path
) -> None:
    made = [Group("fast", MINUTE, (next(alerts(groups(load_config(CONFIGS["events"])))),))]
    text = rules_file(made)
    assert 'window="1h"}[3m]) >= 3' in text
    (tmp_path / "rules.yml").write_text(text.replace(">= 3", "> 3"))
    (tmp_path / "rules_test.yml").write_text(promtool_tests(made, "rules.yml"))
    assert "FAILED" in run_promtool("test", "rules", "rules_test.yml", status=1)


ODD = """\
alerting: {scrape_interval: 5m, evaluation_interval: 1m, labels: {"team": "a, 'b'"}}
prometheus: {url: http://127.0.0.1:9090}
services:
  - name: shop
    owner: '{{ .Team }} "quoted" \\'
    endpoints: [{url: "tcp://shop.example.com:1"}, {name: rare, url: "tcp://b.example.com:1", interval: 5m}]
    slos:
      - {objective: 99.9, method: events}
      - {name: shared, objective: 99, combine: {weighted: {shop.example.com-1: 2, rare: 1}}}
      - {name: unknown, objective: 99.9, unknown: down}
      - {name: counted, objective: 99, sli: {promql: {good: "a[$interval]", total: "b[$interval]"}}}
  - name: all
    slos: [{objective: 99, services: [shop]}]
"""


def test_odd_configurations_and_slow_scrapes_are_proved_too(
    load_config: LoadConfig, run_promtool: Promtool, tmp_path: Path
) -> None:
    proved(groups(load_config(ODD)), run_promtool, tmp_path)
