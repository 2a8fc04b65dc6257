"""aiohttp's client with our own name lookups."""

import socket
import ssl
from typing import TYPE_CHECKING

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from exporter.probes.check import Place
from exporter.probes.net.course import Course
from exporter.probes.net.names import addresses
from exporter.probes.result import ProbeFailed, ProbeInconclusive

if TYPE_CHECKING:
    from exporter.probes.net.context import Context


class _Resolver(AbstractResolver):
    """Resolves as all probes do."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name.

        Raises:
            OSError: There are none; what was found is its cause.
        """
        where = Place(host, port, int(family), ())
        try:
            found = await addresses(self._context, Course(0), where)
        except (ProbeFailed, ProbeInconclusive) as error:
            raise OSError(None, error.detail) from error
        return [
            ResolveResult(
                hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST
            )
            for kind, address in found
        ]

    async def close(self) -> None:
        """There is nothing to close."""


def connector(context: "Context", trusted: ssl.SSLContext) -> aiohttp.TCPConnector:
    """Connections that are made anew each time, and names that are looked up as all probes do."""
    return aiohttp.TCPConnector(
        resolver=_Resolver(context), ssl=trusted, force_close=True, family=socket.AF_UNSPEC
    )
