"""The thresholds that endpoints get from the latency SLOs of their service."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from exporter import units
from exporter.config.model import Endpoint, Latency, SloConfig
from exporter.config.objectives import asks_about
from exporter.config.report import Report
from exporter.config.slos import Owner
from exporter.config.tree import Map
from exporter.timeline.policy import Policy


def with_thresholds(
    owner: Owner,
    slos: tuple[SloConfig, ...],
    nodes: Mapping[str, Map],
    share: Callable[[Policy], Policy],
    report: Report,
) -> tuple[Endpoint, ...]:
    """Put the thresholds of latency SLOs into the policies of the endpoints that they ask about.

    Args:
        owner: The service, with the endpoints as they are without.
        slos: Of the service.
        nodes: Maps of the latency SLOs by their ids, for places.
        share: Gives one policy for all that are equal.
        report: Gets the problems.
    """
    thresholds: dict[str, list[tuple[str, int]]] = {each.id: [] for each in owner.endpoints}
    for slo in slos:
        if slo.latency is None:
            continue
        asked = [each for each in owner.endpoints if asks_about(slo, each.id, each.kind)]
        node = nodes[slo.id]
        if slo.endpoints is None and owner.complete and owner.endpoints and not asked:
            message = f"`latency`: no endpoint of `{owner.name}` measures how long its probes take"
            report.problem(node.mark_of("sli"), message)
        _check(slo.latency, asked, node, report)
        for each in asked:
            thresholds[each.id].append((slo.id, slo.latency.threshold))
    return tuple(
        replace(each, policy=share(replace(each.policy, latency=tuple(sorted(thresholds[each.id])))))
        if thresholds[each.id]
        else each
        for each in owner.endpoints
    )


def _check(latency: Latency, asked: Sequence[Endpoint], node: Map, report: Report) -> None:
    """See that all endpoints measure a duration, and that it can be too long."""
    for each in asked:
        if not each.settings.measures_duration:
            message = f"`{each.name}` is of type {each.kind}, which does not measure how long a probe takes"
            report.problem(node.mark_of("endpoints"), message)
        elif latency.threshold >= each.policy.timeout * units.NANOSECONDS:
            timeout = units.format_duration(each.policy.timeout)
            message = f"`threshold` is not below the timeout {timeout} of `{each.name}`, so that no success is ever slow"
            report.warn(node.mark_of("sli"), message)
