"""Files that a command writes: its own are written anew, nobody else's is ever written over."""

from collections.abc import Sequence
from pathlib import Path

from exporter.errors import UptimeError, UsageError


def write(files: Sequence[tuple[str, str]], read: Sequence[str] = ()) -> None:
    """Write texts to files, each of which begins with a line that says who wrote it.

    Args:
        files: Names and texts.
        read: Files that the command has read, which are never written over.

    Raises:
        UsageError: One of them is there and begins otherwise, is named twice, or was read; nothing was written.
        UptimeError: One cannot be written.
    """
    taken = {Path(name).resolve() for name in read}
    for name, text in files:
        path = Path(name).resolve()
        if path in taken:
            msg = f"{name} is named twice, or is the configuration; give each file a name of its own"
            raise UsageError(msg)
        taken.add(path)
        if not _begins_alike(path, text):
            msg = f"{name} exists, and this command did not write it; give another name, or remove it"
            raise UsageError(msg)
    for name, text in files:
        try:
            Path(name).write_text(text, encoding="utf-8")
        except OSError as error:
            msg = f"{name} cannot be written: {error.strerror}"
            raise UptimeError(msg) from error


def create(name: str, text: str, option: str) -> None:
    """Write a text to a file that is not there yet.

    Args:
        name: Of the file.
        text: All of it.
        option: By which another name can be given.

    Raises:
        UsageError: It is there.
        UptimeError: It cannot be written.
    """
    try:
        with open(name, "x", encoding="utf-8") as file:  # noqa: PTH123 -- Path has no exclusive creation
            file.write(text)
    except FileExistsError as error:
        msg = f"{name} exists already and is left as it is; give another name with {option}"
        raise UsageError(msg) from error
    except OSError as error:
        msg = f"{name} cannot be written: {error.strerror}"
        raise UptimeError(msg) from error


def _begins_alike(path: Path, text: str) -> bool:
    """Whether a file may be written: it begins with the same line, is empty, or is not there."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            first = file.readline()
    except OSError:  # whatever is wrong with it, writing says so too
        return True
    return not first or first == text.partition("\n")[0] + "\n"
