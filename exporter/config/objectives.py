"""From an SLO as configured to the question that the arithmetic answers."""

from exporter.config.model import Endpoint, Service, SloConfig
from exporter.slo.objective import Objective

HEARTBEAT = "heartbeat"
"""Probe type that an SLO asks about only where it names the endpoint."""


def asks_about(slo: SloConfig, endpoint_id: str, kind: str) -> bool:
    """Tell whether an SLO asks about an endpoint of its service: those it names, else all but heartbeats."""
    return kind != HEARTBEAT if slo.endpoints is None else endpoint_id in slo.endpoints


def members(service: Service, slo: SloConfig) -> tuple[Endpoint, ...]:
    """Give the configured endpoints that an SLO asks about, in file order; at least one."""
    return tuple(each for each in service.endpoints if asks_about(slo, each.id, each.kind))


def objective_of(service: Service, slo: SloConfig, min_bad: int) -> Objective:
    """Compile an SLO's question.

    Args:
        service: The SLO's.
        slo: As configured.
        min_bad: Bad beats that an alert's long window needs, >= 1.
    """
    interval = max(endpoint.policy.interval for endpoint in members(service, slo))
    return Objective(slo.objective, slo.window, slo.unknown, interval, min_bad)
