"""A night on call, played once in real time: what breaks when, and what was seen of it meanwhile."""

import time
from dataclasses import dataclass

from tests.support.alertmanager import Alert
from tests.support.processes import wait_for
from tests.support.prometheus import Sample
from tests.support.watch import Watch
from tests.support.webhook import FIRING, RESOLVED, Told

BURN, DOWN = "ErrorBudgetBurn", "UptimeExporterDown"

WELL_BEFORE = 2 * 3600
"""Seconds of the maintenance that lie before the outage: both windows of the fast tier and more."""


@dataclass(frozen=True)
class Before:
    """When nothing was broken yet.

    Attributes:
        ratios: `uptime_slo_alert_ratio` of the fast tier by exporter and service.
        burning: Alerts on burning budgets.
    """

    ratios: list[Sample]
    burning: list[Sample]


@dataclass(frozen=True)
class Pages:
    """When all servers were broken, and all that should come had come.

    Attributes:
        mail: What Alertmanager had for the service `mail`.
        shop: What it had for `shop`.
        ratios: Those of `shop`, one for each exporter that sees it.
        told: What had been told by then.
    """

    mail: list[Alert]
    shop: list[Alert]
    ratios: list[Sample]
    told: list[Told]


@dataclass(frozen=True)
class Blip:
    """When `blip` had failed a single beat, some seconds ago.

    Attributes:
        figures: What was measured, by metric.
        until: Instant in seconds since 1970; from then on more beats fail.
        told: What had been told by then.
    """

    figures: dict[str, float]
    until: float
    told: list[Told]


@dataclass(frozen=True)
class Maintenance:
    """When the maintenance of `patched` was over, and its server well again after some beats more.

    Attributes:
        excluded_seconds: Of the SLO's window.
        bad_seconds: That lie outside of it.
        ratios: `uptime_slo_alert_ratio` by tier.
    """

    excluded_seconds: float
    bad_seconds: float
    ratios: dict[str, float]


@dataclass(frozen=True)
class Missed:
    """While scrapes of the exporter that alone watches `mail` failed.

    Attributes:
        begin: Whole seconds since 1970 before it.
        end: When scrapes had succeeded again, and rules been evaluated.
        told: What had been told by then.
    """

    begin: int
    end: int
    told: list[Told]


@dataclass(frozen=True)
class Stopped:
    """When a page had come for the exporter that was stopped.

    Attributes:
        at: Instant in seconds since 1970.
        told: What had been told by then.
    """

    at: float
    told: list[Told]


@dataclass(frozen=True)
class Night:
    """All that was seen.

    Attributes:
        watch: Still there when all is over, so that it can be asked.
        recovering: What had been told when the server of `mail` recovered.
    """

    watch: Watch
    before: Before
    pages: Pages
    blip: Blip
    maintenance: Maintenance
    missed: Missed
    recovering: list[Told]
    stopped: Stopped


def play(watch: Watch) -> Night:
    """Break servers, lose scrapes, stop an exporter, and wait for what comes of each."""
    before = _before(watch)
    maintenance_began = _begin_maintenance(watch)
    _break(watch)
    pages = _pages(watch)
    blip = _fail_more_beats(watch)
    watch.second.stop()
    maintenance = _end_maintenance(watch, maintenance_began)
    missed = _miss_scrapes(watch)
    recovering = list(watch.webhook.told)
    watch.mail.recover()
    watch.webhook.wait_for(RESOLVED, uptime_service="mail", severity="page")
    watch.webhook.wait_for(FIRING, uptime_service="mail", severity="ticket")
    watch.webhook.wait_for(FIRING, uptime_service="blip")
    watch.webhook.wait_for(FIRING, alertname=DOWN)
    stopped = Stopped(time.time(), list(watch.webhook.told))
    return Night(watch, before, pages, blip, maintenance, missed, recovering, stopped)


def _before(watch: Watch) -> Before:
    """Wait until both exporters have shown that every service is well, and Prometheus knows whom to tell."""
    fast = 'uptime_slo_alert_ratio{tier="fast"}'
    watch.prometheus.wait_for(f"sum(uptime_endpoint_up) == 7 and count({fast}) == 7")
    wait_for(
        lambda: watch.prometheus.api("alertmanagers")["activeAlertmanagers"] or None,
        "Prometheus has found the Alertmanager",
    )
    return Before(watch.prometheus.query(fast), watch.prometheus.query(f'ALERTS{{alertname="{BURN}"}}'))


def _begin_maintenance(watch: Watch) -> int:
    began = int(time.time()) - WELL_BEFORE
    _exclude(watch, began, began + WELL_BEFORE + 3600)
    return began


def _exclude(watch: Watch, begin: float, end: float) -> None:
    watch.on_first(
        "exclude", "add", "--service=patched", "--category=maintenance", "--reason=New disks",
        f"--from={begin:.3f}", f"--to={end:.3f}",
    )  # fmt: skip


def _break(watch: Watch) -> None:
    for server in (watch.mail, watch.shop, watch.desk):
        server.fail()
    watch.blip.fail_once()


def _pages(watch: Watch) -> Pages:
    """Wait for every page, for the tickets behind it, and until both exporters see what both watch."""
    for service in ("mail", "shop", "relay", "unpatched"):
        watch.webhook.wait_for(FIRING, uptime_service=service)
    alertmanager = watch.alertmanager
    tickets = {"uptime_service": "mail", "severity": "ticket"}
    wait_for(lambda: len(alertmanager.alerts(**tickets)) == 2, f"Alertmanager has both {tickets}")
    seen = 'uptime_slo_alert_ratio{uptime_service="shop",tier="fast"} > 1'
    watch.prometheus.wait_for(f"count({seen}) == 2")
    return Pages(
        alertmanager.alerts(uptime_service="mail"),
        alertmanager.alerts(uptime_service="shop"),
        watch.prometheus.query(seen),
        list(watch.webhook.told),
    )


def _fail_more_beats(watch: Watch) -> Blip:
    """Wait until rules had the time to see the single failure of `blip`; then let it fail for good."""
    ratio = 'uptime_slo_alert_ratio{uptime_service="blip",tier="fast"}'
    watch.prometheus.wait_for(f"min_over_time({ratio}[5s]) >= 1 and count_over_time({ratio}[5s]) >= 3")
    figures = {
        name: sum(each.number for each in watch.prometheus.query(f'{name}{{uptime_service="blip"{more}}}'))
        for name, more in (
            ("uptime_probe_failures_total", ""),
            ("uptime_slo_bad_seconds", ',window="1h"'),
            ("uptime_slo_burn_rate", ',window="1h"'),
            ("uptime_slo_alert_ratio", ',tier="fast"'),
        )
    }
    seen = Blip(figures, time.time(), list(watch.webhook.told))
    watch.blip.fail()
    return seen


def _end_maintenance(watch: Watch, began: int) -> Maintenance:
    """End it now, which is too early: the server is well only some beats later."""
    ended = int(time.time())
    _exclude(watch, began, ended)
    watch.on_first("exclude", "remove", "c1", "--reason=Done sooner")
    bad = 'uptime_slo_bad_seconds{uptime_service="patched",window="1h"}'
    watch.prometheus.wait_for(f"{bad} > 3")
    watch.desk.recover()
    watch.prometheus.wait_for('uptime_endpoint_up{uptime_service="patched"} == 1')
    moment = watch.prometheus.query(f"timestamp({bad})")[0].number
    ratios = watch.prometheus.query('uptime_slo_alert_ratio{uptime_service="patched"}', at=moment)
    return Maintenance(
        ended - began,
        watch.prometheus.query(bad, at=moment)[0].number,
        {each.labels["tier"]: each.number for each in ratios},
    )


def _miss_scrapes(watch: Watch) -> Missed:
    begin = int(time.time())
    up = f'up{{instance="{watch.to_first.address}"}}'
    watch.to_first.refuse(2)
    watch.prometheus.wait_for(f"{up} == 0")
    watch.prometheus.wait_for(f"min_over_time({up}[3s]) == 1 and count_over_time({up}[3s]) >= 2")
    return Missed(begin, int(time.time()), list(watch.webhook.told))
