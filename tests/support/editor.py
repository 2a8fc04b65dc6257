"""A configuration file as an editor's language server reads it."""

import re
from typing import Any

import yaml


class Loader(yaml.SafeLoader):
    """Reads YAML 1.2, in which a day is text, and so are yes, no, on and off."""


_BOOLEAN = "tag:yaml.org,2002:bool"
Loader.yaml_implicit_resolvers = {
    first: [each for each in resolvers if each[0] not in ("tag:yaml.org,2002:timestamp", _BOOLEAN)]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver(_BOOLEAN, re.compile("true|false"), list("tf"))


def read(text: str) -> Any:
    """Give the plain values of a text."""
    return yaml.load(text, Loader)
