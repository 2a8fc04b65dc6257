"""OAuth2 tokens: fetched once for all probes that need the same one, and kept until shortly before they end."""

import asyncio
import ssl
import time
from base64 import b64encode
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote_plus

from exporter.probes.check import TokenCheck, place
from exporter.probes.result import ProbeFailed, ProbeInconclusive, Reason
from exporter.probes.url import parse_url

if TYPE_CHECKING:
    from exporter.probes.net.context import Context

AHEAD = 30.0
"""Seconds before its end at which a token is fetched anew, or a tenth of its life where that is less."""

_LARGEST = 1 << 16
_LONGEST = 60.0
_UNSAID = 3600.0
_DAY = 86400.0


class _Token(NamedTuple):
    text: str
    until: float


class Tokens:
    """Tokens by what they are fetched with; on the event loop's thread, but for `reject()`.

    Args:
        context: Resolves the names of token sources.
    """

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._tokens: dict[TokenCheck, _Token] = {}
        self._fetching: dict[TokenCheck, asyncio.Task[_Token]] = {}

    async def get(self, check: TokenCheck) -> str:
        """A token that is good for now.

        Raises:
            ProbeFailed: The source gives none.
            ProbeInconclusive: It could not be asked through no fault of its own.
        """
        known = self._tokens.get(check)
        if known is not None and time.monotonic() < known.until:
            return known.text
        task = self._fetching.get(check)
        if task is None:
            task = self._fetching[check] = asyncio.get_running_loop().create_task(self._fetch(check))
            task.add_done_callback(lambda done: self._fetched(check, done))
        return (await asyncio.shield(task)).text

    def reject(self, check: TokenCheck, text: str) -> None:
        """An endpoint did not take a token: the next probe fetches another; from any thread."""
        known = self._tokens.get(check)
        if known is not None and known.text == text:
            self._tokens.pop(check, None)

    def close(self) -> None:
        """Fetch no more."""
        for task in self._fetching.values():
            task.cancel()

    def _fetched(self, check: TokenCheck, task: asyncio.Task[_Token]) -> None:
        del self._fetching[check]
        if not task.cancelled() and task.exception() is None:
            self._tokens[check] = task.result()

    async def _fetch(self, check: TokenCheck) -> _Token:
        began = time.monotonic()
        answer = await self._ask(check)
        token, seconds = answer.get("access_token"), _life(answer.get("expires_in"))
        if not isinstance(token, str) or not token or not (token.isascii() and token.isprintable()):
            raise _failed(check, "the answer has no access_token")
        return _Token(token, began + seconds - min(AHEAD, seconds / 10))

    async def _ask(self, check: TokenCheck) -> dict[str, Any]:
        import aiohttp  # noqa: PLC0415 -- few endpoints need tokens

        from exporter.probes.net.aio import connector  # noqa: PLC0415 -- likewise

        form = {"grant_type": "client_credentials", **dict(check.params)}
        if check.scope:
            form["scope"] = check.scope
        client = f"{quote_plus(check.client_id)}:{quote_plus(check.client_secret)}"  # section 2.3.1
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Authorization": "Basic " + b64encode(client.encode()).decode("ascii"),
        }
        try:
            async with (
                aiohttp.ClientSession(
                    connector=connector(self._context, _trusted(check.ca_file)),
                    timeout=aiohttp.ClientTimeout(total=_LONGEST),
                    auto_decompress=False,
                ) as session,
                # The form may have secrets, which a redirect would carry on to anybody.
                session.post(check.url, data=form, headers=headers, allow_redirects=False) as answer,
            ):
                if answer.status != 200:  # noqa: PLR2004 -- OK
                    raise _failed(check, f"status {answer.status}")
                body = bytearray()
                async for part in answer.content.iter_any():
                    body += part
                    if len(body) > _LARGEST:
                        raise _failed(check, f"the answer is longer than {_LARGEST >> 10} KiB")
        except TimeoutError as error:
            raise _failed(check, "no answer") from error
        except (aiohttp.ClientError, OSError) as error:
            found = _found(error)
            if isinstance(found, ProbeInconclusive):
                raise found from error
            raise _failed(check, str(found)) from error
        return _object(check, body)


def _trusted(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except ssl.SSLError as error:
        msg = f"no certificate can be read from the ca_file {ca_file}"
        raise ProbeInconclusive(msg) from error
    except OSError as error:
        msg = f"cannot read {ca_file}: {error.strerror}"
        raise ProbeInconclusive(msg) from error


def _life(said: object) -> float:
    """Seconds for which a token is good, a day at most; an hour where its source does not say."""
    try:
        seconds = float(said)  # type: ignore[arg-type]  # some sources say it in a string
    except (TypeError, ValueError):
        return _UNSAID
    except OverflowError:
        return _DAY
    return min(seconds, _DAY) if seconds > 0 else 0.0


def _object(check: TokenCheck, body: bytearray) -> dict[str, Any]:
    import json  # noqa: PLC0415 -- few endpoints need tokens

    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _failed(check, "the answer is no JSON") from error
    return found if isinstance(found, dict) else {}


def _found(error: BaseException) -> BaseException:
    """What a lookup of ours found, under what the client made of it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ProbeFailed | ProbeInconclusive):
            return cause
        cause = cause.__cause__ or cause.__context__
    said = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return RuntimeError(said.lower())


def _failed(check: TokenCheck, what: str) -> ProbeFailed:
    parts = parse_url(check.url)
    where = place(parts.host, parts.port or 1, "any").host
    return ProbeFailed(Reason.TOKEN, f"no token from {where}: {what}")
