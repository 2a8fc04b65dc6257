"""Named hours of an agreement, and what none of them has."""

from exporter.config.fields import is_name
from exporter.config.hours import NamedHours
from exporter.config.report import Report
from exporter.config.tree import Map
from exporter.timeline.exclusion import When
from exporter.timeline.hours import Rest

REST = "rest"


def named_hours(node: Map | None, zone: str, report: Report) -> dict[str, When]:
    """Read the key `hours`.

    Args:
        node: It; None without one.
        zone: Of hours that do not say theirs.
        report: Gets the problems.

    Returns:
        Those without a problem, by name; each covers what is outside of it.
    """
    if node is None:
        return {}
    for name, mark in zip(node, node.marks, strict=True):
        if not is_name(name):
            report.problem(
                mark, f"hours may have only letters, digits, `_`, `.` and `-` in their name, but are `{name}`"
            )
    rests = [name for name, value in node.items() if value == REST]
    others = node.only(name for name in node if name not in rests)
    found = NamedHours(others, report, zone).right
    for name in rests[1:]:
        message = f"`{rests[0]}` has the rest already; only one of the hours can"
        report.problem(node.mark_of(name), message)
    if not rests:
        return dict(found)
    if not others:
        report.problem(node.mark_of(rests[0]), "`rest` is what other hours do not have, but there are none")
        return {}
    if len(found) < len(others):
        return dict(found)
    return {**found, rests[0]: Rest(tuple(found.values()))}
