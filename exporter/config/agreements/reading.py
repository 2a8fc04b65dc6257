"""The files of agreements, each as the tree of its document."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from exporter.config.agreements.extends import Document
from exporter.config.events import parse
from exporter.config.fields import SHOWN
from exporter.config.files import decoded, digest, found, said
from exporter.config.report import Report
from exporter.config.tree import Expanded, Map, Node

CURE = "agreement new"

Expand = Callable[[str, int], str]
"""Given each value that has a `$`, and its mark."""


class Pattern(NamedTuple):
    """A file or glob, and where it is named; None where that is in no file."""

    text: str
    mark: int | None = None


def read(patterns: Sequence[Pattern], expand: Expand, report: Report) -> list[Document]:
    """Read every file once, in the order given; those of a glob by name.

    Args:
        patterns: Which.
        expand: Fills `${NAME}` in, which is then refused: the text is everybody's.
        report: Gets the problems, and what each file said.
    """
    seen, documents = set[str](), list[Document]()
    for pattern in patterns:
        names = found(pattern.text)
        if not names:
            mark = report.file(pattern.text) if pattern.mark is None else pattern.mark
            report.problem(mark, f"no file matches `{pattern.text}`; check the pattern")
        for name in names:
            if name not in seen:
                seen.add(name)
                documents += _document(name, expand, report)
    return documents


def _document(name: str, expand: Expand, report: Report) -> Iterator[Document]:
    base = report.file(name)
    data = said(name, base, report, cure=CURE)
    report.beside[name] = "cannot be read" if data is None else digest(data)
    text = None if data is None else decoded(data, base, report)
    root = None if text is None else parse(text, base, expand, report, section="parties", cure=CURE)
    if root is None:
        return
    for mark in _brought_in(root, root.mark):
        report.problem(mark, f"an agreement {SHOWN}")
    yield Document(root)


def _brought_in(node: Node, mark: int) -> Iterator[int]:
    """Where `${NAME}` stood."""
    if isinstance(node, Expanded):
        yield mark
    elif not isinstance(node, str):
        values = node.values() if isinstance(node, Map) else node
        for value, place in zip(values, node.marks, strict=True):
            yield from _brought_in(value, place)
