"""Going through everything that is watched without holding up the probes."""

import asyncio
from collections.abc import AsyncIterator, Iterator

from exporter.engine.live import Live, LiveEndpoint, LiveSlo

AT_ONCE = 25
"""Endpoints and SLOs between two breaths: about a millisecond's work."""

Part = tuple[list[LiveEndpoint], list[LiveSlo]]
"""What belongs to one service."""


def services(live: Live) -> Iterator[Part]:
    """What belongs to each service, in the order of the configuration."""
    endpoints, slos = live.endpoints, live.slos
    endpoint = slo = 0
    for service in live.config.services:
        first_endpoint, first_slo = endpoint, slo
        while endpoint < len(endpoints) and endpoints[endpoint].service.id == service.id:
            endpoint += 1
        while slo < len(slos) and slos[slo].service.id == service.id:
            slo += 1
        yield endpoints[first_endpoint:endpoint], slos[first_slo:slo]
    if endpoint < len(endpoints) or slo < len(slos):
        msg = "endpoints and SLOs are not in the order of the configuration"
        raise AssertionError(msg)


async def breathing(live: Live) -> AsyncIterator[Part]:
    """`services`, letting others run from time to time, never within a service."""
    since = 0
    for part in services(live):
        yield part
        since += len(part[0]) + len(part[1])
        if since >= AT_ONCE:
            since = 0
            await asyncio.sleep(0)
