"""What README and docs show works: examples that are marked are run, and links lead somewhere.

A mark is a comment on the line before a fenced block: `<!-- example: KIND -->`. Kinds: `check`, a
whole configuration; `agreement`, an agreement; `web`, a web configuration; `run`, commands that need neither network nor daemon;
`prometheus` and `rules`, files of Prometheus. Below commands `<!-- output: FILE -->` marks what they wrote to that file.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
import trustme

from exporter.web.load import load
from exporter.web.readings import Readings
from tests.support.called import called
from tests.support.secured import WebFolder

ROOT = Path(__file__).parent.parent
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted(ROOT.glob("docs/**/*.md")),
]
EXAMPLE = re.compile(r"^<!-- example: (\w+) -->\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OUTPUT = re.compile(r"^<!-- output: (\w+) -->\n```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


class Example(NamedTuple):
    """A marked block, the place of its mark, and what its commands are shown to write, by file."""

    kind: str
    text: str
    place: str
    outputs: dict[str, str]


def examples() -> list[Example]:
    found = []
    for document in DOCUMENTS:
        source = document.read_text(encoding="utf-8")
        matches = list(EXAMPLE.finditer(source))
        ends = [match.start() for match in matches] + [len(source)]
        for match, end in zip(matches, ends[1:], strict=True):
            line = source.count("\n", 0, match.start()) + 1
            outputs = dict(OUTPUT.findall(source, match.end(), end))
            found.append(Example(match[1], match[2], f"{document.relative_to(ROOT)}:{line}", outputs))
    return found


def of_kind(kind: str) -> pytest.MarkDecorator:
    chosen = [example for example in examples() if example.kind == kind]
    return pytest.mark.parametrize("example", chosen, ids=[example.place for example in chosen])


ENVIRONMENT = {
    **os.environ,
    "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    "PYTHONPATH": str(ROOT),
    "API_TOKEN": "an-example",
    "EXPORTER_ADDRESS": "127.0.0.1:9895",
}


def run(command: list[str], directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=directory, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )


def test_every_mark_names_a_kind_that_is_run() -> None:
    marks = [
        mark for document in DOCUMENTS for mark in re.findall("<!-- example: (.*?) -->", document.read_text())
    ]

    assert set(marks) <= {"agreement", "check", "run", "prometheus", "rules", "web"}
    assert len(marks) == len(examples()), "a mark does not stand right before a fenced block"


@of_kind("check")
def test_a_configuration_that_is_shown_is_free_of_problems(example: Example, tmp_path: Path) -> None:
    (tmp_path / "uptime.yml").write_text(example.text)

    done = called("check", "uptime.yml", cwd=tmp_path, environ=ENVIRONMENT)

    assert done.returncode == 0, done.stdout + done.stderr


@of_kind("agreement")
def test_an_agreement_that_is_shown_is_free_of_problems(example: Example, tmp_path: Path) -> None:
    (tmp_path / "acme.yml").write_text(example.text)

    done = called("agreement", "check", "acme.yml", cwd=tmp_path, environ=ENVIRONMENT)

    assert done.returncode == 0, done.stdout + done.stderr


@of_kind("web")
def test_a_web_configuration_that_is_shown_is_free_of_problems(example: Example, tmp_path: Path) -> None:
    file = WebFolder(tmp_path, trustme.CA()).write(example.text)

    assert load(file, Readings()).warnings == ()


@of_kind("run")
def test_commands_that_are_shown_work(example: Example, tmp_path: Path) -> None:
    script = f'uptime-slo-exporter() {{ "{sys.executable}" -m exporter "$@"; }}\n{example.text}'

    done = run(["bash", "-euc", script], tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert {file: (tmp_path / file).read_text() for file in example.outputs} == example.outputs


@pytest.mark.usefixtures("promtool")
@of_kind("prometheus")
def test_prometheus_takes_the_scrape_configuration_that_is_shown(example: Example, tmp_path: Path) -> None:
    (tmp_path / "prometheus.yml").write_text(example.text)

    done = run(["promtool", "check", "config", "prometheus.yml"], tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr


FIRES = """
rule_files: [rules.yml]
evaluation_interval: 15s
tests:
  - interval: 15s
    input_series:
      - series: >-
          uptime_slo_alert_ratio{uptime_service="shop", slo="availability", tier="fast", severity="page", long="1h", short="5m"}
        values: 0 1 1.01 _ 0.2
    alert_rule_test:
      - {eval_time: 0s, alertname: ErrorBudgetBurn}
      - {eval_time: 15s, alertname: ErrorBudgetBurn}
      - eval_time: 45s
        alertname: ErrorBudgetBurn
        exp_alerts:
          - exp_labels: {uptime_service: shop, slo: availability, tier: fast, severity: page, long: 1h, short: 5m}
            exp_annotations:
              summary: "shop/availability burns its error budget: tier fast"
      - {eval_time: 60s, alertname: ErrorBudgetBurn}
"""


@pytest.mark.usefixtures("promtool")
@of_kind("rules")
def test_the_alert_rule_that_is_shown_fires_strictly_above_one(example: Example, tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(example.text)
    (tmp_path / "test.yml").write_text(FIRES)

    done = run(["promtool", "test", "rules", "test.yml"], tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    targets = [target for target in LINK.findall(document.read_text(encoding="utf-8")) if ":" not in target]

    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_readme_names_the_two_commands_first() -> None:
    first = re.search(r"^```\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)

    assert first is not None
    assert [line.split("#")[0].strip() for line in first[1].splitlines()] == ["make run", "make test"]
