"""Names that a user typed, as things of the configuration."""

from difflib import get_close_matches
from typing import TYPE_CHECKING

from exporter.errors import UsageError

if TYPE_CHECKING:
    from exporter.config.model import Config, Service, SloConfig


def find_slo(config: "Config", name: str) -> "tuple[Service, SloConfig]":
    """Find `SERVICE/SLO`; `SERVICE` alone is enough where it has one SLO.

    Raises:
        UsageError: There is no such SLO.
    """
    found = {
        f"{service.name}/{slo.name}": (service, slo) for service in config.services for slo in service.slos
    }
    if name in found:
        return found[name]
    of_service = [pair for pair in found.values() if pair[0].name == name]
    if len(of_service) == 1:
        return of_service[0]
    close = get_close_matches(name, found, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there is {', '.join(found) or 'none'}"
    msg = f"there is no SLO `{name}` in the configuration; {hint}"
    raise UsageError(msg)


def find_service(config: "Config", name: str) -> "Service":
    """Find a service by its name.

    Raises:
        UsageError: There is no such service.
    """
    found = {service.name: service for service in config.services}
    if name in found:
        return found[name]
    close = get_close_matches(name, found, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there is {', '.join(found)}"
    msg = f"there is no service `{name}` in the configuration; {hint}"
    raise UsageError(msg)


def find_endpoint(config: "Config", name: str) -> tuple[str, str]:
    """Find `SERVICE/ENDPOINT`; its names.

    Raises:
        UsageError: There is no such endpoint.
    """
    found = {
        f"{service.name}/{endpoint.name}": (service.name, endpoint.name)
        for service in config.services
        for endpoint in service.endpoints
    }
    if name in found:
        return found[name]
    close = get_close_matches(name, found, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there is {', '.join(found) or 'none'}"
    msg = f"there is no endpoint `{name}` in the configuration; {hint}"
    raise UsageError(msg)
