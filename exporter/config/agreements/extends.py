"""Documents that extend others: what a document does not say is said by the one that it extends, key by key."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from exporter.config.report import Report
from exporter.config.tree import Map
from exporter.errors import nearest

OWN = ("name", "version", "from", "approved", "extends")
"""Keys that no document has from another."""


class Document(NamedTuple):
    """One file.

    Attributes:
        root: As it is written.
    """

    root: Map

    @property
    def name(self) -> str:
        """What it is called; empty where that cannot be said."""
        return _text(self.root, "name")

    @property
    def named(self) -> str:
        """The same with its version, as `name@version`."""
        return f"{self.name}@{_text(self.root, 'version')}"


def _text(root: Map, key: str) -> str:
    value = root.get(key)
    return str(value) if isinstance(value, str) else ""


class Family:
    """Documents that know each other.

    Args:
        documents: All that there are.
        report: Gets the problems.
    """

    def __init__(self, documents: Sequence[Document], report: Report) -> None:
        self._documents = documents
        self._report = report
        self._parents = [self._parent(each) for each in documents]

    def whole(self) -> Iterator[Map]:
        """Every agreement with what it extends filled in; templates are none, and in circles there is none."""
        extended = {id(each.root) for each in self._parents if each is not None}
        for document in self._documents:
            if "parties" in document.root or id(document.root) not in extended:
                yield from self._filled(document)

    def _filled(self, document: Document) -> Iterator[Map]:
        line = [document]
        while (parent := self._parent_of(line[-1])) is not None:
            if any(parent.root is each.root for each in line):
                names = " extends ".join(each.name for each in [*line, parent])
                mark = document.root.mark_of("extends")
                self._report.problem(mark, f"`extends` has no end: {names}; cut the circle")
                return
            line.append(parent)
        root = document.root.only(document.root)
        for parent in line[1:]:
            for (key, value), mark in zip(parent.root.items(), parent.root.marks, strict=True):
                if key not in root and key not in root.empty and key not in OWN:
                    root.put(key, value, mark)
        yield root

    def _parent_of(self, document: Document) -> Document | None:
        pairs = zip(self._documents, self._parents, strict=True)
        return next((parent for each, parent in pairs if each.root is document.root), None)

    def _parent(self, document: Document) -> Document | None:
        """The document that one extends; None where it extends none, or none that is there."""
        wanted = _text(document.root, "extends")
        if not wanted:
            return None
        others = [each for each in self._documents if each.root is not document.root]
        names = [each.named if "@" in wanted else each.name for each in others]
        found = [each for each, name in zip(others, names, strict=True) if name == wanted]
        if len(found) == 1:
            return found[0]
        mark = document.root.mark_of("extends")
        if found:
            which = " or ".join(f"`{each.named}`" for each in found)
            message = f"`extends`: there are several documents `{wanted}`; write which, such as {which}"
        else:
            hint = nearest(wanted, names) or "; name a file that has it, too"
            message = f"`extends`: there is no document `{wanted}`{hint}"
        self._report.problem(mark, message)
        return None
