"""The section `discovery`: where further targets come from, and what they become."""

from collections.abc import Iterator
from typing import TypeVar

from exporter import units
from exporter.config.fields import shape
from exporter.config.model import Discovery, DnsSd, FileSd, HttpSd, Target
from exporter.config.report import Report
from exporter.config.sections import DiscoverySection, DnsSdSection, FileSdSection, HttpSdSection, Provider
from exporter.config.targets import keep_userinfo_secret, target
from exporter.config.tree import Map, Node, Seq
from exporter.config.validate import validate

DEFAULT_REFRESH = units.MINUTE
FILE_REFRESH = 5 * units.SECOND
SHORTEST_REFRESH = units.SECOND

S = TypeVar("S", bound=Provider)


def discovery(root: Map, report: Report) -> Discovery | None:
    """Build the section; None where there is none.

    Args:
        root: The whole configuration.
        report: Gets the problems.
    """
    node = root.get("discovery")
    if node is None:
        return None
    if not isinstance(node, Map):
        report.problem(
            root.mark_of("discovery"), f"`discovery` must be a map (`key: value`), not {shape(node)}"
        )
        return None
    section, _ = validate(DiscoverySection, node, report, "discovery")
    if section is None:
        return None
    files = [
        FileSd(_becomes(each), str(report.folder(mark) / each.files), each.refresh or FILE_REFRESH)
        for each, mark in _each(FileSdSection, section.file_sd, "files", report)
    ]
    https = [
        HttpSd(_becomes(each), _secret(each.url, report), target(each.url), each.refresh or DEFAULT_REFRESH,
               _headers(each.headers, report), str(report.folder(mark) / each.ca_file) if each.ca_file else "")
        for each, mark in _each(HttpSdSection, section.http_sd, "url", report)
    ]  # fmt: skip
    names = [
        DnsSd(_becomes(each), each.name, each.refresh or DEFAULT_REFRESH)
        for each, mark in _each(DnsSdSection, section.dns_sd, "name", report)
    ]
    slos = section.slos or Map(node.mark)
    for name, slo in slos.items():
        if not isinstance(slo, Map):
            report.problem(slos.mark_of(name), f"`{name}` must be a map (`key: value`), not {shape(slo)}")
    return Discovery(tuple(files), tuple(https), tuple(names), slos)


def _each(model: type[S], nodes: Seq | None, key: str, report: Report) -> Iterator[tuple[S, int]]:
    """The entries of one kind, where a single text stands for its key; each source once."""
    seen = set[str]()
    for node, mark in zip(nodes or (), nodes.marks if nodes else (), strict=True):
        entry = _entry(node, key, mark)
        if entry is None:
            report.problem(mark, f"must be a map with `{key}`, or a single value, not {shape(node)}")
            continue
        section, _ = validate(model, entry, report, "discovery")
        if section is None:
            continue
        what = getattr(section, key)
        if what in seen:
            report.problem(mark, f"this `{key}` is given twice; remove one")
        if section.refresh is not None and section.refresh < SHORTEST_REFRESH:
            shortest = units.format_duration(SHORTEST_REFRESH)
            report.problem(
                entry.mark_of("refresh"), f"`refresh` is shorter than {shortest}, the shortest there is"
            )
        seen.add(what)
        yield section, mark


def _entry(node: Node, key: str, mark: int) -> Map | None:
    if isinstance(node, Map):
        return node
    if isinstance(node, Seq):
        return None
    entry = Map(mark)
    entry.put(key, node, mark)
    return entry


def _becomes(entry: Provider) -> Target:
    slos = tuple(each for each in entry.slos or () if isinstance(each, str))
    return Target(entry.service or "", entry.scheme or "", entry.probe or "", slos)


def _secret(url: str, report: Report) -> str:
    keep_userinfo_secret(url, report.secrets)
    return str(url)


def _headers(node: Map | None, report: Report) -> tuple[tuple[str, str], ...]:
    """The headers of a request, whose values are secrets."""
    for value in (node or {}).values():
        if isinstance(value, str):
            report.secrets.add(value)
    return tuple((name, str(value)) for name, value in (node or {}).items() if isinstance(value, str))
