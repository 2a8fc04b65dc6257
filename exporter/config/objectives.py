"""From an SLO as configured to the question that the arithmetic answers."""

from collections.abc import Iterator
from fractions import Fraction

from exporter.config.model import Config, Endpoint, Service, SloConfig
from exporter.probes.registry import by_kind
from exporter.slo.objective import Objective
from exporter.units import MINUTE

HEARTBEAT = "heartbeat"
"""Probe type that an SLO asks about only where it names the endpoint."""


def asks_about(slo: SloConfig, endpoint_id: str, kind: str) -> bool:
    """Tell whether an SLO asks about an endpoint of its service.

    Those it names; else all but heartbeats, and a latency SLO only about those whose type
    measures a duration (ruling 29). A composite SLO, and one over `promql`, asks about none itself.
    """
    if slo.endpoints is not None:
        return endpoint_id in slo.endpoints
    return kind != HEARTBEAT and (
        slo.latency is None or kind not in by_kind or by_kind[kind].measures_duration
    )


def members(service: Service, slo: SloConfig) -> tuple[Endpoint, ...]:
    """Give the configured endpoints of its own service that an SLO asks about, in file order; none for a composite or over `promql`."""
    return tuple(each for each in service.endpoints if asks_about(slo, each.id, each.kind))


def parts(config: Config, slo: SloConfig) -> Iterator[tuple[Service, SloConfig | None]]:
    """Give the members of a composite SLO: services, each as a whole or with the one SLO that stands for it."""
    for reference in slo.services:
        service_id, _, slo_id = reference.partition("/")
        service = config.service(service_id)
        yield service, next((each for each in service.slos if each.id == slo_id), None)


def objective_of(config: Config, service: Service, slo: SloConfig) -> Objective:
    """Compile an SLO's question.

    Args:
        config: Has both.
        service: The SLO's.
        slo: As configured.
    """
    lag, spacing = 0, None
    if slo.promql is not None:
        interval = slo.promql.step
        lag = 2 * interval + slo.promql.delay + MINUTE  # the next step ends, and is asked about
    else:
        intervals = [each.policy.interval for each in all_members(config, service, slo)]
        interval = slo.slice or max(intervals)
        if slo.method == "events":
            spacing = 1 / sum((Fraction(1, each) for each in intervals), Fraction())
    return Objective(
        slo.objective,
        slo.window,
        slo.unknown,
        interval,
        slo.alerting.min_bad,
        method=slo.method,
        slice=slo.slice,
        slice_objective=slo.slice_objective or slo.objective,
        lag=lag,
        tiers=slo.alerting.tiers,
        spacing=spacing,
    )


def all_members(config: Config, service: Service, slo: SloConfig) -> Iterator[Endpoint]:
    """Give the configured endpoints that an SLO asks about, those of a composite's members too; at least one, but none over `promql`."""
    yield from (endpoint for _, endpoint in members_of(config, service, slo))


def members_of(config: Config, service: Service, slo: SloConfig) -> Iterator[tuple[Service, Endpoint]]:
    """The same, each with its service."""
    yield from ((service, each) for each in members(service, slo))
    for other, part in parts(config, slo):
        if part is not None:
            yield from ((other, each) for each in members(other, part))
        else:
            yield from ((other, each) for each in other.endpoints if each.kind != HEARTBEAT)
