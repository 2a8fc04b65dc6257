"""What the wall says of a service, in one tile."""

from dataclasses import dataclass

from exporter.output.ranks import MARKS, WORDS, Rank
from exporter.units import SECOND
from exporter.web.view import ServiceView, SloView

_FAST, _SUSTAINABLE = 6, 1
_ENDPOINT_STATES = {Rank.DOWN: "down", Rank.UNKNOWN: "unknown", Rank.FINE: "up"}


@dataclass(frozen=True, slots=True)
class Tile:
    """A service on the wall.

    Attributes:
        name: Its name.
        title: For people.
        state: How it is, as in `WORDS`; the class of the tile, too.
        symbol: As in `MARKS`.
        since: When that began, whole seconds since the epoch; None where nobody knows, or it is not about endpoints.
        left: What is left of the budget of its worst SLO, in time; empty without an SLO.
        slo: That SLO.
        sli: What it has reached.
        arrow: How its budget goes: `⇈` fast, `↑` faster than sustainable, `→` slower, empty not at all.
        burn: The same in words.
        firing: The fastest alert tier that fires, and how many more do.
    """

    name: str
    title: str
    state: str
    symbol: str
    since: int | None
    left: str
    slo: str
    sli: str
    arrow: str
    burn: str
    firing: str


def tile(view: ServiceView) -> Tile:
    """Say of a service what a wall has room for."""
    worst = min(view.slos, key=_left, default=None)
    burning = max((slo.burn or 0.0 for slo in view.slos), default=0.0)
    return Tile(
        view.name,
        view.title,
        WORDS[view.rank],
        MARKS[view.rank],
        _since(view),
        worst.left_short if worst else "",
        worst.name if worst else "",
        worst.sli_short if worst else "",
        _arrow(burning),
        f"burns {burning:.2g} times as fast as it may" if burning else "",
        _firing(view),
    )


def _left(slo: SloView) -> float:
    return float("inf") if slo.left_seconds is None else slo.left_seconds


def _arrow(burn: float) -> str:
    if burn > _FAST:
        return "⇈"
    if burn > _SUSTAINABLE:
        return "↑"
    return "→" if burn else ""


def _firing(view: ServiceView) -> str:
    """Name one alert, and count the others."""
    tiers = list(dict.fromkeys(tier for slo in view.slos for tier in slo.firing))
    if not tiers:
        return ""
    return f"{tiers[0]} and {len(tiers) - 1} more" if len(tiers) > 1 else tiers[0]


def _since(view: ServiceView) -> int | None:
    """Since when it is so: of what is down, or unknown, the longest; of what is up since the last of them came up."""
    wanted = _ENDPOINT_STATES.get(view.rank)
    found = [
        each.since_at
        for each in view.endpoints
        if each.since_at is not None and each.state == wanted and not each.excluded
    ]
    if not found:
        return None
    return (max(found) if view.rank is Rank.FINE else min(found)) // SECOND
