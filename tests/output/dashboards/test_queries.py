"""Every query of every dashboard, in the real Prometheus, over what the real exporter shows of known histories."""

import copy
from fractions import Fraction

import pytest

from tests.support.asking import problems
from tests.support.live import NOW
from tests.support.panels import MACROS, all_dashboards, filled, load, query_of
from tests.support.prometheus import Prometheus, Sample
from tests.support.shown import BUDGET, LEFT, QUIET, SHOWN

pytestmark = pytest.mark.unmeasured

DASHBOARDS = all_dashboards()
END = NOW // 1000
SPAN = (NOW - SHOWN) // 1000, END
ONE = {"service": "shop", "slo": "availability"}


def single(name: str) -> dict[str, str]:
    """Variables of a dashboard that have one value."""
    return ONE if name == "slo" else {}


@pytest.mark.parametrize("name", DASHBOARDS)
def test_every_query_is_answered_without_a_warning(name: str, prometheus: Prometheus) -> None:
    assert list(problems(DASHBOARDS[name], prometheus, SPAN, single(name))) == []


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("uptime_slo_error_budget_remaining_seconds", "uptime_slo_error_budget_remaining_second", "nothing"),
        ("{{uptime_service}}", "{{service}}", "no service in"),
        ("sort(", "sort_up(", "unknown function"),
    ],
)
def test_what_is_wrong_with_a_query_is_seen(
    right: str, wrong: str, said: str, prometheus: Prometheus
) -> None:
    broken = copy.deepcopy(DASHBOARDS["wall"])
    for panel in broken["panels"]:
        for target in panel["targets"]:
            for key in ("expr", "legendFormat"):
                target[key] = target.get(key, "").replace(right, wrong)
    assert any(said in each for each in problems(broken, prometheus, SPAN, {}))


ALL = {"site": ".*", "service": ".+", "endpoint": ".+", **MACROS}
TROUBLED, STEADY = "Budget left, worst first", "→ Steady"


def found(prometheus: Prometheus, name: str, panel: str, ref: str = "A", **values: str) -> list[Sample]:
    """What an instant query of a panel finds, in its order."""
    dashboard = load(name)
    title = next(each["title"] for each in dashboard["panels"] if each["title"].startswith(panel))
    query = query_of(dashboard, title, ref)
    return prometheus.query(filled(query.expr, {**ALL, **values}), END)


def tiles(prometheus: Prometheus, **values: str) -> list[tuple[str, str, float]]:
    """The letter (G of those that are steady), service and value of each tile of the wall, in its order."""
    shown = [*((TROUBLED, ref) for ref in "ABCDEF"), (STEADY, "A")]
    return [
        ("G" if panel is STEADY else ref, sample.labels["uptime_service"], sample.number)
        for panel, ref in shown
        for sample in found(prometheus, "wall", panel, ref, **values)
    ]


def test_the_wall_shows_the_worst_first_and_the_budgets_that_are_left(prometheus: Prometheus) -> None:
    shown = tiles(prometheus)
    week = Fraction(7 * 86_400, 1000)
    assert shown[:6] == [
        ("A", "shop", pytest.approx(float(week - 750))),
        ("B", "mail", pytest.approx(LEFT["mail"])),
        ("C", "search", pytest.approx(LEFT["search"])),
        ("D", "blog", pytest.approx(LEFT["blog"])),
        ("E", "new", 1),
        ("F", "archive", pytest.approx(LEFT["archive"])),
    ]
    assert {ref for ref, _, _ in shown[6:]} == {"G"}
    assert sorted(service for _, service, _ in shown[6:]) == QUIET
    assert [value for _, _, value in shown[6:]] == pytest.approx([BUDGET] * len(QUIET))


def test_a_service_has_one_tile_by_its_worst_slo(prometheus: Prometheus) -> None:
    services = [service for _, service, _ in tiles(prometheus)]
    assert len(services) == len(set(services)) == 100
    (shop,) = found(prometheus, "wall", TROUBLED)
    assert shop.labels == {"uptime_service": "shop", "slo": "checkout"}


def test_the_worst_that_any_exporter_says_counts_and_one_can_be_asked_alone(prometheus: Prometheus) -> None:
    by_service = {service: ref for ref, service, _ in tiles(prometheus, site="lon1")}
    assert by_service["shop"] == "G"
    assert {service: ref for ref, service, _ in tiles(prometheus, site="fra1")}["shop"] == "A"


def test_the_wall_says_since_when_what_is_down(prometheus: Prometheus) -> None:
    (down,) = found(prometheus, "wall", "✖ Down now")
    assert (down.labels, down.number) == ({"uptime_service": "shop", "uptime_endpoint": "web"}, 720)


@pytest.mark.parametrize(
    ("panel", "number"), [("Down ✖", 1), ("Paging", 2), ("Spent", 2), ("Unknown", 1), ("Services", 100)]
)
def test_the_wall_counts(panel: str, number: int, prometheus: Prometheus) -> None:
    (count,) = found(prometheus, "wall", panel)
    assert count.number == number


def test_nothing_is_counted_where_nothing_is_known(prometheus: Prometheus) -> None:
    for panel in ("Down ✖", "Paging", "Spent", "Unknown", "Services"):
        assert found(prometheus, "wall", panel, site="nowhere") == []


FRESH = "Alive?"


def ages(prometheus: Prometheus, at: float) -> list[float]:
    query = query_of(load("wall"), FRESH)
    return [sample.number for sample in prometheus.query(filled(query.expr, ALL), at)]


def test_the_wall_is_loud_once_the_figures_are_old_or_gone(prometheus: Prometheus) -> None:
    assert ages(prometheus, END) == [0]
    assert ages(prometheus, END + 120) == [120]
    assert ages(prometheus, END + 86_000) == [86_000]
    assert ages(prometheus, END + 2 * 86_400) == [1e12]


def test_the_table_of_slos_has_known_figures(prometheus: Prometheus) -> None:
    def cell(ref: str, service: str, slo: str = "availability") -> float | None:
        rows = found(prometheus, "slos", "SLOs", ref)
        same = {"uptime_service": service, "slo": slo}
        return next((row.number for row in rows if row.labels == same), None)

    assert cell("A", "shop") == 3
    assert cell("A", "new") == 2
    assert cell("A", "archive") == 1
    assert cell("A", "mail") == 0
    assert cell("B", "shop") == 0.999
    month = 30 * 86_400
    assert cell("C", "shop") == pytest.approx((1 - 750 / month) // 1e-5 * 1e-5)
    assert cell("D", "search") == pytest.approx(-0.04167)
    assert cell("E", "search") == pytest.approx(-108)
    assert cell("G", "mail") == pytest.approx(300 / BUDGET * 720)
    assert cell("J", "search") is None
    burn = 300 / BUDGET * 120
    assert cell("J", "mail") == pytest.approx(LEFT["mail"] / BUDGET * month / burn)
    assert cell("K", "shop") == 1
    assert cell("C", "new") is None


def test_alerts_of_the_slo_and_of_its_endpoints_are_listed(prometheus: Prometheus) -> None:
    firing = found(prometheus, "slo", "✖ Alerts", **ONE)
    assert sorted(row.labels["alertname"] for row in firing) == ["EndpointDown", "ErrorBudgetBurn"]
    assert found(prometheus, "slo", "✖ Alerts", service="mail", slo="availability") == []
