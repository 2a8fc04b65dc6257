"""`/api/v1/exclusions`: what does not count, the trail of it, and corrections by people."""

from collections.abc import Coroutine, Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web

from exporter.engine.corrections import Corrections
from exporter.errors import StoreError, UsageError
from exporter.record.corrections import Correction
from exporter.record.told import corrections_as_json, told
from exporter.record.wanted import Wanted
from exporter.web.source import SOURCE, STARTING
from exporter.web.writes import author, json_body

_TEXTS = ("start", "end", "category", "reason", "name")


async def exclusions(request: web.Request) -> web.Response:
    """List what is in force; with `?trail=true` also all that was ever done."""
    corrections = _corrections(request)
    trail = request.query.get("trail") == "true"
    return web.json_response(corrections_as_json(corrections.config, corrections.trail, trail=trail))


async def add(request: web.Request) -> web.Response:
    """Enter an exclusion; the author is who is logged in.

    Raises:
        HTTPBadRequest: With everything that is wrong with it.
        HTTPServiceUnavailable: It could not be written.
    """
    person, corrections = author(request), _corrections(request)
    wanted = _wanted(await json_body(request))
    return await _answer(corrections, corrections.add(wanted, person), HTTPStatus.CREATED)


async def remove(request: web.Request) -> web.Response:
    """Take one back; `{"reason": ...}` says why.

    Raises:
        HTTPBadRequest: There is no such one, or no reason is given.
        HTTPServiceUnavailable: It could not be written.
    """
    person, corrections = author(request), _corrections(request)
    doing = corrections.remove(request.match_info["ident"], _reason(await json_body(request)), person)
    return await _answer(corrections, doing, HTTPStatus.OK)


async def approve(request: web.Request) -> web.Response:
    """Agree to one, as who is logged in; `{"reason": ...}` may say why.

    Raises:
        HTTPBadRequest: There is no such one, or the person has agreed already.
        HTTPServiceUnavailable: It could not be written.
    """
    person, corrections = author(request), _corrections(request)
    doing = corrections.approve(request.match_info["ident"], _reason(await json_body(request)), person)
    return await _answer(corrections, doing, HTTPStatus.CREATED)


def _reason(body: Mapping[str, Any]) -> str:
    why = body.get("reason", "")
    if not isinstance(why, str):
        problem = "reason: must be text"
        raise _RefusedError(problem)
    return why


def _corrections(request: web.Request) -> Corrections:
    corrections = request.app[SOURCE].corrections
    if corrections is None:
        raise web.HTTPServiceUnavailable(text=STARTING)
    return corrections


async def _answer(
    corrections: Corrections, doing: Coroutine[Any, Any, Correction], status: HTTPStatus
) -> web.Response:
    try:
        correction = await doing
    except UsageError as error:
        raise _RefusedError(str(error)) from error
    except StoreError as error:
        raise web.HTTPServiceUnavailable(text=f"{error}\n") from error
    return web.json_response(told(correction, corrections.config), status=status)


def _wanted(body: Mapping[str, Any]) -> Wanted:
    """Read what is wanted; every key that is unknown or of another type is told at once."""
    problems = []
    kinds: dict[str, tuple[type, str]] = {
        **dict.fromkeys(_TEXTS, (str, "text")),
        "services": (list, "a list of names"),
        "endpoints": (list, "a list of SERVICE/ENDPOINT"),
        "labels": (dict, "an object"),
        "planned": (bool, "true or false"),
    }
    for key, value in body.items():
        if key not in kinds:
            problems.append(f"{key}: is unknown; known are {', '.join(kinds)}")
        elif not isinstance(value, kinds[key][0]):
            problems.append(f"{key}: must be {kinds[key][1]}")
        elif isinstance(value, list | dict):
            parts = value if isinstance(value, list) else value.values()
            problems += [f"{key}: must hold text only"] * any(not isinstance(part, str) for part in parts)
    if problems:
        raise _RefusedError("\n".join(problems))
    given = {key: body.get(key, "") for key in _TEXTS}
    return Wanted(
        **given,
        services=tuple(body.get("services", ())),
        endpoints=tuple(body.get("endpoints", ())),
        labels=body.get("labels", {}),
        planned=body.get("planned", False),
    )


class _RefusedError(web.HTTPBadRequest):
    """A request that cannot be understood, with what is wrong with it."""

    def __init__(self, problems: str) -> None:
        super().__init__(text=f"{problems}\n")
