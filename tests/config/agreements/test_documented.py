"""The documentation leaves no key of agreements out, and no kind of finding."""

import re
from pathlib import Path

from pydantic import BaseModel

from exporter.config.agreements import sections
from exporter.config.agreements.findings.finding import Kind
from exporter.config.sections import PromqlSection

ROOT = Path(__file__).parent.parent.parent.parent
TEXT = (ROOT / "docs" / "agreements.md").read_text()
NAMED = set(re.findall(r"[a-z_0-9]+", " ".join(re.findall(r"`([^`\n]+)`", TEXT))))


def models() -> list[type[BaseModel]]:
    found = [
        each for each in vars(sections).values() if isinstance(each, type) and issubclass(each, BaseModel)
    ]
    return [*found, PromqlSection]


def test_every_key_is_documented() -> None:
    keys = {field.alias or name for model in models() for name, field in model.model_fields.items()}
    assert keys - NAMED == set()


def test_every_kind_of_finding_is_documented() -> None:
    assert set(
        re.findall(r"^\| `(\w+)` \| [^|]+ \|$", TEXT.partition("## What is weak")[2], re.MULTILINE)
    ) == set(Kind)
