"""Dashboards drawn by Grafana's own front end in a real browser, without a Grafana server.

`tests/grafana/harness` puts the front end's libraries together into a page that shows one dashboard; `make draw` builds it.
"""

import functools
import http.server
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from exporter.units import format_instant
from tests.support.browser import PROGRAM, QUIET
from tests.support.panels import Json
from tests.support.processes import need

ROOT = Path(__file__).parents[2]
HARNESS = ROOT / "tests" / "grafana" / "harness"
BUNDLE = HARNESS / "dist"
DASHBOARDS = ROOT / "grafana" / "dashboards"
WIDTH, HEIGHT = 1920, 1080
PATIENCE = 60.0

_STATE = "() => JSON.stringify([window.told?.pending, window.told?.queries.length, window.told?.panels])"
_RESULT = "() => window.told"
_EXTENT = "() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a dashboard shows.

    Attributes:
        panels: By title: tiles as `{name, text, color}`, tables as `{columns, rows}`, lines as `{name, points, last}`.
        errors: What went wrong on the page, in its queries and on its console.
        extent: Width and height of all that there is to see, in pixels.
        links: The addresses of all links.
        text: All that can be read.
        known: Names that Grafana knows: units, reducers, transformations, properties, colours, matchers.
    """

    panels: dict[str, Any]
    errors: list[str]
    extent: tuple[int, int]
    links: list[str]
    text: str
    known: dict[str, list[str]]


class _Handler(http.server.SimpleHTTPRequestHandler):
    """The bundle, and under `/dashboards/` the committed files."""

    def translate_path(self, path: str) -> str:
        plain = path.partition("?")[0]
        if plain.startswith("/dashboards/"):
            return str(DASHBOARDS / plain.rpartition("/")[2])
        return super().translate_path(path)

    def do_GET(self) -> None:
        """Answer for icons and fonts, which come with Grafana's server, with nothing to see."""
        if self.path.endswith(".svg"):
            self._answer(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")
        elif self.path.endswith(".woff2"):
            self.send_error(410)
        else:
            super().do_GET()

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@dataclass(slots=True)
class Painter:
    """A browser that draws dashboards.

    Attributes:
        prometheus: Whom the dashboards ask.
        pictures: Where pictures are put.
    """

    prometheus: str
    pictures: Path
    _browser: Browser = field(repr=False)
    _address: str

    def draw(
        self,
        name: str,
        span: tuple[int, int],
        chosen: Mapping[str, str] | None = None,
        *,
        picture: str = "",
        file: Path | None = None,
    ) -> Drawn:
        """Draw a dashboard as a kiosk of 1920 by 1080 pixels.

        Args:
            name: Of the committed file, without its ending.
            span: Milliseconds.
            chosen: Values of variables.
            picture: What the picture is called instead.
            file: Another file to draw.
        """
        page = self._browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, timezone_id="UTC")
        said = list[str]()
        page.on("pageerror", lambda error: said.append(f"page: {error}"))
        page.on("response", lambda answer: said.append(f"no {answer.url}") if answer.status == 404 else None)
        page.on("console", lambda line: said.append(line.text) if _matters(line) else None)
        if file is not None:
            page.route("**/dashboards/*", lambda route: route.fulfill(path=file))
        try:
            page.goto(f"{self._address}/index.html?{self._query(name, span, chosen or {})}")
            _settle(page)
            page.screenshot(path=self.pictures / f"{picture or name}.png")
            return _drawn(page, said)
        finally:
            page.close()

    def _query(self, name: str, span: tuple[int, int], given: Mapping[str, str]) -> str:
        fixed = {
            "dashboard": f"/dashboards/{name}.json",
            "prom": self.prometheus,
            "from": format_instant(span[0]),
            "to": format_instant(span[1]),
            "kiosk": "1",
            "scrape": "60",
        }
        return urlencode({**fixed, **{f"var-{key}": value for key, value in given.items()}})


def _matters(line: ConsoleMessage) -> bool:
    """Whether what the console says is an error; missing files are told by their answers."""
    return line.type == "error" and "Failed to load resource" not in line.text


def _settle(page: Page) -> None:
    """Wait until nothing changes any more."""
    page.wait_for_function("() => Object.keys(window.told?.panels ?? {}).length > 0", timeout=PATIENCE * 1000)
    before, same, deadline = "", 0, time.monotonic() + PATIENCE
    while same < 5:
        assert time.monotonic() < deadline, "the page does not come to rest"
        now = page.evaluate(_STATE)
        same, before = (same + 1 if now == before and now.startswith("[0,") else 0), now
        page.wait_for_timeout(200)


def _drawn(page: Page, said: list[str]) -> Drawn:
    result = page.evaluate(_RESULT)
    failed = [f"query: {each['expr']}: {each['error']}" for each in result["queries"] if each.get("error")]
    width, height = page.evaluate(_EXTENT)
    links = page.evaluate(
        "() => [...document.querySelectorAll('a[href]')].map((a) => a.getAttribute('href'))"
    )
    text = page.evaluate("() => document.body.innerText")
    return Drawn(
        result["panels"], [*result["errors"], *failed, *said], (width, height), links, text, result["known"]
    )


@contextmanager
def painter(prometheus: str, pictures: Path) -> Iterator[Painter]:
    """A browser, and a server for the page.

    Raises:
        AssertionError: The page is not built.
    """
    need(PROGRAM, PROGRAM)
    assert (BUNDLE / "index.html").exists(), "not built: make draw"
    pictures.mkdir(parents=True, exist_ok=True)
    handler = functools.partial(_Handler, directory=str(BUNDLE))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=f"/usr/bin/{PROGRAM}", args=list(QUIET))
            yield Painter(prometheus, pictures, browser, f"http://127.0.0.1:{server.server_address[1]}")
            browser.close()
    finally:
        server.shutdown()
        server.server_close()


def named(dashboard: Json) -> Iterator[tuple[str, str]]:
    """Names of Grafana's that a dashboard uses, and what they are of."""
    for panel in dashboard["panels"]:
        config = panel.get("fieldConfig", {"defaults": {}, "overrides": []})
        defaults, overrides = config.get("defaults", {}), config.get("overrides", [])
        set_to = [
            *defaults.items(),
            *((each["id"], each.get("value")) for one in overrides for each in one["properties"]),
        ]
        yield from (("properties", key) for key, _ in set_to if not key.startswith("custom"))
        yield from (("units", value) for key, value in set_to if key == "unit" and ":" not in value)
        yield from (("colours", value["mode"]) for key, value in set_to if key == "color")
        yield from (("matchers", each["matcher"]["id"]) for each in overrides)
        yield from (("transformations", each["id"]) for each in panel.get("transformations", []))
        yield from (("reducers", each) for each in panel["options"].get("reduceOptions", {}).get("calcs", []))


def tiles(shown: Drawn, panel: str) -> list[tuple[str, str]]:
    """Names, with single spaces as a browser shows them, and texts of the tiles of the panel whose title begins so."""
    return [(" ".join(each["name"].split()), each["text"]) for each in one(shown, panel)]


def one(shown: Drawn, panel: str) -> Any:
    return next(content for title, content in shown.panels.items() if title.startswith(panel))


def rows(shown: Drawn, panel: str) -> list[dict[str, str]]:
    table = one(shown, panel)
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
