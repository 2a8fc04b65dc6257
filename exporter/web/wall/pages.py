"""A page for each service, and one for each SLO with every interval behind its figure."""

import asyncio
from math import inf

from aiohttp import web
from markupsafe import Markup

from exporter.config.objectives import members_of
from exporter.engine.live import LiveSlo
from exporter.errors import UptimeError, UsageError
from exporter.output.explanations import rows
from exporter.output.walk import Part
from exporter.slo.status import Status
from exporter.store.base import EndpointKey
from exporter.units import SECOND, format_instant
from exporter.web.ask import MOST_INTERVALS, TURN
from exporter.web.source import SOURCE, Source
from exporter.web.view import SloView, service_view
from exporter.web.wall.bars import bars, legend
from exporter.web.wall.charts import latency_chart
from exporter.web.wall.finding import find_service, find_slo
from exporter.web.wall.incidents import incidents, incidents_of
from exporter.web.wall.rendering import rendered

MOST_BARS = 20
"""SLOs of a service that have bars, the worst; the others stand in a table."""

_SHOWN = 300
"""Intervals on a page, the latest."""


async def service_page(request: web.Request) -> web.Response:
    """Show a service: its SLOs with their days, its endpoints, how long they took, and incidents.

    Raises:
        HTTPNotFound: There is none.
    """
    source = request.app[SOURCE]
    part, at = find_service(request), source.now()
    view = service_view(part, at)
    pairs = sorted(zip(view.slos, part.slos, strict=True), key=lambda pair: _worst_first(pair[0]))
    slos = list[dict[str, SloView | Markup]]()
    for shown, slo in pairs[:MOST_BARS]:
        slos.append({"view": shown, "bars": _bars(slo, at)})
        await asyncio.sleep(0)  # those of twenty take a while
    keys = [EndpointKey(part.service.id, each.id) for each in part.service.endpoints]
    return rendered(
        request,
        "service.html",
        view=view,
        slos=slos,
        others=[shown for shown, _ in pairs[MOST_BARS:]],
        legend=legend(),
        incidents=await incidents(part.endpoints, at),
        chart=await latency_chart(request, keys, at),
        at=format_instant(at // SECOND * SECOND),
    )


def _worst_first(slo: SloView) -> tuple[bool, bool, float, str]:
    left = inf if slo.left_seconds is None else slo.left_seconds
    return slo.state != Status.BAD, not slo.firing, left, slo.name


async def slo_page(request: web.Request) -> web.Response:
    """Show an SLO: its days, how long probes of what it asks about took, its incidents, and why its figure is what it is.

    Raises:
        HTTPNotFound: There is none.
    """
    source = request.app[SOURCE]
    slo, at = find_slo(request), source.now()
    view, asked = service_view(Part(slo.service, [], [slo]), at), _asked(source, slo)
    return rendered(
        request,
        "slo.html",
        service=slo.service.name,
        view=view.slos[0],
        bars=_bars(slo, at),
        legend=legend(),
        bad=await incidents_of(slo, at),
        chart=await latency_chart(request, asked, at),
        explanation=await _explained(request, source, slo),
        at=format_instant(at // SECOND * SECOND),
    )


def _bars(slo: LiveSlo, at: int) -> Markup:
    return bars(slo.question, at, f"{slo.service.name}/{slo.config.name}")


def _asked(source: Source, slo: LiveSlo) -> list[EndpointKey]:
    """The endpoints that an SLO asks about, of whatever services."""
    found = members_of(source.live.config, slo.service, slo.config)
    return [EndpointKey(service.id, endpoint.id) for service, endpoint in found]


async def _explained(request: web.Request, source: Source, slo: LiveSlo) -> str:
    """Every interval behind the figure, worked out of the probes' way; or why that cannot be."""
    absences, now = await source.absences(), source.now()
    try:
        async with request.app[TURN]:
            asked = source.pose(slo.service, slo.config, None, None)
            explained = await asyncio.to_thread(
                lambda: asked().absent(absences, now).explain(None, MOST_INTERVALS)
            )
    except (UptimeError, UsageError) as error:
        return str(error)
    return "\n".join(row.text for row in rows(explained, explained["intervals"][-_SHOWN:]))
