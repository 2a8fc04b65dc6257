"""Exclusions of the configuration that an agreement on the same service does not recognise."""

from collections.abc import Iterator, Sequence

from exporter.config.model import Service
from exporter.config.report import Report
from exporter.config.tree import Map, Seq
from exporter.sla.agreement import Agreement
from exporter.timeline.exclusion import Exclusion


def warn_unrecognised(
    nodes: Seq | None,
    exclusions: Sequence[Exclusion],
    services: Sequence[Service],
    agreements: Sequence[Agreement],
    report: Report,
) -> None:
    """Tell whoever plans maintenance that it is downtime for a party that has agreed on no such thing.

    Args:
        nodes: The section `exclusions`; None without one.
        exclusions: That were made of it.
        services: All of them.
        agreements: All versions.
        report: Gets the warnings.
    """
    maps = [node for node in nodes or () if isinstance(node, Map)]
    marks = {node["name"]: node.mark_of("category") for node in maps if "name" in node}
    for each in exclusions:
        covered = set(_covered(each, services))
        for name in dict.fromkeys(
            agreement.name
            for agreement in agreements
            if not agreement.is_draft
            and each.category not in agreement.terms.recognised
            and covered & {target.service for target in agreement.terms.targets}
        ):
            message = f"`{each.name}`: the agreement `{name}` does not recognise `{each.category}`: there it counts as downtime"
            report.warn(marks.get(each.name, 0), message)


def _covered(exclusion: Exclusion, services: Sequence[Service]) -> Iterator[str]:
    """Names of the services of which an exclusion covers anything."""
    for service in services:
        labels = dict(service.labels)
        ids = [(each.id, labels | dict(each.labels)) for each in service.endpoints]
        of_all = exclusion.scope.has_service(service.id, labels)
        if of_all or any(exclusion.scope.has_endpoint(service.id, *each) for each in ids):
            yield service.name
