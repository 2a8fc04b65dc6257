"""From an SLO as configured to the question that the arithmetic answers."""

from exporter.config.model import Endpoint, Service, SloConfig
from exporter.slo.objective import Objective


def members(service: Service, slo: SloConfig) -> tuple[Endpoint, ...]:
    """Give the endpoints that an SLO asks about, in file order; at least one."""
    if slo.endpoints is None:
        return service.endpoints
    return tuple(endpoint for endpoint in service.endpoints if endpoint.id in slo.endpoints)


def objective_of(service: Service, slo: SloConfig, min_bad: int) -> Objective:
    """Compile an SLO's question.

    Args:
        service: The SLO's.
        slo: As configured.
        min_bad: Bad beats that an alert's long window needs, >= 1.
    """
    interval = max(endpoint.policy.interval for endpoint in members(service, slo))
    return Objective(slo.objective, slo.window, slo.unknown, interval, min_bad)
