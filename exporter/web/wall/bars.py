"""Ninety days as bars: what was down, excluded, unknown and up of each; what nobody saw is never drawn as up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from markupsafe import Markup

from exporter.slo.days import Day, bad_shares, days
from exporter.slo.question import Question
from exporter.units import SECOND, describe_duration, describe_share
from exporter.web.wall.rendering import fragment

COUNT = 90
_HEIGHT = 30
_LEAST = 4
"""Height that even a second of an outage has."""

_WIDTH = 10
_KINDS = {
    "up": "up",
    "down": "down",
    "excluded": "excluded",
    "unknown": "unknown",
    "unwatched": "not watched",
}
"""Classes of pieces, and what is said of them."""

_FILLS = {"unknown": "hatch", "excluded": "shade"}
"""Patterns, which the legend brings along; what has none has a colour."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar.

    Attributes:
        kind: `down`, `unknown`, `excluded`, `up` or `unwatched`.
        y: Of its upper edge.
        height: > 0.
    """

    kind: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A day.

    Attributes:
        x: Where it stands.
        date: Of it.
        text: What it says.
        parts: Its pieces.
    """

    x: int
    date: str
    text: str
    parts: tuple[Part, ...]

    @property
    def is_told(self) -> bool:
        """Whether it was anything but up while it was watched."""
        return any(part.kind not in {"up", "unwatched"} for part in self.parts)


def bars(question: Question, at: int, what: str) -> Markup:
    """Draw the last days of an SLO: its time, or what its events and slices say of the time that is known.

    Those that were anything but up stand in a table too, the latest first, for whoever has no mouse.
    """
    history = question.past.history
    found = days(history, at, COUNT)
    shares: Sequence[Fraction | None] = [None] * COUNT
    if question.objective.method != "time":
        shares = bad_shares(question.measure, found)
    shown = [
        _bar(day, index, history.scale, share)
        for index, (day, share) in enumerate(zip(found, shares, strict=True))
    ]
    told = [bar for bar in reversed(shown) if bar.is_told]
    return fragment("bars.html", days=shown, told=told, what=what, fills=_FILLS)


def legend() -> Markup:
    """Say what is what; once on each page that has bars."""
    return fragment("legend.html", kinds=_KINDS, fills=_FILLS)


def _bar(day: Day, index: int, scale: int, share: Fraction | None) -> Bar:
    amounts = _amounts(day)
    date = datetime.fromtimestamp(day.start / 1000, UTC).date().isoformat()
    said = [
        f"{describe_duration(amount // scale // SECOND * SECOND)} {_KINDS[kind]}"
        for kind, amount in amounts
        if amount
    ]
    if share is not None:
        known = day.tally.up + day.tally.down
        bad = int(known * share)
        amounts = [("down", bad), *amounts[1:3], ("up", known - bad), amounts[4]]
        said.insert(0, f"{describe_share(share)} of what counts was bad")
    parts = tuple(_parts([(kind, amount) for kind, amount in amounts if amount]))
    return Bar(index * _WIDTH, date, ", ".join(said), parts)


def _amounts(day: Day) -> list[tuple[str, int]]:
    tally = day.tally
    return [
        ("down", tally.down),
        ("unknown", tally.watched_unknown),
        ("excluded", tally.excluded),
        ("up", tally.up),
        ("unwatched", tally.unknown - tally.watched_unknown),
    ]


def _parts(amounts: list[tuple[str, int]]) -> Iterator[Part]:
    """Share a bar's height out, so that the least piece is seen."""
    whole = sum(amount for _, amount in amounts) or 1
    heights = [max(_LEAST, _HEIGHT * amount / whole) for _, amount in amounts]
    too_much, y = sum(heights) - _HEIGHT, 0.0
    if heights and too_much > 0:
        heights[heights.index(max(heights))] -= too_much
    for (kind, _), height in zip(amounts, heights, strict=True):
        yield Part(kind, round(y, 2), round(height, 2))
        y += height
