"""`/api/v1/sli` and `/api/v1/explain`: one SLO at any instant, and every interval behind its figure."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from aiohttp import web

from exporter.config.model import Config, Service, SloConfig
from exporter.errors import UsageError
from exporter.record.question import Asked
from exporter.units import parse_duration, parse_instant
from exporter.web.source import SOURCE

T = TypeVar("T")
TURN = web.AppKey("turn", asyncio.Lock)
"""Questions are worked out one at a time: the prober shares the interpreter with them."""

MOST_INTERVALS = 20_000
"""Intervals of an explanation: some 7 MB."""


class Put(NamedTuple):
    """What a request asks.

    Attributes:
        asked: Makes the question; it and its answer may take a while.
        window: Milliseconds, in place of the SLO's own window; None for that.
    """

    asked: Callable[[], Asked]
    window: int | None


async def sli(request: web.Request) -> web.Response:
    """Answer `?service=NAME&slo=NAME`, perhaps with `at` (RFC 3339 or seconds) and `window` (a duration).

    Raises:
        HTTPBadRequest: A parameter is wrong.
        HTTPNotFound: There is no such SLO.
    """
    return await _worked_out(request, lambda put: put.asked().answer(put.window))


async def explain(request: web.Request) -> web.Response:
    """Answer as `sli` does, with every interval behind the figure; parameters and errors as of `sli`."""
    source = request.app[SOURCE]
    absences, now = await source.absences(), source.now()
    return await _worked_out(
        request, lambda put: put.asked().absent(absences, now).explain(put.window, MOST_INTERVALS)
    )


def put(request: web.Request) -> Put:
    """Read what a request asks; errors as of `sli`."""
    source, query = request.app[SOURCE], request.query
    unknown = [name for name in query if name not in {"service", "slo", "at", "window"}]
    if unknown:
        problem = f"{unknown[0]}: is unknown; known are service, slo, at, window\n"
        raise web.HTTPBadRequest(text=problem)
    service, slo = _find(source.live.config, query.get("service", ""), query.get("slo", ""))
    at = _parsed(request, "at", parse_instant)
    window = _parsed(request, "window", parse_duration)
    if window is not None and window <= 0:
        problem = "window: must be longer than 0\n"
        raise web.HTTPBadRequest(text=problem)
    try:
        return Put(source.pose(service, slo, at, window), window)
    except UsageError as error:
        raise web.HTTPBadRequest(text=f"{error}\n") from error


async def _worked_out(request: web.Request, answer: Callable[[Put], Mapping[str, Any]]) -> web.Response:
    """Answer what is asked out of the prober's way; errors as of `put`."""
    async with request.app[TURN]:
        asked = put(request)
        try:
            return web.json_response(text=await asyncio.to_thread(lambda: json.dumps(answer(asked))))
        except UsageError as error:
            raise web.HTTPRequestEntityTooLarge(1, 1, text=f"{error}\n") from error


def _find(config: Config, service_name: str, slo_name: str) -> tuple[Service, SloConfig]:
    """The SLO of these names; without `slo` the only one of the service."""
    if not service_name:
        problem = (
            f"service: is missing; there is {', '.join(each.name for each in config.services) or 'none'}\n"
        )
        raise web.HTTPNotFound(text=problem)
    service = next((each for each in config.services if each.name == service_name), None)
    if service is None:
        problem = f"service: there is no `{service_name}`\n"
        raise web.HTTPNotFound(text=problem)
    found = [slo for slo in service.slos if slo.name == slo_name or not slo_name]
    if len(found) != 1:
        names = ", ".join(slo.name for slo in service.slos) or "none"
        problem = f"slo: `{service_name}` has no `{slo_name}`; it has {names}\n"
        if found:
            problem = f"slo: `{service_name}` has several; say which, of {names}\n"
        raise web.HTTPNotFound(text=problem)
    return service, found[0]


def _parsed(request: web.Request, name: str, parse: Callable[[str], T]) -> T | None:
    text = request.query.get(name)
    if text is None:
        return None
    try:
        return parse(text)
    except ValueError as error:
        problem = f"{name}: {error}\n"
        raise web.HTTPBadRequest(text=problem) from error
