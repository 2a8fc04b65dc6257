"""Probes of type `http`: HTTP and HTTPS requests and what their answers must be."""

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import AfterValidator, Field

from exporter.probes.base import Finished, Prober, ProbeSettings
from exporter.probes.check import HttpCheck, Rules, deadline
from exporter.probes.fields import IpFamily, Pattern, Patterns, Size, Statuses, parse_status, rule
from exporter.probes.request import first_hop
from exporter.probes.result import Reason
from exporter.probes.tls_settings import Block, TlsSettings

if TYPE_CHECKING:
    from exporter.probes.net.context import Context

DEFAULT_MAX_BODY = 1 << 20
MAX_REDIRECTS = 10

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_OURS = ("connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer", "expect")


def _method(value: str) -> str:
    if not re.fullmatch(r"[A-Z]+(?:-[A-Z]+)*", value) or value == "CONNECT":
        msg = f"is not a method that can be sent: {value!r} (as GET, HEAD or POST, in capitals)"
        raise ValueError(msg)
    return value


def _header_names(value: dict[str, str]) -> dict[str, str]:
    for name in value:
        if not _TOKEN.fullmatch(name):
            msg = f"is not a header name: {name!r}"
            raise ValueError(msg)
    return value


def _headers(value: dict[str, str]) -> dict[str, str]:
    seen = set()
    for name, content in _header_names(value).items():
        if name.lower() in _OURS:
            msg = f"{name} is set by the prober and cannot be given"
            raise ValueError(msg)
        if name.lower() in seen:
            msg = f"{name} is given twice"
            raise ValueError(msg)
        if _CONTROL.search(content):
            msg = f"the value of {name} has a line break or another control character"
            raise ValueError(msg)
        seen.add(name.lower())
    return value


@lru_cache(maxsize=64)
def _codes(statuses: tuple[str, ...]) -> frozenset[int]:
    """One set for all endpoints that expect the same, as it takes 8 KiB."""
    return frozenset(code for status in statuses for code in parse_status(status))


HeaderRules = Annotated[dict[str, Pattern], AfterValidator(_header_names)]


class ExpectSettings(Block):
    """What the answer must be; every rule must hold."""

    status: Annotated[Statuses, Field(min_length=1)] = ("2xx",)
    body_matches: Patterns = ()
    body_not_matches: Patterns = ()
    header_matches: HeaderRules = Field(default={})
    header_not_matches: HeaderRules = Field(default={})
    max_body: Size | None = None

    @cached_property
    def rules(self) -> Rules:
        """They, compiled; shared by all endpoints that use these settings."""
        return Rules(
            statuses=_codes(self.status),
            headers=tuple((name.lower().encode(), rule(text)) for name, text in self.header_matches.items()),
            not_headers=tuple(
                (name.lower().encode(), rule(text)) for name, text in self.header_not_matches.items()
            ),
            body=tuple(map(rule, self.body_matches)),
            not_body=tuple(map(rule, self.body_not_matches)),
            max_body=self.max_body or DEFAULT_MAX_BODY,
            strict=self.max_body is not None,
        )


class HttpSettings(ProbeSettings):
    """Settings of `type: http`."""

    kind: ClassVar[str] = "http"
    schemes: ClassVar[tuple[str, ...]] = ("http", "https")
    reasons: ClassVar[tuple[Reason, ...]] = (
        Reason.DNS,
        Reason.REFUSED,
        Reason.UNREACHABLE,
        Reason.RESET,
        Reason.TIMEOUT,
        Reason.TLS,
        Reason.CERTIFICATE,
        Reason.PROTOCOL,
        Reason.STATUS,
        Reason.REDIRECT,
        Reason.HEADER,
        Reason.BODY,
        Reason.TOO_LARGE,
    )
    phases: ClassVar[tuple[str, ...]] = ("resolve", "connect", "tls", "processing", "transfer")

    method: Annotated[str, AfterValidator(_method)] = "GET"
    headers: Annotated[dict[str, str], AfterValidator(_headers)] = Field(default={}, repr=False)
    body: str | None = Field(default=None, repr=False)
    expect: ExpectSettings = ExpectSettings()
    tls: TlsSettings = TlsSettings()
    follow_redirects: bool = True
    ip_family: IpFamily = "any"

    def check(self, url: str, timeout: int) -> HttpCheck:
        """Compile an endpoint's request and rules.

        Raises:
            ValueError: The URL cannot be requested as it is.
        """
        body = None if self.body is None else self.body.encode()
        headers = tuple(self.headers.items())
        return HttpCheck(
            hop=first_hop(
                url, self.method, headers, body, ip_family=self.ip_family, server_name=self.tls.server_name
            ),
            timeout=deadline(timeout),
            rules=self.expect.rules,
            tls=self.tls.check(),
            insecure=self.tls.insecure,
            redirects=MAX_REDIRECTS if self.follow_redirects else 0,
        )

    @classmethod
    def prober(cls, context: "Context", finished: Finished) -> Prober:
        """Make the object that runs http probes."""
        from exporter.probes.net.http import HttpProber  # noqa: PLC0415 -- sockets and parser are loaded on first use

        return HttpProber(context, finished)
