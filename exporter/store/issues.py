"""What the store keeps of what was said of agreements: documents, numbered, compressed and never let go of."""

import sqlite3
import zlib
from collections.abc import Sequence

from exporter.errors import StoreError
from exporter.store.base import Issue


def read(connection: sqlite3.Connection, agreement: str) -> Sequence[Issue]:
    """All issues of an agreement, in order of their numbers."""
    found = connection.execute(
        "SELECT number, since, until, at, sha256, document FROM issue WHERE agreement = ? ORDER BY number",
        (agreement,),
    )
    return [
        Issue(agreement, number, (since, until), at, sha256, zlib.decompress(document).decode())
        for number, since, until, at, sha256, document in found
    ]


def insert(connection: sqlite3.Connection, issue: Issue) -> None:
    """Add one.

    Raises:
        StoreError: It is not the next one.
    """
    last, before = connection.execute(
        "SELECT number, sha256 FROM issue WHERE agreement = ? ORDER BY number DESC LIMIT 1",
        (issue.agreement,),
    ).fetchone() or (0, "")
    if issue.number != last + 1 or issue.previous != before:
        msg = f"issue {issue.number} of {issue.agreement} does not follow number {last}"
        raise StoreError(msg)
    connection.execute(
        "INSERT INTO issue (agreement, number, since, until, at, sha256, document) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            issue.agreement,
            issue.number,
            *issue.span,
            issue.at,
            issue.sha256,
            zlib.compress(issue.document.encode()),
        ),
    )
