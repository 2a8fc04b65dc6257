"""`POST /-/reload`, as Prometheus has it."""

from aiohttp import web

from exporter.errors import UptimeError
from exporter.web.source import SOURCE
from exporter.web.writes import is_own_page

FLAG = "--web.enable-lifecycle"


async def reload(request: web.Request) -> web.Response:
    """Read the configuration again; answers once it is in force, or says all that is wrong with it."""
    begin = request.app[SOURCE].reload
    if begin is None:
        raise web.HTTPForbidden(text=f"reloading over HTTP needs {FLAG}; SIGHUP does the same\n")
    if not is_own_page(request):
        raise web.HTTPForbidden(text="a page of another site cannot reload the configuration\n")
    try:
        await begin()
    except UptimeError as error:
        raise web.HTTPInternalServerError(
            text=f"failed to reload config; the one before is in force:\n{error}\n"
        ) from error
    return web.Response(text="reloaded\n")
