"""What a YAML file says, as plain containers that know their place.

Every scalar stays text: `NO`, `22:30` and `1.10` are what was written, and the schema
gives them their types. A *mark* is the place of a node as one integer: the number of
its file and its line.
"""

from collections.abc import Iterable
from typing import NamedTuple, Self, Union

Node = Union[str, "Map", "Seq"]

FILE_SHIFT = 32
"""A mark is `file index << FILE_SHIFT | line`, so that marks sort in file order."""


class Map(dict[str, Node]):
    """A mapping.

    Attributes:
        mark: Where it starts.
        marks: Of its keys, in their order.
        empty: Keys that were written without a value; they are not among the keys.
    """

    __slots__ = ("empty", "mark", "marks")

    def __init__(self, mark: int) -> None:
        super().__init__()
        self.mark = mark
        self.marks: list[int] = []
        self.empty: tuple[str, ...] = ()

    def put(self, key: str, value: Node, mark: int) -> None:
        """Add or replace a key; a replaced one keeps its place."""
        if key not in self:
            self.marks.append(mark)
        self[key] = value

    def mark_of(self, key: str) -> int:
        """Say where a key stands; where it is missing, where the mapping starts."""
        if key not in self:
            return self.mark
        return next(mark for name, mark in zip(self, self.marks, strict=True) if name == key)

    def only(self, keys: Iterable[str]) -> "Map":
        """Copy with those of its keys that are in `keys`, which keep their places."""
        wanted = set(keys)
        copy = Map(self.mark)
        copy.empty = self.empty
        for (key, value), mark in zip(self.items(), self.marks, strict=True):
            if key in wanted:
                copy.put(key, value, mark)
        return copy


class Seq(list[Node]):
    """A list.

    Attributes:
        mark: Where it starts.
        marks: Of its items.
    """

    __slots__ = ("mark", "marks")

    def __init__(self, mark: int) -> None:
        super().__init__()
        self.mark = mark
        self.marks: list[int] = []

    def put(self, value: Node, mark: int) -> None:
        """Append an item."""
        self.append(value)
        self.marks.append(mark)


class Expanded(str):
    """Text into which `${NAME}` or a file brought something that must never be shown.

    Attributes:
        masked: The same with `***` for what was brought in.
    """

    __slots__ = ("masked",)

    masked: str

    def __new__(cls, text: str, masked: str) -> Self:
        """Make text with what may be shown of it."""
        self = super().__new__(cls, text)
        self.masked = masked
        return self

    def __repr__(self) -> str:
        return repr(self.masked)


class Found(NamedTuple):
    """What a path leads to.

    Attributes:
        node: The last node on the way that exists.
        mark: Its place.
        holder: What `node` lies in; the start itself where the path leads nowhere.
        key: The last key on the way; empty without one.
    """

    node: Node
    mark: int
    holder: Node
    key: str


def find(start: "Map | Seq", path: Iterable[int | str]) -> Found:
    """Follow keys and indexes from `start`; steps that do not exist are passed over."""
    found = Found(start, start.mark, start, "")
    for step in path:
        node = found.node
        if isinstance(node, Map) and isinstance(step, str) and step in node:
            found = Found(node[step], node.mark_of(step), node, step)
        elif isinstance(node, Seq) and isinstance(step, int) and step < len(node):
            found = Found(node[step], node.marks[step], node, found.key)
    return found
