"""A report as Markdown that reads well raw and rendered (GitHub's tables), in the order of the HTML."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, assert_never

from exporter.output.reports.blocks import Block, Cell, Code, Facts, Item, Outline, Points, Table, Text
from exporter.output.reports.report import report_of
from exporter.output.reports.words import VERDICTS
from exporter.output.words import one_line

_ACTIVE = re.compile(
    r"[\\`*\[\]<>|~&]|(?<![^\W_])_|_(?![^\W_])|^(?:[-+](?=[-\s]|$)|[=#]|\d+(?=[.)](?:\s|$)))"
)
_WIDEST = 40
"""Letters up to which a column is filled up, so that tables are even in a text editor."""


def report_markdown(document: Mapping[str, Any]) -> str:
    """Write a report as Markdown; what the document says is text there: line ends are spaces, what Markdown acts upon has a backslash.

    Args:
        document: What `result_json` gave, with what the record adds, or without.

    Raises:
        KeyError: A key that `result_json` gives is not there.
        ValueError: An instant or an amount is none.
    """
    report = report_of(document)
    front = report.front
    parts = [
        f"# {plain(front.title)}",
        *_block(front.facts),
        f"**{_cell(front.verdict)}**: {plain(front.sentence)}",
        "## Targets",
        *_rows(front.targets),
        "## What is owed",
        *map(plain, front.owed),
        "## What happened",
        "\n".join(_points(front.happened)),
    ]
    for number, section in enumerate(report.sections, 1):
        parts.append(f"## {number}. {plain(section.title)}")
        parts += [part for block in section.blocks for part in _block(block)]
    return "\n\n".join([*parts, "---", plain(report.end)]) + "\n"


def plain(text: str) -> str:
    """A text on one line, as Markdown that says just that."""
    return _ACTIVE.sub(_escaped, one_line(" ".join(text.split())))


def _escaped(match: re.Match[str]) -> str:
    found = match[0]
    return f"{found}\\" if found.isdigit() else f"\\{found}"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Table():
            if block.title:
                yield f"### {plain(block.title)}"
            yield from _rows(block)
        case Facts():
            yield "\n".join(f"- **{plain(name)}**: {_cell(cell)}" for name, cell in block.pairs)
        case Outline():
            yield "\n".join(_outline(block.items, ""))
        case Points():
            yield "\n".join(_points(block.lines))
        case Code():
            yield f"    {block.text}"
        case Text():
            yield plain(block.text)
        case _:
            assert_never(block)


def _points(lines: Sequence[str]) -> Iterator[str]:
    return (f"- {plain(each)}" for each in lines)


def _outline(items: Sequence[Item], indent: str) -> Iterator[str]:
    for item in items:
        name = f"**{plain(item.name)}**" if item.name else ""
        yield f"{indent}- {': '.join(each for each in (name, plain(item.text)) if each)}"
        yield from _outline(item.below, f"{indent}  ")


def _rows(table: Table) -> Iterator[str]:
    if not table.rows:
        yield plain(table.empty)
        return
    shown = [place for place, column in enumerate(table.columns) if not column.is_picture]
    heads = [table.columns[place].title for place in shown]
    lines = [[_cell(row[place]) for place in shown] for row in (*table.rows, *table.foot)]
    numbers = [table.columns[place].is_number for place in shown]
    widths = [
        max(3, *(len(line[place]) for line in (heads, *lines) if len(line[place]) <= _WIDEST))
        for place in range(len(shown))
    ]
    rule = [
        "-" * (width - 1) + ":" if number else "-" * width
        for width, number in zip(widths, numbers, strict=True)
    ]
    yield "\n".join(_line(each, widths, numbers) for each in (heads, rule, *lines))


def _line(cells: Sequence[str], widths: Sequence[int], numbers: Sequence[bool]) -> str:
    filled = (
        cell.rjust(width) if number else cell.ljust(width)
        for cell, width, number in zip(cells, widths, numbers, strict=True)
    )
    return f"| {' | '.join(filled)} |"


def _cell(cell: Cell) -> str:
    mark = ""
    if cell.verdict:
        mark = f"{VERDICTS[cell.verdict].mark} "
    return mark + plain("; ".join((cell.text, *cell.more)))
