"""How soon somebody who looks at the wall sees that a service has broken: a real daemon, target and browser."""

import asyncio
import time
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

from playwright.async_api import Browser

from exporter.web.wall.live import TICK
from tests.benchmarks.table import show
from tests.support.browser import Window, browsing
from tests.support.daemon import Daemon
from tests.support.target import Target

ROUNDS = 5
INTERVAL = 1
"""Seconds, of probes."""

CONFIG = """
defaults: {{interval: {interval}s, timeout: 500ms}}
services: [{{name: shop, endpoints: [{{url: "{url}"}}], slos: [{{objective: 99.9}}]}}]
"""
PATIENCE = 30_000


def breaking(directory: Path) -> dict[str, Any]:
    """Measure it from the first request that fails to the tile that says `down`, in seconds."""
    config = directory / "breaking.yml"
    with closing(Target()) as target:
        config.write_text(CONFIG.format(interval=INTERVAL, url=target.url))
        with closing(Daemon(config, directory / "breaking.db")) as daemon:
            found = asyncio.run(_measure(daemon.url, target))
    show(
        f"From the first request that fails to the red tile, with probes each {INTERVAL} s, {ROUNDS} rounds",
        ("median", "worst"),
        [tuple(f"{length:.2f} s" for length in (median(found), max(found)))],
    )
    return {"red_median_seconds": median(found), "red_worst_seconds": max(found)}


async def _measure(url: str, target: Target) -> list[float]:
    async with browsing() as browser:
        return [await _once(browser, url, target, number / ROUNDS) for number in range(ROUNDS)]


async def _once(browser: Browser, url: str, target: Target, phase: float) -> float:
    """Look on from that part of a second on: how long it takes depends on how pictures fall between probes."""
    target.recover()
    await asyncio.sleep(2 * TICK + (phase - time.monotonic()) % TICK)  # pictures end with the last who looked
    window = await Window.open(browser, f"{url}/?wall")
    await window.page.wait_for_selector("#tile-shop:not(.down):not(.unknown)", timeout=PATIENCE)
    target.fail()
    await window.page.wait_for_selector("#tile-shop.down", timeout=PATIENCE)
    red, failed = time.monotonic(), target.failed_at
    await window.page.close()
    if failed is None:
        message = "a tile is red although nothing has failed"
        raise AssertionError(message)
    return red - failed
