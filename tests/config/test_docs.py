"""What the documentation shows loads, and it leaves no key out."""

import re
from pathlib import Path

import jsonschema
import pytest

from exporter.config.load import load
from exporter.config.schema import schema
from tests.support.editor import read

DOCS = Path(__file__).parent.parent.parent / "docs"
TEXT, PROBES = ((DOCS / name).read_text() for name in ("configuration.md", "probes.md"))
BLOCKS = re.findall(r"```yaml\n(.*?)```", TEXT, flags=re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS)
def test_an_example_in_the_documentation_loads(block: str, tmp_path: Path) -> None:
    (tmp_path / "token.txt").write_text("Bearer hush\n")
    (tmp_path / "ca.pem").write_text("certificates")
    (tmp_path / "uptime.yml").write_text(block)
    config = load([str(tmp_path / "uptime.yml")], {"API_TOKEN": "hush-hush"})
    assert config.warnings == ()
    jsonschema.validate(read(block), schema())


def test_every_key_is_documented() -> None:
    both = TEXT + PROBES
    whole = schema()
    keys = {key for part in (whole, *whole["$defs"].values()) for key in part.get("properties", {})}
    named = set(re.findall(r"[a-z_0-9]+", " ".join(re.findall(r"`([^`\n]+)`", both))))
    assert keys - named == set()
