"""From the tree to the frozen configuration, finding every problem on the way."""

from exporter import units
from exporter.config.connectivity import connectivity
from exporter.config.endpoints import EndpointBuilder, Shaped
from exporter.config.fields import nearest
from exporter.config.labels import merged_labels
from exporter.config.model import Endpoint, Service, SloConfig
from exporter.config.names import Names
from exporter.config.probing import Probes
from exporter.config.report import Report
from exporter.config.sections import AlertingSection, Defaults, RootSection, ServiceSection, SloSection
from exporter.config.tree import Map, Seq
from exporter.config.validate import validate

DEFAULT_WINDOW = 30 * units.DAY
DEFAULT_MIN_BAD = 3
RETENTION = 400 * units.DAY
"""How long history is kept; windows must end a day before."""


class Builder:
    """Builds the parts of one configuration.

    Attributes:
        services: In file order; those without a problem.
        site: Names this prober.
        min_bad: Of the alert tiers.
        probes: The named settings; those without a problem.
        connectivity: The anchors; None where there are none.
    """

    def __init__(self, root: Map, report: Report) -> None:
        self._report = report
        self._names = Names("service", report)
        nothing = Seq(root.mark)
        section, missing = validate(RootSection, root, report, "root", stand_in={"services": nothing})
        if (
            section is None
        ):  # pragma: no cover -- with a stand-in for its only required key there always is one
            section = RootSection(services=nothing)
        self.site = section.site or ""
        self.min_bad = self._alerting(section)
        defaults, wrong = self._defaults(section)
        probes = Probes(section.probes or Map(root.mark), report)
        self.probes = probes.named()
        self._window = defaults.window or DEFAULT_WINDOW
        if defaults.window and section.defaults is not None:
            self._check_window(defaults.window, section.defaults.mark_of("window"))
        self._endpoints = EndpointBuilder(Shaped(defaults, section.defaults, wrong), probes, report)
        self.services = self._services(section.services)
        self.connectivity = connectivity(section.connectivity, self.services, probes, report)
        if not section.services and "services" not in missing:
            mark = root.mark_of("services")
            report.problem(mark, "`services` is empty; name at least one service with its endpoints")
        if not report.has_problems:
            probes.warn_unused()

    def _alerting(self, root: RootSection) -> int:
        if root.alerting is None:
            return DEFAULT_MIN_BAD
        section, _ = validate(AlertingSection, root.alerting, self._report, "alerting")
        return (section and section.min_bad) or DEFAULT_MIN_BAD

    def _defaults(self, root: RootSection) -> tuple[Defaults, frozenset[str]]:
        if root.defaults is None:
            return Defaults(), frozenset()
        section, wrong = validate(Defaults, root.defaults, self._report, "defaults")
        return section or Defaults(), wrong

    def _services(self, nodes: Seq) -> tuple[Service, ...]:
        services = []
        for node, mark in zip(nodes, nodes.marks, strict=True):
            if isinstance(node, Map):
                service = self._service(node)
                if service is not None:
                    services.append(service)
            else:
                self._report.problem(mark, "a service must be a map, such as {name: shop, endpoints: [...]}")
        return tuple(services)

    def _service(self, node: Map) -> Service | None:
        section, wrong = validate(
            ServiceSection,
            node,
            self._report,
            "service",
            stand_in={"name": "unnamed", "endpoints": Seq(node.mark)},
        )
        if section is None:
            return None
        name = section.name
        if "name" not in wrong:
            self._names.take(name, section.id or name, node.mark_of("name"), node.mark_of("id"))
        labels = merged_labels((), section.labels, self._report)
        endpoints, complete = self._endpoints.build(section, Shaped(section, node, wrong), labels)
        if not section.endpoints and "endpoints" not in wrong:
            self._report.problem(
                node.mark_of("endpoints"), "`endpoints` is empty; a service needs at least one"
            )
        slos = self._slos(section, endpoints, labels, complete=complete)
        return Service(
            id=section.id or name,
            name=name,
            title=section.title or name,
            owner=section.owner or "",
            labels=labels,
            endpoints=endpoints,
            slos=slos,
        )

    def _slos(
        self,
        service: ServiceSection,
        endpoints: tuple[Endpoint, ...],
        labels: tuple[tuple[str, str], ...],
        *,
        complete: bool,
    ) -> tuple[SloConfig, ...]:
        """Build a service's SLOs; `complete` says that all of its endpoints could be built."""
        if service.slos is None:
            return ()
        names = Names(f"SLO of `{service.name}`", self._report)
        slos = []
        for node, mark in zip(service.slos, service.slos.marks, strict=True):
            if not isinstance(node, Map):
                self._report.problem(mark, "an SLO must be a map, such as {objective: 99.9}")
                continue
            section, _ = validate(SloSection, node, self._report, "slo", stand_in={"objective": "99.9"})
            if section is None:
                continue
            name = section.name or "availability"
            names.take(name, section.id or name, node.mark_of("name"), node.mark_of("id"))
            if section.window:
                self._check_window(section.window, node.mark_of("window"))
            slos.append(
                SloConfig(
                    id=section.id or name,
                    name=name,
                    title=section.title or name,
                    objective=section.objective.ratio,
                    objective_text=section.objective.text,
                    window=section.window or self._window,
                    unknown=section.unknown or "ignore",
                    endpoints=self._members(section.endpoints, endpoints, service.name, complete=complete),
                    labels=merged_labels(labels, section.labels, self._report),
                )
            )
        return tuple(slos)

    def _members(
        self, wanted: Seq | None, endpoints: tuple[Endpoint, ...], service: str, *, complete: bool
    ) -> tuple[str, ...] | None:
        """Turn the names of an SLO's endpoints into ids; None for all."""
        if wanted is None:
            return None
        if not wanted:
            self._report.problem(
                wanted.mark, "`endpoints` is empty; name those that count, or remove it for all"
            )
        ids = {endpoint.name: endpoint.id for endpoint in endpoints}
        members: dict[str, None] = {}
        for name, mark in zip(wanted, wanted.marks, strict=True):
            if not isinstance(name, str):
                self._report.problem(mark, "`endpoints` of an SLO are names of the service's endpoints")
            elif name not in ids:
                if complete:
                    hint = nearest(name, list(ids)) or f"; it has {', '.join(ids)}"
                    self._report.problem(mark, f"`{service}` has no endpoint `{name}`{hint}")
            elif ids[name] in members:
                self._report.problem(mark, f"`{name}` is named twice; remove one")
            else:
                members[ids[name]] = None
        return tuple(members)

    def _check_window(self, window: int, mark: int) -> None:
        if window > RETENTION - units.DAY:
            kept = units.format_duration(RETENTION)
            longest = units.format_duration(RETENTION - units.DAY)
            self._report.problem(mark, f"`window` is longer than {longest}; history is kept for {kept}")
