"""`make pictures`: those of the README and the docs, of what `demo` shows, and of what Grafana shows of it."""

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from exporter.units import DAY, HOUR
from tests.support.browser import Window, browsing
from tests.support.demo import catch, scraped_demo
from tests.support.drawn import Painter, painter

FOLDER = Path(__file__).parents[2] / "docs" / "img"


class Page(NamedTuple):
    """A page of the exporter: a file, a path, the size of the window, and the scheme of colours."""

    file: str
    path: str
    width: int
    height: int
    scheme: str = "light"


class Dashboard(NamedTuple):
    """A dashboard: its name, how far back it looks, and the values of its variables."""

    name: str
    length: int
    chosen: dict[str, str]


PAGES = (
    Page("page.png", "/", 1280, 420),
    Page("wall-page.png", "/?wall", 1920, 1080, "dark"),
    Page("service.png", "/service/billing", 1280, 1000),
)
DASHBOARDS = (
    Dashboard("wall", HOUR, {}),
    Dashboard("slos", HOUR, {}),
    Dashboard("slo", 30 * DAY, {"service": "billing", "slo": "availability"}),
    Dashboard("endpoints", 3 * HOUR, {"service": "$__all"}),
)


def main() -> int:
    """Start the demo, take the pictures, and end it; exit status."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with scraped_demo(folder, incidents="30s", past=True, pages=True) as scraped:
            asyncio.run(_take(scraped.demo.url()))
            at = round(catch(scraped, alerts=True).at * 1000)
            with painter(scraped.prometheus.url, folder / "pictures") as paint:
                for picture in _draw(paint, at):
                    target = FOLDER / f"dashboards-{picture.name}"
                    picture.rename(target)
                    print(target)
    return 0


async def _take(url: str) -> None:
    async with browsing() as browser:
        waiting = await Window.open(browser, url)
        await waiting.page.wait_for_selector(".tile.down", timeout=120_000)  # the first of its incidents
        for each in PAGES:
            window = await Window.open(
                browser, url + each.path, each.width, each.height, color_scheme=each.scheme
            )
            await window.page.wait_for_timeout(1500)  # clocks, and the first news
            await window.page.screenshot(path=FOLDER / each.file)
            print(FOLDER / each.file)


def _draw(paint: Painter, at: int) -> Iterator[Path]:
    for each in DASHBOARDS:
        shown = paint.draw(each.name, (at - each.length, at), each.chosen)
        assert not shown.errors, shown.errors
        yield paint.pictures / f"{each.name}.png"


if __name__ == "__main__":
    sys.exit(main())
