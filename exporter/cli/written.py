"""Files that a command writes: its own are written anew, nobody else's is ever written over."""

from collections.abc import Mapping
from pathlib import Path

from exporter.errors import UptimeError, UsageError

_SIGN = "uptime-slo-exporter"


def write(files: Mapping[str, str]) -> None:
    """Write texts, whose first line names this program, to files.

    Raises:
        UsageError: One of them is there and is not this program's; nothing was written.
        UptimeError: One cannot be written.
    """
    for name in files:
        if not _is_ours(Path(name)):
            msg = f"{name} exists, and does not say that {_SIGN} wrote it; give another name, or remove it"
            raise UsageError(msg)
    for name, text in files.items():
        try:
            Path(name).write_text(text, encoding="utf-8")
        except OSError as error:
            msg = f"{name} cannot be written: {error.strerror}"
            raise UptimeError(msg) from error


def _is_ours(path: Path) -> bool:
    """Whether a file may be written: it says that it is ours, is empty, or is not there."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            first = file.readline()
    except OSError:  # whatever is wrong with it, writing says so too
        return True
    return not first or (first.startswith("#") and _SIGN in first)
