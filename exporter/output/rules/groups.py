"""The groups of rules: for all SLOs of all exporters, or for those of one configuration."""

from collections.abc import Iterator

from exporter.config.model import Config, Service, SloConfig
from exporter.config.objectives import objective_of
from exporter.output import names
from exporter.output.rules.agreements import agreement_alerts
from exporter.output.rules.budgets import budget_alerts
from exporter.output.rules.burn import burn_of_all, burn_of_tier
from exporter.output.rules.endpoints import certificate_alerts, endpoint_alerts
from exporter.output.rules.exporters import exporter_alerts
from exporter.output.rules.rule import Alert, Group, Subject
from exporter.output.rules.sloth import sloth_groups, sloth_labels
from exporter.slo.tiers import PACES
from exporter.units import MINUTE, SECOND

STATIC_INTERVAL = 15 * SECOND
SLOW_INTERVAL = MINUTE
"""Of what changes over hours: over ten thousand SLOs each look costs a part of a second."""


def static_groups() -> tuple[Group, ...]:
    """Rules that are right without any configuration."""
    everybody = Subject()
    slow = (
        *budget_alerts(everybody, calendar=True, promql=True),
        *certificate_alerts(everybody),
        *agreement_alerts(everybody),
    )
    return (
        Group("uptime-burn", STATIC_INTERVAL, (burn_of_all(everybody),)),
        Group("uptime-endpoints", STATIC_INTERVAL, endpoint_alerts(everybody)),
        Group("uptime-slow", SLOW_INTERVAL, slow),
        Group("uptime-exporters", STATIC_INTERVAL, exporter_alerts(everybody)),
    )


def groups(config: Config, *, sloth: bool = False) -> tuple[Group, ...]:
    """Rules with everything spelled out: groups for each service, and one for the exporters.

    Args:
        config: Whose services.
        sloth: Whether to record what sloth would have, and to label alerts as it does.
    """
    everybody = Subject(alerting=config.alerting, scrape=config.delays.scrape)
    found = [_of_service(config, service, sloth=sloth) for service in config.services]
    return (
        *(group for each in found for group in each if group.rules),
        Group("uptime-agreements", max(config.delays.evaluation, SLOW_INTERVAL), agreement_alerts(everybody)),
        Group("uptime-exporters", config.delays.evaluation, exporter_alerts(everybody)),
        *(sloth_groups(config) if sloth else ()),
    )


def _of_service(config: Config, service: Service, *, sloth: bool) -> tuple[Group, ...]:
    """Its budgets that burn, its endpoints, and what changes slowly."""
    interval, scrape = config.delays.evaluation, config.delays.scrape
    burning, slow = list[Alert](), list[Alert]()
    for slo in service.slos:
        subject = Subject(service.name, slo.name, service.owner, slo.alerting, scrape)
        burning += _burning(config, service, slo, subject)
        calendar, promql = not isinstance(slo.window, int), slo.promql is not None
        slow += budget_alerts(subject, calendar=calendar, promql=promql)
    endpoints: tuple[Alert, ...] = ()
    if service.endpoints:
        subject = Subject(service.name, "", service.owner, config.alerting, scrape)
        endpoints = endpoint_alerts(subject)
        slow += certificate_alerts(subject)
    return (
        Group(f"uptime-burn-{service.name}", interval, tuple(map(_as_sloth, burning) if sloth else burning)),
        Group(f"uptime-endpoints-{service.name}", interval, endpoints),
        Group(f"uptime-slow-{service.name}", max(interval, SLOW_INTERVAL), tuple(slow)),
    )


def _burning(config: Config, service: Service, slo: SloConfig, subject: Subject) -> Iterator[Alert]:
    objective = objective_of(config, service, slo)
    for tier in objective.plan.tiers:
        yield burn_of_tier(subject, objective, tier)


def _as_sloth(alert: Alert) -> Alert:
    """Label an alert on a burning budget as sloth does."""
    labels = alert.labels
    severity = next(pace.severity for pace in PACES if pace.tier == labels["tier"])
    return alert.labelled(sloth_labels(labels[names.SERVICE], labels[names.SLO], severity))
