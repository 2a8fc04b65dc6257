"""What stands in texts that nobody can hold anybody to."""

import re
from collections.abc import Iterator

from exporter.config.agreements.findings.finding import Case, Finding, Kind
from exporter.config.tree import Map, Node, Seq

_PLACEHOLDER = re.compile(r"\b(?:TODO|TBD|TBC|XXX|FIXME)\b|\?\?\?|<[^<>@]+>")
_VAGUE = re.compile(
    r"\b(?:best efforts?|as soon as (?:possible|practicable)|asap|(?:commercially )?reasonabl[ey]|where (?:possible|practicable)"
    r"|if possible|in a timely manner|timely|promptly|without undue delay|normally|usually|generally|adequate(?:ly)?"
    r"|sufficient(?:ly)?|appropriate(?:ly)?|regularly|state of the art|high(?:ly)? availab(?:le|ility)|minimal downtime)\b",
    re.IGNORECASE,
)
_ALWAYS = re.compile(r"\b24\s?[x/]\s?7\b|\baround the clock\b", re.IGNORECASE)

_FREE = ("title", "purpose", "assumptions", Kind.SCOPE, "responsibilities", "reviews")
"""Keys whose texts are for people."""

_QUERIES = ("good", "total")


def placeholders(case: Case) -> Iterator[Finding]:
    """Texts that somebody wanted to fill in."""
    root = case.written.root
    for text, mark in _texts(root, root.mark):
        found = _PLACEHOLDER.search(text)
        if found:
            yield Finding(mark, Kind.PLACEHOLDER, f"`{found[0]}` is a placeholder; write what is meant")


def vague(case: Case) -> Iterator[Finding]:
    """Texts that are not specific, or not measurable."""
    root = case.written.root
    for key in _FREE:
        for text, mark in _texts(root.only([key]), root.mark):
            found = _VAGUE.search(text)
            if found:
                yield Finding(
                    mark, Kind.VAGUE, f"`{found[0]}` cannot be measured; write how much, by when, or by whom"
                )
            found = _ALWAYS.search(text)
            if found and not case.agreement.hours:
                message = f"`{found[0]}` without `hours` promises nothing; name hours, and the targets that have them"
                yield Finding(mark, Kind.VAGUE, message)


def _texts(node: Node, mark: int) -> Iterator[tuple[str, int]]:
    """All texts of a tree with their places, names of keys too, but no queries."""
    if isinstance(node, str):
        yield node, mark
    elif isinstance(node, Map):
        for (key, value), place in zip(node.items(), node.marks, strict=True):
            yield key, place
            if key not in _QUERIES:
                yield from _texts(value, _closer(value, place))
    else:
        for value, place in zip(node, node.marks, strict=True):
            yield from _texts(value, place)


def _closer(value: Node, place: int) -> int:
    return value.mark if isinstance(value, Map | Seq) else place
