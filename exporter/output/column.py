"""All samples of one family at one instant, kept small and turned into text in slices."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from exporter.output.names import Family
from exporter.output.style import Style, labels

LINES = 1500
"""Lines of a slice: about a millisecond's work."""

Child = tuple[str, str]
"""Suffix of the name, and label text besides that of the row; e.g. `("_bucket", 'le="0.1"')`."""

Shape = tuple[Child, ...]
"""The children of one row, in order."""

ONE: Shape = (("", ""),)
"""A row that is a single sample."""

Texts = Callable[[Sequence[float]], list[str]]
"""Turns numbers into the shortest texts that read back as the same numbers."""


def plain_texts(numbers: Sequence[float]) -> list[str]:
    """Without any help."""
    return list(map(repr, numbers))


def fastest_texts() -> Texts:
    """Through orjson where it is installed: it writes numbers about five times faster."""
    try:
        import orjson  # noqa: PLC0415 -- an extra
    except ImportError:
        return plain_texts
    dumps = orjson.dumps

    def texts(numbers: Sequence[float]) -> list[str]:
        return dumps(numbers)[1:-1].decode("ascii").split(",")

    return texts


class Column:
    """The samples of one family, rows of equal shape together."""

    __slots__ = ("_parts", "family", "rows")

    def __init__(self, family: Family) -> None:
        self.family = family
        # By the identity of a shape, which is made once: to hash its texts for each row would take longer than the row.
        self.rows: dict[int, tuple[Shape, list[str], list[float]]] = {}
        self._parts: dict[tuple[int, tuple[bool, ...]], Shape] = {}

    def add(self, label_text: str, value: float) -> None:
        """Add a row of one sample."""
        self.extend(label_text, ONE, (value,))

    def extend(self, label_text: str, shape: Shape, values: Sequence[float]) -> None:
        """Add a row: a value for each child of `shape`."""
        rows = self.rows.get(id(shape))
        if rows is None:
            rows = self.rows[id(shape)] = (shape, [], [])
        rows[1].append(label_text)
        rows[2].extend(values)

    def extend_known(self, label_text: str, shape: Shape, values: Sequence[float | None]) -> None:
        """Add a row whose children may be without a value; those are left out."""
        if None in values:
            shape = self._part(shape, tuple(value is not None for value in values))
            values = [value for value in values if value is not None]
        if shape:
            self.extend(label_text, shape, values)  # type: ignore[arg-type]  # no None is left

    def _part(self, shape: Shape, known: tuple[bool, ...]) -> Shape:
        """The children of `shape` that have a value: one tuple however many rows are alike."""
        part = self._parts.get((id(shape), known))
        if part is None:
            part = tuple(child for child, has_value in zip(shape, known, strict=True) if has_value)
            self._parts[id(shape), known] = part
        return part

    def slices(self, style: Style, texts: Texts) -> Iterator[str]:
        """The family as text, about `LINES` lines at a time; nothing where it has no sample."""
        head = style.head(self.family)
        for shape, label_texts, values in self.rows.values():
            width = len(shape)
            row = template(self.family.name, shape)
            step = max(1, LINES // width)
            for at in range(0, len(label_texts), step):
                part = label_texts[at : at + step]
                numbers = texts(values[at * width : (at + step) * width])
                words = [""] * (2 * len(numbers))
                words[0::2] = part if width == 1 else [text for text in part for _ in shape]
                words[1::2] = numbers
                yield head + row * len(part) % tuple(words)
                head = ""


@lru_cache(maxsize=4096)
def template(name: str, shape: Shape) -> str:
    """Lines of one row, with places for its label text and a value in each."""
    return "".join(
        f"{name}{suffix}{{%s{',' if label_text else ''}{label_text.replace('%', '%%')}}} %s\n"
        for suffix, label_text in shape
    )


def children(label: str, values: Sequence[str]) -> Shape:
    """A child for each value of a label."""
    return tuple(("", labels((label, value))) for value in values)


def buckets(bounds: Sequence[float]) -> Shape:
    """The children of a histogram; its values are those of `bucket_values`."""
    bucket = tuple(("_bucket", f'le="{float(bound)}"') for bound in bounds)
    return (*bucket, ("_bucket", 'le="+Inf"'), ("_sum", ""), ("_count", ""))
