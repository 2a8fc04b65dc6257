"""The wall: what it says, in what order, and that nothing in it is markup but ours."""

import asyncio
import json
import re
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree as ET

import aiohttp
import pytest

from exporter.engine.live import Live
from exporter.output.ranks import MARKS, WORDS, Rank
from exporter.slo.figures import figures
from exporter.timeline.spans import Spans
from exporter.timeline.tally import State
from exporter.web.app import make_app
from exporter.web.listen import serve
from exporter.web.source import Source
from exporter.web.view import left_text, sli_text
from exporter.web.wall.board import MOST
from tests.support.history import ListedHistory, objective, put
from tests.support.live import DAY, NOW, live, service, slo
from tests.support.server import Server

MINUTE = 60_000
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def tiles(html: str) -> list[tuple[str, str]]:
    """Name and state of each, in order."""
    return re.findall(r'<li id="tile-([^"]+)" class="tile (\w+)">', html)


async def test_the_worst_service_comes_first(server: Server) -> None:
    _, html = await server.get("/")
    assert tiles(html) == [("down", "down"), ("mail", "burning"), ("new", "unknown"), ("shop", "up")]


async def test_the_page_says_what_is_watched_and_how_it_is(server: Server) -> None:
    _, html = await server.get("/")
    assert "<h1>Uptime from fra1</h1>" in html
    assert (
        "services: 4; endpoints: 1 down, 1 unknown, 3 up; alerts firing for 1 more that are not down" in html
    )
    assert f'down <time data-since="{(NOW - 120_000) // 1000}">2m</time>' in html
    assert f'data-now="{NOW}"' in html
    assert "<b>39m 52s</b>" in html
    assert "99.99 % <small>availability</small>" in html


def test_each_rank_has_a_word_and_a_shape_of_its_own() -> None:
    assert set(WORDS) == set(MARKS) == set(Rank)
    assert len(set(MARKS.values())) == len(set(WORDS.values())) == len(Rank)


async def test_a_service_that_is_down_within_an_exclusion_is_excluded_and_not_down(server: Server) -> None:
    down = ListedHistory([(NOW - DAY, State.UP), (NOW - MINUTE, State.DOWN)], [(NOW - DAY // 2, NOW + DAY)])
    shown = live(service("shop"), histories={"shop": down})
    (endpoint,) = shown.endpoints
    shown.endpoints[0] = replace(endpoint, excluded=Spans([(NOW - DAY // 2, NOW + DAY)]))
    server.source.live = shown
    assert tiles((await server.get("/"))[1]) == [("shop", "excluded")]


@pytest.mark.parametrize(
    "path", ["/", "/?wall", "/services", "/service/shop", "/service/shop/availability", "/events"]
)
async def test_what_others_say_is_text_and_never_markup(path: str, server: Server) -> None:
    hostile = replace(service("shop"), title=HOSTILE, owner=HOSTILE)
    shown = live(hostile)
    shown.endpoints[0].last.detail = HOSTILE
    shown.health.store_error = HOSTILE
    server.source.live = shown
    text = await first_news(server) if path == "/events" else (await server.get(path))[1]
    assert "<script>alert" not in text
    assert "<img" not in text
    for svg in ("/badge/shop/availability.svg", "/feed.atom"):
        ET.fromstring((await server.get(svg))[1])


async def test_no_style_or_script_is_within_the_page(server: Server) -> None:
    for path in ("/", "/services", "/service/shop", "/service/shop/availability"):
        _, html = await server.get(path)
        assert not re.search(r"<style|<script(?! src=)| style=| on\w+=", html), path
    async with server.client.get(f"{server.url}/") as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy


async def test_secrets_of_a_url_are_on_no_page(server: Server) -> None:
    for path in ("/", "/services", "/service/shop", "/service/shop/availability", "/feed.atom"):
        assert "secret" not in (await server.get(path))[1]


async def test_what_degrades_the_daemon_is_on_the_page(server: Server, shown: Live) -> None:
    shown.health.store_error = "disk <full>"
    _, html = await server.get("/")
    assert "disk &lt;full&gt;" in html


async def test_of_very_many_services_the_worst_are_shown(server: Server) -> None:
    many = [service(f"s{number}") for number in range(3 * MOST)]
    down = ListedHistory([(NOW - DAY, State.UP), (NOW - MINUTE, State.DOWN)])
    server.source.live = live(*many, histories={f"s{3 * MOST - 1}": down})
    _, html = await server.get("/")
    assert len(tiles(html)) == MOST
    assert f"{2 * MOST} more services" in html
    assert tiles(html)[0] == (f"s{3 * MOST - 1}", "down")


async def test_a_thousand_slos_are_a_page_below_300_kilobytes(server: Server) -> None:
    slos = tuple(slo(f"slo-{number}") for number in range(4))
    server.source.live = live(*[service(f"service-{number}", slos=slos) for number in range(250)])
    _, html = await server.get("/")
    assert len(html.encode()) < 300_000


async def first_news(server: Server) -> str:
    async with server.client.get(f"{server.url}/events") as answer:
        async for line in answer.content:
            if line.startswith(b"data: "):
                return str(json.dumps(json.loads(line[6:]), ensure_ascii=False).replace('\\"', '"'))
    raise AssertionError


async def test_whoever_listens_gets_everything_once_and_then_what_changes(
    server: Server, shown: Live
) -> None:
    async with server.client.get(f"{server.url}/events") as answer:
        assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        news = []
        async for line in answer.content:
            if not line.startswith(b"data: "):
                continue
            news.append(json.loads(line[6:]))
            if len(news) == 2:
                shown.health.store_error = "disk full"
            if "disk full" in news[-1].get("problems", ""):
                break
    assert news[0]["order"] == ["down", "mail", "new", "shop"]
    assert set(news[0]["tiles"]) == {"down", "mail", "new", "shop"}
    assert set(news[1]) == {"now"}
    assert set(news[-1]) == {"now", "problems"}
    assert [each["now"] for each in news] == [NOW] * len(news)
    assert all("></time>" in html for html in (news[0]["tiles"]["down"], news[0]["tiles"]["shop"]))


async def test_files_of_the_page_may_be_kept_for_ever_and_change_their_names(server: Server) -> None:
    _, html = await server.get("/")
    found = re.findall(r'(?:href|src)="(/assets/[^"]+)"', html)
    assert len(found) == 3
    for path in found:
        async with server.client.get(server.url + path) as answer:
            assert (answer.status, answer.headers["Cache-Control"]) == (200, "max-age=31536000, immutable")
    assert (await server.get("/assets/../page.py"))[0] == 404
    assert (await server.get("/assets/other"))[0] == 404


async def test_a_theme_can_be_asked_for_and_nothing_else_comes_through(server: Server) -> None:
    assert '<html lang="en" data-theme="dark">' in (await server.get("/?theme=dark"))[1]
    assert '<html lang="en">' in (await server.get('/?theme="><script>'))[1]


async def test_a_service_has_its_days_its_endpoints_and_its_incidents(server: Server) -> None:
    status, html = await server.get("/service/down")
    assert status == 200
    assert html.count("<title>20") == 2 * 90
    assert 'class="down"' in html
    assert 'class="unwatched"' in html
    assert "https://web.example/" in html
    assert (await server.get("/service/nobody"))[0] == 404


async def test_unknown_and_excluded_days_are_never_green(server: Server) -> None:
    history = ListedHistory(
        [(NOW - 3 * DAY, State.UP), (NOW - 2 * DAY, State.UNKNOWN)], [(NOW - DAY // 2, NOW)]
    )
    server.source.live = live(service("shop"), histories={"shop": history})
    _, html = await server.get("/service/shop")
    days = re.findall(r"<g><title>(.*?)</title>(.*?)</g>", html)[-2:]
    assert "unknown" in days[0][0]
    for text, drawn in days:
        assert ('class="up"' in drawn) == (" up" in text)
        assert ('fill="url(#hatch)"' in drawn) == (" unknown" in text)
        assert ('class="excluded"' in drawn) == (" excluded" in text)
        assert ('fill="url(#shade)"' in drawn) == (" excluded" in text)
    assert html.count('<pattern id="hatch"') == html.count('<pattern id="shade"') == 1


async def test_how_long_probes_took_is_drawn_hour_by_hour_and_broken_where_nothing_is_known(
    server: Server,
) -> None:
    hours = [(0.1, 0.2, 0.4), (None, None, None), (0.05, 0.1, 1.5)]
    server.source.latencies = lambda _service, _start, _end: hours
    _, html = await server.get("/service/shop")
    paths = dict(re.findall(r'<path class="(p\d\d)" d="([^"]+)"/>', html))
    assert set(paths) == {"p50", "p95", "p99"}
    assert all(path.count("M") == 2 for path in paths.values())
    assert "p50 50 ms · p95 100 ms · p99 1.5 s; the upper line is 1.5 s" in html
    server.source.latencies = lambda _service, _start, _end: [(None, None, None)]
    assert "chart" not in (await server.get("/service/shop"))[1]


async def test_bars_of_events_are_of_events_and_not_of_time(server: Server) -> None:
    _, html = await server.get("/service/down/beats")
    (last,) = re.findall(r"<g><title>([^<]*of what counts was bad[^<]*)</title>", html)[-1:]
    assert "100 % of what counts was bad" in last


async def test_an_slo_page_exists_for_each_slo_and_no_other(server: Server) -> None:
    status, html = await server.get("/service/shop/fast")
    assert (status, "shop/fast" in html) == (200, True)
    assert (await server.get("/service/shop/none"))[0] == 404


async def test_a_badge_says_the_figure_and_the_state_in_words(server: Server) -> None:
    _, text = await server.get("/badge/down/availability.svg")
    svg = ET.fromstring(text)
    assert svg.attrib["aria-label"] == "The down availability: 99.86 % · bad"
    assert (await server.get("/badge/down/none.svg"))[0] == 404


async def test_the_feed_is_one_that_readers_take(server: Server) -> None:
    root = ET.fromstring((await server.get("/feed.atom"))[1])
    assert root.find("a:title", ATOM) is not None
    assert root.find("a:updated", ATOM) is not None


async def test_a_head_of_the_events_is_refused_rather_than_kept_open(server: Server) -> None:
    async with server.client.head(f"{server.url}/events") as answer:
        assert answer.status == 405


async def test_behind_a_proxy_every_path_begins_with_that_of_the_external_url(shown: Live) -> None:
    source = Source(shown, lambda: NOW, ready=True)
    app = make_app(source, "https://status.example.com/uptime/")
    async with serve(app, "127.0.0.1:0") as bound, aiohttp.ClientSession() as client:
        async with client.get(f"http://{bound.address}/uptime/") as answer:
            html = await answer.text()
        async with client.get(f"http://{bound.address}/uptime/feed.atom") as answer:
            feed = await answer.text()
    paths = re.findall(r'(?:href|src|data-events)="(/[^"]*)"', html)
    assert paths
    assert all(path.startswith("/uptime/") for path in paths)
    assert "<id>https://status.example.com/uptime/feed.atom</id>" in feed


@pytest.mark.parametrize(
    ("down", "text"), [(0, "100 %"), (1, "99.99 %"), (130_000, "99.99 %"), (DAY * 30, "0 %")]
)
def test_g8_k9_per_cents_are_floored_and_never_read_100_by_rounding(down: int, text: str) -> None:
    history = ListedHistory([(NOW - 40 * DAY, State.UP), (NOW - down, State.DOWN)])
    answer = figures(put(objective("99.9", 30 * DAY), history), NOW)
    assert sli_text(answer) == text
    assert Fraction(text.removesuffix(" %")) / 100 <= Fraction(*answer.sli or (0, 1))


def test_a_young_slo_says_of_how_little_it_speaks() -> None:
    history = ListedHistory([(NOW - 2 * MINUTE, State.UP)])
    answer = figures(put(objective("99.9", 30 * DAY), history), NOW)
    assert sli_text(answer) == "100 % of the 2m seen (0.004 %)"


def test_no_value_is_said_in_words() -> None:
    answer = figures(put(objective("99.9", 30 * DAY), ListedHistory([])), NOW)
    assert (sli_text(answer), left_text(answer)) == ("no value", "no value")


def test_an_overspent_budget_is_negative() -> None:
    history = ListedHistory([(NOW - 40 * DAY, State.UP), (NOW - 60 * MINUTE, State.DOWN)])
    answer = figures(put(objective("99.9", 30 * DAY), history), NOW)
    assert left_text(answer) == "-38.89 % (-16m 48s)"


def read_feed(text: str) -> list[tuple[str, str]]:
    return [
        (str(entry.findtext("a:id", namespaces=ATOM)), str(entry.findtext("a:title", namespaces=ATOM)))
        for entry in ET.fromstring(text).findall("a:entry", ATOM)
    ]


async def test_an_incident_keeps_its_identity_and_its_start_however_long_it_lasts(server: Server) -> None:
    since = NOW - 100 * DAY
    down = ListedHistory([(since - DAY, State.UP), (since, State.DOWN)])
    server.source.live = live(service("shop"), histories={"shop": down})
    (entry,) = read_feed((await server.get("/feed.atom"))[1])
    assert entry == ("urn:uuid:e3ec4c73-5b79-5aea-998e-af7bd3c5b3f5", "shop/web is down")
    assert "100d" in (await server.get("/service/shop"))[1].partition("Incidents")[2]


async def test_ids_of_the_feed_are_the_same_by_whatever_address_it_is_read_and_each_its_own(
    server: Server,
) -> None:
    flapping = [(NOW - DAY + at * MINUTE, State.DOWN if at % 2 else State.UP) for at in range(60)]
    names = ("shop", "mail")
    server.source.live = live(
        *map(service, names), histories={name: ListedHistory(flapping) for name in names}
    )
    one, other = [
        ET.fromstring((await server.get("/feed.atom", Host=host))[1]) for host in ("a.example", "b.example")
    ]
    idents = [[each.text for each in root.iterfind(".//a:id", ATOM)] for root in (one, other)]
    assert idents[0] == idents[1]
    assert len(set(idents[0])) == len(idents[0]) == 1 + 2 * 30
    assert all(str(ident).startswith("urn:uuid:") for ident in idents[0])
    (link,) = {each.attrib["href"] for each in one.iterfind("a:entry/a:link", ATOM)} - {
        "http://a.example/service/mail"
    }
    assert link == "http://a.example/service/shop"


async def test_endpoints_of_a_service_without_slos_have_incidents_too_and_excluded_ones_have_none(
    server: Server,
) -> None:
    down = ListedHistory([(NOW - DAY, State.UP), (NOW - 2 * MINUTE, State.DOWN), (NOW - MINUTE, State.UP)])
    server.source.live = live(service("shop", slos=()), histories={"shop": down})
    (entry,) = read_feed((await server.get("/feed.atom"))[1])
    assert entry[1] == "shop/web was down for 1m"
    endpoint = server.source.live.endpoints[0]
    server.source.live.endpoints[0] = replace(endpoint, excluded=Spans([(NOW - DAY, NOW)]))
    assert read_feed((await server.get("/feed.atom"))[1]) == []
    assert "None." in (await server.get("/service/shop"))[1]


async def test_of_an_endpoint_that_flaps_the_latest_incidents_are_told(server: Server) -> None:
    flapping = [(NOW - DAY + at * MINUTE, State.DOWN if at % 2 else State.UP) for at in range(24 * 60)]
    server.source.live = live(service("shop"), histories={"shop": ListedHistory(flapping)})
    entries = read_feed((await server.get("/feed.atom"))[1])
    assert len(entries) == 100
    assert entries[0][1] == "shop/web is down"


async def test_characters_that_xml_may_not_have_are_left_out(server: Server) -> None:
    bell = replace(service("shop"), title="The \a\x1bshop")
    server.source.live = live(bell)
    svg = ET.fromstring((await server.get("/badge/shop/availability.svg"))[1])
    assert svg.attrib["aria-label"].startswith("The shop availability")


async def test_while_the_record_is_read_the_page_comes_back_by_itself(server: Server) -> None:
    server.source.ready = False
    async with server.client.get(f"{server.url}/") as answer:
        assert (answer.status, answer.headers["Refresh"]) == (503, "2")
    assert (await server.get("/assets/wall.js"))[0] == 200


async def test_many_who_look_at_once_share_a_picture(server: Server) -> None:
    pages = await asyncio.gather(*(server.get("/") for _ in range(20)))
    assert len({html for _, html in pages}) == 1
    assert {status for status, _ in pages} == {200}


async def test_proxies_are_told_to_pass_events_on_at_once(server: Server) -> None:
    async with server.client.get(f"{server.url}/events") as answer:
        assert answer.headers["X-Accel-Buffering"] == "no"
