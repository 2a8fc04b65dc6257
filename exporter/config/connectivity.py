"""The section `connectivity`: what answers as long as the prober itself is connected."""

from collections.abc import Sequence

from exporter import units
from exporter.config.endpoints import SHORTEST_INTERVAL, misfit
from exporter.config.model import Anchor, Connectivity, Service
from exporter.config.probing import Probes
from exporter.config.report import Report
from exporter.config.sections import AnchorSection, ConnectivitySection
from exporter.config.targets import keep_userinfo_secret
from exporter.config.tree import Map, Node, Seq
from exporter.config.validate import validate

DEFAULT_QUORUM = 1
DEFAULT_INTERVAL = units.SECOND
DEFAULT_TIMEOUT = 2 * units.SECOND


def connectivity(
    node: Map | None, services: Sequence[Service], probes: Probes, report: Report
) -> Connectivity | None:
    """Build the section; None where there is none, or it has a problem.

    Args:
        node: The section.
        services: Those without a problem; warned of where waiting for the anchors makes them unknown.
        probes: Choose an anchor's settings.
        report: Gets the problems.
    """
    if node is None:
        return None
    section, wrong = validate(
        ConnectivitySection, node, report, "connectivity", stand_in={"anchors": Seq(node.mark)}
    )
    if section is None:  # pragma: no cover -- with a stand-in for its only required key there always is one
        return None
    interval, timeout = section.interval or DEFAULT_INTERVAL, section.timeout or DEFAULT_TIMEOUT
    if interval < SHORTEST_INTERVAL:
        shortest = units.format_duration(SHORTEST_INTERVAL)
        report.problem(
            node.mark_of("interval"), f"`interval` is shorter than {shortest}, the shortest there is"
        )
    if not section.anchors and "anchors" not in wrong:
        mark = node.mark_of("anchors")
        report.problem(mark, "`anchors` is empty; name at least one URL, or remove `connectivity`")
    anchors = _anchors(section.anchors, timeout, probes, report)
    quorum = section.quorum or DEFAULT_QUORUM
    if section.anchors and quorum > len(section.anchors):
        message = f"`quorum` is {quorum}, but there are only {len(section.anchors)} `anchors`"
        report.problem(node.mark_of("quorum"), message)
    if report.has_problems:
        return None
    _warn_of_waiting(services, interval, node.mark_of("interval"), report)
    return Connectivity(anchors, quorum, interval, timeout)


def _anchors(nodes: Seq, timeout: int, probes: Probes, report: Report) -> tuple[Anchor, ...]:
    """Build those that have no problem."""
    found = dict[str, Anchor]()
    for node, mark in zip(nodes, nodes.marks, strict=True):
        anchor = _anchor(node, mark, timeout, probes, report)
        if anchor is None:
            continue
        if anchor.url in found:
            report.problem(mark, "`anchors` has this URL twice; remove one")
        found[anchor.url] = anchor
    return tuple(found.values())


def _anchor(node: Node, mark: int, timeout: int, probes: Probes, report: Report) -> Anchor | None:
    item = Map(mark)
    item.put("anchors", node, mark)
    section, _ = validate(AnchorSection, item, report, "anchor")
    if section is None:
        return None
    url = section.anchors
    keep_userinfo_secret(url, report.secrets)
    settings = probes.choose(url, None, mark, mark)
    if settings is None:
        return None
    wrong = misfit(settings, url, timeout)
    if wrong:
        report.problem(mark, f"`anchors`: {wrong}")
        return None
    return Anchor(str(url), settings)


def _warn_of_waiting(services: Sequence[Service], interval: int, mark: int, report: Report) -> None:
    """Warn, once, where an endpoint's last result may have spoken out while the next one waits for the anchors."""
    for service in services:
        for endpoint in service.endpoints:
            policy = endpoint.policy
            if policy.staleness - policy.interval - policy.timeout < interval:
                waits = units.format_duration(interval)
                report.warn(
                    mark,
                    f"results wait up to {waits} for the anchors, in which `{endpoint.name}` of `{service.name}` shows"
                    " unknown at times; shorten the `interval` of `connectivity`, or lengthen its `staleness`",
                )
                return
