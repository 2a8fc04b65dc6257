"""The web server as a test sees it."""

from dataclasses import dataclass
from ssl import SSLContext

import aiohttp

from exporter.web.source import Source


@dataclass
class Server:
    """A running server, what it shows, and a client that decompresses nothing."""

    url: str
    source: Source
    client: aiohttp.ClientSession

    async def get(self, path: str, tls: SSLContext | bool = True, **headers: str) -> tuple[int, str]:
        """Status and text of an answer; a header's `_` is read as `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client.get(self.url + path, headers=named, ssl=tls) as answer:
            return answer.status, await answer.text()
