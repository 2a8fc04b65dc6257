"""From YAML text to a tree, straight from the parser's events.

Building the tree here instead of with a YAML loader is what keeps 10,000 services at
half a second: no node graph, no resolver of types, and lines come for free.
"""

from collections.abc import Callable
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from exporter.config.report import Report
from exporter.config.tree import Map, Node, Seq

try:
    from yaml.cyaml import CParser as _Parser  # type: ignore[attr-defined]
except ImportError:  # pragma: no cover -- PyYAML without libyaml: the same, ten times slower
    from yaml import SafeLoader as _Parser  # type: ignore[assignment]

_Event = Any  # PyYAML says of every event that it may have no place, and of most not what they carry

_NO_VALUE = frozenset({"", "~", "null", "Null", "NULL"})


class _UnusableError(Exception):
    """The rest of the file cannot be understood."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def parse(
    text: str,
    base: int,
    expand: Callable[[str, int], str],
    report: Report,
    *,
    foreign: str = "",
    section: str = "services",
    cure: str = "init URL",
) -> Map | None:
    """Build the tree of one file.

    Args:
        text: The whole file.
        base: Mark of the file.
        expand: Given each value that has a `$`, and its mark.
        report: Gets the problems.
        foreign: A section of the format, where it is another program's and allows what ours
            does not: an empty file, and keys without a value, which are then in `Map.empty` only.
        section: A key that the file should have, for messages.
        cure: The command that writes such a file.

    Returns:
        The root mapping, or None if the file has none, which is a problem.
    """
    builder = _Builder(base, expand, report, empty_allowed=bool(foreign))
    if not _is_built(builder, text, base, report):
        return None
    root = builder.root
    if root is None and foreign:
        return Map(base + 1)
    if root is None:
        report.problem(base, f"is empty; `uptime-slo-exporter {cure}` writes a file that works")
    elif not isinstance(root, Map):
        shown = foreign or section
        report.problem(base + 1, f"must be a map of sections such as `{shown}:`, and is something else")
    else:
        return root
    return None


def parse_any(text: str, base: int, report: Report) -> Node | None:
    """Build the tree of another program's file, whatever it is; a `$` is nothing special there.

    Returns:
        The root; an empty list where the file is empty, None where it is not YAML, which is a problem.
    """
    builder = _Builder(base, lambda value, _mark: value, report, empty_allowed=True)
    if not _is_built(builder, text, base, report):
        return None
    return Seq(base + 1) if builder.root is None else builder.root


def _is_built(builder: "_Builder", text: str, base: int, report: Report) -> bool:
    """Build a tree; False, and a problem, where the text is not YAML."""
    try:
        builder.build(_Parser(text).get_event)
    except _UnusableError as error:
        report.problem(base + error.line, str(error))
    except yaml.MarkedYAMLError as error:
        line, message = _syntax_error(error, text)
        report.problem(base + line, message)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if error.position < len(text) else 0
        report.problem(base + line, "has a control character, which YAML does not allow; remove it")
    else:
        return True
    return False


def _syntax_error(error: yaml.MarkedYAMLError, text: str) -> tuple[int, str]:
    """Say in one line where and why the text is not YAML."""
    mark = error.problem_mark or error.context_mark
    line = mark.line if mark else 0
    lines = text.splitlines()
    indent = lines[line][: len(lines[line]) - len(lines[line].lstrip())] if line < len(lines) else ""
    if "\t" in indent or (error.problem or "").startswith("found a tab character"):
        return line + 1, "is indented with a tab, which YAML does not allow; use spaces"
    message = f"is not valid YAML: {error.problem}"
    if error.context:
        since = f" that starts in line {error.context_mark.line + 1}" if error.context_mark else ""
        message += f" {error.context}{since}"
    return line + 1, message


class _Builder:
    """Builds one tree; `key` is the pending key of the mapping that is being filled."""

    def __init__(
        self, base: int, expand: Callable[[str, int], str], report: Report, *, empty_allowed: bool = False
    ) -> None:
        self.base = base + 1  # the parser counts lines from 0
        self.expand = expand
        self.report = report
        self.empty_allowed = empty_allowed
        self.current: Map | Seq | None = None
        self.key: str | None = None
        self.key_mark = 0
        self.outer: list[tuple[Map | Seq | None, str | None, int]] = []
        self.anchors: dict[str, Node] = {}
        self.root: Node | None = None
        self.documents = 0

    def build(self, next_event: Callable[[], _Event]) -> Node | None:
        """Turn all events into a tree; None where there is no document or nothing in it."""
        while True:
            event = next_event()
            kind = type(event)
            if kind is ScalarEvent:
                self._scalar(event)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self._open(event)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self.current, self.key, self.key_mark = self.outer.pop()
                self._done()
            elif kind is AliasEvent:
                self._alias(event)
            elif kind is DocumentStartEvent:
                self._document(event)
            elif kind is StreamEndEvent:
                return self.root

    def _document(self, event: _Event) -> None:
        self.documents += 1
        if self.documents > 1:
            message = "a second document (`---`) starts here; put it into a file of its own"
            raise _UnusableError(event.start_mark.line + 1, message)

    def _scalar(self, event: _Event) -> None:
        text: str = event.value
        mark = self.base + event.start_mark.line
        if event.tag is not None or event.anchor is not None:
            self._decorated(event, mark)
        if self.key is None and type(self.current) is Map:
            self._begin_key(text, event, mark)
            return
        if text in _NO_VALUE and event.implicit[0]:
            self._no_value(mark)
            return
        self._place(self.expand(text, mark) if "$" in text else text, mark)

    def _decorated(self, event: _Event, mark: int) -> None:
        if event.tag is not None:
            self.report.problem(mark, f"tags such as `{_tag(event)}` are not supported; remove it")
        if event.anchor is not None:
            self.anchors[event.anchor] = event.value

    def _begin_key(self, key: str, event: _Event, mark: int) -> None:
        if key == "<<" and not event.style:
            message = "merge keys (`<<`) are not supported; use `defaults`, or keys of the service"
            raise _UnusableError(mark - self.base + 1, message)
        current = self.current
        if isinstance(current, Map) and (key in current or key in current.empty):
            first = current.mark_of(key) - self.base + 1
            self.report.problem(mark, f"`{key}` is given twice, first in line {first}; remove one")
        self.key, self.key_mark = key, mark

    def _no_value(self, mark: int) -> None:
        """Leave out what has no value, so that nobody must tell it from a missing key."""
        if isinstance(self.current, Map) and self.key is not None:
            if not self.empty_allowed:
                self.report.problem(
                    self.key_mark, f"`{self.key}` has no value; give it one or remove the key"
                )
            self.current.empty += (self.key,)
            self.key = None
        elif self.current is not None:
            self.report.problem(mark, "a list item is empty; give it a value or remove it")

    def _open(self, event: _Event) -> None:
        mark = self.base + event.start_mark.line
        if event.tag is not None:
            self.report.problem(mark, f"tags such as `{_tag(event)}` are not supported; remove it")
        if self.key is None and type(self.current) is Map:
            raise _UnusableError(
                event.start_mark.line + 1, "a key must be text; quote it if it starts with [ or {"
            )
        container = Map(mark) if type(event) is MappingStartEvent else Seq(mark)
        if event.anchor is not None:
            self.anchors[event.anchor] = container
        self._place(container, mark, keep_key=True)
        self.outer.append((self.current, self.key, self.key_mark))
        self.current, self.key = container, None

    def _place(self, value: Node, mark: int, *, keep_key: bool = False) -> None:
        current = self.current
        if type(current) is Seq:
            current.put(value, mark)
        elif isinstance(current, Map):
            current.put(self.key or "", value, self.key_mark)
        else:
            self.root = value
        if not keep_key:
            self.key = None

    def _done(self) -> None:
        """A container is complete: the mapping around it waits for its next key."""
        self.key = None

    def _alias(self, event: _Event) -> None:
        name, line = event.anchor, event.start_mark.line
        if name not in self.anchors:
            raise _UnusableError(
                line + 1, f"`*{name}` refers to nothing; an anchor `&{name}` must come before it"
            )
        value = self.anchors[name]
        if any(value is container for container in (self.current, *(outer for outer, _, _ in self.outer))):
            raise _UnusableError(line + 1, f"`*{name}` lies within itself; that has no end")
        if self.key is None and type(self.current) is Map:
            raise _UnusableError(line + 1, f"`*{name}` cannot be a key; write the key out")
        if isinstance(value, str) and "$" in value:
            value = self.expand(value, self.base + line)
        self._place(value, self.base + line)


def _tag(event: _Event) -> str:
    """Show a tag as people write it."""
    tag: str = event.tag
    return tag.replace("tag:yaml.org,2002:", "!!")
