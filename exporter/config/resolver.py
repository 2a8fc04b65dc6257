"""The section `resolver`: who looks names up, and how long that is kept."""

from ipaddress import ip_address

from exporter import units
from exporter.config.report import Report
from exporter.config.sections import ResolverSection
from exporter.config.tree import Map
from exporter.config.validate import validate
from exporter.probes.check import SYSTEM_LOOKUP, LookupCheck

DEFAULT_TIMEOUT = 2 * units.SECOND
DEFAULT_ATTEMPTS = 2
PORT = 53


def resolver(node: Map | None, report: Report) -> LookupCheck:
    """Build the section; the system's resolver where there is none."""
    if node is None:
        return SYSTEM_LOOKUP
    section, _ = validate(ResolverSection, node, report, "resolver")
    if section is None:
        return SYSTEM_LOOKUP
    servers = []
    for text, mark in zip(
        section.servers or (), section.servers.marks if section.servers else (), strict=True
    ):
        try:
            servers.append(server(str(text)))
        except ValueError as error:
            report.problem(
                mark,
                f"`servers`: {error}; write an address such as 192.0.2.53, 192.0.2.53:5353 or [2001:db8::1]:53",
            )
    if not servers and (section.timeout or section.attempts):
        report.problem(node.mark, "`timeout` and `attempts` are of `servers`: name some, or remove them")
    if section.stale_on_error and not section.cache:
        report.problem(node.mark_of("stale_on_error"), "`stale_on_error` needs a `cache`")
    return LookupCheck(
        tuple(servers),
        section.cache or 0,
        bool(section.stale_on_error),
        section.timeout or DEFAULT_TIMEOUT,
        section.attempts or DEFAULT_ATTEMPTS,
    )


def server(text: str) -> tuple[str, int]:
    """Address and port of a name server.

    Raises:
        ValueError: It is no address, with a port or without one.
    """
    host, _, port = text.rpartition(":") if text.count(":") == 1 or "]:" in text else (text, "", "")
    address = str(ip_address(host.strip("[]")))
    if port and not (port.isdecimal() and 1 <= int(port) <= 65535):  # noqa: PLR2004 -- the last port
        msg = f"{port!r} is not a port"
        raise ValueError(msg)
    return address, int(port or PORT)
