"""Every query of every dashboard, in the real Prometheus, over what the real exporter shows of known histories."""

import copy
from collections.abc import Iterator, Mapping

import pytest

from tests.support import panels
from tests.support.live import NOW
from tests.support.panels import MACROS, Asked, Json, all_dashboards, asked, choices, every, filled
from tests.support.prometheus import Prometheus, Sample
from tests.support.shown import BUDGET, LEFT, SHOWN

pytestmark = pytest.mark.unmeasured

DASHBOARDS = all_dashboards()
START, END = (NOW - SHOWN) // 1000, NOW // 1000
ONE = {"service": "shop", "slo": "availability"}


def ways(name: str, prometheus: Prometheus) -> Iterator[Mapping[str, str]]:
    """Variables as they are at first, with all chosen, and with one and two."""
    single = ONE if name == "slo" else {}
    known = choices(DASHBOARDS[name], prometheus, (START, END), single)
    several = [key for key in known if key not in single]
    for chosen in (
        {key: panels.ALL[key] for key in several},
        {key: known[key][0] for key in several},
        {key: every(known[key][:2]) for key in several},
    ):
        yield panels.with_hidden(DASHBOARDS[name], prometheus, END, {**single, **MACROS, **chosen})


def told(prometheus: Prometheus, query: Asked, values: Mapping[str, str]) -> Json:
    """The whole answer of Prometheus' API, with warnings."""
    given: dict[str, str | float] = {"query": filled(query.expr, values)}
    if query.instant:
        return prometheus.answer("query", time=END, **given)
    return prometheus.answer("query_range", start=START, end=END, step=60, **given)


def problems(name: str, dashboard: Json, prometheus: Prometheus) -> Iterator[str]:
    """Queries that fail, warn, find nothing although all is chosen, or whose legends name labels that nothing has."""
    for number, values in enumerate(ways(name, prometheus)):
        for query in asked(dashboard):
            answer = told(prometheus, query, values)
            where = f"{query.panel}, {query.ref}"
            if answer["status"] != "success" or answer.get("warnings"):
                yield f"{where}: {answer}"
                continue
            found = answer["data"]["result"]
            if not found and number == 0:
                yield f"{where}: nothing"
            for row in found if answer["data"]["resultType"] != "scalar" else []:
                missing = query.legend - row["metric"].keys()
                if missing:
                    yield f"{where}: no {', '.join(missing)} in {row['metric']}"
                    break


@pytest.mark.parametrize("name", DASHBOARDS)
def test_every_query_is_answered_without_a_warning(name: str, prometheus: Prometheus) -> None:
    assert list(problems(name, DASHBOARDS[name], prometheus)) == []


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
    assert any(said in each for each in problems("wall", broken, prometheus))


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
    assert cell("D", "search") == pytest.approx(-0.04167)
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
        "6h": pytest.approx(1 - 750 / (6 * hour)),
        "1d": pytest.approx(1 - 750 / day),
        "3d": pytest.approx(1 - 750 / (3 * day)),
    }


def test_alerts_of_the_slo_and_of_its_endpoints_are_listed(prometheus: Prometheus) -> None:
    firing = found(prometheus, "slo", "✖ Alerts", **ONE)
    assert sorted(row.labels["alertname"] for row in firing) == ["EndpointDown", "ErrorBudgetBurn"]
    assert found(prometheus, "slo", "✖ Alerts", service="mail", slo="availability") == []
