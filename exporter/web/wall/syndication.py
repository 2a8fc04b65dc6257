"""What other pages and readers take: badges as SVG, and incidents as an Atom feed."""

import json
from uuid import UUID, uuid5

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
_OURS = UUID("6f1c0c0e-6d0b-4d5c-9a3e-2f8f4b1b7c52")
"""What ids of the feed are made within; another would make them all new to readers."""

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


def _urn(*names: str) -> str:
    """The same for ever, at whatever address it is asked for."""
    return uuid5(_OURS, json.dumps(names)).urn


async def feed(request: web.Request) -> web.Response:
    """Tell of incidents, the latest first; one that has ended is updated at its end."""
    source = request.app[SOURCE]
    at, found = source.now(), list[Incident]()
    async for part in breathing(source.live):
        found += await incidents(part.endpoints, at, _FEED_REACH, _FEED_MOST)
    found.sort(key=lambda each: -each.since)
    home = request.app[HOME] or f"{request.scheme}://{request.host}{request.app[ROOT]}"
    site = source.live.config.site
    entries = [
        (
            each,
            format_instant((each.until or each.since) // SECOND * SECOND),
            _urn(site, each.service.id, each.endpoint, str(each.since)),
        )
        for each in found[:_FEED_MOST]
    ]
    updated = max((stamp for _, stamp, _ in entries), default=format_instant(at // SECOND * SECOND))
    text = fragment(
        "feed.atom.xml",
        entries=entries,
        ident=_legible(f"{home}feed.atom") if request.app[HOME] else _urn(site),
        home=_legible(home),
        updated=updated,
        site=_legible(site),
    )
    return web.Response(text=text, content_type="application/atom+xml", charset="utf-8")
