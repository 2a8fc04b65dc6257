"""Targets from a URL that answers in Prometheus' format."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from exporter import __version__
from exporter.config.model import HttpSd
from exporter.errors import UptimeError
from exporter.units import SECOND, format_duration

TIMEOUT = 30.0
"""Seconds that an answer may take."""

LARGEST = 64 << 20
"""Bytes of an answer at most."""


async def ask(source: HttpSd) -> str:
    """What a URL answers: JSON in Prometheus' format, not looked into.

    Raises:
        UptimeError: It did not answer as it must; the message shows no secret.
    """
    headers = {
        "Accept": "application/json",
        "User-Agent": f"uptime-slo-exporter/{__version__}",
        "X-Prometheus-Refresh-Interval-Seconds": format(source.refresh / SECOND, "g"),
        **dict(source.headers),
    }
    try:
        async with _session(source) as session, session.get(source.url, headers=headers) as answer:
            return await _content(answer)
    except TimeoutError as error:
        msg = f"no answer within {format_duration(round(TIMEOUT * SECOND))}"
        raise UptimeError(msg) from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        msg = (
            f"{type(error).__name__}: {error.strerror}"
            if isinstance(error, OSError)
            else type(error).__name__
        )
        raise UptimeError(msg) from error


@asynccontextmanager
async def _session(source: HttpSd) -> AsyncIterator[aiohttp.ClientSession]:
    trusted = ssl.create_default_context(cafile=source.ca_file or None)
    connector = aiohttp.TCPConnector(ssl=trusted)
    limit = aiohttp.ClientTimeout(total=TIMEOUT)
    async with aiohttp.ClientSession(connector=connector, timeout=limit) as session:
        yield session


async def _content(answer: aiohttp.ClientResponse) -> str:
    if answer.status != 200:  # noqa: PLR2004 -- OK
        msg = f"status {answer.status}"
        raise UptimeError(msg)
    if answer.content_type != "application/json":
        msg = f"the answer is {answer.content_type}, not application/json"
        raise UptimeError(msg)
    body = bytearray()
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > LARGEST:
            msg = f"the answer is longer than {LARGEST >> 20} MiB"
            raise UptimeError(msg)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        msg = "the answer is not UTF-8"
        raise UptimeError(msg) from error
