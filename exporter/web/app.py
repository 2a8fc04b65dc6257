"""The web application: routes, headers that every answer has, and what lives as long as the server."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from exporter.errors import UsageError
from exporter.output.renders import Renders
from exporter.web import api, ask, blackbox, exclusions, health, heartbeats, incidents, lifecycle
from exporter.web.access import ACCESS, Access, guard
from exporter.web.metrics import metrics
from exporter.web.source import RENDERS, SOURCE, STARTING, Source
from exporter.web.wall import live as wall
from exporter.web.wall.pages import service_page, slo_page
from exporter.web.wall.rendering import HOME, ROOT, assets
from exporter.web.wall.services import services_page
from exporter.web.wall.syndication import badge, feed
from exporter.web.writes import RULES, WriteRules

HEADERS = {
    hdrs.CONTENT_SECURITY_POLICY: (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    hdrs.X_CONTENT_TYPE_OPTIONS: "nosniff",
    "Referrer-Policy": "no-referrer",
    hdrs.CACHE_CONTROL: "no-store",
    hdrs.SERVER: "uptime-slo-exporter",
}


def make_app(
    source: Source, external_url: str = "", access: Access | None = None, *, admin_api: bool = False
) -> web.Application:
    """Put the application together.

    Args:
        source: What it shows.
        external_url: Where it is reached through a reverse proxy; its path, if any, prefixes
            every route, as in Prometheus.
        access: Who may come in; everybody without one.
        admin_api: Whether those who said who they are may change the record.

    Raises:
        UsageError: The external URL is no http(s) URL.
    """
    prefix = _prefix(external_url)
    app = web.Application(middlewares=[guard, _starting])
    app[SOURCE] = source
    app[ACCESS] = Access() if access is None else access
    app[ACCESS].own_tokens = frozenset({heartbeats.beat})
    app[RULES] = WriteRules(admin_api, external_url)
    app[ask.TURN] = asyncio.Lock()
    app.on_response_prepare.append(_set_headers)
    app[ROOT] = f"{prefix}/"
    app[HOME] = f"{external_url.rstrip('/')}/" if external_url else ""
    app.cleanup_ctx.append(_renders)
    app.cleanup_ctx.append(wall.watchers)
    app.on_shutdown.append(wall.let_go)
    app.router.add_get(f"{prefix}/", wall.page)
    app.router.add_get(f"{prefix}/events", wall.events, allow_head=False)
    app.router.add_get(f"{prefix}/assets/{{name}}", assets)
    app.router.add_get(f"{prefix}/services", services_page)
    app.router.add_get(f"{prefix}/service/{{service}}", service_page)
    app.router.add_get(f"{prefix}/service/{{service}}/{{slo}}", slo_page)
    app.router.add_get(f"{prefix}/badge/{{service}}/{{slo}}.svg", badge)
    app.router.add_get(f"{prefix}/feed.atom", feed)
    app.router.add_get(f"{prefix}/metrics", metrics)
    app.router.add_get(f"{prefix}/probe", blackbox.probe)
    app.router.add_get(f"{prefix}/-/healthy", health.healthy)
    app.router.add_get(f"{prefix}/-/ready", health.ready)
    app.router.add_post(f"{prefix}/-/reload", lifecycle.reload)
    app.router.add_put(f"{prefix}/-/reload", lifecycle.reload)
    app.router.add_get(f"{prefix}/api/v1/slos", api.slos)
    app.router.add_get(f"{prefix}/api/v1/sli", ask.sli)
    app.router.add_get(f"{prefix}/api/v1/explain", ask.explain)
    app.router.add_post(f"{prefix}{heartbeats.PATH}{{service}}/{{endpoint}}", heartbeats.beat)
    incidents.routes(app.router, prefix)
    app.router.add_get(f"{prefix}/api/v1/exclusions", exclusions.exclusions)
    app.router.add_post(f"{prefix}/api/v1/exclusions", exclusions.add)
    app.router.add_delete(f"{prefix}/api/v1/exclusions/{{ident}}", exclusions.remove)
    app.router.add_post(f"{prefix}/api/v1/exclusions/{{ident}}/approvals", exclusions.approve)
    if prefix:
        home = f"{prefix}/"
        for path in ("/", prefix):
            app.router.add_get(path, _redirect_to(home))
    return app


@web.middleware
async def _starting(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Show nothing until the record was read: an empty answer would look like endpoints that have gone."""
    if request.app[SOURCE].ready or handler in {health.healthy, assets}:
        return await handler(request)
    again = {"Refresh": "2"}  # a wall that starts with its exporter comes alive with it
    return web.Response(status=503, text=STARTING, headers=again)


def _prefix(external_url: str) -> str:
    if not external_url:
        return ""
    parts = urlsplit(external_url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        msg = f"--web.external-url: `{external_url}` is not a URL; write https://example.com/uptime/"
        raise UsageError(msg)
    return parts.path.rstrip("/")


def _redirect_to(home: str) -> Handler:
    async def redirect(_request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(home)

    return redirect


async def _set_headers(request: web.Request, response: web.StreamResponse) -> None:
    kept = response.headers.get(hdrs.CACHE_CONTROL)
    response.headers.update(HEADERS)
    if kept is not None:
        response.headers[hdrs.CACHE_CONTROL] = kept
    request.app[ACCESS].set_headers(response.headers)


async def _renders(app: web.Application) -> AsyncIterator[None]:
    source = app[SOURCE]
    async with Renders(lambda: source.live, source.now) as renders:
        app[RENDERS] = renders
        yield
