"""What one version of an agreement says otherwise than another: for who has to agree to it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

_OTHERWISE = frozenset({"version", "from", "approved", "extends"})
"""Keys that differ in every version, and change nothing of what is promised."""


class Difference(NamedTuple):
    """A place where two documents differ.

    Attributes:
        path: Where, such as `targets.shop.availability`.
        before: What was there; None where nothing was.
        after: What is there; None where nothing is.
    """

    path: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        """For people."""
        if self.before is None:
            return f"{self.path}: new, {self.after}"
        if self.after is None:
            return f"{self.path}: removed, it was {self.before}"
        return f"{self.path}: {self.after}, it was {self.before}"


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> list[Difference]:
    """Where two documents differ, in the order of the later one; measures that come or go stand by their names.

    Args:
        before: Maps, lists and text.
        after: Likewise.
    """
    kept = ({key: value for key, value in each.items() if key not in _OTHERWISE} for each in (before, after))
    return list(_between("", *kept))


def _between(path: str, before: object, after: object) -> Iterator[Difference]:
    before, after = _by_name(before), _by_name(after)
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in (*after, *(each for each in before if each not in after)):
            yield from _between(f"{path}.{key}" if path else key, before.get(key), after.get(key))
        return
    yield Difference(path, _said(before), _said(after))


def _by_name(node: object) -> object:
    """A list of things that have names as a map, so that one which only moved is the same."""
    if not isinstance(node, list) or not node:
        return node
    names = [each.get("name") if isinstance(each, Mapping) else None for each in node]
    if None in names or len(set(map(str, names))) < len(names):
        return node
    return {
        str(name): {key: value for key, value in each.items() if key != "name"}
        for name, each in zip(names, node, strict=True)
    }


def _said(node: object) -> str | None:
    if node is None:
        return None
    if isinstance(node, Mapping):
        return f"{{{', '.join(f'{key}: {_said(value)}' for key, value in node.items())}}}"
    if isinstance(node, Sequence) and not isinstance(node, str):
        return f"[{', '.join(str(_said(each)) for each in node)}]"
    return str(node)
