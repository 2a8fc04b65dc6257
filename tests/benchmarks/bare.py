"""What is done most often, alone and in this process: CPU of each."""

import asyncio
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from exporter.config.load import load
from exporter.config.model import Config
from exporter.engine.live import Counters, Health, LastProbe, Live, LiveEndpoint, LiveSlo
from exporter.output.exposition import Exposition, Shown, take
from exporter.output.names import Group
from exporter.output.style import TEXT
from exporter.probes.result import Outcome, Phases, Result
from exporter.slo.figures import figures
from exporter.slo.objective import Objective
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.policy import Policy
from exporter.timeline.tally import State
from tests.benchmarks.cpu import median_of, timed
from tests.benchmarks.daemon import Load, write_config
from tests.benchmarks.table import show
from tests.support.history import put

ROUNDS = 5
NOW = 1_800_000_000_000
INTERVAL = 15_000
POLICY = Policy(interval=INTERVAL, timeout=5_000, staleness=2 * INTERVAL + 5_000)
MONTH = 30 * 86_400_000
GROUPS = frozenset({Group.SERVICE, Group.ENDPOINT, Group.SLO})
OBJECTIVE = Objective(Fraction(999, 1000), MONTH, "ignore", INTERVAL, 3)


def bare(directory: Path, services: int) -> dict[str, Any]:
    """Run and print all of it; the figures, in microseconds unless they say otherwise."""
    file = directory / "bare.yml"
    write_config(Load("https://shop.example", None, services, INTERVAL // 1000), file)
    found = {**timeline(), **windows(), **configuration(file, services), **exposition(file, services)}
    show("bare costs, CPU", ["", "us"], [[name, f"{value:.3g}"] for name, value in found.items()])
    return found


def timeline() -> dict[str, float]:
    """Adding a result: one that says the same again, and one that changes the state."""
    count = 100_000
    return {
        "result that says the same": 1e6 * median_of(ROUNDS, lambda: history(count, count)) / count,
        "result that changes the state": 1e6 * median_of(ROUNDS, lambda: history(count, 1)) / count,
    }


def windows() -> dict[str, float]:
    """All figures of an SLO, which ask ten windows, by how often its endpoint changed its state."""
    calls, results = 1_000, MONTH // INTERVAL
    found = {}
    for transitions in (0, 10, 1_000):
        past = history(results, results // (transitions + 1))
        ask = partial(answer_often, past, calls)
        found[f"all windows of an SLO, {transitions} transitions"] = 1e6 * median_of(ROUNDS, ask) / calls
    return found


def answer_often(past: EndpointHistory, calls: int) -> None:
    """Ask the SLO at that many instants, one after the other."""
    question = put(OBJECTIVE, past)
    for turn in range(calls):
        figures(question, NOW + turn)


def configuration(file: Path, services: int) -> dict[str, float]:
    """Loading a file, per service and as a whole."""
    whole = median_of(3, lambda: load([str(file)], {}))
    return {
        f"configuration, a service of {services}": 1e6 * whole / services,
        f"configuration, all {services}": 1e6 * whole,
    }


def exposition(file: Path, services: int) -> dict[str, float]:
    """A line of the exposition, figures included, against prometheus_client on the same samples."""
    live = make_live(load([str(file)], {}))
    text = render(live)
    lines = sum(1 for line in text.splitlines() if not line.startswith("#"))
    ours = median_of(3, lambda: render(live)) / lines
    taken = median_of(3, lambda: asyncio.run(take(Shown(live, (), ()), NOW, GROUPS))) / lines
    registry = CollectorRegistry()
    registry.register(Parsed(list(text_string_to_metric_families(text))))
    theirs = timed(lambda: generate_latest(registry)) / lines
    return {
        f"exposition, a line of {lines} ({lines / services:.0f} per service)": 1e6 * ours,
        "of it, working out the figures": 1e6 * taken,
        "the same lines through prometheus_client, figures ready": 1e6 * theirs,
        "ratio, figures ready in both, per cent": 100 * (ours - taken) / theirs,
    }


class Parsed(Collector):
    """Families that are there already."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        """All of them."""
        return self._families


def history(results: int, run: int) -> EndpointHistory:
    """A past of `results` beats up to now, up and down by turns for `run` beats each."""
    past = EndpointHistory()
    start = NOW - results * INTERVAL
    for number in range(results):
        vote = State.DOWN if number // run % 2 else State.UP
        past.add(start + number * INTERVAL, vote, POLICY, event=True)
    return past


def make_live(config: Config) -> Live:
    """A daemon's present state, in which each endpoint had a handful of transitions and twenty probes."""
    live = Live(config, [], [], Health())
    result = Result(
        Outcome.SUCCESS,
        duration=12_345_678,
        phases=Phases(1_000, 234_567, None, 3_456_789, 45_678),
        status=200,
    )
    past = history(1, 1)
    for number, service in enumerate(config.services):
        for endpoint in service.endpoints:
            past = history(200, 17 + number % 31)
            counters, last = Counters(), LastProbe()
            counters.success, counters.up = 20, 300_000 + number
            for _ in range(20):
                counters.durations.observe(result.duration)
            last.update(NOW - number % INTERVAL, result)
            live.endpoints.append(LiveEndpoint(service, endpoint, past, counters, last))
        objectives = (
            (slo, Objective(slo.objective, slo.window, slo.unknown, INTERVAL, slo.alerting.min_bad))
            for slo in service.slos
        )
        live.slos.extend(LiveSlo(service, slo, put(objective, past)) for slo, objective in objectives)
    return live


def render(live: Live) -> str:
    """What services, endpoints and SLOs show."""

    async def whole() -> str:
        slices = Exposition().slices(live, NOW, TEXT, GROUPS)
        return "".join([text async for text in slices])

    return asyncio.run(whole())
