"""A report as one HTML file: no script, nothing from elsewhere, light on screen, made to be printed on A4."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from exporter.output.reports import blocks
from exporter.output.reports.report import report_of
from exporter.output.reports.words import VERDICTS

_LONG = 24
"""Letters without a space from which on a word may break anywhere, so that it widens no table."""

_DATE = re.compile(r"\b\d{4}-\d\d(?:-\d\d)?\b", re.ASCII)

_LEAST = 0.6
"""Per cent of the width that even the shortest bar has."""


def report_html(document: Mapping[str, Any]) -> str:
    """Write a report as HTML.

    All that the document says is text there, whatever it is: a name such as `<script>` is shown and does nothing.

    Args:
        document: What `result_json` gave, with what the record adds, or without.

    Raises:
        KeyError: A key that `result_json` gives is not there.
        ValueError: An instant or an amount is none.
    """
    return _environment().get_template("report.html").render(report=report_of(document), verdicts=VERDICTS)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("exporter.output.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"kind": _kind, "is_long": _is_long, "css": _css, "dates": _dates, "width": _width}
    return environment


def _kind(block: blocks.Block) -> str:
    """Name of the macro that renders a block."""
    return type(block).__name__.lower()


def _is_long(text: str) -> bool:
    """Whether a word of it is so long that it has to break."""
    return any(len(word) > _LONG for word in text.split())


def _dates(text: str) -> Markup:
    """A text whose dates are not broken at their hyphens."""
    return Markup(_DATE.sub(r'<span class="date">\g<0></span>', str(escape(text))))  # noqa: S704 -- escaped


def _css(text: str) -> Markup:
    """A text as a string of CSS: all but plain letters and digits as numbers, so that nothing in it ends the string."""
    escaped = (
        each if each.isascii() and (each.isalnum() or each in " .,") else f"\\{ord(each):x} " for each in text
    )
    return Markup('"{}"').format(Markup("".join(escaped)))  # noqa: S704 -- escaped above


def _width(bar: blocks.Bar) -> str:
    """Width of a bar in per cent: what is there at all is seen."""
    width = (bar.end - bar.start) * 100
    return f"{max(width, _LEAST) if width else 0:.2f}"
