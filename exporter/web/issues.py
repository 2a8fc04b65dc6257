"""`/api/v1/issues` on the socket: what commands issue of agreements while the daemon holds the store."""

import asyncio
import json
from http import HTTPStatus

from aiohttp import web

from exporter.errors import StoreError
from exporter.record.agreements.documents import issue_of
from exporter.record.agreements.verify.document import problems
from exporter.store.base import Issue
from exporter.web.source import SOURCE
from exporter.web.writes import author


async def add(request: web.Request) -> web.Response:
    """Keep an issue.

    Raises:
        HTTPBadRequest: It is none, or what it says is not true.
        HTTPServiceUnavailable: It could not be written, or is not the next one.
    """
    author(request)
    body = await request.read()
    try:
        issue, problem = await asyncio.to_thread(_read, body)
    except (TypeError, ValueError, LookupError) as error:
        raise web.HTTPBadRequest(text=f"this is no issue: {error}\n") from error
    if problem is not None:
        raise web.HTTPBadRequest(text=f"{problem}\n")
    try:
        await request.app[SOURCE].issue(issue)
    except StoreError as error:
        raise web.HTTPServiceUnavailable(text=f"{error}\n") from error
    return web.json_response({}, status=HTTPStatus.CREATED)


def _read(body: bytes) -> tuple[Issue, str | None]:
    """An issue, and what is not true of it; it computes all of it again, which takes a while."""
    told = json.loads(body)
    return issue_of(told), next(problems(told), None)
