"""Targets from a URL that answers in Prometheus' format."""

import aiohttp

from exporter import fetch
from exporter.config.model import HttpSd
from exporter.errors import UptimeError
from exporter.units import SECOND

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
        "X-Prometheus-Refresh-Interval-Seconds": format(source.refresh / SECOND, "g"),
        **dict(source.headers),
    }
    async with (
        fetch.within(round(TIMEOUT * SECOND)),
        await fetch.session(source.ca_file) as session,
        session.get(source.url, headers=headers) as answer,
    ):
        return await _content(answer)


async def _content(answer: aiohttp.ClientResponse) -> str:
    if answer.status != 200:  # noqa: PLR2004 -- OK
        msg = f"status {answer.status}"
        raise UptimeError(msg)
    if answer.content_type != "application/json":
        msg = f"the answer is {answer.content_type}, not application/json"
        raise UptimeError(msg)
    body = await fetch.body(answer, LARGEST)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        msg = "the answer is not UTF-8"
        raise UptimeError(msg) from error
