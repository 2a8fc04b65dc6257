"""What a reader sees of a report: the same of HTML and of Markdown."""

import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt

MARKDOWN = MarkdownIt("commonmark").enable("table")

_VOID = frozenset({"meta", "line", "rect", "hr", "br"})


class Shown(HTMLParser):
    """The text of a page, and its tables.

    Attributes:
        heads: Headings, as level and text.
        rows: Of all tables, each a tuple of the texts of its cells.
        tags: Names of all elements, with the names of their attributes.
        text: All of it, on one line.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.heads: list[tuple[int, str]] = []
        self.rows: list[tuple[str, ...]] = []
        self.tags: set[tuple[str, tuple[str, ...]]] = set()
        self._open: list[str] = []
        self._said: list[str] = []
        self._all: list[str] = []
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        return one_line("".join(self._all))

    def rows_with(self, *texts: str) -> list[tuple[str, ...]]:
        """Rows that say all of these."""
        return [each for each in self.rows if all(text in " ".join(each) for text in texts)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add((tag, tuple(name for name, _ in attrs)))
        if tag not in _VOID:
            self._open.append(tag)
        if tag == "tr":
            self.rows.append(())
        if tag in {"td", "th", "h1", "h2", "h3"}:
            self._said = []
        self._say(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self._open.pop() == tag
        if tag in {"td", "th"}:
            self.rows[-1] += (one_line("".join(self._said)),)
        if tag in {"h1", "h2", "h3"}:
            self.heads.append((int(tag[1]), one_line("".join(self._said))))
        if tag != "span" or self._said[-1:] == [" "]:
            self._say(" ")

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self._say(data)

    def _say(self, text: str) -> None:
        self._said.append(text)
        self._all.append(text)


def one_line(text: str) -> str:
    """A text with single spaces between its words."""
    return re.sub(r"\s+", " ", text).strip()


def of_markdown(text: str) -> Shown:
    """What is seen of Markdown once it is rendered."""
    return Shown(MARKDOWN.render(text))
