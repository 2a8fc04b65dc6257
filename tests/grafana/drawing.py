"""What the dashboards show when Grafana's own front end draws them, beside the known figures.

No part of the normal suite, as it needs a browser and what npm brings: `make draw` runs it. It looks at what the panels say and
never at pixels; pictures are left in `tests/grafana/harness/pictures`.
"""

import asyncio
import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from exporter.output.dashboards import look
from exporter.output.dashboards.field import MOST
from exporter.output.ranks import Rank
from tests.support.drawn import HARNESS, HEIGHT, WIDTH, Drawn, Painter, painter
from tests.support.live import DAY, NOW
from tests.support.panels import all_dashboards, load, named
from tests.support.prometheus import remembering
from tests.support.reading import one, rows, tiles
from tests.support.shown import LEFT, QUIET, SHOWN, outage, scraped, scraped_once

SPAN = (NOW - SHOWN, NOW)
ONE = {"service": "shop", "slo": "availability"}
MINUTE = 60
FIELD = "Budget left, worst first"


OUTAGES = ((100, 60), (300, 200))
"""Services, and how many of them are down."""


@pytest.fixture(scope="session")
def outages() -> dict[tuple[int, int], str]:
    """What was scraped in each of them; before there is a browser, whose driver has a loop of its own."""
    return {each: asyncio.run(scraped_once([outage(*each)])) for each in OUTAGES}


@pytest.fixture(scope="session")
def paint(
    tmp_path_factory: pytest.TempPathFactory,
    outages: dict[tuple[int, int], str],  # noqa: ARG001 -- first
) -> Iterator[Painter]:
    folder = tmp_path_factory.mktemp("drawing")
    with (
        remembering(asyncio.run(scraped()), folder / "prometheus", pages=True) as prometheus,
        painter(prometheus.url, HARNESS / "pictures") as ready,
    ):
        yield ready


@pytest.fixture(scope="session")
def drawn(paint: Painter) -> dict[str, Drawn]:
    """Every dashboard, once; that of one SLO for one that is down."""
    return {name: paint.draw(name, SPAN, ONE if name == "slo" else {}) for name in all_dashboards()}


NAMES = pytest.mark.parametrize("name", all_dashboards())


@NAMES
def test_nothing_goes_wrong_on_the_page(name: str, drawn: dict[str, Drawn]) -> None:
    assert drawn[name].errors == []


@NAMES
def test_every_panel_is_drawn_under_its_title_and_shows_something(name: str, drawn: dict[str, Drawn]) -> None:
    titles = [panel["title"] for panel in load(name)["panels"]]
    assert sorted(drawn[name].panels) == sorted(titles)
    empty = [title for title, shown in drawn[name].panels.items() if not shown]
    assert empty == (["Failed probes by reason"] if name == "endpoints" else [])


@NAMES
def test_no_legend_or_name_is_left_unfilled(name: str, drawn: dict[str, Drawn]) -> None:
    for mark in ("{{", "${", "undefined", "NaN", "Value #"):
        assert mark not in drawn[name].text, mark


@NAMES
def test_grafana_knows_every_unit_property_and_transformation(name: str, drawn: dict[str, Drawn]) -> None:
    known = drawn[name].known
    assert [each for each in named(load(name)) if each[1] not in known[each[0]]] == []


def test_a_unit_that_is_none_is_noticed(drawn: dict[str, Drawn]) -> None:
    assert ("units", "percentunit") in set(named(load("slos")))
    assert "percentunits" not in drawn["slos"].known["units"]


def minutes(service: str) -> str:
    return f"{LEFT[service] / MINUTE:.1f} mins"


def test_the_wall_fits_on_the_screen_without_scrolling(drawn: dict[str, Drawn]) -> None:
    width, height = drawn["wall"].extent
    assert width <= WIDTH
    assert height <= HEIGHT


def test_the_wall_shows_a_hundred_services_the_worst_first_with_mark_arrow_and_time_left(
    drawn: dict[str, Drawn],
) -> None:
    assert tiles(drawn["wall"], FIELD) == [
        ("✕⇈ shop", "-2.4 mins"),
        ("▲⇈ mail", minutes("mail")),
        ("◆ search", minutes("search")),
        ("? new", "not known"),
        ("▧ archive", minutes("archive")),
        ("●↑ blog", minutes("blog")),
        *((f"● {name}", minutes(name)) for name in QUIET),
        ("● batch", "no SLO"),
    ]
    assert all(name in drawn["wall"].text for name in QUIET)


def test_each_rank_has_a_colour_of_its_own(drawn: dict[str, Drawn]) -> None:
    colours = [each["color"].lower() for each in one(drawn["wall"], FIELD)]
    wanted = [look.RANKS[rank][1].lower() for rank in Rank]
    assert colours == [*wanted, *[wanted[-1]] * (len(colours) - len(wanted))]
    assert len(set(colours)) == 6


@pytest.mark.parametrize(("services", "down"), OUTAGES)
def test_in_a_mass_outage_every_tile_is_drawn_in_order(
    services: int, down: int, outages: dict[tuple[int, int], str], paint: Painter, tmp_path: Path
) -> None:
    order = [each.service.name for each in outage(services, down).endpoints[:down]][::-1]
    with remembering(outages[services, down], tmp_path, pages=True) as prometheus:
        wall = replace(paint, prometheus=prometheus.url).draw("wall", SPAN, picture=f"outage-{services}")
    assert wall.errors == []
    assert wall.extent[1] <= HEIGHT
    names = [name.split(" ")[-1] for name, _ in tiles(wall, FIELD)]
    assert len(names) == min(services, MOST)
    assert names[:down] == order[:MOST]
    assert [tiles(wall, title)[0][1] for title in ("Down ✕", "Services")] == [str(down), str(services)]
    assert all(name in wall.text for name in names)


def test_the_wall_says_since_when_what_is_down(drawn: dict[str, Drawn]) -> None:
    assert tiles(drawn["wall"], "✖ Down now") == [("✖ shop/web", "12.0 mins")]


def test_the_wall_is_live_and_says_so(drawn: dict[str, Drawn]) -> None:
    assert tiles(drawn["wall"], "Alive?") == [("Figures", "● live"), ("Record", "● live"), ("Age", "0 s")]


def colours_of_life(paint: Painter, later: int, picture: str) -> list[tuple[str, str]]:
    shown = paint.draw("wall", (NOW + later - SHOWN, NOW + later), picture=picture)
    return [(each["text"], each["color"]) for each in one(shown, "Alive?")]


def test_the_wall_is_loud_when_the_exporter_is_gone(paint: Painter, drawn: dict[str, Drawn]) -> None:
    quiet = {each["color"] for each in one(drawn["wall"], "Alive?")}
    stale = colours_of_life(paint, 10 * MINUTE * 1000, "stale")
    assert [text for text, _ in stale] == ["✖ STALE", "✖ STALE", "10 mins"]
    gone = colours_of_life(paint, 3 * DAY, "gone")
    assert [text for text, _ in gone] == ["✖ NO DATA", "✖ NO DATA"]
    assert quiet.isdisjoint(colour for _, colour in (*stale, *gone))


def test_nothing_looks_well_or_says_0_where_nothing_is_known(paint: Painter, drawn: dict[str, Drawn]) -> None:
    well = one(drawn["wall"], FIELD)[-1]["color"]
    shown = paint.draw("wall", (NOW + 3 * DAY - SHOWN, NOW + 3 * DAY), picture="gone")
    assert not any(each["color"] == well for panel in shown.panels.values() for each in panel)
    counts = ("Down ✕", "Burning", "Spent", "Unknown", "Services")
    assert [one(shown, title)[0]["text"] for title in counts] == ["?", "?", "?", "?", "✖"]
    agreements = paint.draw("agreements", (NOW + 3 * DAY - SHOWN, NOW + 3 * DAY), picture="gone-agreements")
    assert [each["text"] for each in one(agreements, "Incidents open")] == ["?"]
    assert rows(agreements, "What is due") == []


def test_ways_lead_from_the_wall_to_the_slo_and_on(drawn: dict[str, Drawn]) -> None:
    (shop, *_, batch) = one(drawn["wall"], FIELD)
    assert batch["links"][0].startswith("/d/uptime-endpoints?from=")
    assert "var-service=batch" in batch["links"][0]
    assert shop["links"][0].startswith("/d/uptime-slo?from=")
    assert "var-service=shop&var-slo=checkout" in shop["links"][0]
    (down,) = one(drawn["wall"], "✖ Down now")
    assert "/d/uptime-endpoints?" in down["links"][0]
    assert "var-service=shop&var-endpoint=web" in down["links"][0]
    assert any("var-service=shop&var-slo=month" in url for url in drawn["slos"].links)
    assert any(url.startswith("/d/uptime-endpoints?") for url in drawn["slo"].links)


def test_the_table_of_slos_has_a_whole_row_for_each(drawn: dict[str, Drawn]) -> None:
    table = {(row["Service"], row["SLO"]): row for row in rows(drawn["slos"], "SLOs")}
    assert len(table) == len(rows(drawn["slos"], "SLOs")) == 102
    assert table["shop", "availability"] == {
        "Service": "shop",
        "SLO": "availability",
        "State": "✖ bad",
        "Objective": "99.900%",
        "SLI": "99.971%",
        "Budget left": "71.0%",
        "Budget left, time": "30.7 mins",
        "Burn 5m": "1000.00",
        "Burn 1h": "200.00",
        "Burn 6h": "34.72",
        "Burn 3d": "2.89",
        "Exhausted in": "14.7 hours",
        "Coverage": "100.000%",
    }
    assert table["search", "availability"]["Budget left, time"] == "-1.8 mins"
    assert table["new", "availability"]["State"] == "? unknown"
    assert table["archive", "availability"]["State"] == "‖ excluded"


def test_one_slo_has_its_figures_lines_and_alerts(drawn: dict[str, Drawn]) -> None:
    shown = drawn["slo"]
    figures = ("Now", "Objective", "SLI", "Budget left, time", "Exhausted in", "Burn 1h", "Coverage")
    assert [tiles(shown, title)[0][1] for title in figures] == [
        "✖ bad",
        "99.900%",
        "99.971%",
        "30.7 mins",
        "14.7 hours",
        "200.00",
        "100.000%",
    ]
    burn = {line["name"]: line["last"] for line in one(shown, "Burn rates")}
    assert burn["burn 1h"] == "200.00"
    assert burn["fast: above over 1h"] == "14.40"
    sli = {line["name"]: line["last"] for line in one(shown, "SLI over")}
    assert sli == {
        "SLI": "99.971%",
        "Objective": "99.900%",
        "over 1h": "80.000%",
        "over 6h": "96.527%",
        "over 1d": "99.131%",
        "over 3d": "99.710%",
    }
    near = {line["name"]: line["last"] for line in one(shown, "How near")}
    assert near["fast (page)"] == "13.89"
    states = one(shown, "State")[0]["segments"]
    assert [words for words, _, _ in states] == ["● up", "✖ down", "● up", "✖ down"]
    assert sorted(row["Alert"] for row in rows(shown, "✖ Alerts")) == ["EndpointDown", "ErrorBudgetBurn"]


def test_endpoints_have_latencies_phases_failures_and_certificates(paint: Painter) -> None:
    shown = paint.draw("endpoints", SPAN, {"service": "shop"}, picture="endpoints-shop")
    assert shown.errors == []
    (row,) = rows(shown, "Endpoints")
    assert (row["State"], row["For"], row["Last failure"]) == ("✖ down", "12.0 mins", "status")
    assert row["Certificate"] == "1.3 weeks"
    assert [line["name"] for line in one(shown, "Latency, p99")] == ["shop/web"]
    assert {line["name"] for line in one(shown, "Where the time goes")} == {
        "resolve",
        "connect",
        "tls",
        "processing",
        "transfer",
    }
    assert [line["name"] for line in one(shown, "Failed probes")] == ["status"]
    assert tiles(shown, "Certificates") == [("shop/web", "9.0 d")]


def test_incidents_have_a_row_each_and_no_0_where_nothing_is_due(
    drawn: dict[str, Drawn],
) -> None:
    columns = ("Incident", "Severity", "To respond", "To update", "To repair", "Escalation")
    shown = [tuple(row[name] for name in columns) for row in rows(drawn["agreements"], "What is due")]
    assert sorted(shown) == [
        ("i7", "sev1", "-1.0 hour", "", "1.0 day", "1"),
        ("i8", "sev1", "", "", "5.0 mins", "0"),
        ("i9", "sev3", "", "1.0 hour", "1.0 day", "0"),
    ]
    assert tiles(drawn["agreements"], "Incidents open") == [("sev1", "2"), ("sev2", "0"), ("sev3", "1")]


def test_what_does_not_fit_or_is_misnamed_is_noticed(paint: Painter, tmp_path: Path) -> None:
    """A panel beyond the screen, a legend of no label, and a query that is none."""
    broken = copy.deepcopy(load("wall"))
    broken["panels"][-1]["gridPos"]["h"] += 1
    (worst,) = (each for each in broken["panels"] if each["title"].startswith("✖ Down now"))
    worst["targets"][0]["legendFormat"] = "{{service}}"
    broken["panels"][0]["targets"][0]["expr"] = "sum by ("
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(broken))
    shown = paint.draw("broken", SPAN, file=file)
    assert shown.extent[1] > HEIGHT
    assert any("sum by (" in error for error in shown.errors)
    assert tiles(shown, "✖ Down now")[0][0] != "✖ shop/web"
