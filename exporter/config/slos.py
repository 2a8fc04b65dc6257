"""The SLOs of a service."""

from collections.abc import Mapping
from typing import NamedTuple

from exporter.config.alerting import Alerting, of_slo
from exporter.config.choices import CATEGORIES, refusal
from exporter.config.combine import combination
from exporter.config.fields import shape
from exporter.config.hours import NamedHours
from exporter.config.labels import Labels, merged_labels
from exporter.config.methods import Measure, measure
from exporter.config.model import Endpoint, SloConfig
from exporter.config.names import Names
from exporter.config.objectives import HEARTBEAT
from exporter.config.report import Report
from exporter.config.sections import ServiceSection, SloSection
from exporter.config.tree import Map, Seq
from exporter.config.validate import validate
from exporter.config.windows import Windows
from exporter.errors import nearest
from exporter.timeline.exclusion import Category, When
from exporter.timeline.rule import ALL, Rule


class Owner(NamedTuple):
    """The service of an SLO, as far as it is built.

    Attributes:
        name: Of the service.
        endpoints: Those that could be built.
        complete: Whether these are all.
        labels: Of the service.
        hours: Of the service.
        removed: Ids of endpoints that it had.
    """

    name: str
    endpoints: tuple[Endpoint, ...]
    complete: bool
    labels: Labels
    hours: When | None
    removed: tuple[str, ...]


class Composite(NamedTuple):
    """An SLO whose members can only be looked up once all services are known.

    Attributes:
        slo: Its id.
        services: Names of its members.
        combine: The key of that name.
    """

    slo: str
    services: Seq
    combine: str | Map | None


class SloBuilder:
    """Builds the SLOs of all services.

    Args:
        windows: Default and limit of their windows.
        hours: The service hours by name.
        alerting: What their alert rules say where they do not say it.
        report: Gets the problems.

    Attributes:
        over_promql: Where those stand that ask a Prometheus.
    """

    def __init__(self, windows: Windows, hours: NamedHours, alerting: Alerting, report: Report) -> None:
        self._windows = windows
        self._hours = hours
        self._alerting = alerting
        self._report = report
        self.over_promql: list[int] = []

    def build(
        self, service: ServiceSection, owner: Owner
    ) -> tuple[tuple[SloConfig, ...], list[Composite], Mapping[str, Map]]:
        """Build a service's SLOs.

        Returns:
            The SLOs, those of them whose members are still to be looked up, and the map of
            each latency SLO by its id.
        """
        slos, composites, latency = list[SloConfig](), list[Composite](), dict[str, Map]()
        if service.slos is None:
            return (), composites, latency
        names = Names(f"SLO of `{service.name}`", self._report)
        for node, mark in zip(service.slos, service.slos.marks, strict=True):
            if not isinstance(node, Map):
                self._report.problem(mark, "an SLO must be a map, such as {objective: 99.9}")
                continue
            section, wrong = validate(SloSection, node, self._report, "slo", stand_in={"objective": "99.9"})
            if section is None:  # pragma: no cover -- with a stand-in for its only required key there is one
                continue
            slo = self._slo(section, node, wrong, owner)
            if not wrong & {"name", "sli"}:
                names.take(slo.name, slo.id, node.mark_of("name"), node.mark_of("id"))
            slos.append(slo)
            if section.services is not None and slo.promql is None:
                composites.append(Composite(slo.id, section.services, section.combine))
            if slo.latency:
                latency[slo.id] = node
            if slo.promql:
                self.over_promql.append(mark)
        return tuple(slos), composites, latency

    def _slo(self, section: SloSection, node: Map, wrong: frozenset[str], owner: Owner) -> SloConfig:
        measured = measure(section, node, wrong, self._report)
        name = section.name or ("latency" if measured.latency else "availability")
        members, rule = self._over(section, node, measured, wrong, owner)
        slo = SloConfig(
            id=section.id or name,
            name=name,
            title=section.title or name,
            objective=section.objective.ratio,
            objective_text=section.objective.text,
            window=self._windows.of(section.window, node.mark_of("window")),
            method=measured.method,
            unknown=section.unknown or "ignore",
            endpoints=members,
            labels=merged_labels(owner.labels, section.labels, self._report),
            slice=measured.slice,
            slice_objective=measured.slice_objective,
            latency=measured.latency,
            promql=measured.promql,
            combine=rule,
            categories=self._categories(section.exclusions),
            hours=self._hours.choose(section.service_hours, node) or owner.hours,
            alerting=of_slo(section.alerting, self._alerting, self._report),
        )
        length = slo.window if isinstance(slo.window, int) else slo.window.nominal
        if slo.slice > length:
            self._report.problem(node.mark_of("slice"), "`slice` is longer than the window")
        if slo.promql and slo.promql.step > length:
            self._report.problem(node.mark_of("sli"), "`promql`: a step is longer than the window")
        if (
            section.service_hours
            and slo.categories is not None
            and Category.OUT_OF_HOURS not in slo.categories
        ):
            message = "`exclusions` leaves out `out_of_hours`, so that `service_hours` has no effect; add it, or remove them"
            self._report.problem(node.mark_of("exclusions"), message)
        return slo

    def _over(
        self, section: SloSection, node: Map, measured: Measure, wrong: frozenset[str], owner: Owner
    ) -> tuple[tuple[str, ...] | None, Rule]:
        """Give the ids of the endpoints, None for all but heartbeats, and how they combine."""
        if measured.promql is not None:
            return (), ALL
        if section.services is not None:
            if section.endpoints is not None:
                message = "`endpoints` and `services` are both given; an SLO is over one of them"
                self._report.problem(node.mark_of("services"), message)
            return (), ALL
        ids = _ids(owner, HEARTBEAT)
        chosen = None
        complete = owner.complete and not wrong & {"endpoints", "services", "sli"}
        if section.endpoints is not None:
            ids, all_there = self._members(section.endpoints, owner)
            chosen = tuple(ids.values())
            complete = complete and all_there
        elif complete and owner.endpoints and not ids.keys() - set(owner.removed):
            message = (
                f"the SLO is over no endpoint: all of `{owner.name}` are heartbeats; name those that count"
            )
            self._report.problem(node.mark, message)
        if measured.method == "events":
            return chosen, ALL
        return chosen, combination(
            section.combine, ids, "endpoint", self._report, complete=complete, removed=owner.removed
        )

    def _members(self, wanted: Seq, owner: Owner) -> tuple[dict[str, str], bool]:
        """Give the ids of an SLO's endpoints by their names, and whether all names are right."""
        if not wanted:
            self._report.problem(
                wanted.mark, "`endpoints` is empty; name those that count, or remove it for all"
            )
        ids = _ids(owner)
        members: dict[str, str] = {}
        for name, mark in zip(wanted, wanted.marks, strict=True):
            if not isinstance(name, str):
                self._report.problem(mark, "`endpoints` of an SLO are names of the service's endpoints")
            elif name not in ids:
                if owner.complete:
                    hint = nearest(name, list(ids)) or (
                        f"; it has {', '.join(ids) or 'none'}; one that it had goes under `removed` of the service"
                    )
                    self._report.problem(mark, f"`{owner.name}` has no endpoint `{name}`{hint}")
            elif name in members:
                self._report.problem(mark, f"`{name}` is named twice; remove one")
            else:
                members[name] = ids[name]
        if members and not members.keys() - set(owner.removed):
            message = (
                "the SLO is over removed endpoints only: it has no figure any more; remove it, or name others"
            )
            self._report.problem(wanted.mark, message)
        return members, bool(wanted) and len(members) == len(wanted)

    def _categories(self, names: Seq | None) -> frozenset[Category] | None:
        """Take the categories that an SLO recognises; none of them is allowed."""
        if names is None:
            return None
        found = set[Category]()
        for name, mark in zip(names, names.marks, strict=True):
            if isinstance(name, str) and name in CATEGORIES:
                found.add(Category(name))
            else:
                what = name if isinstance(name, str) else shape(name)
                self._report.problem(mark, f"`exclusions` {refusal(what, CATEGORIES)}")
        return frozenset(found)


def _ids(owner: Owner, but: str = "") -> dict[str, str]:
    """Ids of a service's endpoints by name, but for those of a type, and of removed ones by themselves."""
    return {each.name: each.id for each in owner.endpoints if each.kind != but} | {
        each: each for each in owner.removed
    }
