"""Templates, and the files that pages refer to; all of them are parts of this package."""

from functools import cache
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from aiohttp import hdrs, web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

ASSETS = MappingProxyType(
    {"style.css": "text/css", "wall.js": "text/javascript", "icon.svg": "image/svg+xml"}
)
THEMES = frozenset({"light", "dark"})

ROOT = web.AppKey("root", str)
"""What paths of this server begin with: `/`, or that of the external URL."""

HOME = web.AppKey("home", str)
"""The external URL, with a slash at its end; empty where it is that of the request."""


@cache
def _environment() -> Environment:
    loader = PackageLoader("exporter.web.wall")
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


@cache
def asset(name: str) -> bytes:
    """What a file says."""
    return (files("exporter.web.wall") / "assets" / name).read_bytes()


@cache
def versions() -> dict[str, str]:
    """By file, what changes with it, so that browsers may keep it for ever."""
    return {name: sha256(asset(name)).hexdigest()[:12] for name in ASSETS}


def fragment(template: str, **values: Any) -> Markup:  # noqa: ANN401 -- what the template takes
    """Render a part of a page; everything in it is escaped."""
    return Markup(_environment().get_template(template).render(values))  # noqa: S704 -- by the template


def rendered(request: web.Request, template: str, **values: Any) -> web.Response:  # noqa: ANN401 -- likewise
    """Render a page."""
    values |= {
        "root": request.app[ROOT],
        "versions": versions(),
        "theme": theme(request),
        "look": look(request),
    }
    text = _environment().get_template(template).render(values)
    return web.Response(text=text, content_type="text/html", charset="utf-8")


def theme(request: web.Request) -> str:
    """What is asked for; empty where that is nothing that there is."""
    asked = request.query.get("theme", "")
    return asked if asked in THEMES else ""


def look(request: web.Request, **more: str) -> str:
    """The query of links from page to page: how this one looks, as `?wall&theme=dark`, and what else is given.

    Empty where there is nothing; not escaped.
    """
    kept = ["wall"] if "wall" in request.query else []
    given = {"theme": theme(request)} | more
    kept += [urlencode({name: value}) for name, value in given.items() if value]
    return f"?{'&'.join(kept)}" if kept else ""


async def assets(request: web.Request) -> web.Response:
    """Serve one of the files.

    Raises:
        HTTPNotFound: There is none of that name.
    """
    name = request.match_info["name"]
    if name not in ASSETS:
        raise web.HTTPNotFound
    response = web.Response(body=asset(name), content_type=ASSETS[name], charset="utf-8")
    response.headers[hdrs.CACHE_CONTROL] = "max-age=31536000, immutable"
    return response
