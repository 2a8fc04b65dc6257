"""SLOs over services: their members are looked up once all services are known."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from exporter.config.combine import combination
from exporter.config.model import Service, SloConfig
from exporter.config.objectives import HEARTBEAT
from exporter.config.report import Report
from exporter.config.slos import Composite
from exporter.errors import nearest
from exporter.timeline.rule import Kind


class Composites:
    """Looks up what composite SLOs name.

    Args:
        services: All that could be built.
        pending: Their composite SLOs, by id of the service.
        complete: Whether these are all services, with all of their endpoints; else what
            is not there is not told.
        report: Gets the problems.
    """

    def __init__(
        self,
        services: Sequence[Service],
        pending: Mapping[str, Sequence[Composite]],
        *,
        complete: bool,
        report: Report,
    ) -> None:
        self._all = services
        self._services = {service.name: service for service in services}
        self._pending = pending
        self._composite = {(service, each.slo) for service, slos in pending.items() for each in slos}
        self._complete = complete
        self._report = report

    def resolved(self) -> tuple[Service, ...]:
        """Give the services with their composite SLOs complete."""
        return tuple(
            self._service(service, self._pending[service.id]) if service.id in self._pending else service
            for service in self._all
        )

    def _service(self, service: Service, composites: Sequence[Composite]) -> Service:
        made = {each.slo: self._slo(service, each) for each in composites}
        return replace(service, slos=tuple(made.get(slo.id, slo) for slo in service.slos))

    def _slo(self, service: Service, composite: Composite) -> SloConfig:
        slo = next(each for each in service.slos if each.id == composite.slo)
        names = composite.services
        if not names:
            self._report.problem(names.mark, "`services` is empty; name those that count")
        found = dict[str, str]()
        for name, mark in zip(names, names.marks, strict=True):
            if not isinstance(name, str):
                message = "`services` of an SLO are names of services, or of SLOs as service/slo"
                self._report.problem(mark, message)
                continue
            if name in found:
                self._report.problem(mark, f"`{name}` is named twice; remove one")
                continue
            member = self._member(name, mark, slo)
            if member is not None:
                found[name] = member
        complete = self._complete and len(found) == len(names) and bool(names)
        rule = combination(composite.combine, found, "member", self._report, complete=complete)
        if slo.method == "events":  # which is a problem that is told already
            return slo
        return replace(slo, services=tuple(found.values()), combine=rule)

    def _member(self, name: str, mark: int, asking: SloConfig) -> str | None:
        """Give the id of a member; None and a problem where there is none."""
        service_name, slash, slo_name = name.partition("/")
        service = self._services.get(service_name)
        if service is None:
            if self._complete:
                hint = nearest(service_name, list(self._services)) or ""
                self._report.problem(mark, f"there is no service `{service_name}`{hint}")
            return None
        if not slash:
            if not self._complete or any(each.kind != HEARTBEAT for each in service.endpoints):
                return service.id
            message = f"`{name}` has no endpoint that could count, as all are heartbeats or there is none"
            self._report.problem(mark, message)
            return None
        slo = next((each for each in service.slos if each.name == slo_name), None)
        if slo is None:
            if self._complete:
                known = [each.name for each in service.slos]
                hint = nearest(slo_name, known) or f"; it has {', '.join(known) or 'none'}"
                self._report.problem(mark, f"`{service_name}` has no SLO `{slo_name}`{hint}")
            return None
        if slo is asking:
            problem = "is this SLO itself; name others"
        elif (service.id, slo.id) in self._composite:
            problem = "is composite itself; name its members instead"
        else:
            problem = _unfit(slo)
        if problem:
            self._report.problem(mark, f"`{name}` {problem}")
            return None
        return f"{service.id}/{slo.id}"


def _unfit(slo: SloConfig) -> str:
    """Say why an SLO over endpoints cannot be a member of a composite one; empty where it can."""
    if slo.combine.kind is Kind.WEIGHTED:
        return (
            "is weighted, which shares out each instant; name its service, or an SLO that combines otherwise"
        )
    if slo.promql is not None:
        return "is over `promql`, which counts events and has no states; name an SLO of another method"
    if slo.method == "events":
        return "counts events and has no states; name its service, or an SLO of another method"
    return ""
