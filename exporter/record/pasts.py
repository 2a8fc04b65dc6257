"""The pasts of a configuration's endpoints, over reloads: what is in memory stays, the rest is read."""

from collections.abc import Mapping, Sequence

from exporter.config.model import Config
from exporter.record.histories import Known, load
from exporter.store.base import EndpointKey, Reader
from exporter.timeline.endpoint import EndpointHistory

Pasts = Mapping[str, Sequence[Known]]
"""By id of the service, all endpoints that it ever had."""


def kinds_of(config: Config) -> Mapping[EndpointKey, str]:
    """The probe types of a configuration's endpoints."""
    return {EndpointKey(s.id, e.id): e.kind for s in config.services for e in s.endpoints}


def of_services(store: Reader, config: Config, pasts: Pasts) -> Pasts:
    """The pasts of a configuration's services as far as they have any; those in memory stay the same objects.

    Args:
        store: Where the record is.
        config: That is to be in force.
        pasts: What there is in memory.
    """
    services = [service.id for service in config.services]
    read = load(store, {service for service in services if service not in pasts})
    return {service: found for service in services if (found := pasts.get(service) or read.get(service))}


def of_all_endpoints(store: Reader, config: Config, pasts: Pasts) -> Pasts:
    """The same once the store has entered all endpoints: those that are new have an empty past.

    Args:
        store: Where the record is.
        config: That is in force.
        pasts: As of `of_services`.
    """
    histories = {each.stored.number: each.history for found in pasts.values() for each in found}
    services, known = {service.id for service in config.services}, dict[str, list[Known]]()
    for stored in store.endpoints():
        if stored.service in services:
            history = histories.get(stored.number) or EndpointHistory(stored.removed)
            known.setdefault(stored.service, []).append(Known(stored, history))
    return known
