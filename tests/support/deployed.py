"""What lies in `deploy/`, read strictly."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"


class _Strict(yaml.SafeLoader):
    """Refuses a key that is given twice, which YAML's own loader passes over."""


def _mapping(loader: _Strict, node: yaml.MappingNode) -> dict[Hashable, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    doubled = {key for key in keys if keys.count(key) > 1}
    assert not doubled, f"{node.start_mark}: given twice: {doubled}"
    return loader.construct_mapping(node, deep=True)


_Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def load(path: Path) -> Any:
    """The one document of a YAML file."""
    return yaml.load(path.read_text(encoding="utf-8"), _Strict)


def load_all(text: str) -> list[Any]:
    """Every document of a YAML text."""
    return list(yaml.load_all(text, _Strict))
