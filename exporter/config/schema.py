"""The JSON schema of the configuration file, for editors: `python -m exporter.config.schema > config/uptime.schema.json`.

Made of the models that check the file, so that it cannot say anything else; what an
editor reads as a number or a boolean is text to us, and is allowed wherever text is.
"""

import json
import sys
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from exporter.config.alerting import SEVERITIES
from exporter.config.choices import CATEGORIES
from exporter.config.hours import DAY_KEY
from exporter.config.sections import (
    AlertingSection,
    BlackboxSection,
    CalendarSection,
    CombineSection,
    ConnectivitySection,
    Defaults,
    DiscoverySection,
    DnsSdSection,
    EndpointSection,
    ExclusionSection,
    FileSdSection,
    HoursSection,
    HttpSdSection,
    PrometheusSection,
    ResolverSection,
    RootSection,
    ServiceSection,
    SloAlertingSection,
    SloSection,
    StorageSection,
)
from exporter.probes.registry import TYPES
from exporter.slo.tiers import TIERS

Schema = dict[str, Any]

_SECTIONS: tuple[type[BaseModel], ...] = (
    AlertingSection,
    BlackboxSection,
    CalendarSection,
    CombineSection,
    ConnectivitySection,
    Defaults,
    DiscoverySection,
    DnsSdSection,
    EndpointSection,
    ExclusionSection,
    FileSdSection,
    HoursSection,
    HttpSdSection,
    PrometheusSection,
    ResolverSection,
    RootSection,
    ServiceSection,
    SloAlertingSection,
    SloSection,
    StorageSection,
)
_SCALAR = ["string", "number", "boolean"]
_REF = "#/$defs/{model}"


def schema() -> Schema:
    """Make the schema of the whole file."""
    models: list[tuple[type[BaseModel], Literal["validation"]]] = [
        (model, "validation") for model in (*_SECTIONS, *TYPES)
    ]
    _, made = models_json_schema(models, ref_template=_REF)
    parts: dict[str, Schema] = {
        name: _plain(part) for name, part in made["$defs"].items() if part["type"] == "object"
    }
    for settings in TYPES:
        _probe(parts[settings.__name__], settings.kind)
    _nest(parts)
    root = parts.pop(RootSection.__name__)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of uptime-slo-exporter",
        **root,
        "$defs": dict(sorted(parts.items())),
    }


def _nest(parts: dict[str, Schema]) -> None:
    """Put the sections into each other, which the models leave open."""
    root = parts[RootSection.__name__]["properties"]
    service = parts[ServiceSection.__name__]["properties"]
    slo = parts[SloSection.__name__]["properties"]
    names = _list_of({"type": "string"})
    _set(root, "services", _list_of(_ref(ServiceSection)))
    _set(root, "defaults", _ref(Defaults))
    _set(root, "alerting", _ref(AlertingSection))
    _set(root, "connectivity", _ref(ConnectivitySection))
    _set(parts[ConnectivitySection.__name__]["properties"], "anchors", _list_of({"type": "string"}))
    _set(root, "storage", _ref(StorageSection))
    _set(root, "blackbox", _ref(BlackboxSection))
    _set(root, "prometheus", _ref(PrometheusSection))
    _set(root, "resolver", _ref(ResolverSection))
    _set(parts[ResolverSection.__name__]["properties"], "servers", _list_of({"type": "string"}))
    for key in ("modules", "networks"):
        _set(parts[BlackboxSection.__name__]["properties"], key, _list_of({"type": "string"}))
    _discovery(parts)
    _set(root, "agreements", names)
    _set(root, "exclusions", {"type": "array", "items": _ref(ExclusionSection)})
    _set(root, "service_hours", {"type": "object", "additionalProperties": _ref(HoursSection)})
    _set(
        root, "probes", {"type": "object", "additionalProperties": {"oneOf": [_ref(kind) for kind in TYPES]}}
    )
    _set(service, "endpoints", _list_of(_ref(EndpointSection)))
    _set(service, "slos", {"type": "array", "items": _ref(SloSection)})
    for properties in (slo, parts[ExclusionSection.__name__]["properties"]):
        _set(properties, "endpoints", names)
        _set(properties, "services", names)
    _set(slo, "exclusions", {"type": "array", "items": {"enum": list(CATEGORIES)}})
    _set(slo, "alerting", _ref(SloAlertingSection))
    _set(service, "depends_on", {"type": "array", "items": {"type": "string"}})
    for model in (AlertingSection, SloAlertingSection):
        _alerting(parts[model.__name__]["properties"])
    _or(slo, "combine", CombineSection)
    for properties in (slo, parts[Defaults.__name__]["properties"]):
        _or(properties, "window", CalendarSection)
    weights = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}}
    _set(parts[CombineSection.__name__]["properties"], "weighted", weights)
    parts[HoursSection.__name__]["patternProperties"] = {DAY_KEY: {"type": "string"}}


def _alerting(properties: Schema) -> None:
    """Nest what alert rules say."""
    text = {"type": "string"}
    _set(properties, "tiers", {"type": "array", "items": {"enum": list(TIERS)}})
    severities = {
        "type": "object",
        "additionalProperties": False,
        "properties": dict.fromkeys(SEVERITIES, text),
    }
    _set(properties, "severities", severities)
    _set(properties, "labels", {"type": "object", "additionalProperties": text})


def _discovery(parts: dict[str, Schema]) -> None:
    """Nest the section `discovery`, whose entries may be a single text."""
    _set(parts[RootSection.__name__]["properties"], "discovery", _ref(DiscoverySection))
    section = parts[DiscoverySection.__name__]["properties"]
    providers: dict[str, type[BaseModel]] = {
        "file_sd": FileSdSection,
        "http_sd": HttpSdSection,
        "dns_sd": DnsSdSection,
    }
    for key, model in providers.items():
        _set(section, key, {"type": "array", "items": {"anyOf": [{"type": "string"}, _ref(model)]}})
        properties = parts[model.__name__]["properties"]
        _set(properties, "slos", _list_of({"type": "string"}))
    headers = {"type": "object", "additionalProperties": {"type": "string"}}
    _set(parts[HttpSdSection.__name__]["properties"], "headers", headers)
    _set(section, "slos", {"type": "object", "additionalProperties": _ref(SloSection)})


def _or(properties: Schema, key: str, model: type[BaseModel]) -> None:
    """Let a map stand where a key takes a text."""
    text = {name: value for name, value in properties[key].items() if name != "description"}
    properties[key] = {"description": properties[key]["description"], "anyOf": [text, _ref(model)]}


def _set(properties: Schema, key: str, value: Schema) -> None:
    """Say what a key takes, and keep its description."""
    properties[key] = {"description": properties[key]["description"], **value}


def _ref(model: type[BaseModel]) -> Schema:
    return {"$ref": _REF.format(model=model.__name__)}


def _list_of(items: Schema) -> Schema:
    return {"type": "array", "minItems": 1, "items": items}


def _probe(part: Schema, kind: str) -> None:
    """Add the key `type`, which picks the model."""
    part["properties"] = {"type": {"const": kind}, **part["properties"]}
    part["required"] = ["type", *part.get("required", [])]


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
    numbers = [json.loads(value) for value in values if isinstance(value, str) and value[:1].isdigit()]
    return values + numbers


def text() -> str:
    """Write the schema as the file in `config/` has it."""
    return json.dumps(schema(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
