"""From `--config.file` to one tree: finding, reading and joining files."""

import codecs
import glob
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from exporter.config.events import parse
from exporter.config.report import Report
from exporter.config.tree import Map, Seq

Read = Callable[[str], bytes]
"""Gives what a file says, or raises an OSError."""


def read_bytes(name: str) -> bytes:
    """Read a file as it is now."""
    return Path(name).read_bytes()


def digest(said: bytes) -> str:
    """What a file says, in short."""
    return hashlib.sha256(said).hexdigest()


class Hash(Protocol):
    """What of hashlib is needed here."""

    def update(self, data: bytes, /) -> None:
        """Feed bytes."""

    def hexdigest(self) -> str:
        """Give the digest as text."""


class Sources:
    """The files of a configuration, joined into one tree.

    Attributes:
        root: All sections; None where no file could be read.
        complete: Whether every file could be read and is YAML.
    """

    def __init__(self, expand: Callable[[str, int], str], report: Report, read: Read = read_bytes) -> None:
        self._expand = expand
        self._bytes = read
        self._report = report
        self._hash: Hash = hashlib.sha256()
        self.root: Map | None = None
        self.complete = True

    @property
    def hash(self) -> str:
        """SHA-256 over the bytes of all files, one after the other, hexadecimal."""
        return self._hash.hexdigest()

    def read(self, patterns: Sequence[str]) -> None:
        """Read every file once, in the order given; those of a glob by name."""
        seen: set[str] = set()
        for pattern in patterns:
            for name in self._find(pattern):
                if name not in seen:
                    seen.add(name)
                    self._read(name)

    def _read(self, name: str) -> None:
        base = self._report.file(name)
        data = said(name, base, self._report, self._bytes)
        if data is not None:
            self._hash.update(data)
        text = None if data is None else decoded(data, base, self._report)
        root = None if text is None else parse(text, base, self._expand, self._report)
        if root is None:
            self.complete = False
        else:
            self.root = root if self.root is None else self._join(self.root, root)

    def _find(self, pattern: str) -> list[str]:
        names = found(pattern)
        if not names:
            self._report.problem(self._report.file(pattern), "no file matches; check the pattern")
        return names

    def _join(self, first: Map, second: Map) -> Map:
        """Put the sections of a further file to those before: lists and maps join, nothing is overridden."""
        joined = first.only(first)
        for (key, value), mark in zip(second.items(), second.marks, strict=True):
            known = joined.get(key)
            if known is None:
                joined.put(key, value, mark)
            elif isinstance(known, Seq) and isinstance(value, Seq):
                joined[key] = _joined_lists(known, value)
            elif isinstance(known, Map) and isinstance(value, Map):
                joined[key] = self._joined_maps(key, known, value)
            else:
                self._twice(f"`{key}`", joined.mark_of(key), mark)
        return joined

    def _joined_maps(self, section: str, first: Map, second: Map) -> Map:
        joined = first.only(first)
        for (key, value), mark in zip(second.items(), second.marks, strict=True):
            if key in joined:
                self._twice(f"`{key}` of `{section}`", joined.mark_of(key), mark)
            else:
                joined.put(key, value, mark)
        return joined

    def _twice(self, what: str, first: int, second: int) -> None:
        self._report.problem(
            second, f"{what} is given twice, first in {self._report.place(first)}; remove one"
        )


def said(
    name: str, base: int, report: Report, read: Read = read_bytes, *, cure: str = "init URL"
) -> bytes | None:
    """What a file says; None and a problem where it cannot be had.

    Args:
        name: Of the file.
        base: Its mark.
        report: Gets the problem.
        read: Reads it.
        cure: The command that writes such a file.
    """
    try:
        return read(name)
    except FileNotFoundError:
        report.problem(base, f"does not exist; `uptime-slo-exporter {cure}` writes one")
    except IsADirectoryError:
        report.problem(base, f"is a directory; name its files, such as '{name.rstrip('/')}/*.yml'")
    except OSError as error:
        report.problem(base, f"cannot be read: {error.strerror}")
    return None


def decoded(data: bytes, base: int, report: Report) -> str | None:
    """The text of a file; None and a problem where it is not UTF-8."""
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        report.problem(base + line, "is not UTF-8; save the file as UTF-8")
        return None


def found(pattern: str) -> list[str]:
    """The files of a name or glob, by name; a name is one of its own, whether it is there or not."""
    if Path(pattern).exists() or not glob.has_magic(pattern):
        return [pattern]
    return sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 -- keeps names as they were given


def _joined_lists(first: Seq, second: Seq) -> Seq:
    joined = Seq(first.mark)
    for part in (first, second):
        for item, mark in zip(part, part.marks, strict=True):
            joined.put(item, mark)
    return joined
