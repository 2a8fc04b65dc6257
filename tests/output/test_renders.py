import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from exporter.engine.live import Live
from exporter.output.exposition import ALL
from exporter.output.names import Group
from exporter.output.renders import Renders
from exporter.output.style import OPENMETRICS, TEXT
from tests.support.live import NOW, everything, live, service


class Instants:
    """A clock that moves on with every look at it, so that each render has an instant of its own."""

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self) -> int:
        self.looks += 1
        return NOW + self.looks


@pytest.fixture
def now() -> Instants:
    return Instants()


@pytest.fixture
async def renders(now: Instants) -> AsyncIterator[Renders]:
    shown = everything()
    async with Renders(lambda: shown, now) as made:
        yield made


async def whole(renders: Renders, groups: frozenset[Group] = ALL, *, compressed: bool = False) -> bytes:
    return b"".join([chunk async for chunk in renders.chunks(TEXT, groups, gzip=compressed)])


async def test_simultaneous_scrapers_of_one_format_share_a_render(renders: Renders, now: Instants) -> None:
    first, second, third = await asyncio.gather(*(whole(renders) for _ in range(3)))
    assert first == second == third
    assert now.looks == 1


async def test_the_next_scrape_is_of_another_instant(renders: Renders, now: Instants) -> None:
    assert await whole(renders) != await whole(renders)
    assert now.looks == 2


async def test_other_formats_wait_for_their_turn_and_are_whole(renders: Renders, now: Instants) -> None:
    plain, compressed, part = await asyncio.gather(
        whole(renders), whole(renders, compressed=True), whole(renders, frozenset({Group.SLO}))
    )
    assert now.looks == 3
    assert gzip.decompress(compressed).count(b"\n") == plain.count(b"\n") > part.count(b"\n")


async def test_a_scraper_that_leaves_takes_nothing_from_the_others(renders: Renders) -> None:
    async def leave() -> bytes:
        async with aclosing(renders.chunks(TEXT, ALL, gzip=False)) as chunks:
            async for chunk in chunks:
                return chunk
        return b""

    left, stayed = await asyncio.gather(leave(), whole(renders))
    assert stayed.startswith(left)
    assert b"uptime_slo_alert_ratio{" in stayed


async def test_a_scraper_that_leaves_alone_lets_the_next_start_anew(renders: Renders, now: Instants) -> None:
    async with aclosing(renders.chunks(TEXT, ALL, gzip=False)) as chunks:
        await anext(chunks)
    assert await asyncio.wait_for(whole(renders), 10)
    assert now.looks == 2


async def test_what_goes_wrong_is_told_to_every_scraper_and_does_not_last() -> None:
    broken = live(service("a"), service("b"))
    broken.endpoints.reverse()
    shown = [broken]
    async with Renders(lambda: shown[0], lambda: NOW) as renders:
        told = await asyncio.gather(whole(renders), whole(renders), return_exceptions=True)
        assert [type(error) for error in told] == [AssertionError, AssertionError]
        shown[0] = live()
        assert await whole(renders)


async def test_leaving_ends_the_render_under_way() -> None:
    shown: Live = everything()
    async with Renders(lambda: shown, lambda: NOW) as renders:
        chunks = renders.chunks(OPENMETRICS, ALL, gzip=False)
        await anext(chunks)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    await chunks.aclose()
