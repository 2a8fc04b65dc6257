"""Whom an exclusion covers: names of the file as ids."""

from collections.abc import Sequence

from exporter.config.fields import shape
from exporter.config.labels import Labels
from exporter.config.model import Service
from exporter.config.report import Report
from exporter.config.sections import ExclusionSection
from exporter.config.tree import Map, Seq
from exporter.errors import nearest
from exporter.timeline.exclusion import EVERY, Scope


class Scopes:
    """Looks up what exclusions name.

    Args:
        services: All that could be built.
        complete: Whether these are all, with all of their endpoints; else what is not
            there is not told.
        report: Gets the problems.
    """

    def __init__(self, services: Sequence[Service], *, complete: bool, report: Report) -> None:
        self._services = {service.name: service for service in services}
        self._endpoints: dict[str, tuple[str, str]] | None = None
        self._complete = complete
        self._report = report

    def scope(self, section: ExclusionSection, node: Map, wrong: frozenset[str]) -> Scope:
        """Resolve the keys `services`, `endpoints` and `labels` of an exclusion."""
        keys = {"services", "endpoints", "labels"}
        if not keys & (node.keys() | wrong | set(node.empty)):
            message = 'the exclusion covers nothing; add `services` (`["*"]` is all), `endpoints` or `labels`'
            self._report.problem(node.mark, message)
        return Scope(
            frozenset(self._service_ids(section.services)),
            frozenset(self._endpoint_ids(section.endpoints)),
            self._labels(section.labels, node),
        )

    def _service_ids(self, names: Seq | None) -> list[str]:
        found = []
        for name, mark in self._names(names, "services", 'names of services, or "*"'):
            if name == EVERY:
                found.append(EVERY)
            elif name in self._services:
                found.append(self._services[name].id)
            elif self._complete:
                hint = nearest(name, list(self._services))
                self._report.problem(mark, f"there is no service `{name}`{hint}")
        return found

    def _endpoint_ids(self, names: Seq | None) -> list[tuple[str, str]]:
        found = []
        for name, mark in self._names(names, "endpoints", "written as service/endpoint"):
            known = self._known_endpoints()
            if name in known:
                found.append(known[name])
            elif self._complete:
                hint = nearest(name, list(known)) or "; write it as service/endpoint"
                self._report.problem(mark, f"there is no endpoint `{name}`{hint}")
        return found

    def _known_endpoints(self) -> dict[str, tuple[str, str]]:
        if self._endpoints is None:
            self._endpoints = {
                f"{service.name}/{name}": (service.id, ident)
                for service in self._services.values()
                for name, ident in service.endpoint_ids().items()
            }
        return self._endpoints

    def _names(self, names: Seq | None, key: str, what: str) -> list[tuple[str, int]]:
        """Give the names of a list with their places."""
        if names is None:
            return []
        if not names:
            self._report.problem(names.mark, f"`{key}` is empty; name at least one, or remove it")
        found = []
        for name, mark in zip(names, names.marks, strict=True):
            if isinstance(name, str):
                found.append((str(name), mark))
            else:
                self._report.problem(mark, f"`{key}` of an exclusion are {what}, not {shape(name)}")
        return found

    def _labels(self, node: Map | None, owner: Map) -> Labels:
        """Take labels that something should have, all of them at once."""
        if node is None:
            return ()
        if not node:
            self._report.problem(
                owner.mark_of("labels"), "`labels` is empty; name at least one, or remove it"
            )
        found = []
        for (name, value), mark in zip(node.items(), node.marks, strict=True):
            if isinstance(value, str):
                found.append((name, str(value)))
            else:
                self._report.problem(mark, f"label `{name}` must have a single value")
        wanted = set(found)
        if wanted and self._complete and not any(wanted <= labels for labels in self._all_labels()):
            shown = ", ".join(f"{name}: {value}" for name, value in found)
            self._report.warn(owner.mark_of("labels"), f"no service and no endpoint has the labels {shown}")
        return tuple(sorted(found))

    def _all_labels(self) -> list[set[tuple[str, str]]]:
        return [
            set(labels)
            for service in self._services.values()
            for labels in {service.labels, *(endpoint.labels for endpoint in service.endpoints)}
        ]
