"""What reports are made of, whatever the format."""

from dataclasses import dataclass
from typing import NamedTuple


class Bar(NamedTuple):
    """A bar in a cell.

    Attributes:
        start: Where it begins, 0 to 1 of the width.
        end: Where it ends, not before that.
        kind: `total`, `more`, `less`, `met` or `missed`.
        line: Where a line crosses it, for what may be; None for none.
    """

    start: float
    end: float
    kind: str
    line: float | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """Something short that is said, in a table or beside a name.

    Attributes:
        text: For people.
        more: Further lines, smaller.
        machine: The instant that it is, RFC 3339 in UTC; empty where it is none.
        verdict: Whose mark and colour it has, one of `words.VERDICTS`; empty for none.
        bar: A picture of it, for formats that have pictures.
    """

    text: str
    more: tuple[str, ...] = ()
    machine: str = ""
    verdict: str = ""
    bar: Bar | None = None


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        title: Its head.
        is_number: Whether it is set to the right.
        is_picture: Whether it only draws what the others say.
    """

    title: str
    is_number: bool = False
    is_picture: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads; the first cell of a row is the head of it.

    Attributes:
        title: What it is about; empty where the section has only that.
        columns: Heads.
        rows: A cell for each column.
        empty: What is said instead where there is no row.
        foot: Rows that sum up.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str
    foot: tuple[tuple[Cell, ...], ...] = ()


class Text(NamedTuple):
    """A paragraph."""

    text: str


class Points(NamedTuple):
    """A list of lines, one at least."""

    lines: tuple[str, ...]


class Code(NamedTuple):
    """What is typed, one line."""

    text: str


class Facts(NamedTuple):
    """Names and what is said of each."""

    pairs: tuple[tuple[str, Cell], ...]


class Item(NamedTuple):
    """A name of an outline, what is said of it, and what is below it."""

    name: str
    text: str
    below: "tuple[Item, ...]" = ()


class Outline(NamedTuple):
    """Names below names."""

    items: tuple[Item, ...]


Block = Text | Points | Code | Facts | Outline | Table


class Section(NamedTuple):
    """A part of a report, under a head.

    Attributes:
        ident: For links; the same in every report.
        title: Its head.
        blocks: What it says.
    """

    ident: str
    title: str
    blocks: tuple[Block, ...]


class Front(NamedTuple):
    """The first page, for whoever decides.

    Attributes:
        title: Of the agreement.
        facts: Who, what and when.
        verdict: Of the period.
        sentence: How many targets have which.
        targets: What was promised and what was reached.
        owed: What is owed and until when, in lines.
        happened: Three lines.
    """

    title: str
    facts: Facts
    verdict: Cell
    sentence: str
    targets: Table
    owed: tuple[str, ...]
    happened: tuple[str, ...]


class Report(NamedTuple):
    """All of it.

    Attributes:
        title: Of the document.
        mark: What stands at the foot of every page.
        front: The first page.
        sections: What auditors ask, in the order in which they do.
        end: Where times are, and what made it.
    """

    title: str
    mark: str
    front: Front
    sections: tuple[Section, ...]
    end: str


def row(*cells: Cell | str) -> tuple[Cell, ...]:
    """A row of a table."""
    return tuple(each if isinstance(each, Cell) else Cell(each) for each in cells)
