"""Types of the keys that take one of a few words."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, PlainValidator, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

from exporter.config.fields import scalar, shape
from exporter.config.tree import Map
from exporter.errors import nearest
from exporter.timeline.exclusion import Category

CATEGORIES = tuple(str(category) for category in Category)


def refusal(word: str, known: Sequence[str]) -> str:
    """Say what may stand where `word` does."""
    *first, last = known
    either = f"{', '.join(first)} or {last}" if first else last
    return f"must be {either}, not `{word}`{nearest(word, list(known))}"


class OneOf:
    """Marks a text that is one of some words, for pydantic and for editors."""

    def __init__(self, *words: str) -> None:
        self._words = tuple(map(str, words))

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        del source, handler
        return core_schema.no_info_plain_validator_function(self._validate)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        del schema, handler
        return {"enum": list(self._words)}

    def _validate(self, node: object) -> str:
        word = scalar(node)
        if word not in self._words:
            raise ValueError(refusal(word, self._words))
        return word


def _combine(node: object) -> str | Map:
    if isinstance(node, Map):
        return node
    if isinstance(node, str) and node in ("all", "any"):
        return node
    what = f"`{node}`" if isinstance(node, str) else shape(node)
    msg = f"must be all, any, {{quorum: 2}} or {{weighted: {{web: 2, api: 1}}}}, not {what}"
    raise ValueError(msg)


Unknown = Annotated[str, OneOf("ignore", "down", "up")]
Method = Annotated[str, OneOf("time", "events", "timeslices")]
Failures = Annotated[str, OneOf("bad", "ignore")]
Unit = Annotated[str, OneOf("week", "month", "quarter", "year")]
CategoryName = Annotated[str, OneOf(*CATEGORIES)]
Combine = Annotated[str | Map, PlainValidator(_combine), WithJsonSchema({"enum": ["all", "any"]})]
