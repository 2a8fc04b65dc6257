"""`/api/v1/backfill` on the daemon's own socket: past results from a command."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from exporter.errors import StoreError, UsageError
from exporter.record.backfill import Origin
from exporter.record.wire import decode
from exporter.web.source import SOURCE, STARTING
from exporter.web.writes import author


async def bring(request: web.Request) -> web.Response:
    """Bring results in, all or none; they come as `record.wire.encode` makes them.

    Raises:
        HTTPBadRequest: They cannot be understood, or may not be brought in.
        HTTPServiceUnavailable: They could not be written.
    """
    person, imports = author(request), request.app[SOURCE].imports
    if imports is None:
        raise web.HTTPServiceUnavailable(text=STARTING)
    body = await request.read()
    try:
        asked: Mapping[str, Any] = await asyncio.to_thread(json.loads, body)
        results = await asyncio.to_thread(decode, asked["results"])
        span = asked["replaced"]
        done = await imports.bring(
            results,
            Origin(person, str(asked["name"]), str(asked["sha256"])),
            staleness=asked["staleness"],
            replaced=None if span is None else (int(span[0]), int(span[1])),
        )
    except (ValueError, KeyError, TypeError, UsageError) as error:
        raise web.HTTPBadRequest(text=f"{error}\n") from error
    except StoreError as error:
        raise web.HTTPServiceUnavailable(text=f"{error}\n") from error
    return web.json_response(done._asdict())
