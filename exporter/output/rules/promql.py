"""PromQL and templates as text, and what promtool's histories are written in."""

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import groupby

from exporter.output import names
from exporter.output.style import labels as label_text

SLO_KEY = f"{names.SERVICE}, {names.SLO}"
ENDPOINT_KEY = f"{names.SERVICE}, {names.ENDPOINT}"
EXPORTER_KEY = "job, instance"

STALE = "stale"
"""What Prometheus writes where a scrape failed, or a series is gone."""

MISSING = "_"
"""A scrape that did not happen."""

_LABEL = re.compile(r"\{\{ \$labels\.(\w+) \}\}")
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def selected(family: names.Family, matchers: Mapping[str, str]) -> str:
    """The series of a metric with these labels."""
    text = label_text(*matchers.items())
    return f"{family.name}{{{text}}}" if text else family.name


def series(family: names.Family | str, labels: Mapping[str, str]) -> str:
    """One series as promtool's tests name it."""
    name = family if isinstance(family, str) else family.name
    return f"{name}{{{label_text(*labels.items())}}}"


def values(numbers: Iterable[Fraction | float | str]) -> str:
    """Numbers, or promtool's words, a minute apart; those that repeat in short."""
    parts = []
    for text, same in groupby(map(number, numbers)):
        count = len(list(same))
        if text == STALE:  # which cannot be repeated in short
            parts += [text] * count
        elif text == MISSING:
            parts.append(f"{text}x{count}")
        else:
            parts.append(text if count == 1 else f"{text}x{count - 1}")
    return " ".join(parts)


def number(value: Fraction | float | str) -> str:
    """Write a number so that it reads back as the same float; a word as it is."""
    if isinstance(value, str):
        return value
    shown = float(value)
    return f"{shown:.0f}" if shown.is_integer() else repr(shown)


def spoken(template: str, labels: Mapping[str, str], told: Mapping[str, str] | None = None) -> str:
    """Fill a template in as Prometheus would.

    Args:
        template: An annotation.
        labels: Of the alert.
        told: What its other parts come to.
    """
    for part, text in (told or {}).items():
        template = template.replace(part, text)
    return _LABEL.sub(lambda match: labels[match[1]], template)


def percentage(ratio: float) -> str:
    """What Prometheus' `humanizePercentage` makes of a ratio."""
    return f"{_four_digits(ratio * 100)}%"


def duration(seconds: float) -> str:
    """What Prometheus' `humanizeDuration` makes of seconds; 0, or at least a second."""
    whole = int(abs(seconds))
    sign = "-" if seconds < 0 else ""
    days, hours = whole // _DAY, whole // _HOUR % 24
    minutes, rest = whole // _MINUTE % 60, whole % _MINUTE
    if days:
        return f"{sign}{days}d {hours}h {minutes}m {rest}s"
    if hours:
        return f"{sign}{hours}h {minutes}m {rest}s"
    if minutes:
        return f"{sign}{minutes}m {rest}s"
    return f"{sign}{_four_digits(abs(seconds))}s"


def _four_digits(number: float) -> str:
    """Go's `%.4g`, which pads exponents to two digits as Python's does."""
    return f"{number:.4g}"
