"""`/probe?target=&module=`: one probe now, for whoever has used blackbox_exporter; it never enters the record."""

from math import inf, nan
from urllib.parse import unquote

from aiohttp import web

from exporter.config.model import Blackbox, Config
from exporter.engine.adhoc import BusyError
from exporter.output.blackbox import metrics
from exporter.probes.base import ProbeSettings
from exporter.probes.http import HttpSettings
from exporter.probes.result import Result
from exporter.probes.url import ascii_host
from exporter.web.source import SOURCE

DEFAULT_TIMEOUT = 120_000
"""Milliseconds, where neither module nor scrape says; nobody gets more."""

FLOOR = 100
"""Milliseconds that a probe is given at least, and a scrape's whole timeout where that is less."""

_HEADER = "X-Prometheus-Scrape-Timeout-Seconds"
_FIRST_MODULE = "http_2xx"


async def probe(request: web.Request) -> web.Response:
    """Probe what the query names; 200 whatever is found.

    Raises:
        HTTPException: The query names nothing that may be probed.
    """
    source = request.app[SOURCE]
    config = source.live.config
    section = config.blackbox
    if section is None or source.adhoc is None:
        raise web.HTTPNotFound(text="/probe is off: it needs the section `blackbox` of the configuration\n")
    target = unquote(request.query.get("target", ""))
    if not target:
        raise web.HTTPBadRequest(text="Target parameter is missing\n")
    settings = _module(config, section, request.query.get("module", _FIRST_MODULE))
    settings = _named(settings, request.query.get("hostname", ""))
    timeout = timeout_of(section.timeout, _scrape_timeout(request), section.timeout_offset)
    url = target if "://" in target else f"{settings.schemes[0]}://{target}"
    try:
        result = await source.adhoc.probe(settings, url, timeout)
    except ValueError as error:
        raise web.HTTPBadRequest(text=f"target: {error}\n") from error
    except BusyError as error:
        raise web.HTTPServiceUnavailable(text="too many probes are in flight\n") from error
    text = metrics(settings, result, timeout / 1000)
    if request.query.get("debug") == "true":
        text = _debug(result, text, settings)
    return web.Response(text=config.secrets.redact(text))


def timeout_of(module: int, scrape: float | None, offset: int) -> int:
    """Milliseconds for a probe.

    Args:
        module: Of the module; 0 where it has none.
        scrape: Seconds that the scrape waits, > 0; None where it does not say.
        offset: Milliseconds that the answer takes to get there.
    """
    limit = DEFAULT_TIMEOUT if scrape is None else min(DEFAULT_TIMEOUT, max(1, round(scrape * 1000)))
    left = limit - offset
    if left < FLOOR:  # a timeout of nothing would be a failure of everything
        left = min(limit, FLOOR)
    return min(module, left) if module else left


def _scrape_timeout(request: web.Request) -> float | None:
    text = request.headers.get(_HEADER)
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = nan
    if not 0 <= seconds < inf:
        raise web.HTTPBadRequest(text=f"{_HEADER}: {text!r} is no number of seconds\n")
    return seconds or None


def _module(config: Config, section: Blackbox, name: str) -> ProbeSettings:
    if name not in section.modules:
        known = ", ".join(section.modules) or "none"
        raise web.HTTPBadRequest(text=f"Unknown module {name!r}; `modules` of `blackbox` has: {known}\n")
    return config.probes[name]


def _named(settings: ProbeSettings, hostname: str) -> ProbeSettings:
    """The settings with a host to be named in `Host` and SNI."""
    if not hostname:
        return settings
    try:
        hostname = ascii_host(hostname)
    except ValueError as error:
        raise web.HTTPBadRequest(text=f"hostname: {hostname!r} is no host name\n") from error
    update: dict[str, object] = {}
    if isinstance(settings, HttpSettings):
        given = next((value for name, value in settings.headers.items() if name.lower() == "host"), hostname)
        if given != hostname:
            raise web.HTTPBadRequest(text=f"hostname: the module has the header Host {given!r}\n")
        others = {name: value for name, value in settings.headers.items() if name.lower() != "host"}
        update["headers"] = {"Host": hostname, **others}
    tls = getattr(settings, "tls", None)
    if tls is not None and not tls.server_name:
        update["tls"] = tls.model_copy(update={"server_name": hostname})
    return settings.model_copy(update=update)


def _debug(result: Result, text: str, settings: ProbeSettings) -> str:
    """For people: what happened, the metrics, and the module without its secrets."""
    signs = {"sent": ">", "received": "<", "expected": "?", "note": "*"}
    lines = [f"{signs[each.kind]} {each.text}" for each in (result.details.lines if result.details else ())]
    reason = f" ({result.reason})" if result.reason else ""
    verdict = f"{result.outcome}{reason}: {result.detail}" if result.detail else str(result.outcome)
    parts = ["Logs for the probe:", *lines, verdict, "", "Metrics that would have been returned:", text]
    return "\n".join([*parts, "Module configuration:", repr(settings), ""])
