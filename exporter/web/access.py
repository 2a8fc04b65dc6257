"""Who gets an answer, and in what wrapping: what `--web.config.file` says, kept at each request."""

import asyncio
import ssl
from collections.abc import MutableMapping
from http import HTTPStatus

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from exporter.web.in_force import InForce
from exporter.web.rate import TokenBucket
from exporter.web.settings import RateLimit, WebSettings
from exporter.web.tls import RotatingContext, ServerContext
from exporter.web.users import BusyError, Checker, parse_authorization

CHALLENGE = 'Basic realm="uptime-slo-exporter", charset="UTF-8"'
UNREADABLE = "the web configuration cannot be read; the log says why"

PERSON = web.RequestKey("person", str)
"""Who a request comes from, once the password was right; not there where nobody has to say."""


class Access:
    """The web configuration at work.

    Attributes:
        tls: What the server's connections are served with; None for HTTP in the clear.
        own_tokens: Handlers that ask for tokens of their own instead.
    """

    def __init__(self, config_file: str = "") -> None:
        """Take the file into force; without one everybody is let in, in the clear.

        Raises:
            ConfigError: With all that is wrong with it.
        """
        self._file = InForce(config_file) if config_file else None
        self._settings = self._file.loaded.settings if self._file else WebSettings()
        self._bucket = _bucket(self._settings.rate_limit)
        self._checker = Checker()
        self.own_tokens: frozenset[Handler] = frozenset()
        served = self._file.loaded.tls if self._file else None
        self.tls: ssl.SSLContext | None = None if served is None else RotatingContext(self._context, served)

    @property
    def problem(self) -> str:
        """Why the file as it is now is not in force, in a line; empty while it is."""
        return self._file.problem if self._file else ""

    def set_headers(self, headers: MutableMapping[str, str]) -> None:
        """Put the configured headers over those of an answer; a blank one is taken away."""
        for name, value in self._settings.http_server_config.headers.items():
            if value:
                headers[name] = value
            else:
                headers.pop(name, None)

    async def let_in(self, request: web.Request) -> web.Response | None:
        """Note in a request who it comes from; give the refusal where it may not come in."""
        self._refresh()
        if self._file is not None and self._file.closed:
            return _refusal(HTTPStatus.INTERNAL_SERVER_ERROR, UNREADABLE)
        if self._bucket is not None and not self._bucket.allow(_nanoseconds()):
            return _refusal(HTTPStatus.TOO_MANY_REQUESTS)
        users = self._settings.basic_auth_users
        if not users or request.match_info.handler in self.own_tokens:
            return None
        given = parse_authorization(request.headers.get(hdrs.AUTHORIZATION, ""))
        try:
            person = await self._checker.check(given, users) if given is not None else None
        except BusyError:
            return _refusal(HTTPStatus.TOO_MANY_REQUESTS)
        if person is None:
            refused = _refusal(HTTPStatus.UNAUTHORIZED)
            refused.headers[hdrs.WWW_AUTHENTICATE] = CHALLENGE
            return refused
        request[PERSON] = person
        return None

    def _context(self) -> ServerContext | None:
        self._refresh()
        return self._file.loaded.tls if self._file is not None else None

    def _refresh(self) -> None:
        """Take up a changed file; a bucket that stays keeps what was taken from it."""
        if self._file is None:
            return
        before, self._settings = self._settings, self._file.refresh().settings
        if self._settings.rate_limit != before.rate_limit:
            self._bucket = _bucket(self._settings.rate_limit)
        if self._settings.basic_auth_users != before.basic_auth_users:
            self._checker.forget(self._settings.basic_auth_users)


ACCESS = web.AppKey("access", Access)


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let in whoever may come in, on every path, whether there is anything or not."""
    refused = await request.app[ACCESS].let_in(request)
    return await handler(request) if refused is None else refused


def _bucket(limit: RateLimit) -> TokenBucket | None:
    return TokenBucket(limit.interval, limit.burst) if limit.interval else None


def _nanoseconds() -> int:
    return int(asyncio.get_running_loop().time() * 1e9)


def _refusal(status: HTTPStatus, why: str = "") -> web.Response:
    return web.Response(status=status, text=f"{why or status.phrase}\n")
