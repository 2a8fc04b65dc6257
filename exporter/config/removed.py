"""Endpoints that a service had: what SLOs and exclusions say of their past stays true (rule 8)."""

from collections.abc import Sequence

from exporter.config.fields import is_name, shape
from exporter.config.model import Endpoint
from exporter.config.report import Report
from exporter.config.tree import Seq


def removed(names: Seq | None, endpoints: Sequence[Endpoint], report: Report) -> tuple[str, ...]:
    """Take the ids of removed endpoints.

    Args:
        names: The key `removed` of a service; None without one.
        endpoints: That it has.
        report: Gets the problems.
    """
    found = list[str]()
    present = {name for each in endpoints for name in (each.id, each.name)}
    for name, mark in zip(names or (), names.marks if names else (), strict=True):
        if not isinstance(name, str) or not is_name(name):
            what = shape(name) if not isinstance(name, str) else f"`{name}`"
            report.problem(mark, f"`removed` are ids of endpoints that were here, not {what}")
        elif name in present:
            report.problem(mark, f"`removed`: endpoint `{name}` is there; take it off this list")
        elif name in found:
            report.problem(mark, f"`removed`: `{name}` is named twice; remove one")
        else:
            found.append(str(name))
    return tuple(found)
