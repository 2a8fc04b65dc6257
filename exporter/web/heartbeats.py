"""`POST /api/v1/heartbeats/{service}/{endpoint}`: a job says that it has been done, or that it failed."""

from aiohttp import hdrs, web

from exporter.engine.told import NotOursError
from exporter.errors import StoreError
from exporter.web.source import SOURCE

PATH = "/api/v1/heartbeats/"

_BEARER = "bearer "
_SAID = {"": True, "success": True, "failure": False}


async def beat(request: web.Request) -> web.Response:
    """Take a beat: it is durable once this answers 200; anything else is to be tried again."""
    given = request.headers.get(hdrs.AUTHORIZATION, "")
    if not given.lower().startswith(_BEARER):
        headers = {hdrs.WWW_AUTHENTICATE: 'Bearer realm="heartbeats"'}
        raise web.HTTPUnauthorized(text="send the header Authorization: Bearer <token>\n", headers=headers)
    said = request.query.get("status", "")
    if said not in _SAID:
        raise web.HTTPBadRequest(text="`status` is success, which it is by default, or failure\n")
    take = request.app[SOURCE].beat
    if take is None:
        raise web.HTTPServiceUnavailable(text="starting\n")
    names = request.match_info["service"], request.match_info["endpoint"]
    try:
        await take(*names, given[len(_BEARER) :].strip(), done=_SAID[said])
    except NotOursError as error:
        raise web.HTTPForbidden(text=f"{error}\n") from error
    except StoreError as error:
        raise web.HTTPServiceUnavailable(text=f"it could not be recorded, try again: {error}\n") from error
    return web.Response(text="recorded\n")
