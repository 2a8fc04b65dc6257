"""Opening the SQLite file, and its errors in words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exporter.errors import StoreError
from exporter.store.schema import APPLICATION_ID, MIGRATIONS

BUSY_SECONDS = 5.0
"""How long a write waits for another program that has the file locked."""

_CURES = (
    ("locked", "another program has it locked; close that one (an open sqlite3 shell?) and try again"),
    ("disk is full", "the disk is full; make room, nothing recorded so far is lost"),
    ("not a database", "this is not a store of uptime-slo-exporter; give another --storage"),
    ("malformed", "the file is damaged; restore a copy of it, or give another --storage"),
    ("readonly", "it may not be written by this user; mend its permissions and its folder's"),
    ("unable to open", "it cannot be opened; the folder must exist, and both must be readable by this user"),
    ("disk I/O error", "the disk does not answer as it should; see the system's log"),
)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into a StoreError that names the store and the cure."""
    try:
        yield
    except sqlite3.Error as error:
        cure = next((cure for sign, cure in _CURES if sign in str(error)), str(error))
        msg = f"{path}: {cure}"
        raise StoreError(msg) from error


def open_for_writing(path: Path) -> sqlite3.Connection:
    """Open the store, made or brought up to date as needed.

    Raises:
        StoreError: It cannot be opened, is none of ours, or of a newer version.
    """
    _refuse_folder(path)
    with translated(path):
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            _migrate(connection, path)
            _try_to_write(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open the store as it is, beside its writer, in one read transaction.

    Raises:
        StoreError: There is none, or it cannot be read.
    """
    require(path)
    with translated(path):
        uri = f"{path.absolute().as_uri()}?mode=ro"
        connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            _check(connection, path)
            _check_is_up_to_date(connection, path)
            connection.execute("BEGIN")
        except BaseException:
            connection.close()
            raise
    return connection


def require(path: Path) -> None:
    """Refuse a place that has no store.

    Raises:
        StoreError: There is none.
    """
    _refuse_folder(path)
    if not path.exists():
        msg = f"{path}: there is no such store; start `run` first, or give the right --storage"
        raise StoreError(msg)


def _refuse_folder(path: Path) -> None:
    """Say in words what SQLite would say in a riddle."""
    try:
        is_folder = path.is_dir()
    except OSError as error:
        msg = f"{path}: cannot be looked at: {error.strerror}"
        raise StoreError(msg) from error
    if is_folder:
        msg = f"{path}: is a folder; --storage is the path of a file"
        raise StoreError(msg)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _check(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse what is not ours, or is newer than this program."""
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application != APPLICATION_ID and (application or tables):
        msg = f"{path}: this is not a store of uptime-slo-exporter; give another --storage"
        raise StoreError(msg)
    version = _version(connection)
    if version > len(MIGRATIONS):
        msg = (
            f"{path}: written by a newer uptime-slo-exporter (store version {version}, this one "
            f"knows {len(MIGRATIONS)}); install that version or a later one"
        )
        raise StoreError(msg)


def _check_is_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse what only a writer could read, after it has made it or brought it up to date."""
    version = _version(connection)
    if not version:
        msg = f"{path}: the store is empty; start `run` first, or give the right --storage"
        raise StoreError(msg)
    if version < len(MIGRATIONS):
        msg = (
            f"{path}: written by an older uptime-slo-exporter (store version {version}, this one reads "
            f"{len(MIGRATIONS)}); start this version's `run` on it, which brings it up to date"
        )
        raise StoreError(msg)


def _try_to_write(connection: sqlite3.Connection) -> None:
    """Find now what would stop the first commit: a lock, or a file that this user may only read."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    _check(connection, path)
    connection.execute("PRAGMA journal_mode = wal")
    connection.execute("PRAGMA synchronous = normal")
    for version in range(_version(connection), len(MIGRATIONS)):
        connection.executescript(
            f"BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID}; {MIGRATIONS[version]} "
            f"PRAGMA user_version = {version + 1}; COMMIT;"
        )
