"""What other pages and readers take: badges as SVG, and incidents as an Atom feed."""

from aiohttp import web

from exporter.output.walk import breathing
from exporter.slo.figures import figures
from exporter.slo.status import Status, status_at
from exporter.slo.tiers import DAY
from exporter.units import SECOND, format_instant
from exporter.web.source import SOURCE
from exporter.web.view import sli_text
from exporter.web.wall.finding import find_slo
from exporter.web.wall.incidents import Incident, incidents
from exporter.web.wall.rendering import HOME, ROOT, fragment

_FEED_REACH = 30 * DAY
_FEED_MOST = 100
_COLOURS = {
    Status.GOOD: "#0067a3",
    Status.BAD: "#c23b00",
    Status.UNKNOWN: "#5c6370",
    Status.EXCLUDED: "#007a59",
}
_CHARACTER = 7
"""Pixels of one, about."""


async def badge(request: web.Request) -> web.Response:
    """Draw a badge: what an SLO has reached, and its state in words and colour.

    Raises:
        HTTPNotFound: There is no such SLO.
    """
    slo, at = find_slo(request), request.app[SOURCE].now()
    state = status_at(slo.question, at)
    label = _legible(f"{slo.service.title} {slo.config.name}")
    said = f"{sli_text(figures(slo.question, at)).partition(' of ')[0]} · {state}"
    widths = [len(text) * _CHARACTER + 14 for text in (label, said)]
    text = fragment("badge.svg", label=label, said=said, widths=widths, colour=_COLOURS[state])
    return web.Response(text=text, content_type="image/svg+xml", charset="utf-8")


def _legible(text: str) -> str:
    """Without what XML may not have."""
    return "".join(character for character in text if character.isprintable())


async def feed(request: web.Request) -> web.Response:
    """Tell of incidents, the latest first; one that has ended is updated at its end."""
    source = request.app[SOURCE]
    at, found = source.now(), list[Incident]()
    async for endpoints, _ in breathing(source.live):
        found += await incidents(endpoints, at, _FEED_REACH, _FEED_MOST)
    found.sort(key=lambda each: -each.since)
    home = request.app[HOME] or f"{request.scheme}://{request.host}{request.app[ROOT]}"
    entries = [
        (each, format_instant((each.until or each.since) // SECOND * SECOND)) for each in found[:_FEED_MOST]
    ]
    updated = max((stamp for _, stamp in entries), default=format_instant(at // SECOND * SECOND))
    text = fragment(
        "feed.atom.xml",
        entries=entries,
        home=_legible(home),
        updated=updated,
        site=_legible(source.live.config.site),
    )
    return web.Response(text=text, content_type="application/atom+xml", charset="utf-8")
