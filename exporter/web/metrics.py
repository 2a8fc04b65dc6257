"""`/metrics`."""

from contextlib import aclosing

from aiohttp import hdrs, web

from exporter.output.exposition import ALL
from exporter.output.names import Group
from exporter.web.negotiate import style_for, takes_gzip
from exporter.web.source import RENDERS


async def metrics(request: web.Request) -> web.StreamResponse:
    """Answer a scrape in the format, with the compression and of the groups that it asks for.

    Raises:
        HTTPBadRequest: `collect[]` names no group.
    """
    groups = _groups(request.query.getall("collect[]", []))
    style = style_for(request.headers.get(hdrs.ACCEPT, ""))
    gzip = takes_gzip(request.headers.get(hdrs.ACCEPT_ENCODING, ""))
    response = web.StreamResponse(
        headers={hdrs.CONTENT_TYPE: style.content_type, hdrs.VARY: "Accept, Accept-Encoding"}
    )
    if gzip:
        response.headers[hdrs.CONTENT_ENCODING] = "gzip"
    await response.prepare(request)
    if request.method != hdrs.METH_HEAD:
        async with aclosing(request.app[RENDERS].chunks(style, groups, gzip=gzip)) as chunks:
            async for chunk in chunks:
                await response.write(chunk)
    await response.write_eof()
    return response


def _groups(asked: list[str]) -> frozenset[Group]:
    known = {group.value: group for group in Group}
    for name in asked:
        if name not in known:
            msg = f"collect[]: there is no {name!r}; there are {', '.join(known)}\n"
            raise web.HTTPBadRequest(text=msg)
    return frozenset(known[name] for name in asked) or ALL
