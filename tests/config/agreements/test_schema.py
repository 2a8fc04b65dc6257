"""The schema for editors says what the loader says, and the examples are right for both."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from exporter.config.agreements.schema import schema, text
from exporter.config.agreements.starter import starter
from tests.support.agreements import SMALL, target
from tests.support.editor import read

CONFIG = Path(__file__).parent.parent.parent.parent / "config"


def errors(document: Any) -> list[str]:
    validator = jsonschema.Draft202012Validator(schema())
    return [error.message for error in validator.iter_errors(document)]


def test_the_schema_in_the_repository_is_the_one_that_the_code_makes() -> None:
    assert (CONFIG / "agreement.schema.json").read_text() == text(), (
        "run: python -m exporter.config.agreements.schema > config/agreement.schema.json"
    )


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("file", sorted(CONFIG.glob("agreements/*.yml")), ids=lambda file: file.name)
def test_an_example_is_right_for_editors_too(file: Path) -> None:
    assert errors(read(file.read_text())) == []


@pytest.mark.parametrize("answers", [False, True])
def test_what_new_writes_is_right_for_editors_too(answers: bool) -> None:
    assert errors(read(starter("acme", "acme.yml", 2026, answers=answers))) == []


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (SMALL + "measures: {}", "Additional properties are not allowed ('measures' was unexpected)"),
        (target("availability: []"), "[] is not of type 'number', 'string'"),
        (SMALL + "targets_: 1", "Additional properties are not allowed ('targets_' was unexpected)"),
        (
            SMALL + "exclusions: {maintenence: {}}",
            "Additional properties are not allowed ('maintenence' was unexpected)",
        ),
        (
            SMALL.replace("customer\n", "client\n", 1),
            "'client' is not one of ['customer', 'internal', 'vendor']",
        ),
    ],
)
def test_an_editor_sees_the_mistakes_that_the_loader_refuses(document: str, message: str) -> None:
    assert errors(read(document)) == [message]
