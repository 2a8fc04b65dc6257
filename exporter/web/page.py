"""`/`: what is watched and how it is, worst first; one page without script."""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from html import escape

from aiohttp import web

from exporter.output.walk import breathing
from exporter.units import format_instant
from exporter.web.health import degraded
from exporter.web.source import SOURCE
from exporter.web.view import EndpointView, Rank, ServiceView, SloView, service_view

MOST = 200
"""Services on the page; the worst ones where there are more."""

STYLE = """
:root { color-scheme: light dark; --good: #0a7d33; --bad: #b3121d; --warn: #8a5a00; --dim: #626262; --line: #d5d5d5 }
@media (prefers-color-scheme: dark) {
  :root { --good: #5fd38a; --bad: #ff8080; --warn: #f0b45a; --dim: #a0a0a0; --line: #444 }
}
body { font: 1rem/1.45 system-ui, sans-serif; margin: 1.5rem auto; max-width: 70rem; padding: 0 1rem }
h1 { font-size: 1.4rem; margin: 0 }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .3rem }
* { box-sizing: border-box }
table { border-collapse: collapse; table-layout: fixed; width: 100% }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .8rem .25rem 0; text-align: left; vertical-align: top }
th { color: var(--dim); font-weight: normal }
th { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.slos th:nth-child(1) { width: 18% }
.slos th:nth-child(2) { width: 15% }
.slos th:nth-child(5) { width: 20% }
.slos th:nth-child(6) { width: 9% }
.endpoints th:nth-child(1) { width: 33% }
.slos th:nth-child(3), .endpoints th:nth-child(2) { width: 9% }
.endpoints th:nth-child(3) { width: 14% }
td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
.up, .good { color: var(--good); font-weight: 600 }
.down, .bad { color: var(--bad); font-weight: 600 }
.unknown, .excluded { color: var(--warn); font-weight: 600 }
small, footer { color: var(--dim) }
footer { margin-top: 2rem }
"""

STYLE_HASH = f"sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}"


async def page(request: web.Request) -> web.Response:
    """Show every service as of one instant."""
    source = request.app[SOURCE]
    at, live = source.now(), source.live
    totals, worst = Totals(), list[ServiceView]()
    async for part in breathing(live):
        view = service_view(part, at)
        if view is not None:
            totals.count(view)
            worst.append(view)
        if len(worst) > 2 * MOST:
            _keep_worst(worst)
    _keep_worst(worst)
    body = "".join(
        (
            _summary(totals, live.config.site, at),
            *(f'<p class="bad" role="alert">{escape(problem)}</p>\n' for problem in degraded(live.health)),
            *map(_service, worst),
            _rest(totals.services - len(worst)),
        )
    )
    return web.Response(text=_document(body), content_type="text/html", charset="utf-8")


class Totals:
    """How many there are of everything.

    Attributes:
        services: All.
        firing: Those with an alert and nothing down.
        endpoints: By state.
    """

    def __init__(self) -> None:
        self.services = self.firing = 0
        self.endpoints: Counter[str] = Counter()

    def count(self, view: ServiceView) -> None:
        """Count a service."""
        self.services += 1
        self.firing += view.rank is Rank.FIRING
        self.endpoints.update(endpoint.state for endpoint in view.endpoints)


def _keep_worst(views: list[ServiceView]) -> None:
    views.sort(key=lambda view: (int(view.rank), view.left))
    del views[MOST:]


def _document(body: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="refresh" content="30">\n'
        f"<title>Uptime</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}"
        '<footer><a href="metrics">Metrics</a> · <a href="api/v1/slos">SLOs as JSON</a> · '
        '<a href="-/ready">Readiness</a></footer>\n</body>\n</html>\n'
    )


def _summary(totals: Totals, site: str, at: int) -> str:
    states = totals.endpoints
    counts = ", ".join(f"{states[state]} {state}" for state in ("down", "unknown", "up") if states[state])
    parts = [f"services: {totals.services}", f"endpoints: {counts or 'none'}"]
    if totals.firing:
        parts.append(f"alerts firing for {totals.firing} more that are up")
    place = f" from {escape(site)}" if site else ""
    when = format_instant(at // 1000 * 1000)
    return f"<header><h1>Uptime{place}</h1>\n<p>{'; '.join(parts)} <small>at {when}</small></p></header>\n<main>\n"


def _rest(count: int) -> str:
    more = f"<p>{count} more services, none worse than these, are in the metrics and the API.</p>\n"
    return f"{more if count > 0 else ''}</main>\n"


def _service(view: ServiceView) -> str:
    title = escape(view.title)
    name = "" if view.title == view.name else f" <small>{escape(view.name)}</small>"
    slos = _table("slos", ("SLO", "asks for", "is", "SLI", "budget left", "firing"), map(_slo, view.slos))
    endpoints = _table("endpoints", ("endpoint", "is", "for", "last failure"), map(_endpoint, view.endpoints))
    return f"<section>\n<h2>{title}{name}</h2>\n{slos}{endpoints}</section>\n"


def _table(kind: str, head: tuple[str, ...], rows: Iterable[str]) -> str:
    body = "".join(rows)
    cells = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    return (
        f'<table class="{kind}">\n<thead><tr>{cells}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n'
        if body
        else ""
    )


def _slo(view: SloView) -> str:
    overspent = ' class="bad"' if view.met is False else ""
    firing = escape(", ".join(view.firing))
    return (
        f"<tr><td>{escape(view.name)}</td><td>{escape(view.objective)}</td>"
        f'<td class="{view.state}">{view.state}</td><td>{view.sli}</td>'
        f'<td{overspent}>{view.left}</td><td class="bad">{firing}</td></tr>\n'
    )


def _endpoint(view: EndpointView) -> str:
    target = f"<br><small>{escape(view.target)}</small>" if view.target != view.name else ""
    return (
        f'<tr><td>{escape(view.name)}{target}</td><td class="{view.state}">{view.state}</td>'
        f"<td>{view.since}</td><td>{escape(view.detail)}</td></tr>\n"
    )
