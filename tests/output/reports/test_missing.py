"""What the record does not have is said to be not known; what is there says nothing else for being elsewhere."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from exporter.output.reports.as_html import report_html
from exporter.output.reports.as_markdown import report_markdown
from exporter.output.reports.blocks import Table, Text
from exporter.output.reports.report import report_of
from tests.support import reported


def said(document: dict[str, Any]) -> str:
    return report_markdown(document)


@pytest.mark.parametrize(
    ("missing", "line"),
    [
        ("issue", "Of which issue this is nothing is known."),
        ("issue", "- **Issue**: not known"),
        ("monitor", "- **Site**: not known"),
        ("trend", "Of earlier periods nothing is known."),
        ("software", "- **Made by**: not known"),
        ("sha256", "- **SHA-256 of the document**: not known"),
    ],
)
def test_what_is_missing_is_not_known(missing: str, line: str) -> None:
    whole = reported.missed_month()
    without = {name: value for name, value in whole.items() if name != missing}
    assert line not in said(whole)
    assert line in said(without)
    assert report_html(without).count("</section>") == report_html(whole).count("</section>")


@pytest.mark.parametrize(("name", "empty"), [("issue", {}), ("monitor", {}), ("trend", []), ("software", {})])
def test_what_is_empty_is_as_if_it_were_missing(name: str, empty: object) -> None:
    whole = reported.missed_month()
    without = {each: value for each, value in whole.items() if each != name}
    assert said({**whole, name: empty}) == said(without)


@pytest.mark.parametrize("missing", sorted(reported.MONITOR))
def test_each_part_of_the_monitor_s_record_may_be_missing(missing: str) -> None:
    whole = reported.missed_month()
    monitor = {name: value for name, value in whole["monitor"].items() if name != missing}
    without = {**whole, "monitor": monitor}
    assert said(without).lower().count("not known") == said(whole).lower().count("not known") + 1


def test_a_monitor_that_missed_nothing_says_so() -> None:
    monitor: dict[str, list[Any]] = {"blind": [], "stopped": [], "corrections": [], "config_changes": []}
    sections = {
        each.ident: each for each in report_of({**reported.missed_month(), "monitor": monitor}).sections
    }
    assert [each.empty for each in sections["monitor"].blocks if isinstance(each, Table)] == [
        "Not known.",
        *["None."] * 4,
    ]


def test_the_first_issue_says_that_it_is_the_first() -> None:
    issue = {
        "number": 1,
        "at": "2026-11-01T00:10:00Z",
        "previous_sha256": None,
        "replaces": None,
        "changes": [],
    }
    sections = {each.ident: each for each in report_of({**reported.missed_month(), "issue": issue}).sections}
    facts, text = sections["changes"].blocks
    assert dict(facts.pairs)["SHA-256 of the issue before"].text == "none, as there is none before"  # type: ignore[union-attr]
    assert text == Text("Of this period nothing was issued before.")


def test_what_is_not_issued_has_no_number() -> None:
    issue: dict[str, Any] = {"number": None, "at": "2026-11-01T00:10:00Z", "replaces": 3, "changes": []}
    sections = {each.ident: each for each in report_of({**reported.missed_month(), "issue": issue}).sections}
    facts, text = sections["changes"].blocks
    assert dict(facts.pairs)["Issue"].text == "not issued"  # type: ignore[union-attr]
    assert text == Text("Nothing that is told here, since number 3.")


@pytest.mark.parametrize("write", [report_html, report_markdown])
def test_the_order_of_keys_changes_nothing(write: Callable[[dict[str, Any]], str]) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            names = list(value)
            chance.shuffle(names)
            return {name: shuffled(value[name]) for name in names}
        return [shuffled(each) for each in value] if isinstance(value, list) else value

    chance = random.Random(7)
    document = reported.missed_month()
    for _ in range(3):
        other = shuffled(document)
        assert json.dumps(other) != json.dumps(document)
        assert write(other) == write(document)
