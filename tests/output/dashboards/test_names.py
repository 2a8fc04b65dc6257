"""Every metric and every label that a dashboard asks for is one that the exporter shows."""

from collections.abc import Iterator

import promql_parser as promql
import pytest

from exporter.output import names
from exporter.output.names import FAMILIES, Group, Kind
from tests.support.panels import MACROS, all_dashboards, asked, filled, variables

TARGET = {"job", "instance"}
SUFFIXES = ("_bucket", "_sum", "_count")
ALERTS = {"alertname", "alertstate", "severity", "tier", names.SERVICE, names.SLO, names.ENDPOINT}
PROCESS = (
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
    "process_open_fds",
    "process_start_time_seconds",
)
IDENTITY = {
    Group.SERVICE: {names.SERVICE},
    Group.ENDPOINT: {names.SERVICE, names.ENDPOINT},
    Group.SLO: {names.SERVICE, names.SLO},
    Group.SLA: {names.AGREEMENT},
    Group.EXPORTER: set(),
}
CHOSEN = {
    "agreement": "acme",
    "site": ".*",
    "service": "shop",
    "slo": "availability",
    "endpoint": "web",
    "shown": "shop",
    "slowest": "shop",
    "failing": "shop",
    "worst": "shop",
    **MACROS,
}


def known() -> dict[str, set[str]]:
    """Labels of each series that there can be, by name."""
    found: dict[str, set[str]] = dict.fromkeys(PROCESS, TARGET) | {"ALERTS": ALERTS}
    families = [(names.EVALUATED, set[str]())] + [
        (family, IDENTITY[group]) for group, all_ in FAMILIES.items() for family in all_
    ]
    for family, identity in families:
        suffixes = SUFFIXES if family.kind is Kind.HISTOGRAM else ("",)
        for suffix in suffixes:
            found[family.name + suffix] = TARGET | identity | set(family.labels)
    return found


KNOWN = known()


def problems(expr: str) -> list[str]:
    """Metrics and labels of an expression that nobody shows."""
    found, selected = list[str](), list[promql.VectorSelector]()
    named = set[str]()

    def visit(node: promql.Expr) -> None:
        if isinstance(node, promql.VectorSelector):
            selected.append(node)
        if isinstance(node, promql.AggregateExpr) and node.modifier:
            named.update(node.modifier.labels)
        if isinstance(node, promql.BinaryExpr) and node.modifier:
            named.update(_matched(node.modifier))

    promql.walk(promql.parse(expr), visit)
    labels = set[str]()
    for selector in selected:
        of_it = KNOWN.get(str(selector.name))
        if of_it is None:
            found.append(f"no metric {selector.name}")
            continue
        labels |= of_it
        found += [
            f"no label {each.name} of {selector.name}"
            for each in selector.matchers.matchers
            if each.name not in of_it
        ]
    return found + [f"no label {each}" for each in named - labels]


def _matched(modifier: promql.BinModifier) -> Iterator[str]:
    if modifier.matching is not None:
        yield from modifier.matching.labels


@pytest.mark.parametrize("name", all_dashboards())
def test_each_is_one_that_the_exporter_shows(name: str) -> None:
    dashboard = all_dashboards()[name]
    for query in asked(dashboard):
        assert problems(filled(query.expr, CHOSEN)) == [], query
        shown = set().union(*KNOWN.values())
        assert query.legend <= shown
    for choice in variables(dashboard).values():
        if choice.startswith("query_result("):
            assert problems(filled(choice.removeprefix("query_result(").removesuffix(")"), CHOSEN)) == []
            continue
        selector, _, label = choice.removeprefix("label_values(").removesuffix(")").rpartition(", ")
        assert problems(filled(selector, CHOSEN)) == []
        assert label in KNOWN[selector.partition("{")[0]]


@pytest.mark.parametrize(
    ("expr", "problem"),
    [
        ("uptime_slo_sli", "no metric uptime_slo_sli"),
        ("max by (service) (uptime_slo_sli_ratio)", "no label service"),
        ('uptime_slo_burn_rate{windows="1h"}', "no label windows of uptime_slo_burn_rate"),
        ("uptime_slo_sli_ratio / on (uptime_slo) uptime_slo_objective_ratio", "no label uptime_slo"),
        ("rate(uptime_probe_duration_seconds[5m])", "no metric uptime_probe_duration_seconds"),
    ],
)
def test_a_wrong_name_is_seen(expr: str, problem: str) -> None:
    assert problems(expr) == [problem]
