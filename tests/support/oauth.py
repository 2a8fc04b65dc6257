"""A real OAuth2 token source on loopback: client credentials."""

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web


class TokenSource:
    """Gives tokens `token-1`, `token-2` and so on to `probe` with the password `s3cret`.

    Attributes:
        url: Where tokens are asked for.
        given: How many it has given.
        forms: What each request said.
        life: Seconds for which a token is good.
        answer: Status and text that it answers instead; None for a token.
    """

    def __init__(self) -> None:
        self.url = ""
        self.given = 0
        self.forms: list[dict[str, Any]] = []
        self.life = 3600
        self.answer: tuple[int, str] | None = None

    async def token(self, request: web.Request) -> web.Response:
        self.forms.append(dict(await request.post()))
        if self.answer is not None:
            return web.Response(status=self.answer[0], text=self.answer[1])
        if request.headers["Authorization"] != "Basic " + b64encode(b"probe:s3cret").decode():
            return web.json_response({"error": "invalid_client"}, status=401)
        self.given += 1
        return web.json_response(
            {"access_token": f"token-{self.given}", "token_type": "Bearer", "expires_in": self.life}
        )


@asynccontextmanager
async def token_source() -> AsyncIterator[TokenSource]:
    """A source that ends with the block."""
    source = TokenSource()
    app = web.Application()
    app.router.add_post("/token", source.token)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        source.url = f"http://127.0.0.1:{runner.addresses[0][1]}/token"
        yield source
    finally:
        await runner.cleanup()
