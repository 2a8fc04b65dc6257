"""How soon the wall begins to arrive, and how large it is, with a thousand SLOs."""

import asyncio
import time
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from statistics import median
from typing import Any

import aiohttp

from exporter.config.model import Config
from exporter.config.objectives import objective_of
from exporter.engine.live import Counters, Health, LastProbe, Live, LiveEndpoint, LiveSlo
from exporter.slo.question import question
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.past import Member, Past
from exporter.timeline.policy import Policy
from exporter.timeline.tally import State
from exporter.web.app import make_app
from exporter.web.listen import serve
from exporter.web.source import Source
from tests.benchmarks.table import show
from tests.support.live import NOW, service, slo

SERVICES, SLOS = 250, 4
ROUNDS = 30
ANEW = 10
"""Servers that nobody has asked anything, so that the page is drawn for whoever asks."""

PROBES = 1000


def page_costs() -> dict[str, Any]:
    """Measure the page of a server in this process."""
    found, anew, quiet = asyncio.run(_measure())
    first, whole, size = (median(each) for each in zip(*found, strict=True))
    drawn = median(each for each, _, _ in anew)
    show(
        f"The wall with {SERVICES * SLOS:,} SLOs of {SERVICES} services",
        ("first byte", "of what is drawn", "whole of that", "size", "a quiet second"),
        [
            (
                f"{drawn * 1000:.1f} ms",
                f"{first * 1000:.1f} ms",
                f"{whole * 1000:.1f} ms",
                f"{size / 1000:.0f} kB",
                f"{quiet} bytes",
            )
        ],
    )
    return {
        "first_byte_anew_seconds": drawn,
        "first_byte_seconds": first,
        "whole_seconds": whole,
        "bytes": size,
        "quiet_bytes": quiet,
    }


Timed = Sequence[tuple[float, float, int]]
"""Seconds to the first byte and to the last one, and how many there are."""


async def _measure() -> tuple[Timed, Timed, int]:
    """The page while it is drawn, when nobody has asked yet, and bytes of a quiet second."""
    source = Source(_shown(), lambda: NOW, ready=True)
    async with aiohttp.ClientSession(auto_decompress=False) as client:
        async with serve(make_app(source), "127.0.0.1:0") as bound:
            url = f"http://{bound.address}/"
            found, quiet = [await _once(client, url) for _ in range(ROUNDS)], await _quiet(client, url)
        anew = []
        for _ in range(ANEW):
            async with serve(make_app(source), "127.0.0.1:0") as bound:
                anew.append(await _once(client, f"http://{bound.address}/"))
        return found, anew, quiet


async def _quiet(client: aiohttp.ClientSession, url: str) -> int:
    """Bytes of an event of a second in which nothing changed, those that frame it included."""
    async with client.get(f"{url}events") as answer:
        news = [line async for line in _some(answer.content, 3)]
    return len(news[-1]) + 1


async def _some(lines: AsyncIterable[bytes], count: int) -> AsyncIterator[bytes]:
    async for line in lines:
        if line.startswith(b"data: "):
            yield line
            count -= 1
            if not count:
                return


async def _once(client: aiohttp.ClientSession, url: str) -> tuple[float, float, int]:
    began = time.perf_counter()
    async with client.get(url) as answer:
        size = len(await answer.content.readany())
        first = time.perf_counter() - began
        size += len(await answer.content.read())
    return first, time.perf_counter() - began, size


def _shown() -> Live:
    slos = tuple(slo(f"slo-{number}") for number in range(SLOS))
    config = Config(tuple(service(f"service-{number}", slos=slos) for number in range(SERVICES)), "", "")
    live = Live(config, [], [], Health())
    for number, each in enumerate(config.services):
        history = _history(number)
        past = Past(history, [Member(history, history)])
        (endpoint,) = each.endpoints
        live.endpoints.append(LiveEndpoint(each, endpoint, history, Counters(), LastProbe()))
        live.slos += [
            LiveSlo(each, one, question(objective_of(config, each, one), past)) for one in each.slos
        ]
    return live


def _history(number: int) -> EndpointHistory:
    """A few hours, of which some are bad."""
    history = EndpointHistory()
    for probe in range(PROBES):
        vote = State.DOWN if (probe + number) % 97 < number % 3 else State.UP
        history.add(NOW - (PROBES - probe) * 15_000, vote, Policy(15_000, 5_000, 35_000), event=True)
    return history
