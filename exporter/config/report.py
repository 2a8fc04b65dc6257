"""What was found wrong on the way from files to a configuration, all of it at once."""

import re
from pathlib import Path
from urllib.parse import unquote

from exporter.config.tree import FILE_SHIFT
from exporter.errors import ConfigError, Problem

MASK = "<secret>"
_SHORT = 4  # shorter secrets are masked as whole words only: else they would eat every message


class Secrets:
    """Texts that must never be shown, and the only way to show a text that may hold them."""

    __slots__ = ("_pattern", "_texts")

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def add(self, text: str) -> None:
        """Never show `text` again, nor what it looks like in a URL or quoted."""
        for form in (text, unquote(text), repr(text)[1:-1], " ".join(text.split())):
            if form:
                self._texts.add(form)
        self._pattern = None

    def update(self, other: "Secrets") -> None:
        """Never show what another one never shows."""
        self._texts |= other._texts  # noqa: SLF001 -- its own class
        self._pattern = None

    def redact(self, text: str) -> str:
        """Replace every secret in `text`."""
        if not self._texts:
            return text
        if self._pattern is None:
            longest_first = sorted(self._texts, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(_form, longest_first)), re.IGNORECASE)
        return self._pattern.sub(MASK, text)

    def __repr__(self) -> str:
        return f"<{len(self._texts)} secrets>"


def _form(secret: str) -> str:
    escaped = re.escape(secret)
    return escaped if len(secret) >= _SHORT else rf"(?<!\w){escaped}(?!\w)"


class Report:
    """Problems and warnings, collected with their places.

    Attributes:
        secrets: What no message may show.
        beside: Files that the configuration refers to and that are read with it, and what each said, in short.
    """

    def __init__(self) -> None:
        self.secrets = Secrets()
        self.beside: dict[str, str] = {}
        self._files: list[str] = []
        self._problems: list[tuple[int, str]] = []
        self._warnings: list[tuple[int, str]] = []

    def file(self, name: str) -> int:
        """Register a file and give the mark of the file as a whole; add a line to it for a place in it."""
        self._files.append(name)
        return (len(self._files) - 1) << FILE_SHIFT

    def problem(self, mark: int, message: str) -> None:
        """Note a mistake: one line that says what is wrong and what to do."""
        self._problems.append((mark, message))

    def warn(self, mark: int, message: str) -> None:
        """Note what is allowed but likely a mistake."""
        self._warnings.append((mark, message))

    def place(self, mark: int) -> str:
        """Write a mark as `file:line`."""
        file, line = self.where(mark)
        return f"{file}:{line}"

    @property
    def has_problems(self) -> bool:
        """Whether there is any."""
        return bool(self._problems)

    def raise_problems(self) -> None:
        """End here if there are problems.

        Raises:
            ConfigError: With all of them, in file order, each once.
        """
        if self._problems:
            raise ConfigError([self._shown(mark, text) for mark, text in sorted(set(self._problems))])

    def warnings(self) -> tuple[str, ...]:
        """Give the warnings in file order, as `file:line: message`."""
        return tuple(str(self._shown(mark, text)) for mark, text in sorted(set(self._warnings)))

    def folder(self, mark: int) -> Path:
        """Give the folder of the file that a mark is in: paths in the file are relative to it."""
        return Path(self.where(mark)[0]).parent

    def where(self, mark: int) -> tuple[str, int]:
        """Take a mark apart: the file, and the line from 1, or 0 for the file as a whole."""
        return self._files[mark >> FILE_SHIFT], mark & ((1 << FILE_SHIFT) - 1)

    def _shown(self, mark: int, message: str) -> Problem:
        file, line = self.where(mark)
        return Problem(file, line, self.secrets.redact(" ".join(message.split())))
