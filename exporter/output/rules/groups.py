"""The groups of rules: for all SLOs of all exporters, or for those of one configuration."""

from collections.abc import Iterator

from exporter.config.model import Config, Service, SloConfig
from exporter.config.objectives import objective_of
from exporter.output import names
from exporter.output.rules.budgets import budget_alerts
from exporter.output.rules.burn import burn_of_all, burn_of_tier
from exporter.output.rules.endpoints import endpoint_alerts
from exporter.output.rules.exporters import exporter_alerts
from exporter.output.rules.rule import Alert, Group, Subject
from exporter.output.rules.sloth import sloth_groups, sloth_labels
from exporter.slo.tiers import PACES
from exporter.units import MINUTE, SECOND, format_duration

STATIC_INTERVAL = 15 * SECOND
_SHORTEST_BRIDGE = 3 * MINUTE
_BRIDGED_SCRAPES = 3


def static_groups() -> tuple[Group, ...]:
    """Rules that are right without any configuration."""
    everybody = Subject()
    return (
        Group(
            "uptime-slos",
            STATIC_INTERVAL,
            (burn_of_all(everybody), *budget_alerts(everybody, calendar=True, promql=True)),
        ),
        Group("uptime-endpoints", STATIC_INTERVAL, endpoint_alerts(everybody)),
        Group("uptime-exporters", STATIC_INTERVAL, exporter_alerts(everybody)),
    )


def groups(config: Config, *, sloth: bool = False) -> tuple[Group, ...]:
    """Rules with everything spelled out: groups for each service, and one for the exporters.

    Args:
        config: Whose services.
        sloth: Whether to record what sloth would have, and to label alerts as it does.
    """
    everybody = Subject(alerting=config.alerting, bridge=bridge(config))
    interval = config.delays.evaluation
    return (
        *_of_services(config, everybody.bridge, sloth=sloth),
        Group("uptime-exporters", interval, exporter_alerts(everybody)),
        *(sloth_groups(config) if sloth else ()),
    )


def bridge(config: Config) -> str:
    """How long a series that is missing from scrapes is taken for what it was: two scrapes may fail."""
    return format_duration(max(_SHORTEST_BRIDGE, _BRIDGED_SCRAPES * config.delays.scrape))


def _of_services(config: Config, bridged: str, *, sloth: bool) -> Iterator[Group]:
    interval = config.delays.evaluation
    for service in config.services:
        for slo in service.slos:
            subject = Subject(service.name, slo.name, service.owner, slo.alerting, bridged)
            name = f"uptime-slo-{service.name}/{slo.name}"
            alerts = _of_slo(config, service, slo, subject)
            yield Group(name, interval, tuple(map(_as_sloth, alerts)) if sloth else alerts)
        if service.endpoints:
            subject = Subject(service.name, "", service.owner, config.alerting, bridged)
            yield Group(f"uptime-endpoints-{service.name}", interval, endpoint_alerts(subject))


def _as_sloth(alert: Alert) -> Alert:
    """Label an alert on a burning budget as sloth does."""
    labels = alert.labels
    if "tier" not in labels:
        return alert
    severity = next(pace.severity for pace in PACES if pace.tier == labels["tier"])
    return alert.labelled(sloth_labels(labels[names.SERVICE], labels[names.SLO], severity))


def _of_slo(config: Config, service: Service, slo: SloConfig, subject: Subject) -> tuple[Alert, ...]:
    objective = objective_of(config, service, slo)
    burning = (burn_of_tier(subject, objective, tier) for tier in objective.plan.tiers)
    calendar, promql = not isinstance(slo.window, int), slo.promql is not None
    return *burning, *budget_alerts(subject, calendar=calendar, promql=promql)
