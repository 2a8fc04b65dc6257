"""The text of an agreement as plain data, and the hash by which it is frozen."""

from collections.abc import Mapping
from hashlib import sha256

from exporter.config.agreements.sections import ApprovedSection
from exporter.config.report import Report
from exporter.config.tree import Map, Node
from exporter.sla.wire import canonical

_NOT_TEXT = ("extends",)
_NOT_HASHED = ("approved",)

Plain = str | dict[str, "Plain"] | list["Plain"]


def plain(root: Map) -> dict[str, Plain]:
    """The whole text as maps, lists and text; what it extends is filled in already, and not named any more."""
    return {key: _plain(value) for key, value in root.items() if key not in _NOT_TEXT}


def _plain(node: Node) -> Plain:
    if isinstance(node, str):
        return str(node)
    if isinstance(node, Map):
        return {key: _plain(value) for key, value in node.items()}
    return [_plain(each) for each in node]


def hash_of(document: Mapping[str, object]) -> str:
    """SHA-256 of a text in canonical form, hexadecimal; who approved of it is no part of the text."""
    return sha256(
        canonical({key: value for key, value in document.items() if key not in _NOT_HASHED})
    ).hexdigest()


def check(found: str, approved: ApprovedSection | None, mark: int, report: Report) -> None:
    """See that a frozen text has not been changed.

    Args:
        found: What it hashes to.
        approved: May have what it hashed to when it was approved.
        mark: Where that stands.
        report: Gets the problem.
    """
    frozen = approved.sha256 if approved else None
    if frozen is not None and frozen != found:
        report.problem(
            mark,
            f"the text was changed after it had been approved: it now hashes to {found}; "
            "take the change back, and write a new version with it",
        )
