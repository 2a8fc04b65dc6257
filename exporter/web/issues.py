"""`/api/v1/issues` on the socket: what commands issue of agreements while the daemon holds the store."""

from http import HTTPStatus

from aiohttp import web

from exporter.errors import StoreError
from exporter.store.base import Issue
from exporter.web.source import SOURCE
from exporter.web.writes import author


async def add(request: web.Request) -> web.Response:
    """Keep an issue.

    Raises:
        HTTPServiceUnavailable: It could not be written, or is not the next one.
    """
    author(request)
    body = await request.json()
    start, end = body.pop("span")
    try:
        await request.app[SOURCE].issue(Issue(**body, span=(start, end)))
    except StoreError as error:
        raise web.HTTPServiceUnavailable(text=f"{error}\n") from error
    return web.json_response({}, status=HTTPStatus.CREATED)
