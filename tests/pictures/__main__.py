"""`make pictures`: those of the README and the docs, of what `demo` shows."""

import asyncio
import json
import sys
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from tests.support.browser import Window, browsing
from tests.support.processes import Process, free_port, wait_for

FOLDER = Path(__file__).parents[2] / "docs" / "img"


class Picture(NamedTuple):
    """What is taken: a file, a path, the size of the window, and the scheme of colours."""

    file: str
    path: str
    width: int
    height: int
    scheme: str = "light"


def main() -> int:
    """Start the demo, take the pictures, and end it; exit status."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "exporter",
        "demo",
        "--incidents=30s",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    url = f"http://127.0.0.1:{port}"
    with closing(Process(command)) as demo:
        services = wait_for(lambda: _services(url, demo), "the demo shows its services", patience=120)
        asyncio.run(_take(url, services))
    return 0


def _services(url: str, demo: Process) -> list[str] | None:
    """The services of the demo, worst first; None until it answers."""
    assert demo.status() is None, demo.output
    try:
        with urllib.request.urlopen(f"{url}/api/v1/slos", timeout=10) as answer:
            slos = json.load(answer)
    except OSError:
        return None
    left = {each["service"]: each["error_budget"]["remaining_ratio"] or 0 for each in slos}
    return sorted(left, key=lambda name: float(left[name])) or None


async def _take(url: str, services: list[str]) -> None:
    pictures = (
        Picture("page.png", "/", 1280, 420),
        Picture("wall-page.png", "/?wall", 1920, 1080, "dark"),
        Picture("service.png", f"/service/{services[0]}", 1280, 1000),
    )
    async with browsing() as browser:
        waiting = await Window.open(browser, url)
        await waiting.page.wait_for_selector(".tile.down", timeout=120_000)  # the first of its incidents
        for each in pictures:
            window = await Window.open(
                browser, url + each.path, each.width, each.height, color_scheme=each.scheme
            )
            await window.page.wait_for_timeout(1500)  # clocks, and the first news
            await window.page.screenshot(path=FOLDER / each.file)
            print(FOLDER / each.file)


if __name__ == "__main__":
    sys.exit(main())
