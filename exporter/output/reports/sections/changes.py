"""Which issue this is, and what is different from the one before."""

from exporter.output.reports.blocks import Block, Cell, Column, Facts, Points, Section, Table, Text, row
from exporter.output.reports.document import Document, Issue
from exporter.output.reports.words import NOT_KNOWN, Times


def changes(document: Document, times: Times) -> Section:
    """Changes since the last issue."""
    issue = document.get("issue")
    blocks = _of(issue, times) if issue else (Text("Of which issue this is nothing is known."),)
    return Section("changes", "Changes since the last issue", (*blocks, *_versions(document, times)))


def _versions(document: Document, times: Times) -> tuple[Block, ...]:
    """The change log of the terms, where there was more than one version."""
    found = document.get("versions", ())
    if len(found) <= 1:
        return ()
    rows = (
        row(
            each["version"],
            times.cell(each["start"]),
            Cell(
                each["changes"][0] if each["changes"] else "nothing that is promised",
                tuple(each["changes"][1:]),
            ),
        )
        for each in found[1:]
    )
    columns = (Column("Version"), Column("In force since"), Column("What it changed"))
    return (Table("Changes of the terms", columns, tuple(rows), ""),)


def issue_of(document: Document, times: Times) -> Cell:
    """Number and instant of an issue."""
    issue = document.get("issue")
    if not issue:
        return Cell(NOT_KNOWN)
    at = times.cell(issue["at"])
    return Cell(f"{_number(issue)}, {at.text}", machine=at.machine)


def _number(issue: Issue) -> str:
    return "not issued" if issue["number"] is None else f"number {issue['number']}"


def _of(issue: Issue, times: Times) -> tuple[Block, ...]:
    facts = Facts(
        (
            ("Issue", Cell(_number(issue))),
            ("Issued" if issue["number"] else "Written", times.cell(issue["at"])),
            ("The record was known until", times.cell(issue.get("known_until"))),
            ("SHA-256 of the issue before", Cell(_previous(issue))),
        )
    )
    lines = tuple(issue.get("changes", ()))
    if lines:
        return facts, Text(f"Since number {issue.get('replaces') or NOT_KNOWN}:"), Points(lines)
    return facts, Text(_unchanged(issue))


def _unchanged(issue: Issue) -> str:
    if "replaces" not in issue:
        return f"What has changed is {NOT_KNOWN}."
    if issue["replaces"] is None:
        return "Of this period nothing was issued before."
    return f"Nothing that is told here, since number {issue['replaces']}."


def _previous(issue: Issue) -> str:
    if "previous_sha256" in issue:
        return issue["previous_sha256"] or "none, as there is none before"
    return NOT_KNOWN
