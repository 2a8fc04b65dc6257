"""Going through everything that is watched without holding up the probes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple

from exporter.config.model import Service
from exporter.engine.live import Live, LiveEndpoint, LiveSlo

AT_ONCE = 25
"""Endpoints and SLOs between two breaths: about a millisecond's work."""


class Part(NamedTuple):
    """What belongs to one service, of which there is something."""

    service: Service
    endpoints: list[LiveEndpoint]
    slos: list[LiveSlo]


def services(live: Live) -> Iterator[Part]:
    """What belongs to each service, in the order of the configuration; services that have nothing are left out."""
    endpoints, slos = live.endpoints, live.slos
    endpoint = slo = 0
    for service in live.config.services:
        first_endpoint, first_slo = endpoint, slo
        while endpoint < len(endpoints) and endpoints[endpoint].service.id == service.id:
            endpoint += 1
        while slo < len(slos) and slos[slo].service.id == service.id:
            slo += 1
        if endpoint > first_endpoint or slo > first_slo:
            yield Part(service, endpoints[first_endpoint:endpoint], slos[first_slo:slo])
    if endpoint < len(endpoints) or slo < len(slos):
        msg = "endpoints and SLOs are not in the order of the configuration"
        raise AssertionError(msg)


async def breathing(live: Live) -> AsyncIterator[Part]:
    """`services`, letting others run from time to time, never within a service."""
    since = 0
    for part in services(live):
        yield part
        since += len(part.endpoints) + len(part.slos)
        if since >= AT_ONCE:
            since = 0
            await asyncio.sleep(0)
