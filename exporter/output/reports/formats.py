"""A report in any of its formats."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from exporter.output.reports.as_csv import report_csv
from exporter.output.reports.as_html import report_html
from exporter.output.reports.as_markdown import report_markdown


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


WRITERS: Mapping[str, Callable[[Mapping[str, Any]], str]] = MappingProxyType(
    {"html": report_html, "md": report_markdown, "csv": report_csv, "json": _json}
)
"""For each of `FORMATS`."""


def written(document: Mapping[str, Any], format_: str) -> str:
    """Write a document as one of `FORMATS`."""
    return WRITERS[format_](document)
