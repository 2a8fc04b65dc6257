"""Names that a user typed, as things of the configuration."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar

from exporter.errors import UsageError

if TYPE_CHECKING:
    from exporter.config.model import Config, Service, SloConfig

T = TypeVar("T")


def find_slo(config: "Config", name: str) -> "tuple[Service, SloConfig]":
    """Find `SERVICE/SLO`; `SERVICE` alone is enough where it has one SLO.

    Raises:
        UsageError: There is no such SLO.
    """
    found = {
        f"{service.name}/{slo.name}": (service, slo) for service in config.services for slo in service.slos
    }
    of_service = [pair for pair in found.values() if pair[0].name == name]
    if name not in found and len(of_service) == 1:
        return of_service[0]
    if name not in found and of_service:
        msg = f"`{name}` has several SLOs; say which: {', '.join(f'{name}/{slo.name}' for _, slo in of_service)}"
        raise UsageError(msg)
    return _named("SLO", name, found)


def find_service(config: "Config", name: str) -> "Service":
    """Find a service by its name.

    Raises:
        UsageError: There is no such service.
    """
    return _named("service", name, {service.name: service for service in config.services})


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
    return _named("endpoint", name, found)


def _named(what: str, name: str, found: Mapping[str, T]) -> T:
    """The thing of that name, or the nearest name in the refusal."""
    if name in found:
        return found[name]
    close = get_close_matches(name, found, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there is {', '.join(found) or 'none'}"
    msg = f"there is no {what} `{name}` in the configuration; {hint}"
    raise UsageError(msg)
