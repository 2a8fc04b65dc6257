"""Which issue this is, and what is different from the one before."""

from exporter.output.reports.blocks import Block, Cell, Facts, Points, Section, Text
from exporter.output.reports.document import Document, Issue
from exporter.output.reports.words import NOT_KNOWN, Times, known


def changes(document: Document, times: Times) -> Section:
    """Changes since the last issue."""
    issue = document.get("issue")
    blocks = _of(issue, times) if issue else (Text("Of which issue this is nothing is known."),)
    return Section("changes", "Changes since the last issue", blocks)


def issue_of(document: Document, times: Times) -> Cell:
    """Number and instant of an issue."""
    issue = document.get("issue")
    if not issue:
        return Cell(NOT_KNOWN)
    at = times.cell(issue["at"])
    return Cell(f"number {issue['number']}, {at.text}", machine=at.machine)


def _of(issue: Issue, times: Times) -> tuple[Block, ...]:
    facts = Facts(
        (
            ("Issue", Cell(str(issue["number"]))),
            ("Issued", times.cell(issue["at"])),
            ("The record was known until", times.cell(issue.get("known_until"))),
            ("SHA-256 of the issue before", Cell(_previous(issue))),
        )
    )
    lines = tuple(issue.get("changes", ()))
    if lines:
        return facts, Points(lines)
    first = issue["number"] == 1
    return facts, Text("This is the first issue." if first else f"What has changed is {NOT_KNOWN}.")


def _previous(issue: Issue) -> str:
    if issue["number"] == 1 and "previous_sha256" in issue:
        return issue["previous_sha256"] or "none, as there is none before"
    return known(issue.get("previous_sha256"))
