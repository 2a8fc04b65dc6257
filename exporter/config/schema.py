"""The JSON schema of the configuration file, for editors: `python -m exporter.config.schema > config/uptime.schema.json`.

Made of the models that check the file, so that it cannot say anything else.
"""

import json
import sys

from pydantic import BaseModel

from exporter.config.alerting import SEVERITIES
from exporter.config.choices import CATEGORIES
from exporter.config.editors import DRAFT, Schema, either, list_of, parts_of, put, ref
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


def schema() -> Schema:
    """Make the schema of the whole file."""
    parts = parts_of([*_SECTIONS, *TYPES])
    for settings in TYPES:
        _probe(parts[settings.__name__], settings.kind)
    _nest(parts)
    root = parts.pop(RootSection.__name__)
    return {
        "$schema": DRAFT,
        "title": "Configuration of uptime-slo-exporter",
        **root,
        "$defs": dict(sorted(parts.items())),
    }


def _nest(parts: dict[str, Schema]) -> None:
    """Put the sections into each other, which the models leave open."""
    root = parts[RootSection.__name__]["properties"]
    service = parts[ServiceSection.__name__]["properties"]
    slo = parts[SloSection.__name__]["properties"]
    names = list_of({"type": "string"})
    put(root, "services", list_of(ref(ServiceSection)))
    put(root, "defaults", ref(Defaults))
    put(root, "alerting", ref(AlertingSection))
    put(root, "connectivity", ref(ConnectivitySection))
    put(parts[ConnectivitySection.__name__]["properties"], "anchors", list_of({"type": "string"}))
    put(root, "storage", ref(StorageSection))
    put(root, "blackbox", ref(BlackboxSection))
    put(root, "prometheus", ref(PrometheusSection))
    put(root, "resolver", ref(ResolverSection))
    put(parts[ResolverSection.__name__]["properties"], "servers", list_of({"type": "string"}))
    for key in ("modules", "networks"):
        put(parts[BlackboxSection.__name__]["properties"], key, list_of({"type": "string"}))
    _discovery(parts)
    put(root, "agreements", names)
    put(root, "exclusions", {"type": "array", "items": ref(ExclusionSection)})
    put(root, "service_hours", {"type": "object", "additionalProperties": ref(HoursSection)})
    put(root, "probes", {"type": "object", "additionalProperties": {"oneOf": [ref(kind) for kind in TYPES]}})
    put(service, "endpoints", list_of(ref(EndpointSection)))
    put(service, "slos", {"type": "array", "items": ref(SloSection)})
    for properties in (slo, parts[ExclusionSection.__name__]["properties"]):
        put(properties, "endpoints", names)
        put(properties, "services", names)
    put(slo, "exclusions", {"type": "array", "items": {"enum": list(CATEGORIES)}})
    put(slo, "alerting", ref(SloAlertingSection))
    put(service, "depends_on", {"type": "array", "items": {"type": "string"}})
    for model in (AlertingSection, SloAlertingSection):
        _alerting(parts[model.__name__]["properties"])
    either(slo, "combine", CombineSection)
    for properties in (slo, parts[Defaults.__name__]["properties"]):
        either(properties, "window", CalendarSection)
    weights = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}}
    put(parts[CombineSection.__name__]["properties"], "weighted", weights)
    parts[HoursSection.__name__]["patternProperties"] = {DAY_KEY: {"type": "string"}}


def _alerting(properties: Schema) -> None:
    """Nest what alert rules say."""
    text = {"type": "string"}
    put(properties, "tiers", {"type": "array", "items": {"enum": list(TIERS)}})
    severities = {
        "type": "object",
        "additionalProperties": False,
        "properties": dict.fromkeys(SEVERITIES, text),
    }
    put(properties, "severities", severities)
    put(properties, "labels", {"type": "object", "additionalProperties": text})


def _discovery(parts: dict[str, Schema]) -> None:
    """Nest the section `discovery`, whose entries may be a single text."""
    put(parts[RootSection.__name__]["properties"], "discovery", ref(DiscoverySection))
    section = parts[DiscoverySection.__name__]["properties"]
    providers: dict[str, type[BaseModel]] = {
        "file_sd": FileSdSection,
        "http_sd": HttpSdSection,
        "dns_sd": DnsSdSection,
    }
    for key, model in providers.items():
        put(section, key, {"type": "array", "items": {"anyOf": [{"type": "string"}, ref(model)]}})
        properties = parts[model.__name__]["properties"]
        put(properties, "slos", list_of({"type": "string"}))
    headers = {"type": "object", "additionalProperties": {"type": "string"}}
    put(parts[HttpSdSection.__name__]["properties"], "headers", headers)
    put(section, "slos", {"type": "object", "additionalProperties": ref(SloSection)})


def _probe(part: Schema, kind: str) -> None:
    """Add the key `type`, which picks the model."""
    part["properties"] = {"type": {"const": kind}, **part["properties"]}
    part["required"] = ["type", *part.get("required", [])]


def text() -> str:
    """Write the schema as the file in `config/` has it."""
    return json.dumps(schema(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
