"""What sloth would have recorded, from our gauges, evaluated by promtool."""

import subprocess
from pathlib import Path

import pytest
import yaml

from exporter.output.rules.files import document, rules_file
from exporter.output.rules.groups import groups
from exporter.output.rules.rule import Alert, Recording
from exporter.output.rules.sloth import sloth_groups
from tests.output.rules.conftest import LoadConfig, Promtool
from tests.support.alerted import CONFIGS

OWN = 'uptime_service="shop",slo="availability"'
EXPORTERS = ('job="uptime",instance="a:1"', 'job="uptime",instance="b:1"')
GIVEN = {
    f'uptime_slo_burn_rate{{{OWN},window="5m",{EXPORTERS[0]}}}': 20,
    f'uptime_slo_burn_rate{{{OWN},window="5m",{EXPORTERS[1]}}}': 2,
    f'uptime_slo_burn_rate{{{OWN},window="1h",{EXPORTERS[0]}}}': 4,
    f"uptime_slo_objective_ratio{{{OWN},{EXPORTERS[0]}}}": 0.75,
    f"uptime_slo_objective_ratio{{{OWN},{EXPORTERS[1]}}}": 0.75,
    f"uptime_slo_error_budget_remaining_ratio{{{OWN},{EXPORTERS[0]}}}": 0.25,
    f"uptime_slo_error_budget_remaining_ratio{{{OWN},{EXPORTERS[1]}}}": 1,
}
ID = 'sloth_id="shop-availability",sloth_service="shop",sloth_slo="availability"'
RECORDED = {
    f'slo:sli_error:ratio_rate5m{{{ID},sloth_window="5m"}}': 5,
    f'slo:sli_error:ratio_rate1h{{{ID},sloth_window="1h"}}': 1,
    f'slo:sli_error:ratio_rate30d{{{ID},sloth_window="30d"}}': 0.1875,
    f"slo:objective:ratio{{{ID}}}": 0.75,
    f"slo:error_budget:ratio{{{ID}}}": 0.25,
    f"slo:time_period:days{{{ID}}}": 30,
    f"slo:current_burn_rate:ratio{{{ID}}}": 20,
    f"slo:period_burn_rate:ratio{{{ID}}}": 0.75,
    f"slo:period_error_budget_remaining:ratio{{{ID}}}": 0.25,
}


def test_its_names_and_labels_are_recorded_with_our_figures(
    load_config: LoadConfig, run_promtool: Promtool, tmp_path: Path
) -> None:
    made = tuple(sloth_groups(load_config(CONFIGS["30d"])))
    (tmp_path / "rules.yml").write_text(rules_file(made))
    expected = [
        {
            "expr": sample.partition("{")[0],
            "eval_time": "1m",
            "exp_samples": [{"labels": sample, "value": value}],
        }
        for sample, value in RECORDED.items()
    ]
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": f"{value}x5"} for name, value in GIVEN.items()],
        "promql_expr_test": expected,
    }
    (tmp_path / "test.yml").write_text(document({"rule_files": ["rules.yml"], "tests": [test]}))
    run_promtool("check", "rules", "rules.yml")
    run_promtool("test", "rules", "test.yml")


def test_all_of_its_windows_and_metadata_are_there(load_config: LoadConfig) -> None:
    (group,) = sloth_groups(load_config(CONFIGS["calendar month"]))
    records = [rule.record for rule in group.rules if isinstance(rule, Recording)]
    windows = ("5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d")
    assert records == [
        *(f"slo:sli_error:ratio_rate{window}" for window in windows),
        "slo:objective:ratio",
        "slo:error_budget:ratio",
        "slo:time_period:days",
        "slo:current_burn_rate:ratio",
        "slo:period_burn_rate:ratio",
        "slo:period_error_budget_remaining:ratio",
        "sloth_slo_info",
    ]
    info = group.rules[-1]
    assert isinstance(info, Recording)
    assert info.labels["sloth_objective"] == "99.9"


def test_alerts_on_burning_budgets_are_labelled_as_its_are_and_others_are_not(
    load_config: LoadConfig,
) -> None:
    made = groups(load_config(CONFIGS["30d"]), sloth=True)
    labels = [rule.labels for group in made for rule in group.rules if isinstance(rule, Alert)]
    burning = [each for each in labels if "tier" in each]
    assert [(each["tier"], each["sloth_severity"]) for each in burning] == [
        ("fast", "page"),
        ("medium", "page"),
        ("slow", "ticket"),
        ("long", "ticket"),
    ]
    assert all(each["sloth_id"] == "shop-availability" for each in burning)
    assert not any("sloth_id" in each for each in labels if "tier" not in each)


@pytest.mark.usefixtures("promtool")
def test_what_is_written_for_it_is_a_file_that_prometheus_takes(
    load_config: LoadConfig, tmp_path: Path
) -> None:
    text = rules_file(groups(load_config(CONFIGS["several, of several owners"]), sloth=True))
    file = tmp_path / "rules.yml"
    file.write_text(text)
    done = subprocess.run(
        ["promtool", "check", "rules", str(file)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "duplicate" in done.stdout) == (0, False), done.stdout + done.stderr
    assert len({group["name"] for group in yaml.safe_load(text)["groups"]}) == len(
        yaml.safe_load(text)["groups"]
    )
