"""The wall in a real browser: it fits, it lives, it says when it is stale, and everybody can use it."""

import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing, suppress
from dataclasses import replace

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser
from playwright.async_api import TimeoutError as NotYet

from exporter.engine.live import Live
from exporter.timeline.tally import State
from exporter.web.app import make_app
from exporter.web.listen import serve
from exporter.web.source import Source
from exporter.web.wall.board import MOST
from tests.support.browser import Window, browsing
from tests.support.daemon import Daemon
from tests.support.forwarder import Forwarder
from tests.support.history import ListedHistory
from tests.support.live import DAY, live, service
from tests.support.processes import free_port
from tests.support.target import Target

MINUTE = 60_000
HOUR = 60 * MINUTE
PATIENCE = 30_000
CONNECTIONS = 6
"""That a browser keeps open to one server, at most."""

SERVICES = 120
PAGES = (
    "",
    "services",
    "services?q=service-00",
    "services?q=nothing",
    "service/service-000",
    "service/service-000/availability",
    "service/service-001/availability",
    "service/service-017/availability",
)
"""Of services that are down, excluded and unknown."""

CONFIG = """
defaults: {{interval: 1s, timeout: 500ms}}
services:
  - name: shop
    title: The shop
    endpoints: [{{name: web, url: "{shop}"}}]
    slos: [{{objective: 99.9}}]
  - name: mail
    endpoints: [{{name: web, url: "{mail}"}}]
    slos: [{{objective: 99.9}}]
"""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as started:
        yield started


def many(now: int) -> Live:
    """A hundred and twenty services in every state that there is."""
    chance = random.Random(3)
    histories = {}
    for number in range(SERVICES):
        states = [(now - 40 * DAY, State.UP)]
        excluded = [(now - DAY, now + DAY)] if number % 29 == 1 else []
        if number % 23 == 0:
            states.append((now - chance.randint(MINUTE, 3 * 60 * MINUTE), State.DOWN))
        elif number % 17 == 0:
            states.append((now - chance.randint(MINUTE, 60 * MINUTE), State.UNKNOWN))
        elif number % 7 == 0:
            states += [(now - 30 * MINUTE, State.DOWN), (now - 27 * MINUTE, State.UP)]
        histories[f"service-{number:03}"] = ListedHistory(states, excluded)
    return live(*map(service, histories), histories=histories)


@pytest.fixture
async def url() -> AsyncIterator[str]:
    now = int(time.time() * 1000)
    source = Source(many(now), lambda: now, ready=True)
    async with serve(make_app(source), "127.0.0.1:0") as bound:
        yield f"http://{bound.address}/"


async def order(window: Window) -> list[str]:
    """The states of the tiles as they stand on the screen, row by row."""
    found: list[str] = await window.page.evaluate(
        "() => [...document.querySelectorAll('.tile')].map(tile => [tile.getBoundingClientRect(), tile.classList[1]])"
        ".sort(([a], [b]) => a.top - b.top || a.left - b.left).map(([, state]) => state)"
    )
    return found


async def test_a_hundred_and_twenty_services_fit_a_screen_worst_first(browser: Browser, url: str) -> None:
    window = await Window.open(browser, f"{url}?wall", 1920, 1080)
    states = await order(window)
    ranks = ["down", "burning", "overspent", "unknown", "excluded", "up"]
    assert len(states) == SERVICES
    assert states == sorted(states, key=ranks.index)
    assert set(states) >= {"down", "burning", "unknown", "excluded", "up"}
    assert await window.scrolls() == (False, False)
    lowest = await window.page.evaluate(
        "() => Math.max(...[...document.querySelectorAll('.tile')].map(tile => tile.getBoundingClientRect().bottom))"
    )
    assert lowest <= 1080
    assert window.problems == []


@pytest.mark.parametrize(("count", "lines"), [(40, 2), (SERVICES, 2), (MOST, 1)])
async def test_all_that_a_tile_says_is_seen_whatever_the_screen(
    browser: Browser, count: int, lines: int
) -> None:
    """Of services with long titles; of the most that have tiles a title has one line, on a screen of the usual shape."""
    now = int(time.time() * 1000)
    down = ListedHistory([(now - 40 * DAY, State.UP), (now - 7 * DAY, State.DOWN)])
    names = [f"service-{number:03}" for number in range(count)]
    services = [replace(service(name), title=f"The payment gateway of the far east {name}") for name in names]
    source = Source(live(*services, histories=dict.fromkeys(names, down)), lambda: now, ready=True)
    async with serve(make_app(source), "127.0.0.1:0") as bound:
        for width, height in ((1920, 1080), (1280, 720), (1024, 768), (3840, 2160), (1080, 1920)):
            window = await Window.open(browser, f"http://{bound.address}/?wall", width, height)
            tiles: list[tuple[int, int, float]] = await window.page.evaluate(
                "() => [...document.querySelectorAll('.tile a')].map(tile => [tile.scrollHeight, tile.clientHeight,"
                " tile.querySelector('.title').offsetHeight / parseFloat(getComputedStyle(tile).lineHeight)])"
            )
            assert len(tiles) == count
            assert [tile for tile in tiles if tile[0] > tile[1]] == [], (width, height)
            if (width, height) == (1920, 1080):
                assert {round(tile[2]) for tile in tiles} == {lines}
            await window.page.close()


async def test_a_phone_needs_no_scrolling_sideways(browser: Browser, url: str) -> None:
    for path in PAGES:
        window = await Window.open(browser, url + path, 375, 700)
        assert (await window.scrolls())[0] is False, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_that_shuts_somebody_out(browser: Browser, url: str, scheme: str) -> None:
    for path in (*PAGES, "?wall"):
        window = await Window.open(browser, url + path, color_scheme=scheme)
        await window.page.evaluate(
            "() => document.querySelectorAll('details').forEach(each => { each.open = true })"
        )
        found = await Axe().run(window.page)
        wrong = [(each["id"], each["nodes"][0]["html"]) for each in found.response["violations"]]
        assert wrong == [], path


async def test_axe_would_notice_a_picture_that_says_nothing(browser: Browser, url: str) -> None:
    window = await Window.open(browser, url)
    await window.page.evaluate("() => document.querySelector('main').append(new Image())")
    found = await Axe().run(window.page)
    assert [each["id"] for each in found.response["violations"]] == ["image-alt"]


async def test_tiles_are_reached_and_opened_with_the_keyboard(browser: Browser, url: str) -> None:
    window = await Window.open(browser, url)
    await window.page.keyboard.press("Tab")
    focused = await window.page.evaluate("() => document.activeElement.closest('.tile').classList[1]")
    assert focused == "down"
    await window.page.keyboard.press("Enter")
    await window.page.wait_for_url("**/service/**")


async def test_days_in_words_are_opened_with_the_keyboard(browser: Browser, url: str) -> None:
    window = await Window.open(browser, f"{url}service/service-000")
    await window.page.focus("summary")
    await window.page.keyboard.press("Enter")
    assert " down" in await window.page.inner_text("details td:last-child")


async def test_services_are_looked_for_without_leaving_the_theme(browser: Browser, url: str) -> None:
    window = await Window.open(browser, f"{url}services?theme=dark")
    await window.page.fill("#q", "SERVICE-017")
    await window.page.keyboard.press("Enter")
    await window.page.wait_for_url("**q=SERVICE-017")
    await window.page.click("tbody a")
    await window.page.wait_for_url("**/service/service-017?theme=dark")
    assert await window.page.get_attribute("html", "data-theme") == "dark"
    assert window.problems == []


async def test_how_long_it_has_been_so_goes_by_the_server_s_clock_and_links_keep_the_look(
    browser: Browser,
) -> None:
    """Of a machine whose clock is wrong, and of tiles that come later, too."""
    now = int(time.time() * 1000)
    up = ListedHistory([(now - 40 * DAY, State.UP)])
    source = Source(live(service("shop"), histories={"shop": up}), lambda: now, ready=True)
    async with serve(make_app(source), "127.0.0.1:0") as bound:
        context = await browser.new_context()
        await context.add_init_script("Date.now = () => 0")
        page = await context.new_page()
        await page.goto(f"http://{bound.address}/?theme=dark")
        await page.wait_for_function(
            "() => document.getElementById('tile-shop').querySelector('time').textContent === '40d'"
        )
        down = ListedHistory([(now - 40 * DAY, State.UP), (now - 7 * 60 * MINUTE, State.DOWN)])
        source.live = live(service("shop"), service("mail"), histories={"shop": down, "mail": up})
        await page.wait_for_selector("#tile-shop.down", timeout=PATIENCE)
        assert await page.inner_text("#tile-shop time") == "7h"
        assert await page.inner_text("#tile-mail time") == "40d"
        links = await page.evaluate(
            "() => [...document.querySelectorAll('.tile a')].map(each => each.search)"
        )
        assert links == ["?theme=dark"] * 2
        await context.close()


async def test_a_wall_whose_server_answers_with_errors_for_a_while_comes_back(browser: Browser) -> None:
    """As a proxy does whose exporter is away, or an exporter that reads its record: browsers give up on such a stream."""
    now = int(time.time() * 1000)
    source = Source(many(now), lambda: now, ready=True)
    port = free_port()
    async with serve(make_app(source), f"127.0.0.1:{port}") as bound:
        window = await Window.open(browser, f"http://{bound.address}/")
        await window.page.wait_for_selector("#stale[hidden]", state="attached", timeout=PATIENCE)
    source.ready = False
    async with serve(make_app(source), f"127.0.0.1:{port}"):
        await window.page.wait_for_selector("#stale:not([hidden])", timeout=PATIENCE)
        source.ready = True
        await window.page.wait_for_selector("#stale[hidden]", state="attached", timeout=PATIENCE)


async def test_a_connection_that_falls_silent_is_shown_within_ten_seconds_and_replaced(
    browser: Browser,
) -> None:
    """As one that a network has forgotten, which neither side is told; by the browser's clock, which stands still between."""
    now = int(time.time() * 1000)
    up = ListedHistory([(now - DAY, State.UP)])
    source = Source(live(service("shop"), histories={"shop": up}), lambda: now, ready=True)
    async with serve(make_app(source), "127.0.0.1:0") as bound:
        with closing(Forwarder()) as network:
            network.lead_to(int(bound.address.rpartition(":")[2]))
            page = await browser.new_page()
            listened: list[str] = []
            page.on(
                "request", lambda request: listened.append(request.url) if is_events(request.url) else None
            )
            await page.clock.install(time=0)
            await page.goto(f"http://{network.address}/")
            await page.clock.pause_at(HOUR / 1000)
            await page.clock.run_for(1000)
            source.live = live(service("shop"), service("mail"), histories={"shop": up, "mail": up})
            await page.wait_for_selector("#tile-mail", timeout=PATIENCE)  # heard at this instant

            network.swallow()
            await page.clock.run_for(7000)
            assert await page.is_hidden("#stale")
            asked = len(listened)
            await page.clock.run_for(3000)
            assert await page.is_visible("#stale")
            assert len(listened) == asked + 1
            await page.clock.run_for(6000)
            assert len(listened) == asked + 1, "it asks no more often than it takes to be stale"

            network.pass_on()
            for _ in range(CONNECTIONS):  # a browser keeps some open, which are silent too
                await page.clock.run_for(9000)
                with suppress(NotYet):
                    await page.wait_for_selector("#stale", state="hidden", timeout=5000)
                    break
            assert await page.is_hidden("#stale")
            await page.close()


def is_events(url: str) -> bool:
    return url.endswith("/events")


async def test_it_lives_goes_stale_with_the_exporter_and_comes_back_with_it(
    browser: Browser, start_daemon: Callable[..., Daemon], start_target: Callable[[], Target]
) -> None:
    shop, mail = start_target(), start_target()
    config, port = CONFIG.format(shop=shop.url, mail=mail.url), free_port()
    daemon = start_daemon(config, port=port)
    window = await Window.open(browser, f"{daemon.url}/")
    page = window.page
    await page.wait_for_selector("#tile-shop.up", timeout=PATIENCE)
    await page.wait_for_selector("#tile-mail.up", timeout=PATIENCE)

    shop.fail()
    await page.wait_for_selector("#tile-shop.down", timeout=PATIENCE)
    assert (await order(window))[0] == "down"
    assert await page.inner_text("#changes") == "The shop is down"
    assert "goes on" in daemon.get("/service/shop").text
    assert "is down" in daemon.get("/feed.atom").text

    shop.recover()
    await page.wait_for_selector("#tile-shop:not(.down)", timeout=PATIENCE)

    daemon.kill()
    await page.wait_for_selector("#stale:not([hidden])", timeout=PATIENCE)
    assert "the exporter has said nothing" in await page.inner_text("#stale")

    again = start_daemon(config, port=port, storage=daemon.storage)
    await page.wait_for_selector("#stale[hidden]", state="attached", timeout=PATIENCE)
    await page.wait_for_selector("#tile-mail.up", timeout=PATIENCE)
    assert again.stop() == 0, "whoever listens is let go"
