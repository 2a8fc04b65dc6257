"""Versions of an agreement, of which no two may be the same or begin on the same day."""

from collections.abc import Sequence

from exporter.config.agreements.build import Written
from exporter.config.report import Report


def check_versions(written: Sequence[Written], report: Report) -> None:
    """See that each version is there once, and that one alone holds at any instant.

    Args:
        written: All agreements.
        report: Gets the problems.
    """
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
