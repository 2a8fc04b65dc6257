"""Types of the keys that only agreements have: each takes the text of the file and gives the value.

A refusal is a `ValueError` whose message starts behind the key's name.
"""

import re
from datetime import date
from fractions import Fraction
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from exporter import units
from exporter.config.fields import scalar, shape, shown, texts
from exporter.config.times import day
from exporter.config.tree import Map, Seq
from exporter.sla.incidents.severity import SeverityRule

_AMOUNT = re.compile(r"[0-9]+(?:\.[0-9]+)?", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MOST_DIGITS = 30
_DOWN = re.compile(r"(?P<count>all|any|[0-9]{1,4}) endpoints? down", re.ASCII)
ONLY_REPORTED = "as reported"
"""Of a severity that only people give."""


def _words(node: object) -> tuple[str, ...]:
    if not isinstance(node, Seq):
        msg = f"must be a list of texts (`- ...`), not {shape(node)}"
        raise ValueError(msg)  # noqa: TRY004 -- pydantic collects ValueError
    for each in node:
        if not isinstance(each, str):
            msg = f"must be a list of texts, but has {shape(each)} in it"
            raise ValueError(msg)  # noqa: TRY004 -- likewise
    return tuple(map(str, map(shown, node)))


def _days(node: object) -> tuple[date, ...]:
    if not isinstance(node, Seq):
        msg = f"must be a list of days (`- 2026-01-31`), not {shape(node)}"
        raise ValueError(msg)  # noqa: TRY004 -- likewise
    return tuple(map(day, node))


def _reasons(node: object) -> dict[str, str]:
    if not isinstance(node, Map):
        msg = f"must be a map of names and why (`staging: no production use`), not {shape(node)}"
        raise ValueError(msg)  # noqa: TRY004 -- likewise
    for name, why in node.items():
        if not isinstance(why, str):
            msg = f"must say in a text why not `{name}`, but has {shape(why)}"
            raise ValueError(msg)  # noqa: TRY004 -- likewise
    return {name: str(shown(why)) for name, why in node.items()}


def _rate(node: object) -> Fraction:
    """Take per cent, 0 among them."""
    text = scalar(node)
    if units.percent_text(text) == "0":
        return Fraction(0)
    return units.parse_percent(text, whole=True)


def _number(node: object) -> Fraction:
    text = scalar(node)
    if not _AMOUNT.fullmatch(text) or len(text) > _MOST_DIGITS:
        msg = f"must be a plain number such as 2400.00, not `{text}`"
        raise ValueError(msg)
    return Fraction(text)


def _factor(node: object) -> Fraction:
    number = _number(node)
    if not number:
        msg = "must be more than 0"
        raise ValueError(msg)
    return number


def _sha256(node: object) -> str:
    text = scalar(node)
    if not _SHA256.fullmatch(text):
        msg = "must be 64 hexadecimal digits, as `agreement show` prints them"
        raise ValueError(msg)
    return text


def _names(node: object) -> tuple[str, ...]:
    """Take one name, or a list of them."""
    nodes = list(node) if isinstance(node, Seq) else [node]
    if not nodes:
        msg = "is empty; name at least one"
        raise ValueError(msg)
    return tuple(map(scalar, nodes))


def _severities(node: object) -> tuple[SeverityRule, ...]:
    if not isinstance(node, Map):
        msg = (
            f"must be a map such as {{sev1: all endpoints down, sev2: any endpoint down}}, not {shape(node)}"
        )
        raise ValueError(msg)  # noqa: TRY004 -- likewise
    return tuple(_severity(name, text) for name, text in node.items())


def _severity(name: str, node: object) -> SeverityRule:
    text = " ".join(node.split()) if isinstance(node, str) else ""
    match = _DOWN.fullmatch(text)
    if text == ONLY_REPORTED:
        return SeverityRule(name, None)
    if match is None or match["count"] == "0":
        msg = f"`{name}` must be `all endpoints down`, `any endpoint down`, `2 endpoints down` or `{ONLY_REPORTED}`"
        raise ValueError(msg)
    count = match["count"]
    return SeverityRule(name, {"all": 0, "any": 1}[count] if count.isalpha() else int(count))


def _channels(node: object) -> dict[str, int]:
    if not isinstance(node, Map):
        msg = f"must be a map such as {{phone: 15m, mail: 4h}}, not {shape(node)}"
        raise ValueError(msg)  # noqa: TRY004 -- likewise
    return {name: units.parse_duration(scalar(length)) for name, length in node.items()}


Texts = Annotated[
    tuple[str, ...],
    PlainValidator(_words),
    WithJsonSchema({"type": "array", "items": {"type": "string"}}),
]
Days = Annotated[
    tuple[date, ...],
    PlainValidator(_days),
    WithJsonSchema({"type": "array", "items": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}}),
]
Reasons = Annotated[
    dict[str, str],
    PlainValidator(_reasons),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "string"}}),
]
Rate = Annotated[
    Fraction,
    PlainValidator(_rate),
    WithJsonSchema({"type": ["number", "string"], "description": "Per cent, 0 among them."}),
]
Amount = Annotated[
    Fraction,
    PlainValidator(_number),
    WithJsonSchema({"type": ["number", "string"], "description": "Exact, such as 2400.00."}),
]
Factor = Annotated[
    Fraction,
    PlainValidator(_factor),
    WithJsonSchema({"type": ["number", "string"], "description": "More than 0."}),
]
Names = Annotated[
    tuple[str, ...],
    PlainValidator(_names),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
Severities = Annotated[
    tuple[SeverityRule, ...],
    PlainValidator(_severities),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "string"}}),
]
Channels = Annotated[
    dict[str, int],
    PlainValidator(_channels),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "string"}}),
]
Sha256 = Annotated[str, PlainValidator(_sha256), texts("64 hexadecimal digits.", "^[0-9a-f]{64}$")]
