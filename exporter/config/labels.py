"""Users' labels, which go to the info metrics only."""

import re

from exporter.config.fields import SHOWN
from exporter.config.report import Report
from exporter.config.tree import Expanded, Map

LABEL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
RESERVED = frozenset(
    {
        "method",
        "objective",
        "owner",
        "slo",
        "slo_window",
        "target",
        "title",
        "type",
        "uptime_endpoint",
        "uptime_service",
    }
)
"""Labels that an info metric has of its own."""

Labels = tuple[tuple[str, str], ...]


def merged_labels(outer: Labels, node: Map | None, report: Report) -> Labels:
    """Put labels over those of the service.

    Args:
        outer: Of the service; empty for the service itself.
        node: The map `labels`, if there is one.
        report: Gets the problems.

    Returns:
        Pairs of name and value, sorted by name.
    """
    if not node:
        return outer
    labels = dict(outer)
    for (name, value), mark in zip(node.items(), node.marks, strict=True):
        problem = _problem(name, value)
        if problem:
            report.problem(mark, f"label `{name}` {problem}")
        elif isinstance(value, str):
            labels[name] = value
    return tuple(sorted(labels.items()))


def _problem(name: str, value: object) -> str:
    """Say what is wrong with a label; empty where nothing is."""
    if not LABEL_NAME.fullmatch(name):
        return "is not a label name; use letters, digits and `_`"
    if name.startswith("__"):
        return "starts with `__`, which Prometheus keeps for itself; choose another name"
    if name in RESERVED:
        return "is one that the info metrics have already; choose another name"
    if not isinstance(value, str):
        return "must have a single value"
    if isinstance(value, Expanded):
        return SHOWN
    return ""
