"""How long probes took, hour by hour, as a drawing."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web
from markupsafe import Markup

from exporter.errors import UptimeError
from exporter.log import log
from exporter.store.base import EndpointKey
from exporter.units import HOUR, format_instant
from exporter.web.ask import TURN
from exporter.web.source import SOURCE
from exporter.web.wall.rendering import fragment

HOURS = 48
_WIDTH, _HEIGHT = 600, 100
_QUANTILES = ("p50", "p95", "p99")


@dataclass(frozen=True, slots=True)
class Curve:
    """A quantile: its name, its path, and what it was last."""

    name: str
    path: str
    last: str


async def latency_chart(request: web.Request, endpoints: Sequence[EndpointKey], at: int) -> Markup:
    """Draw the last two days of the probes of some endpoints; nothing where nothing is known of them.

    The record is read in turn with other questions: each reader of it costs a thread and a few files.
    """
    if not endpoints:
        return Markup()
    end = at // HOUR * HOUR  # the running hour counts once it is over
    try:
        async with request.app[TURN]:
            hourly = await asyncio.to_thread(
                request.app[SOURCE].latencies, endpoints, end - HOURS * HOUR, end
            )
    except UptimeError as error:
        log().warning("latencies_unreadable", error=str(error))
        return fragment("no_chart.html")
    highest = max((each for hour in hourly for each in hour if each is not None), default=0.0)
    if not highest:
        return Markup()
    curves = [
        _curve(name, [hour[index] for hour in hourly], highest) for index, name in enumerate(_QUANTILES)
    ]
    return fragment(
        "chart.html",
        curves=curves,
        top=_seconds(highest),
        since=format_instant(end - HOURS * HOUR),
        until=format_instant(end),
        width=_WIDTH,
        height=_HEIGHT,
    )


def _curve(name: str, values: Sequence[float | None], highest: float) -> Curve:
    """A line that is broken where nothing is known."""
    path, down = [], False
    for index, value in enumerate(values):
        if value is None:
            down = False
            continue
        x = round(_WIDTH * index / max(1, len(values) - 1), 1)
        y = round(_HEIGHT - (_HEIGHT - 4) * value / highest, 1)
        path.append(f"{'L' if down else 'M'}{x} {y}" + ("" if down else " h0.1"))
        down = True
    known = [value for value in values if value is not None]
    return Curve(name, " ".join(path), _seconds(known[-1]) if known else "")


def _seconds(value: float) -> str:
    return f"{value * 1000:.3g} ms" if value < 1 else f"{value:.3g} s"
