"""What a path names."""

from aiohttp import web

from exporter.engine.live import LiveSlo
from exporter.output.walk import Part, services
from exporter.web.source import SOURCE


def find_service(request: web.Request) -> Part:
    """The endpoints and SLOs of the service that is named.

    Raises:
        HTTPNotFound: There is none.
    """
    name = request.match_info["service"]
    for part in services(request.app[SOURCE].live):
        if part.service.name == name:
            return part
    raise web.HTTPNotFound(text="There is no service of that name.\n")


def find_slo(request: web.Request) -> LiveSlo:
    """The SLO that is named.

    Raises:
        HTTPNotFound: There is none.
    """
    name = request.match_info["slo"]
    for slo in find_service(request).slos:
        if slo.config.name == name:
            return slo
    raise web.HTTPNotFound(text="There is no SLO of that name.\n")
