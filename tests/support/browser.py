"""A real browser, Debian's Chromium, that talks to nobody but this machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from tests.support.processes import need

PROGRAM = "chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""What it is started with, so that it asks nobody anything."""


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """Start it."""
    need(PROGRAM, PROGRAM)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=f"/usr/bin/{PROGRAM}", args=list(QUIET))
        try:
            yield browser
        finally:
            await browser.close()


class Window:
    """A page that is open, and what went wrong in it.

    Attributes:
        page: The page.
        problems: Errors of its console and its scripts.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[str] = []
        page.on("console", lambda said: self.problems.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.problems.append(str(error)))

    @classmethod
    async def open(
        cls, browser: Browser, url: str, width: int = 1280, height: int = 800, **more: Any
    ) -> "Window":
        """Open a page in a window of that size."""
        window = cls(await browser.new_page(viewport={"width": width, "height": height}, **more))
        await window.page.goto(url)
        return window

    async def resize(self, width: int, height: int = 800) -> None:
        """Give the window another size, which is much quicker than to open another one."""
        await self.page.set_viewport_size({"width": width, "height": height})

    async def scrolls(self) -> tuple[bool, bool]:
        """Whether the page is wider, and higher, than the window."""
        wide, high = await self.page.evaluate(
            "() => { const page = document.documentElement;"
            " return [page.scrollWidth > innerWidth, page.scrollHeight > innerHeight] }"
        )
        return bool(wide), bool(high)
