"""`/api/v1/incidents` and `/api/v1/measures`: what people and programs write down, and what it comes to."""

import asyncio
import json
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from aiohttp import web

from exporter.errors import StoreError, UsageError
from exporter.record.incidents.batch import batch
from exporter.record.incidents.fields import Given
from exporter.record.incidents.ledger import folded
from exporter.record.incidents.writing import Desk, ForbiddenError, Writing, act_of
from exporter.sla.incidents.incident import Act
from exporter.sla.wire_cases import incident_json, record_json
from exporter.store.base import LogEntry
from exporter.units import format_instant
from exporter.web.source import SOURCE, STARTING
from exporter.web.writes import author, json_body


def routes(router: web.UrlDispatcher, prefix: str = "") -> None:
    """Serve all of it."""
    router.add_get(f"{prefix}/api/v1/incidents", incidents)
    router.add_post(f"{prefix}/api/v1/incidents", opened)
    router.add_post(f"{prefix}/api/v1/incidents/{{ident}}/{{act}}", acted)
    router.add_post(f"{prefix}/api/v1/measures/{{measure}}", recorded)
    router.add_post(f"{prefix}/api/v1/measures/{{measure}}/withdraw", withdrawn)
    router.add_get(f"{prefix}/api/v1/ledger", trail)
    router.add_post(f"{prefix}/api/v1/ledger", many)


async def incidents(request: web.Request) -> web.Response:
    """All incidents with what was written down of them, and all values of measures."""
    return await _answer(_incidents, await _log(request))


async def trail(request: web.Request) -> web.Response:
    """All that was ever written down, and who wanted to that may not, oldest first."""
    return await _answer(_trail, await _log(request))


async def _answer(told: Callable[[Sequence[LogEntry]], str], log: Sequence[LogEntry]) -> web.Response:
    """What a ledger comes to, worked out in a thread: a long one would hold up the probes."""
    return web.Response(text=await asyncio.to_thread(told, log), content_type="application/json")


def _incidents(log: Sequence[LogEntry]) -> str:
    ledger = folded(log)
    return json.dumps(
        {
            "incidents": [incident_json(each) for each in ledger.incidents.values()],
            "measures": {
                name: [record_json(each) for each in found] for name, found in ledger.records.items()
            },
        }
    )


def _trail(log: Sequence[LogEntry]) -> str:
    return json.dumps([entry_json(each) for each in log])


def entry_json(entry: LogEntry) -> dict[str, Any]:
    """An entry of the ledger as JSON."""
    body = json.loads(entry.body)
    return {
        "number": entry.seq,
        "at": format_instant(entry.at),
        "who": entry.who,
        "action": entry.action,
        "id": entry.ident,
        "said": body,
    }


async def _log(request: web.Request) -> Sequence[LogEntry]:
    tell = request.app[SOURCE].ledger
    if tell is None:
        raise web.HTTPServiceUnavailable(text=STARTING)
    try:
        return await tell()
    except StoreError as error:
        raise web.HTTPServiceUnavailable(text=f"{error}\n") from error


async def opened(request: web.Request) -> web.Response:
    """Open an incident."""
    return await _one(request, lambda desk, given: desk.open(given))


async def acted(request: web.Request) -> web.Response:
    """Do something to one."""
    name = request.match_info["act"]
    ident, act = request.match_info["ident"], act_of(name)
    if act is None:
        raise web.HTTPNotFound(text=f"there is no `{name}`; there are {', '.join(Act)}\n")
    return await _one(request, lambda desk, given: desk.act(ident, act, given))


async def recorded(request: web.Request) -> web.Response:
    """Write down a value of a measure."""
    measure = request.match_info["measure"]
    return await _one(request, lambda desk, given: desk.record(measure, given))


async def withdrawn(request: web.Request) -> web.Response:
    """Take back a value of a measure."""
    measure = request.match_info["measure"]
    return await _one(request, lambda desk, given: desk.withdraw(measure, given))


async def many(request: web.Request) -> web.Response:
    """Write down many rows, all or none."""
    body = await json_body(request)
    rows, lines = body.get("rows"), body.get("lines", [])
    if not isinstance(rows, list) or not all(map(_is_row, rows)):
        raise web.HTTPBadRequest(text="rows: must be a list of JSON objects whose values are text\n")
    if not _are_lines(lines, len(rows)):
        raise web.HTTPBadRequest(text="lines: must be a list of the line of each row, or not there\n")
    entries = await _written(request, lambda desk: batch(desk, rows, lines))
    return web.json_response({"count": len(entries)}, status=HTTPStatus.CREATED)


async def _one(request: web.Request, make: Callable[[Desk, Given], LogEntry]) -> web.Response:
    given = await json_body(request)
    if not _is_row(given):
        raise web.HTTPBadRequest(text="the body must be a JSON object whose values are text\n")
    (entry,) = await _written(request, lambda desk: [make(desk, given)])
    return web.json_response({"id": entry.ident}, status=HTTPStatus.CREATED)


async def _written(request: web.Request, make: Writing) -> Sequence[LogEntry]:
    """Write down what a request asks for, as who is logged in.

    Raises:
        HTTPForbidden: They may not.
        HTTPBadRequest: With everything that is wrong.
        HTTPServiceUnavailable: It could not be written.
    """
    who, keep = author(request), request.app[SOURCE].write_down
    if keep is None:
        raise web.HTTPServiceUnavailable(text=STARTING)
    try:
        return await keep(who, make)
    except ForbiddenError as error:
        raise web.HTTPForbidden(text=_told(error)) from error
    except UsageError as error:
        raise web.HTTPBadRequest(text=_told(error)) from error
    except StoreError as error:
        raise web.HTTPServiceUnavailable(text=f"{error}\n") from error


def _told(error: Exception) -> str:
    """A message as text of an answer; it may name what was sent, which need not be any in UTF-8."""
    return f"{error}\n".encode("utf-8", "backslashreplace").decode()


def _are_lines(found: object, count: int) -> bool:
    """Whether it is numbers, as many as there are rows, or none."""
    return isinstance(found, list) and len(found) in {0, count} and all(type(each) is int for each in found)


def _is_row(found: object) -> bool:
    return isinstance(found, dict) and all(isinstance(each, str) for each in found.values())
