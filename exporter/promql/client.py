"""The HTTP side of asking a Prometheus."""

import asyncio
import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import TracebackType
from typing import NamedTuple, Self

import aiohttp
from yarl import URL

from exporter import fetch
from exporter.config.model import Prometheus, Promql
from exporter.config.report import Secrets
from exporter.errors import UptimeError
from exporter.promql import answers
from exporter.promql.answers import AskError, Values, line
from exporter.timeline.samples import Step
from exporter.units import SECOND

MOST_POINTS = 10_000
"""Of an answer. Prometheus refuses more than 11,000."""

LARGEST = 16 << 20
"""Bytes of an answer at most."""

AT_ONCE = 8
"""Questions at a time; Prometheus works at 20, and others ask it too."""

SHORTEST_SECRET = 8
"""Characters of what is masked in the server's words; a tenant `1` would mask half of them."""

_OK, _NOT_ALLOWED = 200, 405
_BASIC = re.compile(r"basic +", re.IGNORECASE)
_CURES = {
    400: "correct the query",
    401: "give it credentials by `prometheus.token` or `prometheus.basic_auth`",
    403: "who `prometheus.token` or `prometheus.basic_auth` says may not query",
    404: "is `prometheus.url` the root of its API, without /api/v1?",
    405: "it allows neither POST nor GET; is `prometheus.url` the root of its API?",
    413: "make the query lighter, such as by a recording rule",
    422: "it cannot carry the query out; correct it, or make it lighter, such as by a recording rule",
    429: "it is asked too much; raise its limits, or ask for longer steps",
}
_UNEXPECTED = "is `prometheus.url` the root of its API?"
_TROUBLE = "it is overloaded or in trouble, or what is before it cannot reach it"


def furthest(start: int, end: int, length: int) -> int:
    """How far one question can go of the steps from `start` to `end`, all in milliseconds."""
    return min(end, start + MOST_POINTS * length)


class _Reply(NamedTuple):
    """What came back.

    Attributes:
        status: Of HTTP.
        body: Decompressed.
        points_to: Where to ask instead, without credentials and query; empty where it answers itself.
    """

    status: int
    body: bytes
    points_to: str


class Client:
    """Asks a Prometheus, or what answers like it; an async context manager."""

    def __init__(self, prometheus: Prometheus) -> None:
        """Take what is configured; nothing is opened before it is asked."""
        self._prometheus = prometheus
        self._url = f"{prometheus.url.rstrip('/')}/api/v1/query_range"
        self._secrets = _secrets(prometheus.headers)
        self._session: aiohttp.ClientSession | None = None
        self._opening = asyncio.Lock()
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(self, promql: Promql, start: int, end: int) -> Sequence[Step]:
        """The steps from `start` to `end`, in order and without gaps.

        Args:
            promql: Both queries; asked at once, each at the ends of the steps.
            start: Milliseconds since the epoch; a multiple of the step.
            end: Likewise, at most `furthest()`; a step that would end later is not asked about.

        Raises:
            AskError: One of the answers did not come, or cannot be counted; the message shows no secret.
            ValueError: `start` or `end` is wrong.
        """
        if start % promql.step or end > furthest(start, end, promql.step):
            msg = f"steps of {promql.step} ms cannot be asked from {start} to {end}"
            raise ValueError(msg)
        if end < start + promql.step:
            return ()
        times = {
            "start": _seconds(start + promql.step),
            "end": _seconds(end),
            "step": _length(promql.step),
        }
        queries = {"good": promql.good, "total": promql.total}
        asking = [self._values(what, {"query": query, **times}) for what, query in queries.items()]
        # No group of tasks: that of Python 3.11 may swallow a cancellation while one of them fails.
        good, total = map(_answered, await asyncio.gather(*asking, return_exceptions=True))
        try:
            return answers.steps(good, total, start, end, promql.step)
        except AskError as error:
            msg = f"was asked for `good` and `total`: {error}"
            raise self._error(msg) from error

    async def _values(self, what: str, form: Mapping[str, str]) -> Values:
        async with self._turns:
            reply = await self._reply(what, form)
        if reply.points_to:
            msg = f"points to {reply.points_to} and is not followed; set `prometheus.url` to where it ends, or give credentials"
            raise self._error(msg)
        if reply.status != _OK:
            msg = f"answers {reply.status} to `{what}`: {_explained(reply)}"
            raise self._error(msg)
        try:
            # A large one would hold up the probes.
            return await asyncio.to_thread(answers.values, reply.body)
        except AskError as error:
            msg = f"was asked for `{what}`: {error}"
            raise self._error(msg) from error

    async def _reply(self, what: str, form: Mapping[str, str]) -> _Reply:
        try:
            async with fetch.within(self._prometheus.timeout):
                reply = await self._send("POST", data=form)
                return await self._send("GET", params=form) if reply.status == _NOT_ALLOWED else reply
        except UptimeError as error:
            msg = f"cannot be asked for `{what}`: {error}"
            raise self._error(msg) from error

    async def _send(
        self, method: str, *, data: Mapping[str, str] | None = None, params: Mapping[str, str] | None = None
    ) -> _Reply:
        session = await self._opened()
        async with session.request(
            method,
            self._url,
            data=data,
            params=params,
            headers=self._prometheus.headers,
            allow_redirects=False,
        ) as answer:
            body = await fetch.body(answer, LARGEST)
            return _Reply(answer.status, body, _points_to(answer))

    async def _opened(self) -> aiohttp.ClientSession:
        async with self._opening:
            if self._session is None:
                self._session = await fetch.session(self._prometheus.ca_file)
            return self._session

    def _error(self, text: str) -> AskError:
        return AskError(f"{self._prometheus.url} {self._secrets.redact(text)}")


def _answered(found: Values | BaseException) -> Values:
    """What was answered; raises where nothing was."""
    if isinstance(found, BaseException):
        raise found
    return found


def _explained(reply: _Reply) -> str:
    """What a status means, in the server's words where it has some, and what to do."""
    said = answers.complaint(reply.body)
    cure = _CURES.get(reply.status, _TROUBLE if reply.status >= 500 else _UNEXPECTED)  # noqa: PLR2004 -- the server's own
    return f"{said}; {cure}" if said else cure


def _points_to(answer: aiohttp.ClientResponse) -> str:
    location = answer.headers.get("Location", "")
    if not 300 <= answer.status < 400 or not location:  # noqa: PLR2004 -- redirects
        return ""
    try:
        target = answer.url.join(URL(location))
        return line(str(target.with_user(None).with_query(None).with_fragment(None)))
    except ValueError:
        return "what is no URL"


def _secrets(headers: Sequence[tuple[str, str]]) -> Secrets:
    """The values of headers, and what they say in other words: tokens, and user and password."""
    secrets = Secrets()
    for _, value in headers:
        pair = _user_and_password(value)
        for word in (value, *value.split(), pair, *pair.split(":", 1)):
            if len(word) >= SHORTEST_SECRET:
                secrets.add(word)
    return secrets


def _user_and_password(value: str) -> str:
    """What Basic authentication hides in a header; empty for other headers."""
    if not _BASIC.match(value):
        return ""
    try:
        return b64decode(_BASIC.sub("", value)).decode(errors="replace")
    except ValueError:
        return ""


def _seconds(milliseconds: int) -> str:
    return f"{Decimal(milliseconds).scaleb(-3):f}"


def _length(milliseconds: int) -> str:
    """A step as Prometheus reads it: of 1.001 s it would make 1.000, by way of a float."""
    return f"{milliseconds}ms" if milliseconds % SECOND else f"{milliseconds // SECOND}"
