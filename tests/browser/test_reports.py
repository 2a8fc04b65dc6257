"""Reports in a real browser: everybody can read them, on any screen and on paper."""

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from exporter.output.reports.as_html import report_html
from tests.support import reported
from tests.support.agreed import target
from tests.support.browser import Window, browsing

DOCUMENTS = (
    reported.missed_month,
    reported.hostile,
    reported.many_outages,
    reported.undetermined,
    reported.nothing_known,
    reported.running,
    reported.revised,
    reported.document,
)
PAPER = 688
"""Width of what is printed on A4 in pixels: 210 mm less its margins."""

PAGES = re.compile(rb"/Type\s*/Page\b")
CUT = """
() => [...document.querySelectorAll('body *')].filter(each => {
    const box = each.getBoundingClientRect();
    return box.right > innerWidth + 1 || box.left < 0 || each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0;
}).map(each => each.outerHTML.slice(0, 200))
"""
"""What sticks out of the paper, or out of what it stands in."""

Make = Callable[[], dict[str, Any]]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as started:
        yield started


def written(folder: Path, make: Make) -> str:
    file = folder / f"{make.__name__}.html"
    file.write_text(report_html(make()), encoding="utf-8")
    return file.as_uri()


def few_outages() -> dict[str, Any]:
    """As many of a kind as axe, which looks at each of them, has patience for."""
    return reported.many_outages(5)


async def test_axe_finds_nothing_that_shuts_somebody_out(browser: Browser, tmp_path: Path) -> None:
    for make in (few_outages if each is reported.many_outages else each for each in DOCUMENTS):
        window = await Window.open(browser, written(tmp_path, make))
        for width in (1280, 375):
            await window.resize(width)
            found = await Axe().run(window.page)
            wrong = [(each["id"], each["nodes"][0]["html"]) for each in found.response["violations"]]
            assert wrong == [], (make.__name__, width)


async def test_no_screen_needs_scrolling_sideways(browser: Browser, tmp_path: Path) -> None:
    for make in DOCUMENTS:
        window = await Window.open(browser, written(tmp_path, make))
        for width in (1280, 375):
            await window.resize(width)
            assert (await window.scrolls())[0] is False, (make.__name__, width)


async def test_nothing_is_cut_on_paper(browser: Browser, tmp_path: Path) -> None:
    for make in DOCUMENTS:
        window = await Window.open(browser, written(tmp_path, make), PAPER)
        await window.page.emulate_media(media="print")
        assert await window.page.evaluate(CUT) == [], make.__name__


async def test_a_name_of_one_long_word_is_not_cut_either(browser: Browser, tmp_path: Path) -> None:
    def long_names() -> dict[str, Any]:
        name = "x" * 150
        shop = target("99.9", name=name, service=name, credit="tiers")
        signed = reported.agreement(shop, title=name, name=name, text={name: name})
        return reported.document(
            signed, {name: reported.seen()}, monitor={"site": name, "interval_ms": {name: 1}}
        )

    url = written(tmp_path, long_names)
    window = await Window.open(browser, url, PAPER)
    await window.page.emulate_media(media="print")
    assert await window.page.evaluate(CUT) == []
    assert (await (await Window.open(browser, url, 375)).scrolls())[0] is False


async def test_the_first_page_is_a_page_of_its_own_and_pages_have_numbers(
    browser: Browser, tmp_path: Path
) -> None:
    """A report of two hundred outages has pages more than one of none."""
    counts = []
    for make in (reported.document, reported.many_outages):
        window = await Window.open(browser, written(tmp_path, make))
        await window.page.emulate_media(media="print")
        front = await window.page.evaluate(
            "() => [getComputedStyle(document.querySelector('.front')).breakAfter,"
            " getComputedStyle(document.querySelector('thead')).display]"
        )
        assert front == ["page", "table-header-group"]
        pdf = await window.page.pdf(format="A4")
        counts.append(len(PAGES.findall(pdf)))
    assert 2 <= counts[0] < counts[1] - 3


async def test_nothing_of_a_hostile_document_runs(browser: Browser, tmp_path: Path) -> None:
    opened: list[str] = []
    page = await browser.new_page()
    page.on("dialog", lambda dialog: opened.append(dialog.message))
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text))
    await page.goto(written(tmp_path, reported.hostile))
    assert await page.inner_text("h1") == " ".join(reported.HOSTILE.split())
    assert (opened, problems) == ([], [])


async def test_it_is_light_whatever_the_browser_likes(browser: Browser, tmp_path: Path) -> None:
    window = await Window.open(browser, written(tmp_path, reported.missed_month), color_scheme="dark")
    colour = await window.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert colour == "rgb(255, 255, 255)"
