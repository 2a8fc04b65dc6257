"""Every query of a dashboard, put to the real Prometheus."""

from collections.abc import Iterator, Mapping

from tests.support.panels import ALL, MACROS, Asked, Json, asked, choices, every, filled, with_hidden
from tests.support.prometheus import Prometheus

Span = tuple[float, float]
"""Seconds since the epoch."""

STEP = 60
"""Seconds between the points of a line."""


def ways(
    dashboard: Json, prometheus: Prometheus, span: Span, single: Mapping[str, str]
) -> Iterator[Mapping[str, str]]:
    """Variables with all chosen, with one and with two.

    Args:
        dashboard: Whose variables.
        prometheus: Knows what there is to choose.
        span: From when to when.
        single: Values of those of which one is chosen.
    """
    known = choices(dashboard, prometheus, span, single)
    several = [key for key in known if key not in single]
    for chosen in (
        {key: ALL[key] for key in several},
        {key: known[key][0] for key in several},
        {key: every(known[key][:2]) for key in several},
    ):
        yield with_hidden(dashboard, prometheus, span[1], {**single, **MACROS, **chosen})


def told(prometheus: Prometheus, query: Asked, values: Mapping[str, str], span: Span) -> Json:
    """The whole answer of Prometheus' API, with warnings."""
    given: dict[str, str | float] = {"query": filled(query.expr, values)}
    if query.instant:
        return prometheus.answer("query", time=span[1], **given)
    return prometheus.answer("query_range", start=span[0], end=span[1], step=STEP, **given)


def problems(dashboard: Json, prometheus: Prometheus, span: Span, single: Mapping[str, str]) -> Iterator[str]:
    """Queries that fail, warn, find nothing although all is chosen, or whose legends name labels that nothing has."""
    for number, values in enumerate(ways(dashboard, prometheus, span, single)):
        for query in asked(dashboard):
            answer = told(prometheus, query, values, span)
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
