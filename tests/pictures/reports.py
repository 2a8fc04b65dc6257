"""The picture of a report, of a month that was missed."""

from pathlib import Path

from playwright.async_api import Browser

from exporter.output.reports.as_html import report_html
from tests.support.reported import missed_month

WIDTH = 900
HEIGHT = 980


async def take_report(browser: Browser, target: Path) -> None:
    """Take the picture of its first page, as it is on a screen."""
    page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    await page.set_content(report_html(missed_month()))
    await page.screenshot(path=target)
    await page.close()
