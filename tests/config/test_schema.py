"""The schema for editors says what the loader says, and the examples are right for both."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from exporter.config.hours import DAY_KEY
from exporter.config.load import load
from exporter.config.schema import schema, text
from tests.support.editor import read

ROOT = Path(__file__).parent.parent.parent
CONFIG = ROOT / "config"
EXAMPLES = sorted(CONFIG.glob("*.yml"))
ENVIRON = {"API_TOKEN": "hush-hush"}


def errors(document: Any) -> list[str]:
    validator = jsonschema.Draft202012Validator(schema())
    return [error.message for error in validator.iter_errors(document)]


def test_the_schema_in_the_repository_is_the_one_that_the_code_makes() -> None:
    assert (CONFIG / "uptime.schema.json").read_text() == text(), (
        "run: python -m exporter.config.schema > config/uptime.schema.json"
    )


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_an_example_loads_without_a_warning(file: Path) -> None:
    assert load([str(file)], ENVIRON).warnings == ()


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_an_example_is_right_for_editors_too(file: Path) -> None:
    assert errors(read(file.read_text())) == []


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("site: a", "'services' is a required property"),
        ("services: []", "[] should be non-empty"),
        (
            "services: [{name: a, endpoints: [{url: 'https://h'}], exclusions: []}]",
            "Additional properties are not allowed ('exclusions' was unexpected)",
        ),
        (
            "services: [{name: a b, endpoints: [{url: 'https://h'}]}]",
            "'a b' does not match '^[A-Za-z0-9_.-]+$'",
        ),
        (
            "services: [{name: a, endpoints: [{url: 'https://h', interval: 15}]}]",
            "15 is not of type 'string'",
        ),
        (
            "{services: [{name: a}], service_hours: {office: {monday: '08:00-20:00'}}}",
            f"'monday' does not match any of the regexes: '{DAY_KEY}'",
        ),
        (
            "{services: [{name: a}], exclusions: [{name: b, category: c}]}",
            "'c' is not one of ['out_of_hours', 'force_majeure', 'customer', 'dependency', 'maintenance', 'other']",
        ),
        (
            "services: [{name: a, slos: [{objective: 99, window: {calendar: day}}]}]",
            "{'calendar': 'day'} is not valid under any of the given schemas",
        ),
    ],
)
def test_an_editor_sees_the_mistakes_that_the_loader_refuses(document: str, message: str) -> None:
    assert errors(read(document)) == [message]


def test_every_served_key_is_in_the_full_example() -> None:
    used: set[str] = set()

    def collect(node: Any) -> None:
        if isinstance(node, dict):
            used.update(map(str, node))
        for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            collect(inner)

    # Keys that are shown as a comment, as they need files.
    commented = {"agreements", "body_file", "ca_file", "cert_file", "key_file"}
    collect(read((CONFIG / "example.yml").read_text()))
    known = {key for part in (schema(), *schema()["$defs"].values()) for key in part.get("properties", {})}
    assert known - used - commented == set()
