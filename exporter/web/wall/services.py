"""`/services`: every service by name, a page at a time, and those whose name, title or owner has some words."""

import asyncio
from collections.abc import Sequence
from math import ceil

from aiohttp import web

from exporter.config.model import Service
from exporter.output.walk import Part, breathing
from exporter.units import SECOND, format_instant
from exporter.web.source import SOURCE, Source
from exporter.web.view import NO_SLO, ServiceView, service_view
from exporter.web.wall.rendering import look, rendered, theme
from exporter.web.wall.tiles import tile

EACH_PAGE = 200
_AT_ONCE = 20
"""Services between two breaths."""


async def services_page(request: web.Request) -> web.Response:
    """List services by name: those with `?q` in name, title or owner, whatever its case; `?page` of so many each.

    A page that there is not is the nearest one that there is.
    """
    source, wanted = request.app[SOURCE], request.query.get("q", "").strip()
    found = await _found(source, wanted)
    pages = max(1, ceil(len(found) / EACH_PAGE))
    page = min(max(_number(request.query.get("page", "")), 1), pages)
    at = source.now()
    return rendered(
        request,
        "services.html",
        rows=await _rows(found[(page - 1) * EACH_PAGE : page * EACH_PAGE], at),
        count=len(found),
        wanted=wanted,
        page=page,
        pages=pages,
        before=look(request, q=wanted, page=str(page - 1)) if page > 1 else "",
        after=look(request, q=wanted, page=str(page + 1)) if page < pages else "",
        kept={"wall": "wall" in request.query, "theme": theme(request)},
        at=format_instant(at // SECOND * SECOND),
    )


async def _found(source: Source, wanted: str) -> list[Part]:
    """Those that are wanted, by name."""
    words, found = wanted.casefold(), list[Part]()
    async for part in breathing(source.live):
        if _has(part.service, words):
            found.append(part)
    return sorted(found, key=lambda part: part.service.name)


def _has(service: Service, words: str) -> bool:
    return any(words in said.casefold() for said in (service.name, service.title, service.owner))


async def _rows(parts: Sequence[Part], at: int) -> list[dict[str, str]]:
    """What is said of each."""
    rows = list[dict[str, str]]()
    for number, part in enumerate(parts):
        rows.append(_row(service_view(part, at), part.service.owner))
        if number % _AT_ONCE == 0:
            await asyncio.sleep(0)
    return rows


def _row(view: ServiceView, owner: str) -> dict[str, str]:
    shown = tile(view)
    return {
        "name": view.name,
        "title": view.title,
        "owner": owner,
        "state": shown.state,
        "symbol": shown.symbol,
        "left": shown.left or NO_SLO,
        "slo": shown.slo,
    }


def _number(text: str) -> int:
    """What is no number is the first page."""
    try:
        return int(text)
    except ValueError:
        return 1
