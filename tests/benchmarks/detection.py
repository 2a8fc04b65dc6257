"""How soon an outage is told, beside what `check` reckons: real servers, Prometheus, Alertmanager and a webhook.

Everything runs at 5 s, so that the delays of all programs are small beside the burn, and it ends within ten minutes.
"""

import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exporter.config.load import load
from exporter.output.budgets import budgets
from exporter.output.rules.alertmanager import alertmanager_file
from exporter.output.rules.files import rules_file
from exporter.output.rules.groups import static_groups
from exporter.units import describe_duration
from tests.benchmarks.table import show
from tests.support.alertmanager import Alertmanager, filled_in
from tests.support.daemon import Daemon
from tests.support.processes import wait_for
from tests.support.prometheus import Prometheus, scrape
from tests.support.target import Target
from tests.support.webhook import FIRING, Webhook

SECONDS = 5
"""Of everything: probes, scrapes, evaluations and Alertmanager's wait."""

PATIENCE = 900
SLOS = {
    "99.9 %": "objective: 99.9",
    "99.95 %": "objective: 99.95",
    "99.99 %, by the guard": "objective: 99.99",
    "99.9 %, events": "objective: 99.9, method: events",
    "99.9 %, slices of 15 s": "objective: 99.9, method: timeslices, slice: 15s, slice_objective: 90",
    "99.95 %, a tenth fails": "objective: 99.95",
}
TENTH = "99.95 %, a tenth fails"


@dataclass
class Watched:
    """A server, its SLO, and what was reckoned and found; seconds."""

    name: str
    target: Target
    reckoned: float
    clears: float
    told: float = 0.0
    cleared: float = 0.0


def detection(directory: Path) -> dict[str, Any]:
    """Measure all SLOs at once."""
    with ExitStack() as running:
        targets = {name: running.enter_context(closing(Target())) for name in SLOS}
        config = directory / "uptime.yml"
        config.write_text(_config(targets))
        watched = _reckoned(config, targets)
        webhook = running.enter_context(closing(Webhook()))
        manager = _alertmanager(directory, config, webhook)
        running.enter_context(closing(manager))
        daemon = running.enter_context(closing(Daemon(config, directory / "uptime.db")))
        prometheus = running.enter_context(closing(_prometheus(directory, daemon, manager)))
        wait_for(lambda: len(prometheus.query("uptime_endpoint_up == 1")) == len(SLOS) or None, "all are up")
        _break(watched, webhook)
        _mend(watched, prometheus)
    rows = [
        (
            each.name,
            *(_text(length) for length in (each.reckoned, each.told, each.clears, each.cleared)),
        )
        for each in watched.values()
    ]
    show(
        f"Outages: from their start to the webhook, and from their end to the alert's, all at {SECONDS} s",
        ("", "told: at the latest", "measured", "clears: at the latest", "measured"),
        rows,
    )
    return {each.name: {"told": each.told, "reckoned": each.reckoned} for each in watched.values()}


def _config(targets: Mapping[str, Target]) -> str:
    every = f"{SECONDS}s"
    services = "".join(
        f'  - {{name: s{number}, endpoints: [{{url: "{target.url}"}}], slos: [{{{SLOS[name]}}}]}}\n'
        for number, (name, target) in enumerate(targets.items())
    )
    return (
        f"defaults: {{interval: {every}, timeout: 1s}}\n"
        f"alerting: {{tiers: [fast], scrape_interval: {every}, evaluation_interval: {every}, group_wait: {every}}}\n"
        f"services:\n{services}"
    )


def _reckoned(config: Path, targets: Mapping[str, Target]) -> dict[str, Watched]:
    """By service, what `check` says."""
    found = {}
    slos = budgets(load([str(config)], {}))["slos"]
    for (name, target), slo in zip(targets.items(), slos, strict=True):
        (fast,) = slo["tiers"]
        told = fast["told_after_seconds_at_a_tenth" if name == TENTH else "told_after_seconds"]
        assert told is not None
        assert fast["clears_after_seconds"] is not None
        found[slo["service"]] = Watched(name, target, told, fast["clears_after_seconds"])
    return found


def _alertmanager(directory: Path, config: Path, webhook: Webhook) -> Alertmanager:
    written = filled_in(alertmanager_file(load([str(config)], {})), webhook.url)
    written["route"]["group_wait"] = f"{SECONDS}s"
    return Alertmanager(directory / "alertmanager", written)


def _prometheus(directory: Path, daemon: Daemon, manager: Alertmanager) -> Prometheus:
    every = f"{SECONDS}s"
    rules = directory / "rules.yml"
    rules.write_text(rules_file(static_groups()).replace("interval: 15s", f"interval: {every}"))
    scraping = {**scrape(daemon.address), "scrape_interval": every}
    return Prometheus(directory / "prometheus", [scraping], [rules], alertmanagers=[manager.address])


def _break(watched: Mapping[str, Watched], webhook: Webhook) -> None:
    """Break all servers at once, and note when each page arrives."""
    began = time.monotonic()
    for each in watched.values():
        if each.name == TENTH:
            each.target.fail_every(10)
        else:
            each.target.fail()

    def all_told() -> bool:
        for service, each in watched.items():
            if not each.told and webhook.find(
                status=FIRING, alertname="ErrorBudgetBurn", uptime_service=service
            ):
                each.told = time.monotonic() - began
        return all(each.told for each in watched.values())

    wait_for(all_told, "every page arrives", patience=PATIENCE)


def _mend(watched: Mapping[str, Watched], prometheus: Prometheus) -> None:
    """Let all servers recover at once, and note when each alert ends."""
    began = time.monotonic()
    for each in watched.values():
        each.target.recover()

    def all_clear() -> bool:
        found = prometheus.query('ALERTS{alertname="ErrorBudgetBurn",alertstate="firing"}')
        firing = {alert.labels["uptime_service"] for alert in found}
        for service, each in watched.items():
            if not each.cleared and service not in firing:
                each.cleared = time.monotonic() - began
        return not firing

    wait_for(all_clear, "every alert ends", patience=PATIENCE)


def _text(seconds: float) -> str:
    return describe_duration(round(seconds) * 1000)
