"""docs/metrics.md says what is shown, and its rule is one."""

import re
import subprocess
from pathlib import Path

import pytest

from exporter.output.names import EVALUATED, FAMILIES, Family
from exporter.slo.tiers import PACES

PAGE = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text()
ROWS = {cells[1].strip(" `"): cells for line in PAGE.splitlines() if len(cells := line.split("|")) == 6}
EVERY = [EVALUATED, *(family for group in FAMILIES.values() for family in group)]


@pytest.mark.parametrize("family", EVERY, ids=lambda family: family.name)
def test_each_metric_has_its_row_with_type_and_labels(family: Family) -> None:
    _, _, kind, labels, meaning, _ = ROWS[family.name]
    assert kind.strip() == family.kind
    assert re.findall(r"`(\w+)`", labels) == list(family.labels)
    assert meaning.strip()


def test_the_page_names_no_metric_that_there_is_not() -> None:
    named = set(re.findall(r"\buptime_(?!service\b|endpoint\b)\w+", PAGE))
    assert named == {family.name for family in EVERY}


def test_the_page_shows_the_tiers_as_they_are() -> None:
    for pace in PACES:
        wide, narrow = (f"{float(share * 100):g} %" for share in (pace.wide, pace.narrow))
        assert f"| {pace.tier} | {pace.severity} | {pace.long} and {pace.short} | {wide} | {narrow} |" in PAGE


@pytest.mark.usefixtures("promtool")
def test_promtool_accepts_the_rule_on_the_page(tmp_path: Path) -> None:
    (rule,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "rules.yml"
    file.write_text(rule)
    done = subprocess.run(
        ["promtool", "check", "rules", "--lint-fatal", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 rules found" in done.stdout
