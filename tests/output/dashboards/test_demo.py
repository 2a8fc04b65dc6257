"""Every query of every dashboard, in the real Prometheus that scrapes the real exporter with the demo's month of history."""

from collections.abc import Iterator
from math import floor

import pytest

from tests.support.asking import problems
from tests.support.demo import Caught, Scraped, catch, scraped_demo
from tests.support.panels import all_dashboards, found
from tests.support.prometheus import Prometheus

pytestmark = pytest.mark.unmeasured

DASHBOARDS = all_dashboards()
ONE = {"service": "checkout", "slo": "availability"}
RANGE = 600
LACKING = {
    "Budget left",  # tiles of some kinds
    "Connected",  # anchors
    "Discovery",
    "SLOs over promql",
    "Exclusions in force",  # its maintenance is over
    "✖ Alerts that fire",  # not yet
    "By when",  # nothing may be claimed
}
"""Panels of which the demo has nothing, or not all; `test_queries.py` has an exporter that has."""

BEAT = 0.5
"""Seconds between two probes: what was not settled at that instant may have become of another state."""


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scraped]:
    with scraped_demo(tmp_path_factory.mktemp("demo"), incidents="60s") as scraped:
        yield scraped


@pytest.fixture(scope="module")
def caught(scraped: Scraped) -> Caught:
    return catch(scraped)


@pytest.fixture
def prometheus(scraped: Scraped) -> Prometheus:
    return scraped.prometheus


def test_every_query_is_answered_without_a_warning(prometheus: Prometheus, caught: Caught) -> None:
    """One test of all dashboards: each worker that had one of several would make a month of history of its own."""
    for name in DASHBOARDS:
        span, single = (caught.at - RANGE, caught.at), ONE if name == "slo" else {}
        found = list(problems(DASHBOARDS[name], prometheus, span, single))
        assert [each for each in found if not each.endswith(": nothing")] == [], name
        assert {each.partition(",")[0] for each in found} <= LACKING, name


def column(prometheus: Prometheus, caught: Caught, ref: str) -> dict[str, float]:
    """What a query of the table of SLOs finds, by service and SLO."""
    rows = found(prometheus, "slos", "SLOs", caught.at, ref)
    return {f"{row.labels['uptime_service']}/{row.labels['slo']}": row.number for row in rows}


def floored(ratio: float, digits: int) -> float:
    parts = 10.0**digits
    return floor(ratio * parts) / parts


def test_the_table_of_slos_has_the_figures_of_the_record(prometheus: Prometheus, caught: Caught) -> None:
    def known(*path: str) -> dict[str, float]:
        found = {}
        for name, figures in caught.figures.items():
            value = figures
            for key in path:
                value = value.get(key) if value else None
            if value is not None:
                found[name] = value
        return found

    def about(figures: dict[str, float], error: float, digits: int = 5) -> dict[str, object]:
        return {name: pytest.approx(floored(value, digits), abs=error) for name, value in figures.items()}

    assert set(caught.figures) >= {"checkout/availability", "search/latency", "billing/month", "vpn/minutes"}
    assert column(prometheus, caught, "B") == known("objective")
    assert column(prometheus, caught, "C") == about(known("sli"), 2e-5)
    assert column(prometheus, caught, "D") == about(known("error_budget", "remaining_ratio"), 1.1e-3, 3)
    assert column(prometheus, caught, "E") == about(known("error_budget", "remaining_seconds"), 2 * BEAT)
    assert column(prometheus, caught, "K") == about(known("coverage"), 2e-5)
