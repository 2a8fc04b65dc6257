"""The HTTP API of Prometheus, and of what answers like it: one question, one answer or one line."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from exporter.errors import UptimeError, UsageError
from exporter.peer import cause, is_loopback

if TYPE_CHECKING:
    from requests import Response

CONNECT_TIMEOUT = 10
ANSWER_TIMEOUT = 150
"""Seconds; Prometheus itself gives a query up after 120."""

LONG_QUERY = 2_000
"""Characters from which on a query is posted, as servers limit the length of URLs."""

BAD_REQUEST, UNAUTHORIZED, FORBIDDEN = 400, 401, 403
TOO_HEAVY = frozenset({413, 422, 503, 504})
"""What servers answer to a query that loads too much or takes too long."""


class BadQueryError(UsageError):
    """The server cannot read the query."""


class HeavyQueryError(UptimeError):
    """The server could not carry the query out; perhaps a shorter span of it."""


class Series(NamedTuple):
    """One series of an answer.

    Attributes:
        labels: By name.
        values: Pairs of seconds since the epoch (an integer or exact decimal) and the value's text.
    """

    labels: Mapping[str, str]
    values: Sequence[tuple[int | Decimal, str]]


class PrometheusApi:
    """A server that answers as Prometheus does; to be closed.

    Attributes:
        shown: Its URL without credentials, for people.
    """

    def __init__(self, url: str, token_file: str | None = None, ca_file: str | None = None) -> None:
        """Take the URL and its credentials; nothing is asked yet.

        Args:
            url: The root of the API, without `/api/v1`; may have `user:password@`.
            token_file: Has a bearer token.
            ca_file: Certificates to trust in place of the system's.

        Raises:
            UsageError: One of them is wrong.
        """
        parts = _split(url)
        place = parts.netloc.rpartition("@")[2]
        self.shown = f"{parts.scheme}://{place}{parts.path.rstrip('/').removesuffix('/api/v1')}"
        token = None if token_file is None else _token(token_file)
        if token and parts.username is not None:
            msg = "--token-file: the URL of --prometheus has a user already; give one of the two"
            raise UsageError(msg)
        if ca_file is not None and not Path(ca_file).is_file():
            msg = f"--ca-file: there is no file {ca_file}"
            raise UsageError(msg)
        import requests  # noqa: PLC0415 -- costs a quarter of a second

        self._errors = requests.RequestException
        self._verify = ca_file or True
        self._session = requests.Session()
        self._session.trust_env = not is_loopback(parts.hostname or "")
        if parts.username is not None:
            user, password = unquote(parts.username), unquote(parts.password or "")
            self._session.auth = requests.auth.HTTPBasicAuth(user.encode(), password.encode())
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def close(self) -> None:
        """Give back its connections."""
        self._session.close()

    def samples(self, query: str, at: int, length: int) -> Sequence[Series] | None:
        """Every sample with its own instant in a span that ends with `at`, which belongs to it.

        Whether the span's start belongs to it depends on the server's version.

        Args:
            query: A selector.
            at: Milliseconds since the epoch.
            length: Milliseconds, > 0.

        Returns:
            One or more series; none where there are no samples. None where the query is no
            selector of series, but perhaps an expression.

        Raises:
            BadQueryError: The query cannot be read, or is an expression.
            UptimeError: There was no such answer; says why.
        """
        data = self._ask("query", {"query": f"{query}[{length}ms]", "time": _seconds(at)})
        return self._series(data) if data.get("resultType") == "matrix" else None

    def steps(self, query: str, start: int, end: int, step: int) -> Sequence[Series]:
        """The values of an expression at `start`, `start + step`, ... up to `end`, all in milliseconds.

        Raises:
            BadQueryError: The query cannot be read.
            UptimeError: There was no such answer; says why.
        """
        edges = {"start": _seconds(start), "end": _seconds(end), "step": _seconds(step)}
        return self._series(self._ask("query_range", {"query": query, **edges}))

    def _ask(self, path: str, parameters: Mapping[str, str]) -> Mapping[str, Any]:
        url = f"{self.shown}/api/v1/{path}"
        how: dict[str, Any] = {"timeout": (CONNECT_TIMEOUT, ANSWER_TIMEOUT), "verify": self._verify}
        try:
            if len(parameters["query"]) > LONG_QUERY:
                answer = self._session.post(url, data=parameters, **how)
            else:
                answer = self._session.get(url, params=parameters, **how)
        except self._errors as error:
            msg = f"{self.shown} does not answer: {cause(error)}; is --prometheus right, and can it be reached from here?"
            raise UptimeError(msg) from error
        body = _body(answer.content)
        if answer.ok and body.get("status") == "success" and isinstance(body.get("data"), dict):
            self._refuse_part(body)
            return dict(body["data"])
        raise self._error(answer, body)

    def _refuse_part(self, body: Mapping[str, Any]) -> None:
        """Refuse an answer that lacks something: a figure made of it would be wrong without a sign of it."""
        warnings = body.get("warnings") or (["the answer is partial"] if body.get("isPartial") else None)
        if warnings:
            msg = f"{self.shown} warns that its answer may lack something: {_line(str(warnings[0]))}"
            raise UptimeError(msg)

    def _error(self, answer: "Response", body: Mapping[str, Any]) -> UptimeError:
        said = _line(str(body["error"])) if body.get("error") else ""
        status = f"{answer.status_code} {answer.reason or ''}".strip()
        if said and answer.status_code == BAD_REQUEST:
            return BadQueryError(f"{self.shown} cannot read the query: {said}")
        if answer.status_code in TOO_HEAVY:
            return HeavyQueryError(f"{self.shown} cannot answer the query: {said or status}")
        if answer.status_code in {UNAUTHORIZED, FORBIDDEN}:
            cure = "give credentials as https://user:password@host, or a bearer token with --token-file"
            return UptimeError(f"{self.shown} answers {status}; {cure}")
        if said:
            return UptimeError(f"{self.shown} answers {status}: {said}")
        cure = "is it the root of a Prometheus, and is there no login page before it?"
        return UptimeError(f"{self.shown} answers {status}, but not as Prometheus does; {cure}")

    def _series(self, data: Mapping[str, Any]) -> Sequence[Series]:
        try:
            found = [Series(dict(each["metric"]), each.get("values", ())) for each in data["result"]]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            msg = f"{self.shown} does not answer with series as Prometheus does"
            raise UptimeError(msg) from error
        for each, series in zip(data["result"], found, strict=True):
            if each.get("histograms"):
                msg = f"{dict(series.labels)} is a histogram; ask for a series whose samples are 1 or 0"
                raise UsageError(msg)
        return found


def _body(content: bytes) -> Mapping[str, Any]:
    """An answer's JSON object with exact numbers; empty where it is none."""
    try:
        body = json.loads(content, parse_float=Decimal)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _split(url: str) -> SplitResult:
    """Take an http(s) URL apart.

    Raises:
        UsageError: It is none; never repeats its credentials.
    """
    try:
        parts = urlsplit(url.strip())
        if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
            return parts
    except ValueError:
        pass
    shown = "it" if "@" in url else f"`{_line(url)}`"
    msg = f"--prometheus: {shown} is not a URL; write http://localhost:9090"
    raise UsageError(msg)


def _token(path: str) -> str:
    """Read a bearer token.

    Raises:
        UsageError: The file cannot be read, or has none; never repeats it.
    """
    try:
        token = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"--token-file: {path} cannot be read: {getattr(error, 'strerror', None) or 'it is not text'}"
        raise UsageError(msg) from error
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        msg = f"--token-file: {path} has to hold one bearer token and nothing else"
        raise UsageError(msg)
    return token


def _seconds(milliseconds: int) -> str:
    return f"{Decimal(milliseconds).scaleb(-3):f}"


def _line(text: str, most: int = 300) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most]}..."
