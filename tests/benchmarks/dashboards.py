"""How long Prometheus takes to answer each query of each dashboard, over very many SLOs and endpoints."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from typing import Any

import requests

from tests.benchmarks.rules import exposed, served, slow_scrape, watched
from tests.benchmarks.table import show
from tests.support.live import probed
from tests.support.panels import Asked, Json, all_dashboards, asked, choices, filled, hidden, with_hidden
from tests.support.processes import wait_for
from tests.support.prometheus import Prometheus

ROUNDS = 5
BRIDGE = 180
"""Seconds of samples that there are: as many as a query of one instant looks at."""

STEPS = 600
"""Points of a line: as many as a graph of a third of a screen has."""

INTERVAL = 15
MACROS = {"__rate_interval": f"{4 * INTERVAL}s", "__interval": f"{INTERVAL}s", "__range": f"{BRIDGE}s"}

Cost = tuple[str, str, str, str, float]
"""Dashboard, how its variables are, panel, letter, seconds."""


def dashboard_costs(directory: Path, count: int) -> dict[str, float]:
    """Measure it; the slowest query of each dashboard by how its variables are, in seconds."""
    shown = watched(count)
    for each in shown.endpoints:
        probed(each)
    text = asyncio.run(exposed(shown))
    with ExitStack() as stack:
        serving = stack.enter_context(ExitStack())
        address = serving.enter_context(served(text))
        server = stack.enter_context(closing(Prometheus(directory, [slow_scrape(address)])))
        full = f"count_over_time(uptime_exporter_build_info[{BRIDGE}s]) >= {BRIDGE // INTERVAL - 1}"
        wait_for(lambda: server.query(full) or None, "there are samples", patience=600)
        end = server.query("time()")[0].number
        serving.close()  # scrapes would take turns with the queries
        wait_for(lambda: server.query("up == 0") or None, "nothing is scraped any more", patience=60)
        found = sorted(costs(server, end), key=lambda cost: (cost[0], cost[1], -cost[4]))
    for name in all_dashboards():
        show(
            f"{name}: how long a query takes over {count:,} SLOs and endpoints",
            ("panel", "query", "variables", "ms"),
            [(panel, ref, how, f"{1000 * cost:.1f}") for of, how, panel, ref, cost in found if of == name],
        )
    slowest = dict[str, float]()
    for name, how, _, _, cost in found:
        slowest.setdefault(f"{name}, {how}", cost)
    show("The slowest", ("dashboard", "ms"), [(name, f"{1000 * cost:.1f}") for name, cost in slowest.items()])
    return slowest


def costs(server: Prometheus, end: float) -> Iterator[Cost]:
    """Every query of every dashboard and of its hidden variables, what can be chosen as it is at first, and all of it."""
    for name, dashboard in all_dashboards().items():
        known = choices(dashboard, server, (int(end) - BRIDGE, int(end)), {})
        for how in ("at first", "all"):
            values = with_hidden(
                dashboard, server, end, dict(chosen(dashboard, known, everything=how == "all"))
            )
            for query in (*_hidden(dashboard), *asked(dashboard)):
                taken = [_taken(server, query, values, end) for _ in range(ROUNDS)]
                yield name, how, query.panel, query.ref, median(taken)


def _hidden(dashboard: Json) -> Iterator[Asked]:
    for name, query in hidden(dashboard).items():
        yield Asked("variable", name, query, frozenset(), instant=True)


def chosen(dashboard: Json, known: Mapping[str, Any], *, everything: bool) -> Iterator[tuple[str, str]]:
    """What those of its variables come to that can be chosen."""
    yield from MACROS.items()
    for variable in dashboard["templating"]["list"]:
        if variable["name"] in known:
            everything_now = variable.get("current", {}).get("value") == "$__all"
            of_all = everything_now or (everything and variable.get("includeAll", False))
            yield variable["name"], variable["allValue"] if of_all else known[variable["name"]][0]


def _taken(server: Prometheus, query: Asked, values: Mapping[str, str], end: float) -> float:
    """Seconds until the whole answer is here, of which nothing is read."""
    given: dict[str, str | float] = {"query": filled(query.expr, values)}
    if query.instant:
        path, given = "query", {**given, "time": end}
    else:
        path, given = "query_range", {**given, "start": end - BRIDGE, "end": end, "step": BRIDGE / STEPS}
    began = time.perf_counter()
    answer = requests.post(f"{server.url}/api/v1/{path}", data=given, timeout=120)
    answer.raise_for_status()
    return time.perf_counter() - began
