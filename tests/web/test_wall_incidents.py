"""What pages say of incidents: when an SLO was bad, because of whom, and how much of its budget that was."""

import asyncio
import re
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from fractions import Fraction

import pytest

from exporter.config.model import Service, SloConfig
from exporter.config.objectives import objective_of
from exporter.engine.live import Counters, LastProbe, Live, LiveEndpoint, LiveSlo
from exporter.errors import StoreError
from exporter.slo.explain import explain
from exporter.slo.question import question
from exporter.store.base import EndpointKey
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.past import Member, Past, combine
from exporter.timeline.policy import Policy
from exporter.timeline.spans import NOTHING, Span, Spans
from exporter.timeline.tally import State
from exporter.web.source import Hourly
from exporter.web.wall.incidents import MOST, incidents, incidents_of
from tests.support.live import DAY, NOW, endpoint, live, service, slo
from tests.support.server import Server

MINUTE = 60_000
START = NOW - 12 * 60 * MINUTE
SHOP = service("shop", endpoints=(endpoint("web"), endpoint("api")), slos=(slo(),))


def history(*outages: Span) -> EndpointHistory:
    """Up for twelve hours, but for these minutes of them."""
    past, policy = EndpointHistory(), Policy(15_000, 5_000, 35_000)
    for at in range(START, NOW, 15_000):
        down = any(start * MINUTE <= at - START < end * MINUTE for start, end in outages)
        past.add(at, State.DOWN if down else State.UP, policy, event=True)
    return past


def shown(
    of: Service, *pasts: EndpointHistory, one: SloConfig | None = None, excluded: Spans = NOTHING
) -> Live:
    """A service with that past of each of its endpoints, and one SLO."""
    found = live(of)
    config = one or of.slos[0]
    members = [
        Member(past, past, name=f"{of.name}/{each.name}")
        for past, each in zip(pasts, of.endpoints, strict=True)
    ]
    asked = Past(combine([each.standing() for each in members], config.combine), members, excluded)
    found.endpoints = [
        LiveEndpoint(of, each, past, Counters(), LastProbe())
        for past, each in zip(pasts, of.endpoints, strict=True)
    ]
    found.slos = [LiveSlo(of, config, question(objective_of(found.config, of, config), asked))]
    return found


def table(html: str) -> list[list[str]]:
    """Cells of the incidents."""
    part = html.partition("<h2>Incidents")[2].partition("</section>")[0]
    return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(<td.*?)</tr>", part)]


async def test_an_slo_page_says_when_it_was_bad_and_which_endpoints_were(server: Server) -> None:
    server.source.live = shown(SHOP, history((10, 20), (700, 720)), history((15, 25)))
    html = (await server.get("/service/shop/availability"))[1]
    assert [(row[1], *row[2:]) for row in table(html)] == [
        ("goes on", "20m", "web"),
        (table(html)[1][1], "15m", "web, api"),
    ]
    assert "since 2026-12-16T08:00:00Z: 35m." in html


@pytest.mark.parametrize("method", ["time", "events", "timeslices"])
async def test_its_incidents_are_what_the_explanation_of_its_figure_says(method: str) -> None:
    config = replace(
        slo(), method=method, slice=4 * MINUTE * (method == "timeslices"), slice_objective=Fraction(1, 2)
    )
    excluded = Spans([(START + 16 * MINUTE, START + 18 * MINUTE)])
    found = shown(SHOP, history((10, 20), (700, 702)), history((15, 25)), one=config, excluded=excluded)
    asked = found.slos[0].question
    told = await incidents_of(found.slos[0], NOW)
    explained = explain(asked, [], NOW)
    bad = asked.measure.before
    assert explained.adds_up
    assert sum(bad(each.until or NOW)[1] - bad(each.since)[1] for each in told.incidents) == sum(
        each.bad for each in explained.intervals
    )
    assert told.together == {"time": "15m", "events": "72 bad events", "timeslices": "3 bad slices"}[method]
    assert [each.bad for each in told.incidents] == {
        "time": ["", "", ""],
        "events": ["8 bad events", "36 bad events", "28 bad events"],
        "timeslices": ["3 bad slices"],
    }[method]


async def test_an_slo_that_was_never_bad_says_so(server: Server) -> None:
    server.source.live = shown(SHOP, history(), history())
    html = (await server.get("/service/shop/availability"))[1]
    assert "None." in html
    assert "Nothing counts as bad in its window" in html


async def test_a_composite_names_the_service_of_each_endpoint(server: Server) -> None:
    found = shown(SHOP, history((10, 20)), history((12, 20)))
    (only,) = found.slos
    web, api = only.question.past.members
    past = Past(only.question.past.history, [web, replace(api, name="mail/smtp")])
    found.slos = [replace(only, question=question(only.question.objective, past))]
    server.source.live = found
    assert table((await server.get("/service/shop/availability"))[1])[0][-1] == "shop/web, mail/smtp"


def flapping(count: int) -> Live:
    """Each endpoint changes every minute."""
    pasts = [history(*((at, at + 1) for at in range(0, 720, 2))) for _ in range(count)]
    of = replace(SHOP, endpoints=tuple(endpoint(f"web-{number}") for number in range(count)))
    return shown(of, *pasts)


async def test_others_run_while_much_is_looked_at() -> None:
    found, ran = flapping(20), 0

    async def another() -> None:
        nonlocal ran
        while True:
            ran += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(another())
    assert len(await incidents(found.endpoints, NOW)) == MOST
    of_endpoints = ran
    assert len((await incidents_of(found.slos[0], NOW)).incidents) == MOST
    other.cancel()
    assert of_endpoints >= 20, "at least between two endpoints"
    assert ran - of_endpoints >= MOST, "at least between two incidents whose endpoints are asked for"


async def test_the_latest_of_many_are_told_and_those_of_long_ago_only_up_to_what_is_asked_for() -> None:
    past = history((10, 20), (700, 705), (710, 715))
    (found,) = shown(replace(SHOP, endpoints=SHOP.endpoints[:1]), past).endpoints
    told = await incidents([found], NOW, reach=60 * MINUTE)
    assert [(NOW - each.since) // MINUTE for each in told] == [10, 20]
    told = await incidents([found], NOW, most=1)
    assert [(NOW - each.since) // MINUTE for each in told] == [10]


def noting(
    asked: list[Collection[EndpointKey]], hours: Hourly
) -> Callable[[Collection[EndpointKey], int, int], Hourly]:
    def latencies(endpoints: Collection[EndpointKey], _start: int, _end: int) -> Hourly:
        asked.append(endpoints)
        return hours

    return latencies


async def test_the_latencies_of_an_slo_are_of_the_endpoints_that_it_counts(server: Server) -> None:
    one, other = (
        replace(slo(), endpoints=("api",)),
        replace(slo("all"), services=("shop", "mail"), endpoints=()),
    )
    shop, mail = replace(SHOP, slos=(one, other)), service("mail")
    server.source.live = live(shop, mail)
    asked = list[Collection[EndpointKey]]()
    server.source.latencies = noting(asked, [(0.1, 0.2, 0.3)])
    for path in ("/service/shop/availability", "/service/shop/all", "/service/shop"):
        assert 'class="p95"' in (await server.get(path))[1]
    keys = [[tuple(key) for key in endpoints] for endpoints in asked]
    every = [("shop", "web"), ("shop", "api")]
    assert keys == [[("shop", "api")], [*every, ("mail", "web")], every]


async def test_a_page_is_there_also_where_the_record_cannot_be_read(server: Server) -> None:
    def unreadable(
        _endpoints: Collection[EndpointKey], _start: int, _end: int
    ) -> Sequence[tuple[float, ...]]:
        msg = "/var/lib/uptime: unable to open database file"
        raise StoreError(msg)

    server.source.latencies = unreadable
    for path in ("/service/shop", "/service/shop/availability"):
        status, html = await server.get(path)
        assert (status, "The record cannot be read now" in html) == (200, True)
        assert "/var/lib" not in html


async def test_the_record_is_read_for_one_page_at_a_time(server: Server) -> None:
    """However many look: the second one that comes would set `met`, for which each waits a moment."""
    inside, met, lock = 0, threading.Event(), threading.Lock()

    def latencies(_endpoints: Collection[EndpointKey], _start: int, _end: int) -> Hourly:
        nonlocal inside
        with lock:
            inside += 1
            if inside > 1:
                met.set()
        met.wait(0.05)
        with lock:
            inside -= 1
        return []

    server.source.latencies = latencies
    await asyncio.gather(*(server.get(path) for path in ["/service/shop", "/service/shop/availability"] * 2))
    assert not met.is_set()


async def test_an_outage_that_began_long_ago_is_told_from_its_start() -> None:
    past, policy = EndpointHistory(), Policy(DAY, 5_000, 3 * DAY)
    for at in range(NOW - 200 * DAY, NOW, DAY):
        past.add(at, State.UP if at < NOW - 150 * DAY else State.DOWN, policy, event=True)
    found = shown(replace(SHOP, endpoints=SHOP.endpoints[:1]), past)
    (told,) = await incidents(found.endpoints, NOW)
    assert (told.since, told.until) == (NOW - 150 * DAY, None)
    (of_slo,) = (await incidents_of(found.slos[0], NOW)).incidents
    assert (of_slo.since, of_slo.until) == (NOW - 150 * DAY, None)
