"""Ninety days as bars: what was down, excluded, unknown and up of each, never green for what nobody saw."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from markupsafe import Markup

from exporter.slo.days import Day, days
from exporter.timeline.tally import History
from exporter.units import SECOND, describe_duration
from exporter.web.wall.rendering import fragment

COUNT = 90
_HEIGHT = 30
_LEAST = 4
"""Height that even a second of an outage has."""

_WIDTH = 10


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
    """A day: where it stands, what it says, and its pieces."""

    x: int
    text: str
    parts: tuple[Part, ...]


def bars(history: History, at: int, what: str) -> Markup:
    """Draw the last days of a history."""
    shown = [_bar(day, index, history.scale) for index, day in enumerate(days(history, at, COUNT))]
    return fragment("bars.html", days=shown, label=f"{what}: the last {COUNT} days, a bar each")


def _bar(day: Day, index: int, scale: int) -> Bar:
    amounts = _amounts(day)
    date = datetime.fromtimestamp(day.start / 1000, UTC).date().isoformat()
    said = [
        f"{describe_duration(amount // scale // SECOND * SECOND)} {kind}"
        for kind, amount in amounts
        if amount
    ]
    parts = tuple(_parts([(kind, amount) for kind, amount in amounts if amount]))
    return Bar(index * _WIDTH, f"{date}: {', '.join(said)}", parts)


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
