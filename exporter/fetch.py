"""Asking other servers over HTTP while the daemon runs: verified, bounded, and told without a secret."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType

import aiohttp

from exporter import __version__
from exporter.errors import UptimeError
from exporter.units import SECOND, format_duration

_WORDS: Mapping[type[Exception], str] = MappingProxyType(
    {
        aiohttp.ClientPayloadError: "the answer ends too early, or is not coded as it says",
        aiohttp.ClientResponseError: "the answer is no HTTP",
        aiohttp.ServerDisconnectedError: "it ended the connection before it answered",
    }
)


async def session(ca_file: str) -> aiohttp.ClientSession:
    """A session that verifies certificates and has no timeout of its own; to be closed.

    Args:
        ca_file: Trusted instead of the system's certificates; empty for those.

    Raises:
        OSError: The file cannot be read, or has no certificates.
    """
    # Reading the system's certificates takes 25 ms, in which no probe would be on time.
    trusted = await asyncio.to_thread(ssl.create_default_context, cafile=ca_file or None)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=trusted),
        headers={"Accept": "application/json", "User-Agent": f"uptime-slo-exporter/{__version__}"},
        timeout=aiohttp.ClientTimeout(total=None),
    )


@asynccontextmanager
async def within(limit: int) -> AsyncIterator[None]:
    """Give up what is asked inside after a while, and say in a line what went wrong with it.

    Args:
        limit: Milliseconds.

    Raises:
        UptimeError: It took too long, or failed; the message has neither the URL nor a header.
    """
    try:
        async with asyncio.timeout(limit / SECOND):
            yield
    except TimeoutError as error:
        msg = f"no answer within {format_duration(limit)}"
        raise UptimeError(msg) from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else _WORDS.get(type(error))
        raise UptimeError(": ".join(filter(None, (type(error).__name__, said)))) from error


async def body(answer: aiohttp.ClientResponse, most: int) -> bytes:
    """The body of an answer, decompressed.

    Raises:
        UptimeError: It is longer than `most` bytes; no more of it is read.
    """
    read = bytearray()
    async for piece in answer.content.iter_any():
        read += piece
        if len(read) > most:
            msg = f"the answer is longer than {most >> 20} MiB"
            raise UptimeError(msg)
    return bytes(read)
