"""What a request that changes the record must bring.

Handlers that write call `author(request)` before anything else; it says who writes, or refuses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from exporter.units import format_size
from exporter.web.access import PERSON

FLAG = "--web.enable-admin-api"
USERS = "basic_auth_users in the file of --web.config.file"
JSON = "application/json"
OWN_SITES = frozenset({"same-origin", "none"})


@dataclass(frozen=True, slots=True)
class WriteRules:
    """What the command line says of writing.

    Attributes:
        allowed: Whether the record may be changed over HTTP at all.
        external_url: Where users reach the daemon through a reverse proxy; empty where it has none.
    """

    allowed: bool = False
    external_url: str = ""


RULES = web.AppKey("rules", WriteRules)


def author(request: web.Request) -> str:
    """Say who changes the record: the user whose password was right, never a field of the body.

    Raises:
        HTTPForbidden: The daemon allows no changes, nobody had to say who they are, or another site's
            page makes the browser send this.
        HTTPUnsupportedMediaType: The body is not JSON. A browser sends JSON to another site only where
            that site allows it, which this one never does.
    """
    rules = request.app[RULES]
    person: str = request.get(PERSON, "")
    missing = [*([] if rules.allowed else [FLAG]), *([] if person else [USERS])]
    if missing:
        msg = f"the record cannot be changed over HTTP: that needs {' and '.join(missing)}\n"
        raise web.HTTPForbidden(text=msg)
    if not is_own_page(request):
        msg = "the record cannot be changed from a page of another site\n"
        raise web.HTTPForbidden(text=msg)
    bodiless = request.method == hdrs.METH_DELETE and not request.body_exists
    if request.content_type != JSON and not bodiless:
        msg = f"send JSON, with the header Content-Type: {JSON}\n"
        raise web.HTTPUnsupportedMediaType(text=msg)
    return person


async def json_body(request: web.Request) -> Mapping[str, Any]:
    """The JSON object that a request brings.

    Raises:
        HTTPBadRequest: The body is not JSON, or is none.
        HTTPRequestEntityTooLarge: It is larger than the server takes at once.
    """
    try:
        found = await request.json()
    except web.HTTPRequestEntityTooLarge as error:
        most = request.client_max_size
        msg = f"the body is larger than {format_size(most)}, and nothing was written: split it, as a file into several with fewer rows each"
        raise web.HTTPRequestEntityTooLarge(most, text=f"{msg}\n") from error
    except ValueError as error:
        raise web.HTTPBadRequest(text=f"the body is not JSON: {error}\n") from error
    if not isinstance(found, dict):
        raise web.HTTPBadRequest(text="the body must be a JSON object\n")
    return found


def is_own_page(request: web.Request) -> bool:
    """Whether a request comes from no page at all, or from one of this daemon.

    `Sec-Fetch-Site`, which pages cannot set, decides where a browser sends it, also behind a proxy; else
    `Origin` has to be where the daemon is reached.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in OWN_SITES
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None:
        return True
    return origin.partition("://")[2].lower() in {
        request.host.lower(),
        urlsplit(request.app[RULES].external_url).netloc.lower(),
    } - {""}
