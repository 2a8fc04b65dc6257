"""Probes of type `http`: HTTP and HTTPS requests and what their answers must be."""

import re
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from exporter.probes.access_settings import (
    BasicAuthSettings,
    Line,
    OAuth2Settings,
    ProxySettings,
    RequestHeaders,
    authorization,
    see_one_identity,
)
from exporter.probes.base import Finished, Prober, ProbeSettings
from exporter.probes.check import HttpCheck, Rules, deadline
from exporter.probes.expect import ExpectSettings
from exporter.probes.fields import IpFamily
from exporter.probes.request import first_hop
from exporter.probes.result import Reason
from exporter.probes.tls_settings import TlsSettings
from exporter.probes.url import parse_url

if TYPE_CHECKING:
    from exporter.probes.net.context import Context

MAX_REDIRECTS = 10


def _method(value: str) -> str:
    if not re.fullmatch(r"[A-Z]+(?:-[A-Z]+)*", value) or value == "CONNECT":
        msg = f"is not a method that can be sent: {value!r} (as GET, HEAD or POST, in capitals)"
        raise ValueError(msg)
    return value


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
        Reason.TOKEN,
    )
    phases: ClassVar[tuple[str, ...]] = ("resolve", "connect", "tls", "processing", "transfer")

    method: Annotated[str, AfterValidator(_method)] = "GET"
    headers: RequestHeaders = Field(default={}, repr=False)
    body: str | None = Field(default=None, repr=False)
    body_file: str = ""
    compression: Literal["", "gzip", "deflate", "br", "identity"] = ""
    basic_auth: BasicAuthSettings | None = None
    token: Line = Field(default="", repr=False)
    oauth2: OAuth2Settings | None = None
    proxy: ProxySettings | None = None
    expect: ExpectSettings = ExpectSettings()
    tls: TlsSettings = TlsSettings()
    follow_redirects: bool = True
    max_redirects: Annotated[int, Field(ge=1, le=MAX_REDIRECTS)] = MAX_REDIRECTS
    ip_family: IpFamily = "any"

    def check(self, url: str, timeout: int) -> HttpCheck:
        """Compile an endpoint's request and rules.

        Raises:
            ValueError: The URL cannot be requested as it is.
        """
        headers = self._authorized(url)
        if self.compression:
            headers = (*headers, ("Accept-Encoding", self.compression))
        return HttpCheck(
            hop=first_hop(
                url,
                self.method,
                headers,
                self._content,
                ip_family=self.ip_family,
                server_name=self.tls.server_name,
                proxy=None if self.proxy is None else self.proxy.check(self.ip_family),
            ),
            timeout=deadline(timeout),
            rules=self._rules,
            tls=self.tls.check(),
            insecure=self.tls.insecure,
            redirects=self.max_redirects if self.follow_redirects else 0,
            token=None if self.oauth2 is None else self.oauth2.check(),
        )

    def _authorized(self, url: str) -> tuple[tuple[str, str], ...]:
        """All headers, with that which says who asks.

        Raises:
            ValueError: The URL says it too.
        """
        headers = tuple(self.headers.items())
        if (self.basic_auth or self.token or self.oauth2) and parse_url(url).userinfo:
            msg = "the URL has credentials and so has its probe: keep one of them"
            raise ValueError(msg)
        return (*headers, *authorization(self.basic_auth, self.token))

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.body is not None and self.body_file:
            msg = "`body` and `body_file` are both given; remove one"
            raise ValueError(msg)
        asked = next((text for name, text in self.headers.items() if name.lower() == "accept-encoding"), None)
        if self.compression and asked is not None:
            msg = f"`compression` is {self.compression}, and the header Accept-Encoding is {asked!r}; remove one"
            raise ValueError(msg)
        ways = {"basic_auth": self.basic_auth, "token": self.token, "oauth2": self.oauth2}
        see_one_identity(self.headers, ways)
        if self.compression == "br" and find_spec("brotli") is None:
            msg = "`compression: br` needs the extra `br`: pip install 'uptime-slo-exporter[br]'"
            raise ValueError(msg)
        return self

    @cached_property
    def _rules(self) -> Rules:
        """Compiled once for all endpoints that use these settings."""
        return self.expect.rules(self.compression)

    @cached_property
    def _content(self) -> bytes | None:
        """The body that is sent; None for none."""
        if not self.body_file:
            return None if self.body is None else self.body.encode()
        try:
            return Path(self.body_file).read_bytes()
        except OSError as error:
            msg = f"`body_file` of its probe cannot be read: {self.body_file}: {error.strerror}"
            raise ValueError(msg) from error

    @classmethod
    def prober(cls, context: "Context", finished: Finished) -> Prober:
        """Make the object that runs http probes."""
        from exporter.probes.net.http import HttpProber  # noqa: PLC0415 -- sockets and parser are loaded on first use

        return HttpProber(context, finished)
