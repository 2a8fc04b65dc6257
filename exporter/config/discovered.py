"""From what discovery found, in Prometheus' format, to services and endpoints as a configuration file has them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from glob import glob
from pathlib import Path
from typing import NamedTuple

from exporter.config.events import parse_any
from exporter.config.fields import safe_name
from exporter.config.labels import LABEL_NAME, RESERVED
from exporter.config.model import Discovery, Target
from exporter.config.report import Report
from exporter.config.tree import Map, Node, Seq

OWN = re.compile(r"uptime_(service|endpoint|probe|slos)")
"""Labels that say what a target becomes."""

_OF_SCRAPES = frozenset({"job", "instance"})  # Prometheus gives our series its own
_SHAPING = {"__scrape_interval__": "interval", "__scrape_timeout__": "timeout"}

Contents = Mapping[str, str]
"""What each source found, as text in Prometheus' format."""


def sources(found: Discovery, contents: Contents) -> Iterator[tuple[str, Target]]:
    """The sources whose contents are there, and what their targets become by default."""
    for file in found.files:
        yield from ((name, file.becomes) for name in matching(file.pattern) if name in contents)
    for http in found.https:
        if http.source in contents:
            yield http.source, http.becomes
    for name in found.names:
        if name.source in contents:
            yield name.source, name.becomes


def matching(pattern: str) -> list[str]:
    """Files of a pattern, by name."""
    return sorted(glob(pattern, recursive=True))  # noqa: PTH207 -- keeps names as they were given


def read_files(found: Discovery) -> Contents:
    """What the files of a configuration say; of those that cannot be read that, which is no list of target groups."""
    contents = {}
    for file in found.files:
        for name in matching(file.pattern):
            try:
                contents[name] = Path(name).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                contents[name] = f"'cannot be read: {type(error).__name__}'"
    return contents


def join(root: Map, found: Discovery, contents: Contents, report: Report) -> None:
    """Add what was found to a configuration: to its services by their names, or as services of their own.

    Args:
        root: The configuration.
        found: Its section.
        contents: Of the sources.
        report: Gets the problems; each source is a file of it.
    """
    joining = _Joining(root, found, report)
    for source, becomes in sources(found, contents):
        joining.add(source, contents[source], becomes)


class _Group(NamedTuple):
    """A target group, and what its labels say.

    Attributes:
        labels: All of them.
        marks: Their places.
        becomes: What its targets become where they do not say.
    """

    labels: Mapping[str, str]
    marks: Mapping[str, int]
    becomes: Target


class _Joining:
    def __init__(self, root: Map, found: Discovery, report: Report) -> None:
        self._report = report
        self._slos = found.slos
        services = root.get("services")
        if services is None:
            services = Seq(root.mark)
            root.put("services", services, root.mark_of("discovery"))
        self._services = services if isinstance(services, Seq) else Seq(root.mark)
        probes = root.get("probes")
        self._kinds = {
            name: probe["type"]
            for name, probe in (probes if isinstance(probes, Map) else {}).items()
            if isinstance(probe, Map) and isinstance(probe.get("type"), str)
        }
        self._by_name = {
            name: each
            for each in self._services
            if isinstance(each, Map) and isinstance(name := each.get("name"), str)
        }

    def add(self, source: str, text: str, becomes: Target) -> None:
        """Add all targets of one source."""
        base = self._report.file(source)
        groups = parse_any(text, base, self._report)
        if groups is None:
            return
        if not isinstance(groups, Seq):
            found = f", not `{groups}`" if isinstance(groups, str) else ""
            self._report.problem(
                base + 1, f"must be a list of target groups, `[{{targets: [...], labels: {{...}}}}]`{found}"
            )
            return
        for node, mark in zip(groups, groups.marks, strict=True):
            self._group(node, mark, becomes)

    def _group(self, node: Node, mark: int, becomes: Target) -> None:
        if not isinstance(node, Map) or node.keys() - {"targets", "labels"}:
            self._report.problem(
                mark, "must be a target group: a map with `targets` and `labels`, and no other key"
            )
            return
        labels, targets = node.get("labels", Map(mark)), node.get("targets", Seq(mark))
        if not isinstance(labels, Map) or not all(isinstance(value, str) for value in labels.values()):
            self._report.problem(node.mark_of("labels"), "`labels` must be a map of single values")
            return
        if not isinstance(targets, Seq) or not all(isinstance(each, str) for each in targets):
            self._report.problem(node.mark_of("targets"), "`targets` must be a list of single values")
            return
        texts = {name: value for name, value in labels.items() if isinstance(value, str)}
        group = _Group(texts, dict(zip(labels, labels.marks, strict=True)), becomes)
        for each, place in zip(targets, targets.marks, strict=True):
            self._target(str(each), place, group)

    def _target(self, address: str, mark: int, group: _Group) -> None:
        labels = group.labels
        name = labels.get("uptime_service") or group.becomes.service or labels.get("job", "")
        if not name:
            self._report.problem(
                mark,
                "this target has no service: give it the label `uptime_service`, or its source a `service`",
            )
            return
        probe = labels.get("uptime_probe") or labels.get("__param_module") or group.becomes.probe
        endpoint = Map(mark)
        endpoint.put("url", self._url(address, probe, group), mark)
        if probe:
            endpoint.put("probe", probe, group.marks.get("uptime_probe", mark))
        if own := labels.get("uptime_endpoint"):
            endpoint.put("name", own, group.marks["uptime_endpoint"])
        for label, key in _SHAPING.items():
            if label in labels:
                endpoint.put(key, labels[label], group.marks[label])
        endpoint.put("labels", self._labels(group, mark), mark)
        self._put(self._service(name, mark), endpoint, mark, group)

    def _url(self, address: str, probe: str, group: _Group) -> str:
        """A target that is no URL is one of its scheme: by label, of its source, as its probe's type has it, or http."""
        if "://" in address:
            return address
        scheme = group.labels.get("__scheme__") or group.becomes.scheme or self._kinds.get(probe) or "http"
        return f"{scheme}://{address}"

    def _labels(self, group: _Group, mark: int) -> Map:
        """Labels for the info metric; what Prometheus keeps for itself, and what we have already, is left out."""
        kept = Map(mark)
        for name, value in group.labels.items():
            if name.startswith("__") or OWN.fullmatch(name) or name in _OF_SCRAPES:
                continue
            if name in RESERVED or not LABEL_NAME.fullmatch(name):
                self._report.warn(
                    group.marks[name], f"the label `{name}` is left out: the info metrics have their own"
                )
                continue
            kept.put(name, value, group.marks[name])
        return kept

    def _service(self, name: str, mark: int) -> Map:
        service = self._by_name.get(name)
        if service is None:
            service = self._by_name[name] = Map(mark)
            service.put("name", name, mark)
            self._services.put(service, mark)
        return service

    def _put(self, service: Map, endpoint: Map, mark: int, group: _Group) -> None:
        """Add the endpoint and what it asks for to a service."""
        self._list(service, "endpoints", mark).put(endpoint, mark)
        chosen: Sequence[str] = group.becomes.slos
        if "uptime_slos" in group.labels:
            chosen = re.split(r"[,\s]+", group.labels["uptime_slos"].strip())
        slos = self._list(service, "slos", mark) if chosen else Seq(mark)
        for name in filter(None, chosen):
            place = group.marks.get("uptime_slos", mark)
            template = self._slos.get(name)
            if not isinstance(template, Map):
                known = ", ".join(self._slos) or "none"
                self._report.problem(
                    place, f"`slos` of `discovery` has no `{safe_name(name)}`; it has: {known}"
                )
            elif not any(
                isinstance(slo, Map) and slo.get("name") == template.get("name", name) for slo in slos
            ):
                slo = template.only(template)
                if "name" not in slo:
                    slo.put("name", name, self._slos.mark_of(name))
                slos.put(slo, self._slos.mark_of(name))

    def _list(self, service: Map, key: str, mark: int) -> Seq:
        """The list of a service, made where it has none; what is no list is for others to complain about."""
        found = service.get(key)
        if found is None:
            found = Seq(mark)
            service.put(key, found, mark)
        return found if isinstance(found, Seq) else Seq(mark)
