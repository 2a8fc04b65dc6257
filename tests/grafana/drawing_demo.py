"""What the dashboards show of the demo, which the real Prometheus scrapes from the real exporter, beside the record's figures.

Like `drawing.py`, no part of the normal suite: `make draw` runs it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from exporter.units import DAY, HOUR
from tests.support.demo import catch, scraped_demo
from tests.support.drawn import HARNESS, Drawn, Painter, painter
from tests.support.panels import all_dashboards
from tests.support.reading import one, rows, tiles

HOURS, MONTH = 3 * HOUR, 30 * DAY
HOW = {
    "endpoints": (HOURS, {"service": "$__all"}),
    "exporter": (HOURS, {}),
    "slo": (MONTH, {"service": "billing", "slo": "availability"}),
}
"""How far back, and of what; else the whole month of all."""

LACKING = {
    "Connected",
    "Discovery",
    "SLOs over promql",
    "Exclusions in force",
    "Agreed figures, period by period",
}
"""Panels of what the demo does not have."""

NAMES = pytest.mark.parametrize("name", all_dashboards())


class Shown(NamedTuple):
    """Every dashboard, of an instant at which checkout is down, and the record's figures of it, by `service/slo`."""

    dashboards: dict[str, Drawn]
    figures: dict[str, Any]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder: Path = tmp_path_factory.mktemp("demo")
    with (
        scraped_demo(folder, incidents="30s", past=True, pages=True) as scraped,
        painter(scraped.prometheus.url, HARNESS / "pictures") as paint,
    ):
        caught = catch(scraped, alerts=True)
        yield Shown(dict(_drawn(paint, round(caught.at * 1000))), caught.figures)


def _drawn(paint: Painter, at: int) -> Iterator[tuple[str, Drawn]]:
    for name in all_dashboards():
        length, chosen = HOW.get(name, (MONTH, {}))
        yield name, paint.draw(name, (at - length, at), chosen, picture=f"demo-{name}")


@NAMES
def test_nothing_goes_wrong_on_the_page_and_nothing_is_empty(name: str, shown: Shown) -> None:
    found = shown.dashboards[name]
    assert found.errors == []
    assert {title for title, panel in found.panels.items() if not panel} <= LACKING


def left(figures: Any) -> float:
    seconds: float = figures["error_budget"]["remaining_seconds"]
    return seconds


UNITS = {"s": 1, "min": 60, "mins": 60, "hour": 3600, "hours": 3600, "day": 86_400, "days": 86_400}


def seconds(text: str) -> tuple[float, float]:
    """What a text such as `-2.6 hours` says, and how far off it may be, as it is rounded."""
    number, unit = text.split(" ")
    return float(number) * UNITS[unit], UNITS[unit] * 0.051


def test_the_table_of_slos_shows_the_figures_of_the_record(shown: Shown) -> None:
    table = {f"{row['Service']}/{row['SLO']}": row for row in rows(shown.dashboards["slos"], "SLOs")}
    assert set(table) == set(shown.figures)
    for name, figures in shown.figures.items():
        row = table[name]
        assert row["Objective"] == f"{figures['objective']:.3%}"
        assert abs(float(row["SLI"][:-1]) - 100 * figures["sli"]) < 0.002
        assert abs(float(row["Budget left"][:-1]) - 100 * figures["error_budget"]["remaining_ratio"]) < 0.15
        said, error = seconds(row["Budget left, time"])
        assert abs(said - left(figures)) < error + 1
        assert row["State"] == ("✖ bad" if name.startswith("checkout/") else "● good")


FIELD = "Budget left"
RANKS = "✕▲◆?▧●"


def test_the_wall_shows_what_is_left_to_each_service_the_worst_first(shown: Shown) -> None:
    worst = dict[str, float]()
    for name, figures in shown.figures.items():
        service = name.partition("/")[0]
        worst[service] = min(left(figures), worst.get(service, left(figures)))
    shows = [(*name.split(" "), text) for name, text in tiles(shown.dashboards["wall"], FIELD)]
    assert {service for _, service, _ in shows} == set(worst)
    for _, service, text in shows:
        said, error = seconds(text)
        assert abs(said - worst[service]) < error + 1
    order = [(RANKS.index(marks[0]), worst[service]) for marks, service, _ in shows]
    assert order == sorted(order)
    assert [(marks[0], service) for marks, service, _ in shows[:3]] == [
        ("✕", "checkout"),
        ("▲", "mail"),
        ("◆", "billing"),
    ]


def test_what_is_marked_differently_is_coloured_differently(shown: Shown) -> None:
    colours = dict[str, set[str]]()
    for each in one(shown.dashboards["wall"], FIELD):
        colours.setdefault(each["name"][0], set()).add(each["color"])
    assert set(colours) == {"✕", "▲", "◆", "●"}
    assert [len(each) for each in colours.values()] == [1] * 4
    assert len(set.union(*colours.values())) == 4


def test_the_slo_of_the_bad_week_shows_its_lines(shown: Shown) -> None:
    budget = {line["name"]: line for line in one(shown.dashboards["slo"], "Budget, burning down")}
    assert float(budget["Budget left"]["last"].rstrip("%")) < -300
    assert set(budget) >= {"✖ bad", "‖ excluded", "? unknown"}
