"""The section `blackbox`: probes that whoever may scrape may ask for, and where they may go."""

from collections.abc import Mapping
from ipaddress import ip_network

from exporter.config.model import Blackbox
from exporter.config.report import Report
from exporter.config.sections import BlackboxSection
from exporter.config.tree import Map, Seq
from exporter.config.validate import validate
from exporter.errors import nearest
from exporter.probes.base import ProbeSettings

LOCAL = frozenset({"command", "heartbeat", "unix"})
"""Types that reach this machine, or nothing at all: nobody may ask for them from outside."""


def blackbox(node: Map | None, probes: Mapping[str, ProbeSettings], report: Report) -> Blackbox | None:
    """Build the section; None where there is none.

    Args:
        node: The section.
        probes: Named settings without a problem.
        report: Gets the problems.
    """
    if node is None:
        return None
    stand_in = {"modules": Seq(node.mark), "networks": Seq(node.mark)}
    section, _ = validate(BlackboxSection, node, report, "blackbox", stand_in=stand_in)
    if section is None:  # pragma: no cover -- with stand-ins for its required keys there always is one
        return None
    modules = []
    for name, mark in zip(section.modules, section.modules.marks, strict=True):
        settings = probes.get(str(name))
        if settings is None:
            hint = nearest(str(name), list(probes)) or "; define it under `probes`"
            report.problem(mark, f"`modules`: there is no probe `{name}`{hint}")
        elif settings.kind in LOCAL:
            report.problem(
                mark, f"`modules`: `{name}` is of type {settings.kind}, which nobody may ask for from outside"
            )
        elif getattr(settings, "proxy", None) is not None:
            message = f"`modules`: `{name}` goes through a proxy, which would go anywhere; `networks` could not hold it back"
            report.problem(mark, message)
        else:
            modules.append(str(name))
    networks = []
    for text, mark in zip(section.networks, section.networks.marks, strict=True):
        try:
            networks.append(ip_network(str(text)))
        except ValueError as error:
            report.problem(mark, f"`networks`: {error}; write such as 10.0.0.0/8")
    return Blackbox(tuple(modules), tuple(networks), section.timeout, section.timeout_offset)
