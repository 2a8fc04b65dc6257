"""The wall's order, figures and counts, in the real Prometheus over what real exporters show."""

import asyncio
from pathlib import Path

import pytest

from exporter.engine.live import Live
from exporter.output.dashboards import look
from exporter.output.dashboards.field import MOST
from exporter.output.ranks import MARKS, WORDS, Rank, place
from exporter.output.walk import services
from exporter.web import wall
from exporter.web.view import service_view
from tests.support import panels
from tests.support.live import NOW
from tests.support.panels import ALL, filled, load, query_of
from tests.support.prometheus import Prometheus, Sample, remembering
from tests.support.shown import BUDGET, LEFT, QUIET, outage, scraped_once, watched

pytestmark = pytest.mark.unmeasured

END = NOW // 1000
FIELD, COUNTS = "Budget left, worst first", ("Down ✕", "Burning", "Spent", "Unknown", "Services")
WEEK = 7 * 86_400 / 1000
NOT_KNOWN, NO_SLO = 1e12, 2e12

Tile = tuple[str, str, str, float]
"""Letter of its rank, service, arrow and value."""


def found(prometheus: Prometheus, panel: str, ref: str = "A", **values: str) -> list[Sample]:
    return panels.found(prometheus, "wall", panel, END, ref, **values)


def tiles(prometheus: Prometheus, **values: str) -> list[Tile]:
    """All tiles, in the order into which Grafana puts them: by query, by value, by name."""
    return [
        (ref, sample.labels["uptime_service"], sample.labels.get("burn", ""), sample.number)
        for ref in "ABCDEF"
        for sample in sorted(
            found(prometheus, FIELD, ref, **values),
            key=lambda each: (each.number, each.labels["uptime_service"]),
        )
    ]


def names(shown: list[Tile]) -> list[str]:
    return [service for _, service, _, _ in shown]


def of_the_page(shown: Live) -> list[str]:
    """Services as the page has them."""
    views = [service_view(part, NOW) for part in services(shown)]
    return [view.name for view in sorted(views, key=lambda view: place(view.rank, view.left, view.name))]


def test_there_is_a_tile_for_each_service_the_worst_first_with_arrow_and_time_left(
    prometheus: Prometheus,
) -> None:
    shown = tiles(prometheus)
    assert shown[:6] == [
        ("A", "shop", "⇈", pytest.approx(WEEK - 750)),
        ("B", "mail", "⇈", pytest.approx(LEFT["mail"])),
        ("C", "search", "", pytest.approx(LEFT["search"])),
        ("D", "new", "", NOT_KNOWN),
        ("E", "archive", "", pytest.approx(LEFT["archive"])),
        ("F", "blog", "↑", pytest.approx(LEFT["blog"])),
    ]
    assert [tile[:3] for tile in shown[6:]] == [*(("F", name, "") for name in QUIET), ("F", "batch", "")]
    assert [tile[3] for tile in shown[6:]] == pytest.approx([BUDGET] * len(QUIET) + [NO_SLO])


def test_a_tile_leads_to_the_worst_slo_and_without_one_to_the_endpoints(prometheus: Prometheus) -> None:
    (shop,) = found(prometheus, FIELD)
    assert {key: shop.labels.get(key) for key in ("slo", "to")} == {"slo": "checkout", "to": "uptime-slo"}
    (new,) = found(prometheus, FIELD, "D")
    assert (new.labels["slo"], new.labels["to"]) == ("availability", "uptime-slo")
    (batch,) = [each for each in found(prometheus, FIELD, "F") if each.labels["uptime_service"] == "batch"]
    assert (batch.labels.get("slo"), batch.labels["to"]) == (None, "uptime-endpoints")


@pytest.mark.parametrize(("site", "missed"), [("fra1", False), ("lon1", True)])
def test_the_page_of_an_exporter_has_the_same_order(site: str, missed: bool, prometheus: Prometheus) -> None:
    page = of_the_page(watched(site, quiet=True, missed=missed))
    assert names(tiles(prometheus, site=site)) == page
    assert len(page) == 101


def test_the_worst_that_any_exporter_says_counts_and_one_can_be_asked_alone(prometheus: Prometheus) -> None:
    assert next(tile for tile in tiles(prometheus) if tile[1] == "shop")[0] == "A"
    ref, _, arrow, left = next(tile for tile in tiles(prometheus, site="lon1") if tile[1] == "shop")
    assert (ref, arrow) == ("F", "")
    assert left == pytest.approx(WEEK)


@pytest.mark.parametrize(("watched_services", "down"), [(100, 60), (300, 200)])
def test_in_a_mass_outage_all_that_fit_are_tiles_and_the_counts_say_how_many_there_are(
    watched_services: int, down: int, tmp_path: Path
) -> None:
    shown = outage(watched_services, down)
    page = of_the_page(shown)
    with remembering(asyncio.run(scraped_once([shown])), tmp_path) as prometheus:
        seen = tiles(prometheus)
        assert names(seen) == page[:MOST]
        assert [tile[0] for tile in seen].count("A") == min(down, MOST)
        assert [tile[3] for tile in seen] == sorted(tile[3] for tile in seen)
        assert [found(prometheus, panel)[0].number for panel in COUNTS] == [down, 0, 0, 0, watched_services]


def test_the_wall_says_since_when_what_is_down(prometheus: Prometheus) -> None:
    (down,) = found(prometheus, "✖ Down now")
    assert (down.labels, down.number) == ({"uptime_service": "shop", "uptime_endpoint": "web"}, 720)
    assert found(prometheus, "✖ Down now", site="lon1") == []


def test_the_wall_counts(prometheus: Prometheus) -> None:
    assert [found(prometheus, panel)[0].number for panel in COUNTS] == [1, 1, 1, 1, 101]
    assert [found(prometheus, panel, site="lon1")[0].number for panel in COUNTS] == [0, 1, 1, 1, 101]


def test_nothing_is_counted_where_nothing_is_known(prometheus: Prometheus) -> None:
    for panel in COUNTS:
        assert found(prometheus, panel, site="nowhere") == []
    assert tiles(prometheus, site="nowhere") == []


def test_the_wall_is_loud_once_the_figures_are_old_or_gone(prometheus: Prometheus) -> None:
    query = query_of(load("wall"), "Alive?")

    def ages(at: float) -> list[float]:
        return [sample.number for sample in prometheus.query(filled(query.expr, ALL), at)]

    assert ages(END) == [0]
    assert ages(END + 120) == [120]
    assert ages(END + 86_000) == [86_000]
    assert ages(END + 2 * 86_400) == [1e12]


def test_marks_and_colours_are_those_of_the_page() -> None:
    style = (Path(wall.__file__).parent / "assets" / "style.css").read_text().lower()
    for rank in Rank:
        mark, colour = look.RANKS[rank]
        assert mark == MARKS[rank]
        assert f"--{WORDS[rank]}: {colour.lower()}" in style
