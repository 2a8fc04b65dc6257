"""The wall as it is now, and what has changed since somebody last looked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil, sqrt
from typing import Any

from markupsafe import Markup, escape

from exporter.output.ranks import place
from exporter.output.walk import breathing
from exporter.units import format_instant
from exporter.web.health import degraded
from exporter.web.source import Source
from exporter.web.view import ServiceView, service_view
from exporter.web.wall.rendering import fragment
from exporter.web.wall.tiles import Tile, tile
from exporter.web.wall.totals import Totals

MOST = 240
"""Tiles; the worst ones where there are more services."""

_SHAPE = 1.2
"""How much wider than high the grid's tiles may be counted, so that they fill a screen of 16 to 9."""

_MOST_COLUMNS = 24


@dataclass(frozen=True, slots=True)
class Picture:
    """What the wall shows at one instant.

    Attributes:
        tiles: HTML by service, the worst first; nothing in it goes with time alone.
        parts: HTML of the rest of the page by element.
        columns: Of the grid.
        at: The instant, milliseconds since the epoch.
    """

    tiles: Mapping[str, Markup]
    parts: Mapping[str, Markup]
    columns: int
    at: int

    def news(self, before: "Picture | None") -> dict[str, Any]:
        """What a page that shows `before` needs, and what time it is; everything where it shows nothing yet."""
        old = before or _NOTHING
        news: dict[str, Any] = {"now": self.at}
        news |= {name: html for name, html in self.parts.items() if old.parts.get(name) != html}
        tiles = {name: html for name, html in self.tiles.items() if old.tiles.get(name) != html}
        if tiles:
            news["tiles"] = tiles
        if list(self.tiles) != list(old.tiles):
            news["order"] = list(self.tiles)
        if self.columns != old.columns:
            news["columns"] = self.columns
        return news


_NOTHING = Picture({}, {}, 0, 0)


@dataclass(slots=True)
class Board:
    """Draws the wall; a tile that says what it said is not rendered anew.

    Attributes:
        source: What is shown.
        root: What links begin with.
    """

    source: Source
    root: str
    _rendered: dict[str, tuple[Tile, Markup]] = field(default_factory=dict)

    async def picture(self) -> Picture:
        """Draw it as of one instant, letting the probes run in between."""
        at, live = self.source.now(), self.source.live
        totals, worst = Totals(), list[ServiceView]()
        async for part in breathing(live):
            view = service_view(part, at)
            totals.count(view)
            worst.append(view)
            if len(worst) > 2 * MOST:
                _keep_worst(worst)
        _keep_worst(worst)
        shown = [tile(view) for view in worst]
        self._rendered = {each.name: self._of(each) for each in shown}
        parts = {
            "summary": escape(f"{totals.text()}; {format_instant(at // 60_000 * 60_000)[11:16]} UTC"),
            "problems": _problems(degraded(live.health)),
            "rest": _rest(totals.services - len(worst), self.root),
        }
        tiles = {name: html for name, (_, html) in self._rendered.items()}
        return Picture(tiles, parts, _columns(len(shown)), at)

    def _of(self, shown: Tile) -> tuple[Tile, Markup]:
        known = self._rendered.get(shown.name)
        if known is not None and known[0] == shown:
            return known
        return shown, fragment("tile.html", tile=shown, root=self.root)


def _keep_worst(views: list[ServiceView]) -> None:
    views.sort(key=lambda view: place(view.rank, view.left, view.name))
    del views[MOST:]


def _columns(count: int) -> int:
    return min(_MOST_COLUMNS, max(1, ceil(sqrt(count * _SHAPE))))


def _problems(problems: list[str]) -> Markup:
    return Markup().join(Markup('<p class="banner">{}</p>').format(problem) for problem in problems)


def _rest(count: int, root: str) -> Markup:
    if count <= 0:
        return Markup()
    return Markup('{} more services, none worse than these: <a href="{}services">all by name</a>.').format(
        count, root
    )
