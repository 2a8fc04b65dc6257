"""From the tree to the frozen configuration, finding every problem on the way."""

from dataclasses import replace

from exporter import units
from exporter.config.agreements.bind import Binding
from exporter.config.agreements.load import written
from exporter.config.agreements.reading import Expand, Pattern
from exporter.config.agreements.recognised import warn_unrecognised
from exporter.config.alerting import alerting
from exporter.config.blackbox import blackbox
from exporter.config.composites import Composites
from exporter.config.connectivity import connectivity
from exporter.config.dependencies import with_dependencies
from exporter.config.endpoints import EndpointBuilder, Shaped
from exporter.config.exclusions import exclusions
from exporter.config.fields import shape
from exporter.config.hours import NamedHours
from exporter.config.labels import merged_labels
from exporter.config.latency import with_thresholds
from exporter.config.model import RETENTION, Service
from exporter.config.names import Names
from exporter.config.probing import Probes
from exporter.config.prometheus import check_use, prometheus
from exporter.config.promql import is_over_promql
from exporter.config.removed import removed
from exporter.config.report import Report
from exporter.config.resolver import resolver
from exporter.config.sections import Defaults, RootSection, ServiceSection, StorageSection
from exporter.config.slos import Composite, Owner, SloBuilder
from exporter.config.tree import Map, Seq
from exporter.config.validate import validate
from exporter.config.windows import Windows
from exporter.sla.agreement import Agreement

SHORTEST_RETENTION = units.DAY


class Builder:
    """Builds the parts of one configuration.

    Attributes:
        services: In file order; those without a problem.
        site: Names this prober.
        alerting: What alert rules say where an SLO does not say it.
        delays: How long those take through whose hands an alert goes.
        probes: The named settings; those without a problem.
        connectivity: The anchors; None where there are none.
        resolver: How names are looked up.
        prometheus: Whom SLOs over `promql` ask; None for nobody.
        blackbox: What may be asked for at `/probe`; None for nothing.
        retention: Milliseconds for which history is kept.
        exclusions: In file order; those without a problem.
        agreements: In the order of their files.
        agreement_files: Files or globs of them.
    """

    def __init__(self, root: Map, expand: Expand, report: Report, *, commands: bool = True) -> None:
        self._report = report
        self._names = Names("service", report)
        nothing = Seq(root.mark)
        section, missing = validate(RootSection, root, report, "root", stand_in={"services": nothing})
        if (
            section is None
        ):  # pragma: no cover -- with a stand-in for its only required key there always is one
            section = RootSection(services=nothing)
        self.site = section.site or ""
        self.alerting, self.delays = alerting(section.alerting, report)
        defaults, wrong = self._defaults(section)
        probes = Probes(section.probes or Map(root.mark), report, commands=commands)
        self.probes = probes.named()
        self.retention, retention_mark = self._retention(section)
        windows = Windows(self.retention, retention_mark, report)
        if defaults.window is not None and section.defaults is not None:
            windows.set_default(defaults.window, section.defaults.mark_of("window"))
        self._hours = NamedHours(section.service_hours or Map(root.mark), report)
        self._endpoints = EndpointBuilder(Shaped(defaults, section.defaults, wrong), probes, report)
        self._slos = SloBuilder(windows, self._hours, self.alerting, report)
        self._composites: dict[str, list[Composite]] = {}
        self._dependencies: dict[str, Seq] = {}
        self._complete = True
        self._may_be_empty = section.discovery is not None  # others may come
        services = self._services(section.services)
        complete = self._complete and "services" not in missing
        services = Composites(services, self._composites, complete=complete, report=report).resolved()
        self.services = with_dependencies(services, self._dependencies, report, complete=complete)
        self.exclusions = exclusions(section.exclusions, self.services, report, complete=complete)
        self.resolver = resolver(section.resolver, report)
        self.prometheus = prometheus(section.prometheus, report)
        check_use(root, self._slos.over_promql, report)
        self.blackbox = blackbox(section.blackbox, self.probes, report)
        self.connectivity = connectivity(section.connectivity, self.services, probes, report)
        self.agreements = self._agreements(section.agreements, expand, complete=complete)
        if not section.services and "services" not in missing and not self._may_be_empty:
            mark = root.mark_of("services")
            report.problem(mark, "`services` is empty; name at least one service with its endpoints")
        if not report.has_problems:
            probes.warn_unused(self.blackbox.modules if self.blackbox is not None else ())
            self._hours.warn_unused()
            warn_unrecognised(section.exclusions, self.exclusions, self.services, self.agreements, report)
            if self.prometheus is not None and not (self._slos.over_promql or _may_ask(section.discovery)):
                report.warn(
                    root.mark_of("prometheus"), "no SLO is over `promql`, so that `prometheus` is never asked"
                )

    def _agreements(self, nodes: Seq | None, expand: Expand, *, complete: bool) -> tuple[Agreement, ...]:
        """Read the files that the section names, and see that what they are about is here."""
        patterns = list[Pattern]()
        for name, mark in zip(nodes, nodes.marks, strict=True) if nodes is not None else ():
            if isinstance(name, str):
                patterns.append(Pattern(str(self._report.folder(mark) / name), mark))
            else:
                message = f"`agreements` are files or globs, such as agreements/*.yml, not {shape(name)}"
                self._report.problem(mark, message)
        self.agreement_files = tuple(each.text for each in patterns)
        found = written(patterns, expand, self._report)
        asks = self.prometheus is not None
        Binding(self.services, self._report, complete=complete, asks=asks).check(found)
        return tuple(each.agreement for each in found)

    def _retention(self, root: RootSection) -> tuple[int, int]:
        """Give the milliseconds for which history is kept, and where that stands."""
        if root.storage is None:
            return RETENTION, 0
        section, _ = validate(StorageSection, root.storage, self._report, "storage")
        retention = (section and section.retention) or RETENTION
        mark = root.storage.mark_of("retention")
        if retention < SHORTEST_RETENTION:
            shortest = units.format_duration(SHORTEST_RETENTION)
            self._report.problem(mark, f"`retention` is shorter than {shortest}; history would be of no use")
        return retention, mark

    def _defaults(self, root: RootSection) -> tuple[Defaults, frozenset[str]]:
        if root.defaults is None:
            return Defaults(), frozenset()
        section, wrong = validate(Defaults, root.defaults, self._report, "defaults")
        return section or Defaults(), wrong

    def _services(self, nodes: Seq) -> tuple[Service, ...]:
        services = []
        for node, mark in zip(nodes, nodes.marks, strict=True):
            service = self._service(node) if isinstance(node, Map) else None
            if service is not None:
                services.append(service)
                continue
            self._complete = False
            if not isinstance(node, Map):
                self._report.problem(mark, "a service must be a map, such as {name: shop, endpoints: [...]}")
        return tuple(services)

    def _service(self, node: Map) -> Service | None:
        section, wrong = validate(ServiceSection, node, self._report, "service", stand_in={"name": "unnamed"})
        if section is None:
            return None
        name = section.name
        if "name" not in wrong:
            self._names.take(name, section.id or name, node.mark_of("name"), node.mark_of("id"))
        labels = merged_labels((), section.labels, self._report)
        endpoints, complete = self._endpoints.build(section, Shaped(section, node, wrong), labels)
        complete = complete and not wrong & {"endpoints", "slos", "name", "removed"}
        self._complete = self._complete and complete
        hours = self._hours.choose(section.service_hours, node)
        gone = removed(section.removed, endpoints, self._report)
        owner = Owner(name, endpoints, complete, labels, hours, gone)
        slos, composites, latency = self._slos.build(section, owner)
        self._check_endpoints(section, node, wrong)
        service = Service(
            id=section.id or name,
            name=name,
            title=section.title or name,
            owner=section.owner or "",
            labels=labels,
            endpoints=endpoints,
            slos=slos,
            hours=hours,
            removed=gone,
        )
        if section.depends_on is not None:
            self._dependencies[service.id] = section.depends_on
        if composites:
            self._composites[service.id] = composites
        if latency:
            thresholds = with_thresholds(owner, slos, latency, self._endpoints.share, self._report)
            service = replace(service, endpoints=thresholds)
        return service

    def _check_endpoints(self, section: ServiceSection, node: Map, wrong: frozenset[str]) -> None:
        """See that a service has endpoints, which it may leave out where all of its SLOs are over something else."""
        if self._may_be_empty and not section.endpoints:
            return
        if section.endpoints is None:
            slos = section.slos or ()
            need_none = all(
                isinstance(each, Map) and ("services" in each or is_over_promql(each)) for each in slos
            )
            if (slos and need_none) or "endpoints" in wrong or "endpoints" in node.empty:
                return
            message = "`endpoints` is missing; a service needs at least one, such as `endpoints: [{url: https://example.com/}]`"
            self._report.problem(node.mark, message)
        elif not section.endpoints:
            message = "`endpoints` is empty; a service needs at least one"
            self._report.problem(node.mark_of("endpoints"), message)


def _may_ask(discovery: Map | None) -> bool:
    """Whether an SLO that discovery gives to services is over `promql`."""
    slos = None if discovery is None else discovery.get("slos")
    return isinstance(slos, Map) and any(map(is_over_promql, slos.values()))
