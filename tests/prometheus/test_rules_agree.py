"""The rule over `uptime_slo_alert_ratio` and those that are spelled out fire for the same at the same minutes.

The exporter's own exposition of a restless history, minute by minute, in the real Prometheus.
"""

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from exporter.config.load import load
from exporter.config.model import Config
from exporter.config.objectives import objective_of
from exporter.engine.live import Health, Live, LiveSlo
from exporter.output.exposition import Exposition
from exporter.output.names import FAMILIES, Group
from exporter.output.rules.groups import groups, static_groups
from exporter.output.rules.rule import Alert
from exporter.output.rules.rule import Group as Rules
from exporter.output.style import OPENMETRICS
from exporter.slo.question import question
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.past import Member, Past
from exporter.timeline.policy import Policy
from exporter.timeline.spans import Spans
from exporter.timeline.tally import State
from exporter.units import DAY, HOUR, MINUTE, SECOND
from tests.support.prometheus import Prometheus, remembering

NOW = 1_800_000_000_000
SHOWN = 8 * HOUR
INTERVAL = 30 * SECOND
CONFIG = """\
defaults: {interval: 30s}
services:
  - name: shop
    endpoints: [{url: "tcp://shop.example.com:1"}]
    slos:
      - {name: month, objective: 99.9}
      - {name: week, objective: 99.5, window: 7d}
      - {name: guarded, objective: 99.99, alerting: {min_bad: 8}}
      - {name: calendar, objective: 99.5, window: {calendar: month}}
      - {name: beats, objective: 99.8, method: events}
      - {name: slices, objective: 99.8, method: timeslices, slice_objective: 90}
      - {name: lax, objective: 95, window: 14d}
      - {name: few, objective: 99.9, alerting: {tiers: [medium, long]}}
"""
Fired = set[tuple[int, str, str]]
"""Minute, SLO and tier."""


def restless(seed: int) -> EndpointHistory:
    """Days of calm with a few failures, then hours of outages of all lengths, each with a single owner: chance."""
    random, history = Random(seed), EndpointHistory()
    at, vote, left = NOW - 4 * DAY, State.UP, 500
    while at < NOW:
        history.add(at, vote, Policy(INTERVAL, 5 * SECOND, 65 * SECOND), event=True)
        at, left = at + INTERVAL, left - 1
        if left <= 0:
            vote = random.choices([State.DOWN, State.UP, State.UNKNOWN], [5, 6, 1])[0]
            calm = at < NOW - SHOWN - HOUR
            left = random.randint(1, 2) if vote is not State.UP else random.randint(5, 900 if calm else 60)
            if not calm and vote is State.DOWN:
                left = random.choice([1, 1, 2, 6, 30])
    return history


def live(config: Config, seed: int) -> Live:
    service = config.services[0]
    history = restless(seed)
    maintenance = Spans([(NOW - 5 * HOUR, NOW - 4 * HOUR)])
    past = Past(history, [Member(history, history)], maintenance)
    slos = [LiveSlo(service, slo, question(objective_of(config, service, slo), past)) for slo in service.slos]
    return Live(config, [], slos, Health())


async def samples(*exporters: Live) -> str:
    """Every minute's exposition of each exporter as OpenMetrics with instants, families together as the format wants it."""
    lines = dict[str, list[str]]()
    for instance, shown in enumerate(exporters):
        async for name, sample in told(shown, f'job="uptime",instance="{instance}:9895"'):
            lines.setdefault(name, []).append(sample)
    gauges = [f"# TYPE {name} gauge\n" + "".join(each) for name, each in lines.items()]
    return "".join(gauges) + "# EOF\n"


async def told(shown: Live, target: str) -> AsyncIterator[tuple[str, str]]:
    """Each sample's name, and its line with the labels of its target."""
    exposition = Exposition()
    for at in range(NOW - SHOWN, NOW, MINUTE):
        text = "".join([part async for part in exposition.slices(shown, at, OPENMETRICS, {Group.SLO})])
        for name, labels, value in re.findall(r"^(\w+){(.*)} (\S+)$", text, re.MULTILINE):
            yield name, f"{name}{{{target},{labels}}} {value} {at // SECOND}\n"


def fired(prometheus: Prometheus, alert: Alert) -> Fired:
    data = prometheus.api(
        "query_range", query=alert.expr, start=(NOW - SHOWN) // SECOND, end=NOW // SECOND - 60, step=60
    )
    return {
        (int(at), row["metric"]["slo"], alert.labels.get("tier") or row["metric"]["tier"])
        for row in data["result"]
        for at, _ in row["values"]
    }


def without_guard(alert: Alert) -> Alert:
    expr, parts = re.subn(
        r"\n  and on \([a-z_, ]+\)\n  last_over_time\(uptime_slo_bad_\w+{.*}\[3m\]\) >=? [0-9.]+$",
        "",
        alert.expr,
        flags=re.MULTILINE,
    )
    assert parts == 1
    return replace(alert, expr=expr)


def burning(made: Sequence[Rules]) -> Iterator[Alert]:
    for group in made:
        for rule in group.rules:
            if isinstance(rule, Alert) and rule.name == "ErrorBudgetBurn":
                yield rule


@pytest.mark.usefixtures("promtool")
async def test_both_forms_fire_for_the_same_slos_and_tiers_at_the_same_minutes(tmp_path: Path) -> None:
    (tmp_path / "uptime.yml").write_text(CONFIG)
    config = load([str(tmp_path / "uptime.yml")], {})
    with remembering(await samples(live(config, 7), live(config, 8)), tmp_path / "prometheus") as prometheus:
        (of_all,) = burning(static_groups())
        together = fired(prometheus, of_all)
        spelled_out = set[tuple[int, str, str]]().union(
            *(fired(prometheus, alert) for alert in burning(groups(config)))
        )
        unguarded = set[tuple[int, str, str]]().union(
            *(fired(prometheus, without_guard(alert)) for alert in burning(groups(config)))
        )

    assert spelled_out == together
    assert together < unguarded, "the guard makes no difference here, and is not tested"
    minutes = SHOWN // MINUTE
    for tier in ("fast", "medium", "slow", "long"):
        fires = {(at, slo) for at, slo, each in together if each == tier}
        assert 20 < len(fires) < minutes * 8 - 20, f"{tier} says nothing, or always the same"
    assert {slo for _, slo, _ in together} == {each.name for each in config.services[0].slos}


def test_every_metric_of_slos_is_a_gauge() -> None:
    """As which the samples above are written."""
    assert {family.kind for family in FAMILIES[Group.SLO]} == {"gauge"}
