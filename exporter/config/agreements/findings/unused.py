"""What an agreement defines, and nothing in it asks for."""

from collections.abc import Iterator

from exporter.config.agreements.findings.finding import Case, Finding, Kind
from exporter.config.agreements.hours import REST
from exporter.config.tree import Map


def unused(case: Case) -> Iterator[Finding]:
    """Hours and credit rules that no target has; `rest` needs the others, whoever has it."""
    targets, root = case.agreement.terms.targets, case.written.root
    hours, rules = {each.hours for each in targets}, {each.credit for each in targets}
    if not any(name in hours for name, value in _of(root, "hours").items() if value == REST):
        yield from _each(
            root, "hours", hours, "no target is promised in the hours `{}`; name them in one, or remove them"
        )
    yield from _each(
        root,
        "credits",
        rules,
        "no target has the credit rule `{}`, so that it costs nobody anything; name it in one, or remove it",
    )


def _each(root: Map, key: str, used: set[str], message: str) -> Iterator[Finding]:
    node = _of(root, key)
    for name, mark in zip(node, node.marks, strict=True):
        if name not in used:
            yield Finding(mark, Kind.UNUSED, message.format(name))


def _of(root: Map, key: str) -> Map:
    node = root.get(key)
    return node if isinstance(node, Map) else Map(root.mark)
