"""Pages that belong to the wall: days in words, many SLOs, all services by name, and the look that links keep."""

import re
from dataclasses import replace

import pytest
from markupsafe import Markup

from exporter.config.model import Service
from exporter.timeline.tally import State
from exporter.web.wall.board import MOST, Picture
from exporter.web.wall.dressing import dressed, lasting
from exporter.web.wall.pages import MOST_BARS
from exporter.web.wall.services import EACH_PAGE
from tests.support.history import ListedHistory
from tests.support.live import DAY, NOW, live, service, slo
from tests.support.server import Server

MINUTE = 60_000
HOUR = 60 * MINUTE
MIDNIGHT = NOW // DAY * DAY


def days(html: str) -> list[tuple[str, str]]:
    """Rows of the days that are told."""
    part = html.partition("<details>")[2].partition("</details>")[0]
    return re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td></tr>", part)


async def test_days_that_were_anything_but_up_are_told_in_words_the_latest_first(server: Server) -> None:
    history = ListedHistory(
        [
            (MIDNIGHT - 5 * DAY, State.UP),
            (MIDNIGHT - 3 * DAY, State.DOWN),
            (MIDNIGHT - 3 * DAY + HOUR, State.UP),
            (MIDNIGHT - HOUR, State.UNKNOWN),
            (MIDNIGHT, State.UP),
        ],
        [(MIDNIGHT - 2 * DAY, MIDNIGHT - 2 * DAY + HOUR)],
    )
    server.source.live = live(service("shop"), histories={"shop": history})
    for path in ("/service/shop", "/service/shop/availability"):
        html = (await server.get(path))[1]
        assert days(html) == [
            ("2027-01-14", "1h unknown, 23h up"),
            ("2027-01-13", "1h excluded, 23h up"),
            ("2027-01-12", "1h down, 23h up"),
        ]
        assert "Days that were not all up: 3<" in html
        assert "not watched" in html.partition('class="legend')[2].partition("</p>")[0]
        titles = re.findall(r"<title>(20[^<]*)</title>", html)
        assert titles[0].endswith(": 1d not watched")
        assert "unwatched" not in " ".join(titles)


async def test_a_day_of_events_is_told_where_one_was_bad_and_none_where_all_were_good(server: Server) -> None:
    beats = replace(slo("beats"), method="events")
    up = ListedHistory([(MIDNIGHT - DAY, State.UP)])
    down = ListedHistory([(MIDNIGHT - DAY, State.UP), (MIDNIGHT - HOUR, State.DOWN), (MIDNIGHT, State.UP)])
    server.source.live = live(service("shop", slos=(beats,)), histories={"shop": down})
    assert days((await server.get("/service/shop"))[1]) == [
        ("2027-01-14", "50.00 % of what counts was bad, 1h down, 23h up")
    ]
    server.source.live = live(service("shop", slos=(beats,)), histories={"shop": up})
    assert "<details>" not in (await server.get("/service/shop"))[1]


async def test_of_many_slos_the_worst_have_bars_and_all_have_a_link(server: Server) -> None:
    many = tuple(slo(f"slo-{number:03}", window=(number + 10) * DAY) for number in range(3 * MOST_BARS))
    down = ListedHistory(
        [(NOW - 90 * DAY, State.UP), (NOW - 5 * DAY, State.DOWN), (NOW - 5 * DAY + MINUTE, State.UP)]
    )
    server.source.live = live(service("shop", slos=many), histories={"shop": down})
    html = (await server.get("/service/shop"))[1]
    assert html.count('viewBox="0 0 900') == MOST_BARS
    linked = re.findall(r'href="/service/shop/(slo-\d+)"', html)
    assert linked == sorted(linked), "the shorter the window, the more of its budget is gone"
    assert len(linked) == 3 * MOST_BARS
    assert f"{2 * MOST_BARS} more SLOs, none worse than these" in html


def named(html: str) -> list[str]:
    """Services that are listed."""
    return re.findall(r'<tr><td><a href="/service/([^"?]+)', html)


async def test_all_services_are_listed_by_name_a_page_at_a_time(server: Server) -> None:
    names = [f"s{number:03}" for number in range(2 * EACH_PAGE + 1)]
    server.source.live = live(*map(service, reversed(names)))
    pages = [named((await server.get(f"/services?page={page}"))[1]) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [EACH_PAGE, EACH_PAGE, 1]
    assert [name for page in pages for name in page] == names
    html = (await server.get("/services?page=2&q=s"))[1]
    assert "401 services with “s”" in html
    assert "page 2 of 3" in html
    assert 'href="/services?q=s&amp;page=1" rel="prev"' in html
    assert 'href="/services?q=s&amp;page=3" rel="next"' in html


@pytest.mark.parametrize(
    ("asked", "shown"), [("0", "s000"), ("-7", "s000"), ("x", "s000"), ("9" * 5000, "s000")]
)
async def test_a_page_that_there_is_not_is_the_nearest_or_the_first(
    asked: str, shown: str, server: Server
) -> None:
    server.source.live = live(*[service(f"s{number:03}") for number in range(EACH_PAGE + 1)])
    assert named((await server.get(f"/services?page={asked}"))[1])[0] == shown
    assert named((await server.get("/services?page=77"))[1]) == [f"s{EACH_PAGE}"]


async def test_services_are_found_by_a_part_of_their_name_title_or_owner(server: Server) -> None:
    def made(name: str, title: str, owner: str) -> Service:
        return replace(service(name), title=title, owner=owner)

    server.source.live = live(
        made("shop", "Everything to buy", "payments"),
        made("mail", "Letters", "Platform"),
        made("pay", "Cards", "payments"),
    )
    found = {
        asked: named((await server.get(f"/services?q={asked}"))[1])
        for asked in ("SHO", "letters", "PAY", "platform", "nothing", "", "s%0Ap")
    }
    assert found == {
        "SHO": ["shop"],
        "letters": ["mail"],
        "PAY": ["pay", "shop"],
        "platform": ["mail"],
        "nothing": [],
        "": ["mail", "pay", "shop"],
        "s%0Ap": [],
    }
    assert "0 services with “nothing”" in (await server.get("/services?q=nothing"))[1]
    assert "<script>" not in (await server.get('/services?q="><script>'))[1]


async def test_a_listed_service_says_how_it_is_and_what_is_left(server: Server) -> None:
    html = (await server.get("/services?q=down"))[1]
    (row,) = re.findall(r"<tbody>\s*<tr>(.*?)</tr>", html)
    assert ">The down</a> <small>down</small>" in row
    assert '<td class="down"><span aria-hidden="true">✕</span> down</td>' in row
    assert row.endswith("<td>-15d <small>beats</small></td><td>payments</td>")


async def test_a_listed_service_without_an_slo_says_so_and_one_whose_budget_is_not_known_says_that(
    server: Server,
) -> None:
    nothing = ListedHistory([])
    server.source.live = live(service("bare", slos=()), service("new"), histories={"new": nothing})
    html = (await server.get("/services"))[1]
    assert re.findall(r"<td>([^<]*)(?: <small>\w+</small>)?</td><td>payments</td>", html) == [
        "no SLO",
        "no value",
    ]


async def test_the_wall_leads_to_all_services_also_where_it_shows_only_the_worst(server: Server) -> None:
    assert '<a href="/services">' in (await server.get("/"))[1].partition("<footer>")[2]
    server.source.live = live(*[service(f"s{number}") for number in range(MOST + 2)])
    rest = (await server.get("/?theme=dark"))[1].partition('id="rest">')[2]
    assert rest.startswith('2 more services, none worse than these: <a href="/services?theme=dark">')


@pytest.mark.parametrize("path", ["/", "/services", "/service/shop", "/service/shop/availability"])
async def test_links_between_pages_keep_how_a_page_looks(path: str, server: Server) -> None:
    ours = re.compile(r'<a href="(/|/services?[^"]*)"')
    plain = (await server.get(path))[1]
    if path == "/":
        assert len(ours.findall(plain)) == 1 + 4, "all by name, and each tile"
    assert all("?" not in link for link in ours.findall(plain))
    for asked, carried in (("?theme=dark", "?theme=dark"), ("?wall&theme=light", "?wall&amp;theme=light")):
        html = (await server.get(path + asked))[1]
        links = re.findall(r'<a href="((?:/|/services|/service/[^"?]*)(?:\?[^"]*)?)"', html)
        assert len(links) == len(ours.findall(plain)) > 0
        assert {link.partition("?")[1] + link.partition("?")[2] for link in links} == {carried}
    assert "nonsense" not in (await server.get(f"{path}?theme=nonsense"))[1]


async def test_what_is_looked_for_keeps_the_look_too(server: Server) -> None:
    html = (await server.get("/services?theme=dark&wall"))[1]
    assert '<input type="hidden" name="theme" value="dark">' in html
    assert '<input type="hidden" name="wall" value="">' in html
    assert 'data-look="?theme=dark"' in (await server.get("/?theme=dark"))[1]


@pytest.mark.parametrize(
    ("milliseconds", "said"),
    [
        (-5, "0s"),
        (999, "0s"),
        (59_999, "59s"),
        (MINUTE, "1m"),
        (200_000, "3m 20s"),
        (HOUR + 59_000, "1h"),
        (2 * DAY + 4 * HOUR + 59 * MINUTE, "2d 4h"),
        (400 * DAY, "400d"),
    ],
)
def test_a_length_is_said_in_its_largest_unit_and_the_next(milliseconds: int, said: str) -> None:
    assert lasting(milliseconds) == said


def test_what_others_say_is_never_filled_in() -> None:
    html = Markup('<a href="/service/a">{}<time data-since="0"></time></a>').format('<a href="/evil">')
    assert dressed(html, 5_000, "?a&b") == (
        '<a href="/service/a?a&amp;b">&lt;a href=&#34;/evil&#34;&gt;<time data-since="0">5s</time></a>'
    )


def test_of_a_quiet_second_nothing_is_sent_but_what_time_it_is() -> None:
    tiles, parts = {"shop": Markup("<li>")}, {"summary": Markup("one")}
    before, now = (Picture(tiles, parts, 1, at) for at in (NOW, NOW + 1000))
    assert now.news(before) == {"now": NOW + 1000}
    assert set(now.news(None)) == {"now", "summary", "tiles", "order", "columns"}
