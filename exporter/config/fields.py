"""Types of the configuration's keys: each takes the text of the file and gives the value.

A refusal is a `ValueError` whose message starts behind the key's name.
"""

import re
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any, NamedTuple

from pydantic import PlainValidator, WithJsonSchema

from exporter import units
from exporter.config.tree import Expanded, Map, Seq

SHOWN = "is shown to everybody, but what `${NAME}` brings in is kept secret; write it out"

NOT_RIGHT = "what `${NAME}` brings in is not right here"
"""Instead of a message that would quote what must not be shown."""

_NAME = re.compile(r"[A-Za-z0-9_.-]+", re.ASCII)
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9_.-]+", re.ASCII)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S*", re.ASCII)
_HOST_ONLY = re.compile(r"[A-Za-z0-9_.-]+\.[A-Za-z]{2,}(?:/\S*)?", re.ASCII)
_MOST_DIGITS = 9


class ShownError(ValueError):
    """A secret stands where everybody sees it; the message does not quote it."""


class Objective(NamedTuple):
    """An objective, 0 < ratio < 1, and its per cent as written, without the sign."""

    ratio: Fraction
    text: str


def shape(node: object) -> str:
    """Name what a node is, for messages."""
    if isinstance(node, Map):
        return "a map"
    return "a list" if isinstance(node, Seq) else "text"


def safe_name(text: str) -> str:
    """Make a name of any text: what names may not have becomes `-`."""
    return _NOT_IN_NAME.sub("-", text)


def is_name(text: str) -> bool:
    """Whether it may be a name or an id."""
    return bool(_NAME.fullmatch(text)) and bool(text.strip("."))  # `..` leads elsewhere in a path


def scalar(node: object) -> str:
    """Refuse what is not a single value."""
    if not isinstance(node, str):
        msg = f"must be a single value, not {shape(node)}"
        raise ValueError(msg)  # noqa: TRY004 -- pydantic collects ValueError
    return node


def shown(node: object) -> str:
    """Refuse what `${NAME}` brought in: this key is shown, and that never is."""
    text = scalar(node)
    if isinstance(text, Expanded):
        raise ShownError(SHOWN)
    return text


def _name(node: object) -> str:
    text = shown(node)
    if not is_name(text):
        hint = safe_name(text).strip("-")
        hint = f"; write `{hint}`" if hint else ""
        msg = f"may have only letters, digits, `_`, `.` and `-`, but is `{text}`{hint}"
        raise ValueError(msg)
    return text


def _duration(node: object) -> int:
    length = units.parse_duration(scalar(node))
    if length <= 0:
        msg = "must be longer than 0"
        raise ValueError(msg)
    return length


def _delay(node: object) -> int:
    return units.parse_duration(scalar(node))


def _query(node: object) -> str:
    text = shown(node).strip()
    if not text:
        msg = "must be a query, but is empty"
        raise ValueError(msg)
    return text


def _nanoseconds(node: object) -> int:
    length = units.parse_nanoseconds(scalar(node))
    if length <= 0:
        msg = "must be longer than 0"
        raise ValueError(msg)
    return length


def _window(node: object) -> int | Map:
    return node if isinstance(node, Map) else _duration(node)


def count(node: object) -> int:
    """Take a whole number from 1."""
    text = scalar(node)
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and int(text) > 0):
        msg = f"must be a whole number from 1, not `{text}`"
        raise ValueError(msg)
    return int(text)


def _objective(node: object) -> Objective:
    return _percent(scalar(node))


@lru_cache(maxsize=256)  # thousands of SLOs share a few
def _percent(text: str) -> Objective:
    return Objective(units.parse_percent(text), str(units.percent_text(text)))


def _share(node: object) -> Fraction:
    """Take per cent up to all of it."""
    return units.parse_percent(scalar(node), whole=True)


def _url(node: object) -> str:
    text = scalar(node)
    if not _URL.fullmatch(text):
        if any(character.isspace() for character in text):
            msg = "must not have spaces; write %20"
        elif _HOST_ONLY.fullmatch(text):
            msg = "has no scheme; write https:// before it"
        else:
            msg = "has no scheme; write https://host/path or tcp://host:port"
        raise ValueError(msg)
    return text


def _map(node: object) -> Map:
    if not isinstance(node, Map):
        msg = f"must be a map (`key: value`), not {shape(node)}"
        raise ValueError(msg)  # noqa: TRY004 -- pydantic collects ValueError
    return node


def _list(node: object) -> Seq:
    if not isinstance(node, Seq):
        msg = f"must be a list (`- ...`), not {shape(node)}"
        raise ValueError(msg)  # noqa: TRY004 -- pydantic collects ValueError
    return node


def texts(description: str, pattern: str = "") -> WithJsonSchema:
    """Describe a text for editors."""
    schema: dict[str, Any] = {"type": "string", "description": description}
    return WithJsonSchema(schema | ({"pattern": pattern} if pattern else {}))


Name = Annotated[
    str, PlainValidator(_name), texts("Letters, digits, `_`, `.` and `-`.", r"^[A-Za-z0-9_.-]+$")
]
Secret = Annotated[str, PlainValidator(scalar), texts("Never shown.")]
Shown = Annotated[str, PlainValidator(shown), texts("Free text, shown to people.")]
Duration = Annotated[
    int, PlainValidator(_duration), texts("Such as 250ms, 15s, 5m, 1h30m or 30d.", r"^[0-9.]+(ms|[smhdwy])")
]
Delay = Annotated[int, PlainValidator(_delay), texts("Such as 0s, 30s or 5m.", r"^(0|[0-9.]+(ms|[smhdwy]))")]
Query = Annotated[str, PlainValidator(_query), texts("A query in PromQL.")]
Nanoseconds = Annotated[
    int, PlainValidator(_nanoseconds), texts("Such as 300ms or 1.5s.", r"^[0-9.]+(ms|[smhdwy])")
]
Window = Annotated[int | Map, PlainValidator(_window), texts("Such as 7d or 30d.", r"^[0-9.]+(ms|[smhdwy])")]
Count = Annotated[int, PlainValidator(count), WithJsonSchema({"type": "integer", "minimum": 1})]
Percent = Annotated[
    Objective,
    PlainValidator(_objective),
    WithJsonSchema({"type": ["number", "string"], "description": "Per cent, such as 99.9 or 99.9%."}),
]
Share = Annotated[
    Fraction,
    PlainValidator(_share),
    WithJsonSchema({"type": ["number", "string"], "description": "Per cent, such as 95 or 100%."}),
]
Url = Annotated[
    str,
    PlainValidator(_url),
    texts("Such as https://example.com/ or tcp://db.example.com:5432.", r"^([A-Za-z][A-Za-z0-9+.-]*://|\$)"),
]
Labels = Annotated[
    Map,
    PlainValidator(_map),
    WithJsonSchema(
        {
            "type": "object",
            "description": "Labels on the info metrics.",
            "additionalProperties": {"type": ["string", "number", "boolean"]},
        }
    ),
]
Maps = Annotated[Map, PlainValidator(_map)]
Items = Annotated[Seq, PlainValidator(_list)]
