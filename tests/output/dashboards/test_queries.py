"""Every query of every dashboard, in the real Prometheus, over what the real exporter shows of known histories."""

import copy

import pytest

from tests.support import panels
from tests.support.asking import problems
from tests.support.live import NOW
from tests.support.panels import MACROS, all_dashboards, load
from tests.support.prometheus import Prometheus, Sample
from tests.support.shown import BUDGET, LEFT, SHOWN

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
        ("uptime_service_rank", "uptime_service_ranks", "nothing"),
        ("{{uptime_endpoint}}", "{{endpoint}}", "no endpoint in"),
        ("sort_desc(", "sort_up(", "unknown function"),
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


def found(prometheus: Prometheus, name: str, panel: str, ref: str = "A", **values: str) -> list[Sample]:
    return panels.found(prometheus, name, panel, END, ref, **values)


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
    assert cell("D", "search") == pytest.approx(-0.042)
    assert cell("E", "search") == pytest.approx(-108)
    assert cell("G", "mail") == pytest.approx(300 / BUDGET * 720)
    assert cell("J", "search") is None
    burn = 300 / BUDGET * 120
    assert cell("J", "mail") == pytest.approx(LEFT["mail"] / BUDGET * month / burn)
    assert cell("K", "shop") == 1
    assert cell("C", "new") is None


COUNTS = ("How many", "Bad now", "Objective missed", "Unknown")


def test_slos_are_counted_and_nothing_is_where_nothing_is_known(prometheus: Prometheus) -> None:
    assert [found(prometheus, "slos", title)[0].number for title in COUNTS] == [102, 3, 2, 1]
    assert [found(prometheus, "slos", title, service="new")[0].number for title in COUNTS] == [1, 0, 0, 1]
    assert [found(prometheus, "slos", title, site="nowhere") for title in COUNTS] == [[]] * len(COUNTS)


def test_the_sli_over_shorter_windows_is_one_less_what_was_bad_of_them(prometheus: Prometheus) -> None:
    shown = {each.labels["window"]: each.number for each in found(prometheus, "slo", "SLI over", "C", **ONE)}
    hour, day = 3600, 86_400
    assert shown == {
        "1h": pytest.approx(1 - 720 / hour),
        "6h": pytest.approx((1 - 750 / (6 * hour)) // 1e-5 * 1e-5),
        "1d": pytest.approx((1 - 750 / day) // 1e-5 * 1e-5),
        "3d": pytest.approx((1 - 750 / (3 * day)) // 1e-5 * 1e-5),
    }


def test_alerts_of_the_slo_and_of_its_endpoints_are_listed(prometheus: Prometheus) -> None:
    firing = found(prometheus, "slo", "✖ Alerts", **ONE)
    assert sorted(row.labels["alertname"] for row in firing) == ["EndpointDown", "ErrorBudgetBurn"]
    assert found(prometheus, "slo", "✖ Alerts", service="mail", slo="availability") == []


@pytest.mark.parametrize("later", [0, 60, 3_600])
@pytest.mark.parametrize("name", ["slowest", "failing", "worst"])
def test_what_an_exporter_showed_is_still_looked_at_when_it_is_gone(
    name: str, later: int, prometheus: Prometheus
) -> None:
    given = {**panels.ALL, **MACROS, "service": "shop|mail"}
    services = panels.results(load("endpoints"), name, prometheus, END + later, given)
    assert sorted(services) == ["mail", "shop"]


def test_the_agreed_figures_are_drawn_as_they_are(prometheus: Prometheus) -> None:
    (row,) = found(prometheus, "agreements", "Agreed figures")
    assert row.labels == {"agreement": "acme", "target": "shop"}
    assert 0.9999 < row.number < 1


def test_incidents_have_the_time_that_is_left_and_nothing_where_nothing_is_due(
    prometheus: Prometheus,
) -> None:
    columns = [
        {row.labels["incident"]: row.number for row in found(prometheus, "agreements", "What is due", ref)}
        for ref in "ABCD"
    ]
    assert columns == [
        {"i7": -3600},
        {"i9": 3600},
        {"i7": 86_400, "i8": 300, "i9": 86_400},
        {"i7": 1, "i8": 0, "i9": 0},
    ]


def test_open_incidents_are_counted_and_nothing_is_where_nothing_is_known(prometheus: Prometheus) -> None:
    shown = found(prometheus, "agreements", "Incidents open")
    assert {each.labels["severity"]: each.number for each in shown} == {"sev1": 2, "sev2": 0, "sev3": 1}
    assert found(prometheus, "agreements", "Incidents open", site="nowhere") == []
    assert found(prometheus, "agreements", "Incidents open", agreement="other") == []
