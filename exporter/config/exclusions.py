"""Exclusions that the file has: once, or recurring."""

from exporter.config.choices import CATEGORIES
from exporter.config.model import Service
from exporter.config.names import Names
from exporter.config.report import Report
from exporter.config.scopes import Scopes
from exporter.config.sections import ExclusionSection
from exporter.config.times import UTC, instant
from exporter.config.tree import Map, Seq
from exporter.config.validate import validate
from exporter.timeline.exclusion import Category, Exclusion, Once, When
from exporter.timeline.recurrence import MOST_A_YEAR, is_frequent, recurring

_BLAMED = {"`from`": "from", "`to`": "to", "the duration": "duration"}
"""How complaints of a recurrence begin that are about another key than its rule."""

_STAND_IN = {"name": "unnamed", "category": CATEGORIES[-1]}


def exclusions(
    nodes: Seq | None, services: tuple[Service, ...], report: Report, *, complete: bool
) -> tuple[Exclusion, ...]:
    """Build the section `exclusions`.

    Args:
        nodes: The section; None without one.
        services: All that could be built.
        report: Gets the problems.
        complete: Whether these are all, with all of their endpoints.

    Returns:
        Those without a problem, in file order.
    """
    if nodes is None:
        return ()
    names = Names("exclusion", report)
    scopes = Scopes(services, complete=complete, report=report)
    found = []
    for node, mark in zip(nodes, nodes.marks, strict=True):
        if not isinstance(node, Map):
            report.problem(
                mark, "an exclusion must be a map, such as {name: move, category: maintenance, ...}"
            )
            continue
        section, wrong = validate(ExclusionSection, node, report, "exclusion", stand_in=_STAND_IN)
        if section is None:  # pragma: no cover -- with a stand-in for each required key there is one
            continue
        if "name" not in wrong:
            names.take(section.name, section.name, node.mark_of("name"), node.mark_of("name"))
        scope = scopes.scope(section, node, wrong)
        when = _when(section, node, wrong, report)
        if when is not None:
            category = Category(section.category)
            found.append(Exclusion(section.name, section.name, category, scope, when, section.reason or ""))
    return tuple(found)


def _when(section: ExclusionSection, node: Map, wrong: frozenset[str], report: Report) -> When | None:
    """Make what an exclusion covers; None where that is not right."""
    if wrong & {"from", "to", "rrule", "duration", "timezone"}:
        return None
    recurs = section.rrule is not None
    zone = section.timezone or (UTC if recurs else None)
    start, start_right = _instant(section.since, "from", zone, node, report)
    end, end_right = _instant(section.until, "to", zone, node, report)
    right = start_right and end_right
    if start is not None and end is not None and end <= start:
        report.problem(node.mark_of("to"), "`to` must be after `from`")
        right = False
    if section.rrule is None:
        return _once(start, end, node, report, right=right)
    if section.duration is None:
        if "duration" not in node.empty:
            message = "`duration` is missing; write how long each recurrence takes, such as 2h"
            report.problem(node.mark_of("rrule"), message)
        return None
    if not right:
        return None
    try:
        made = recurring(section.rrule, section.duration, zone or UTC, start, end)
    except ValueError as error:
        message = str(error)
        key = next((key for start, key in _BLAMED.items() if message.startswith(start)), "rrule")
        report.problem(node.mark_of(key), message if key in _BLAMED.values() else f"`rrule`: {message}")
        return None
    if is_frequent(made):
        message = f"`rrule`: {made.rule} starts more than {MOST_A_YEAR:,} times a year; one start a quarter of an hour is the most"
        report.problem(node.mark_of("rrule"), message)
    return made


def _once(start: int | None, end: int | None, node: Map, report: Report, *, right: bool) -> Once | None:
    """Make a single span."""
    if "duration" in node:
        message = "`duration` goes with `rrule`; a single span has `from` and `to`"
        report.problem(node.mark_of("duration"), message)
        return None
    for key in ("from", "to"):
        if key not in node and key not in node.empty:
            message = f"`{key}` is missing; give `from` and `to`, or `rrule` and `duration`"
            report.problem(node.mark, message)
            right = False
    return Once(start, end) if right and start is not None and end is not None else None


def _instant(
    text: str | None, key: str, zone: str | None, node: Map, report: Report
) -> tuple[int | None, bool]:
    """Read an end of the exclusion; give it, None where there is none, and whether it is right."""
    if text is None:
        return None, True
    try:
        return instant(text, zone), True
    except ValueError as error:
        report.problem(node.mark_of(key), f"`{key}`: {error}")
        return None, False
