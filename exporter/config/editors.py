"""Parts of JSON schemas for editors, made of the models that check files.

What an editor reads as a number or a boolean is text to us, and is allowed wherever text is.
"""

import json
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_SCALAR = ["string", "number", "boolean"]
_REF = "#/$defs/{model}"


def parts_of(models: Iterable[type[BaseModel]]) -> dict[str, Schema]:
    """The schemas of models, and of those in them, by name."""
    wanted: list[tuple[type[BaseModel], Literal["validation"]]] = [(model, "validation") for model in models]
    _, made = models_json_schema(wanted, ref_template=_REF)
    return {name: _plain(part) for name, part in made["$defs"].items() if part["type"] == "object"}


def either(properties: Schema, key: str, model: type[BaseModel]) -> None:
    """Let a map stand where a key takes a text."""
    text = {name: value for name, value in properties[key].items() if name != "description"}
    properties[key] = {"description": properties[key]["description"], "anyOf": [text, ref(model)]}


def put(properties: Schema, key: str, value: Schema) -> None:
    """Say what a key takes, and keep its description."""
    properties[key] = {"description": properties[key]["description"], **value}


def ref(model: type[BaseModel]) -> Schema:
    """What is as a model has it."""
    return {"$ref": _REF.format(model=model.__name__)}


def list_of(items: Schema) -> Schema:
    """A list of at least one."""
    return {"type": "array", "minItems": 1, "items": items}


def _plain(node: Any, *, named: bool = False) -> Any:  # noqa: ANN401 -- any JSON
    """Take out what editors do not need, and let a number stand where text does.

    Args:
        node: A schema, or what is in one.
        named: Whether the keys of `node` are the file's own, not the schema's.
    """
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {
        key: _plain(value, named=key in ("properties", "$defs") and not named)
        for key, value in node.items()
        if named or not _is_noise(key, value)
    }
    return plain if named else _typed(plain)


def _is_noise(key: str, value: Any) -> bool:  # noqa: ANN401 -- any JSON
    return key == "title" or (key == "default" and (not isinstance(value, str | bool) or value == ""))


def _typed(plain: Schema) -> Schema:
    if "anyOf" in plain:
        options = [option for option in plain["anyOf"] if option != {"type": "null"}]
        if len(options) == 1:
            rest = {key: value for key, value in plain.items() if key != "anyOf"}
            return {**options[0], **rest}
    if "enum" in plain:
        return {**{key: value for key, value in plain.items() if key != "type"}, "enum": _both(plain["enum"])}
    if plain.get("type") == "string" and not {"pattern", "const"} & plain.keys():
        return {**plain, "type": _SCALAR}
    if plain.get("type") == "array" and plain.get("items", {}).get("type") == _SCALAR:
        described: Schema = {key: plain[key] for key in ("description",) if key in plain}
        return {**described, "anyOf": [plain["items"], {"type": "array", "items": plain["items"]}]}
    return plain


def _both(values: list[Any]) -> list[Any]:
    """Add the numbers that an editor sees where a text of digits stands without quotes."""
    numbers = [
        json.loads(value) for value in values if isinstance(value, str) and value.replace(".", "").isdigit()
    ]
    return values + numbers
