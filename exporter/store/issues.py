"""What the store keeps of what was said of agreements: documents, numbered, compressed and never let go of."""

import sqlite3
import zlib
from collections.abc import Sequence

from exporter.errors import StoreError
from exporter.store.base import Issue, Said

_SAID = "agreement, number, since, until, at, sha256, share, claim_by"


def read_said(connection: sqlite3.Connection, agreement: str) -> Sequence[Said]:
    """All issues of an agreement in short, in order of their numbers."""
    found = connection.execute(
        f"SELECT {_SAID} FROM issue WHERE agreement = ? ORDER BY number",  # noqa: S608 -- a constant
        (agreement,),
    )
    return [_said(*each) for each in found]


def read(connection: sqlite3.Connection, agreement: str) -> Sequence[Issue]:
    """All issues of an agreement, in order of their numbers."""
    return _issues(connection, "issue", agreement)


def read_unreported(connection: sqlite3.Connection, agreement: str) -> Sequence[Issue]:
    """Those of which reports are still to be written."""
    return _issues(
        connection,
        "issue NATURAL JOIN (SELECT agreement, number FROM report WHERE written_at IS NULL)",
        agreement,
    )


def insert(connection: sqlite3.Connection, issue: Issue, *, to_report: bool) -> None:
    """Add one; runs in the caller's transaction.

    Raises:
        StoreError: It is not the next one.
    """
    said = issue.said
    last, before = connection.execute(
        "SELECT number, sha256 FROM issue WHERE agreement = ? ORDER BY number DESC LIMIT 1",
        (said.agreement,),
    ).fetchone() or (0, "")
    if said.number != last + 1 or issue.previous != before:
        msg = f"issue {said.number} of {said.agreement} does not follow number {last}"
        raise StoreError(msg)
    connection.execute(
        f"INSERT INTO issue ({_SAID}, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 -- a constant
        (
            said.agreement,
            said.number,
            *said.span,
            said.at,
            said.sha256,
            said.share,
            said.claim_by,
            zlib.compress(issue.document.encode()),
        ),
    )
    if to_report:
        connection.execute("INSERT INTO report VALUES (?, ?, NULL)", (said.agreement, said.number))


def reported(connection: sqlite3.Connection, said: Said, at: int) -> None:
    """Nothing of an issue is still to be written."""
    connection.execute(
        "UPDATE report SET written_at = ? WHERE (agreement, number) = (?, ?)",
        (at, said.agreement, said.number),
    )


def reported_interim(connection: sqlite3.Connection, agreement: str, until: int, at: int) -> None:
    """The report of a running period as of `until` was written."""
    connection.execute("INSERT OR REPLACE INTO interim VALUES (?, ?, ?)", (agreement, until, at))


def interim_until(connection: sqlite3.Connection, agreement: str) -> int | None:
    """As of when a running period was reported last; None where none was."""
    found = connection.execute("SELECT until FROM interim WHERE agreement = ?", (agreement,)).fetchone()
    until: int | None = None if found is None else found[0]
    return until


def reported_at(connection: sqlite3.Connection, agreement: str) -> int | None:
    """When reports of an issue, or of a running period, were written last; None where they never were."""
    (found,) = connection.execute(
        "SELECT max(written_at) FROM ("
        "SELECT written_at FROM report WHERE agreement = :name"
        " UNION ALL SELECT written_at FROM interim WHERE agreement = :name)",
        {"name": agreement},
    ).fetchone()
    at: int | None = found
    return at


def _issues(connection: sqlite3.Connection, table: str, agreement: str) -> Sequence[Issue]:
    found = connection.execute(
        f"SELECT {_SAID}, document FROM {table} WHERE agreement = ? ORDER BY number",  # noqa: S608 -- constants
        (agreement,),
    )
    return [Issue(_said(*said), zlib.decompress(document).decode()) for *said, document in found]


def _said(  # noqa: PLR0917 -- one argument a column
    agreement: str,
    number: int,
    since: int,
    until: int,
    at: int,
    sha256: str,
    share: str,
    claim_by: int | None,
) -> Said:
    return Said(agreement, number, (since, until), at, sha256, share, claim_by)
