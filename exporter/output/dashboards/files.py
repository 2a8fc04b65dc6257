"""Dashboards as the JSON files that Grafana reads."""

import json
from collections.abc import Iterator
from typing import Any

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from exporter.output.dashboards.agreements import agreements
from exporter.output.dashboards.detail import detail
from exporter.output.dashboards.endpoints import endpoints
from exporter.output.dashboards.exporters import exporters
from exporter.output.dashboards.overview import overview
from exporter.output.dashboards.wall import wall

Json = dict[str, Any]


def dashboard_files() -> dict[str, str]:
    """The texts of all dashboards by the names of their files."""
    made = (wall(), overview(), detail(), endpoints(), agreements(), exporters())
    return {
        f"{content['uid'].removeprefix('uptime-')}.json": text(content) for content in map(content_of, made)
    }


def content_of(made: build.Dashboard) -> Json:
    """A dashboard as Grafana's schema has it."""
    content: Json = json.loads(JSONEncoder().encode(made.build()))
    return _mended(content)


def text(content: Json) -> str:
    """Write it, the same for the same content; the first line says who wrote it."""
    about = json.dumps(content["description"], ensure_ascii=False)
    rest = {key: value for key, value in content.items() if key != "description"}
    lines = json.dumps(rest, indent=2, sort_keys=True, ensure_ascii=False)
    return f'{{"description": {about},{lines.removeprefix("{")}\n'


def _mended(content: Json) -> Json:
    """What the SDK leaves out or should not have said, by Grafana's schema of dashboards."""
    for number, panel in enumerate(content["panels"], 1):
        panel["id"] = number
        if panel["type"] == "table":
            panel["options"].pop("footer", None)
        for fields in _fields(panel):
            for link in fields.get("links", []):
                for key in set(link) - {"title", "url", "targetBlank"}:
                    del link[key]
    content["annotations"] = {"list": []}
    for link in content.get("links", []):
        link.pop("placement", None)
    for variable in content["templating"]["list"]:
        for key in ("auto", "auto_count", "auto_min"):
            variable.pop(key, None)
    return content


def _fields(panel: Json) -> Iterator[Json]:
    yield panel.get("fieldConfig", {}).get("defaults", {})
