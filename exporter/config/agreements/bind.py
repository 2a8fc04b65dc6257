"""Agreements and the services that they are about: names that lead nowhere are told where they are written."""

from collections.abc import Iterable, Iterator, Sequence

from exporter.config.agreements.build import Written
from exporter.config.model import Service, SloConfig
from exporter.config.report import Report
from exporter.config.tree import Map, Node, Seq
from exporter.errors import nearest
from exporter.sla.agreement import Agreement
from exporter.sla.terms import Target


class Binding:
    """Looks up what agreements name.

    Args:
        services: All that could be built.
        complete: Whether these are all, with all of their endpoints; else what is not there is not told.
        asks: Whether there is a Prometheus to ask.
        report: Gets the problems.
    """

    def __init__(self, services: Sequence[Service], report: Report, *, complete: bool, asks: bool) -> None:
        self._services = {service.name: service for service in services}
        self._complete = complete
        self._asks = asks
        self._report = report

    def check(self, written: Iterable[Written]) -> None:
        """See that all services and endpoints that agreements name are there."""
        for each in written:
            for name, mark in _services(each.root):
                self._service(name, mark)
            for node in _targets(each.root):
                self._endpoints(node)
                self._counted(node, each.agreement)
                if "promql" in node and not self._asks:
                    message = "`promql`: there is nobody to ask; name a Prometheus under `prometheus` of the configuration"
                    self._report.problem(node.mark_of("promql"), message)

    def _counted(self, node: Map, agreement: Agreement) -> None:
        """See that somebody counts the events that a target is about: only SLOs have them recorded."""
        target = next((each for each in agreement.terms.targets if each.name == node.get("name")), None)
        service = self._services.get(target.service) if target is not None else None
        if target is None or service is None:
            return
        if target.threshold is not None and not any(
            slo.latency is not None and slo.latency.threshold == target.threshold for slo in service.slos
        ):
            self._report.problem(
                node.mark_of("latency"),
                f"nobody records what is slower: give `{service.name}` an SLO with `sli: {{latency: {{threshold: ...}}}}` of the same threshold",
            )
        if target.queries is not None and counting_slo(service, target) is None and self._asks:
            self._report.problem(
                node.mark_of("promql"),
                f"nobody asks these queries: give `{service.name}` an SLO with the same `sli: {{promql: ...}}`",
            )

    def _service(self, name: str, mark: int) -> None:
        if name not in self._services and self._complete:
            hint = nearest(name, list(self._services)) or "; the configuration has " + (
                ", ".join(self._services) or "none"
            )
            self._report.problem(mark, f"there is no service `{name}`{hint}")

    def _endpoints(self, node: Map) -> None:
        name, endpoints = node.get("service"), node.get("endpoints")
        service = self._services.get(name) if isinstance(name, str) else None
        if service is None or not isinstance(endpoints, Seq):
            return
        known = service.endpoint_ids()
        for each, mark in zip(endpoints, endpoints.marks, strict=True):
            if isinstance(each, str) and each not in known and self._complete:
                hint = nearest(each, list(known)) or f"; it has {', '.join(known) or 'none'}"
                self._report.problem(mark, f"`{service.name}` has no endpoint `{each}`{hint}")


def counting_slo(service: Service, target: Target) -> SloConfig | None:
    """The SLO over the queries of a target, for which they are asked and recorded; None where there is none."""
    asked = target.queries
    return next(
        (
            slo
            for slo in service.slos
            if asked is not None
            and slo.promql is not None
            and (slo.promql.good, slo.promql.total) == (asked.good, asked.total)
        ),
        None,
    )


def _services(root: Map) -> Iterator[tuple[str, int]]:
    """Every service that an agreement names, with its place."""
    for node in _targets(root):
        name = node.get("service")
        if isinstance(name, str):
            yield str(name), node.mark_of("service")
    within = _at(root, "scope", "in")
    if isinstance(within, Seq):
        yield from ((str(name), mark) for name, mark in zip(within, within.marks, strict=True))
    shares = _at(root, "fee", "shares")
    if isinstance(shares, Map):
        yield from zip(map(str, shares), shares.marks, strict=True)


def _at(root: Map, key: str, inner: str) -> Node | None:
    node = root.get(key)
    return node.get(inner) if isinstance(node, Map) else None


def _targets(root: Map) -> Iterator[Map]:
    nodes = root.get("targets")
    yield from (node for node in nodes if isinstance(node, Map)) if isinstance(nodes, Seq) else ()
