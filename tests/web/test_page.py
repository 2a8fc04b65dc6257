import base64
import hashlib
import re
from fractions import Fraction

import pytest

from exporter.engine.live import Live
from exporter.slo.figures import figures
from exporter.timeline.tally import State
from exporter.web.app import HEADERS
from exporter.web.page import MOST
from exporter.web.view import left_text, sli_text
from tests.support.history import ListedHistory, objective, put
from tests.support.live import DAY, NOW, live, service
from tests.support.server import Server

MINUTE = 60_000


async def test_the_worst_service_comes_first(server: Server) -> None:
    _, html = await server.get("/")
    assert re.findall(r"<small>(\w+)</small></h2>", html) == ["down", "mail", "new", "shop"]


async def test_the_page_says_what_is_watched_and_how_it_is(server: Server) -> None:
    _, html = await server.get("/")
    assert "<h1>Uptime from fra1</h1>" in html
    assert "services: 4; endpoints: 1 down, 1 unknown, 3 up" in html
    assert '<td class="down">down</td><td>2m</td>' in html
    assert "certificate: not its name" in html
    assert "99.9 % of 30d" in html


async def test_what_the_configuration_says_is_text_and_never_markup(server: Server) -> None:
    shown = live(service('<script>alert("x")</script>'))
    server.source.live = shown
    _, html = await server.get("/")
    assert "<script" not in html
    assert "&lt;script&gt;" in html


async def test_the_page_has_no_script_and_its_style_is_the_one_that_is_allowed(server: Server) -> None:
    _, html = await server.get("/")
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in HEADERS["Content-Security-Policy"]
    assert " style=" not in html


async def test_secrets_of_a_url_are_not_on_the_page(server: Server) -> None:
    _, html = await server.get("/")
    assert "secret" not in html


async def test_what_degrades_the_daemon_is_on_the_page(server: Server, shown: Live) -> None:
    shown.health.store_error = "disk <full>"
    _, html = await server.get("/")
    assert "disk &lt;full&gt;" in html


async def test_of_very_many_services_the_worst_are_shown(server: Server) -> None:
    many = [service(f"s{number}") for number in range(3 * MOST)]
    down = ListedHistory([(NOW - DAY, State.UP), (NOW - MINUTE, State.DOWN)])
    server.source.live = live(*many, histories={f"s{3 * MOST - 1}": down})
    _, html = await server.get("/")
    assert html.count("<section>") == MOST
    assert f"{2 * MOST} more services" in html
    assert html.index(f"<small>s{3 * MOST - 1}</small>") < html.index("<small>s0</small>")


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
