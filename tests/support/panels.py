"""Dashboards as their JSON has them: panels, queries, and variables filled in as Grafana would."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.prometheus import Prometheus, Sample

FOLDER = Path(__file__).parents[2] / "grafana" / "dashboards"
Json = dict[str, Any]

_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::\w+)?\}|(\w+))")
_LABEL_VALUES = re.compile(r"label_values\((?:(.+), )?(\w+)\)")
_QUERY_RESULT = "query_result("
_LEGEND = re.compile(r"\{\{\s*(\w+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Asked:
    """One query of a panel.

    Attributes:
        panel: Its title.
        ref: Its letter.
        expr: With variables in it.
        legend: Names of labels that its series must have.
        instant: Whether it is of one instant.
    """

    panel: str
    ref: str
    expr: str
    legend: frozenset[str]
    instant: bool


def load(name: str) -> Json:
    """A committed dashboard, by the name of its file without the ending."""
    content: Json = json.loads((FOLDER / f"{name}.json").read_text())
    return content


def all_dashboards() -> dict[str, Json]:
    return {file.stem: load(file.stem) for file in sorted(FOLDER.glob("*.json"))}


def asked(dashboard: Json) -> Iterator[Asked]:
    """All queries of its panels."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            legend = frozenset(_LEGEND.findall(target.get("legendFormat", "")))
            instant = bool(target.get("instant"))
            yield Asked(panel["title"], target["refId"], target["expr"], legend, instant)


def query_of(dashboard: Json, panel: str, ref: str = "A") -> Asked:
    return next(each for each in asked(dashboard) if (each.panel, each.ref) == (panel, ref))


def variables(dashboard: Json) -> dict[str, str]:
    """The query of each variable that asks Prometheus, by name."""
    found = dashboard["templating"]["list"]
    return {each["name"]: each["query"]["query"] for each in found if each["type"] == "query"}


def choices(
    dashboard: Json, prometheus: Prometheus, span: tuple[float, float], given: Mapping[str, str]
) -> Json:
    """What each variable that one chooses can be, in order, those before it filled in with the first choice, or with what is given."""
    chosen, known = dict(given), {}
    for name, query in variables(dashboard).items():
        if query.startswith(_QUERY_RESULT):
            continue
        match = _LABEL_VALUES.fullmatch(query)
        assert match, query
        selector = {"match[]": filled(match[1], chosen)} if match[1] else {}
        known[name] = prometheus.api(f"label/{match[2]}/values", start=span[0], end=span[1], **selector)
        assert known[name], f"nothing to choose: {query}"
        chosen.setdefault(name, known[name][0])
    return known


def every(known: Sequence[str]) -> str:
    """What Grafana makes of all choices of a variable that has no value of its own for them, as `pipe`."""
    return "|".join(known)


def regex_of(dashboard: Json, name: str) -> str:
    """The label that a variable takes from what its query finds."""
    (regex,) = (each["regex"] for each in dashboard["templating"]["list"] if each["name"] == name)
    match = re.fullmatch(r'/(\w+)="\(\[\^"\]\+\)"/', regex)
    assert match, regex
    return match[1]


def filled(expr: str, values: Mapping[str, str]) -> str:
    """An expression with its variables filled in; each must be known."""
    return _VARIABLE.sub(lambda match: values[match[1] or match[2]], expr)


ALL = {"site": ".*", "service": ".+", "endpoint": ".+", "agreement": ".+"}


def found(
    prometheus: Prometheus, name: str, panel: str, at: float, ref: str = "A", **values: str
) -> list[Sample]:
    """What an instant query of the panel whose title begins so finds at an instant, with all chosen that is not given."""
    dashboard = load(name)
    title = next(each["title"] for each in dashboard["panels"] if each["title"].startswith(panel))
    given = with_hidden(dashboard, prometheus, at, {**ALL, **MACROS, **values})
    return prometheus.query(filled(query_of(dashboard, title, ref).expr, given), at)


def hidden(dashboard: Json) -> dict[str, str]:
    """The queries of the variables that nobody chooses, by name."""
    return {
        name: query.removeprefix(_QUERY_RESULT).removesuffix(")")
        for name, query in variables(dashboard).items()
        if query.startswith(_QUERY_RESULT)
    }


def with_hidden(
    dashboard: Json, prometheus: Prometheus, at: float, given: Mapping[str, str]
) -> dict[str, str]:
    """Values of variables, with those that nobody chooses."""
    values = dict(given)
    for name in hidden(dashboard):
        values[name] = every(results(dashboard, name, prometheus, at, values))
    return values


def results(
    dashboard: Json, name: str, prometheus: Prometheus, at: float, given: Mapping[str, str]
) -> list[str]:
    """What a variable finds whose choices are the results of a query, in their order."""
    query = hidden(dashboard)[name]
    label = regex_of(dashboard, name)
    return [sample.labels[label] for sample in prometheus.query(filled(query, given), at)]


MACROS = {"__rate_interval": "4m", "__interval": "60s", "__range": "10800s"}
"""As of a scrape each minute."""


def named(dashboard: Json) -> Iterator[tuple[str, str]]:
    """Names of Grafana's that a dashboard uses, and what they are of."""
    for panel in dashboard["panels"]:
        config = panel.get("fieldConfig", {"defaults": {}, "overrides": []})
        defaults, overrides = config.get("defaults", {}), config.get("overrides", [])
        set_to = [
            *defaults.items(),
            *((each["id"], each.get("value")) for one in overrides for each in one["properties"]),
        ]
        yield from (("properties", key) for key, _ in set_to if not key.startswith("custom"))
        yield from (("units", value) for key, value in set_to if key == "unit" and ":" not in value)
        yield from (("colours", value["mode"]) for key, value in set_to if key == "color")
        yield from (("matchers", each["matcher"]["id"]) for each in overrides)
        yield from (("transformations", each["id"]) for each in panel.get("transformations", []))
        yield from (("reducers", each) for each in panel["options"].get("reduceOptions", {}).get("calcs", []))
