"""Versions of an agreement, of which no two may be the same or begin on the same day."""

from collections.abc import Sequence
from itertools import pairwise

from exporter.config.agreements.build import Written
from exporter.config.report import Report
from exporter.config.tree import find
from exporter.timeline.calendar import Calendar


def check_versions(written: Sequence[Written], report: Report) -> None:
    """See that each version is there once, and that one alone holds at any instant.

    Args:
        written: All agreements.
        report: Gets the problems.
    """
    _check_calendars(written, report)
    versions, starts = dict[tuple[str, str], int](), dict[tuple[str, int], int]()
    for agreement, root in written:
        name = agreement.name
        version, start = root.mark_of("version"), root.mark_of("from")
        known = versions.setdefault((name, agreement.version), version)
        if known != version:
            place = report.place(known)
            report.problem(
                version,
                f"`{name}` has a version `{agreement.version}` already, in {place}; give this one another number",
            )
            continue
        known = starts.setdefault((name, agreement.start), start)
        if known != start:
            place = report.place(known)
            report.problem(
                start,
                f"`{name}` has a version that begins on this day already, in {place}; only one of them can hold",
            )


def _check_calendars(written: Sequence[Written], report: Report) -> None:
    """See that a version with other periods begins where one of both begins, else its first one would cut theirs."""
    ordered = sorted(written, key=lambda each: (each.agreement.name, each.agreement.start))
    for (earlier, _), (later, root) in pairwise(ordered):
        if earlier.name != later.name or earlier.period == later.period:
            continue
        if not all(_begins(calendar, later.start) for calendar in (earlier.period, later.period)):
            report.problem(
                find(root, ("period",)).mark,
                f"the periods are others than those of version `{earlier.version}` ({later.period.label} instead of "
                f"{earlier.period.label}), and so must begin where one of both does; change `from`, or keep them",
            )


def _begins(calendar: Calendar, at: int) -> bool:
    """Whether a period begins at an instant."""
    return calendar.period(at + 1)[0] == at
