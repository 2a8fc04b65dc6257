"""Who a request says it is, and the proxy through which it goes."""

import re
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Annotated, Self
from urllib.parse import quote

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from exporter.probes.check import Proxy, TokenCheck, place
from exporter.probes.expect import header_names
from exporter.probes.fields import IpFamily, listed
from exporter.probes.request import basic
from exporter.probes.tls_settings import Block
from exporter.probes.url import parse_url

_PROXY_PORT = 3128
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_OURS = ("connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer", "expect")


def _one_line(value: str) -> str:
    if any(character < " " or character == "\x7f" for character in value):
        msg = "has a line break or another control character"
        raise ValueError(msg)
    return value


def _request_headers(value: dict[str, str]) -> dict[str, str]:
    seen = set()
    for name, content in header_names(value).items():
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


Line = Annotated[str, AfterValidator(_one_line)]
Lines = Annotated[tuple[Line, ...], BeforeValidator(listed)]
RequestHeaders = Annotated[dict[str, str], AfterValidator(_request_headers)]


class BasicAuthSettings(Block):
    """A user and a password."""

    username: Line
    password: Line = Field(default="", repr=False)

    @model_validator(mode="after")
    def _can_be_told_apart(self) -> Self:
        if ":" in self.username:
            msg = "`username` may not have a colon"
            raise ValueError(msg)
        return self

    def header(self) -> str:
        """Value of the header `Authorization`."""
        return basic(f"{quote(self.username, safe='')}:{quote(self.password, safe='')}")


def see_one_identity(headers: Mapping[str, str], ways: Mapping[str, object]) -> None:
    """See that a request says in one way at most who asks.

    Args:
        headers: As they are written.
        ways: The others by the keys that set them; those that are not given are false.

    Raises:
        ValueError: It says it in several ways.
    """
    given = [f"`{key}`" for key, way in ways.items() if way]
    if any(name.lower() == "authorization" for name in headers):
        given.insert(0, "a header Authorization")
    if len(given) > 1:
        msg = f"{' and '.join(given)} are both given; keep one of them"
        raise ValueError(msg)


def authorization(basic_auth: BasicAuthSettings | None, token: str) -> tuple[tuple[str, str], ...]:
    """The header that says who asks; none without either."""
    if basic_auth is not None:
        return (("Authorization", basic_auth.header()),)
    return (("Authorization", f"Bearer {token}"),) if token else ()


class OAuth2Settings(Block):
    """Client credentials (RFC 6749, section 4.4), which a token is fetched for."""

    client_id: Line
    client_secret: str = Field(default="", repr=False)
    token_url: str
    scopes: Lines = ()
    endpoint_params: dict[str, str] = Field(default={}, repr=False)
    ca_file: str = ""

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        parts = parse_url(self.token_url)
        if parts.scheme not in ("http", "https") or parts.userinfo:
            msg = "`token_url` must be an http or https URL without credentials"
            raise ValueError(msg)
        return self

    def check(self) -> TokenCheck:
        """What a token is fetched with; equal ones share a token."""
        return TokenCheck(
            self.token_url,
            self.client_id,
            self.client_secret,
            " ".join(self.scopes),
            tuple(sorted(self.endpoint_params.items())),
            self.ca_file,
        )


class ProxySettings(Block):
    """The proxy through which requests go."""

    url: str = Field(repr=False)
    headers: Annotated[dict[str, Line], AfterValidator(header_names)] = Field(default={}, repr=False)
    no_proxy: Lines = ()

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        parts = parse_url(self.url)
        if parts.scheme != "http" or parts.path not in ("", "/"):
            msg = "`url` of a proxy is http://host:port; what goes through it may be https"
            raise ValueError(msg)
        if parts.userinfo and any(name.lower() == "proxy-authorization" for name in self.headers):
            msg = "`url` has credentials and so has the header Proxy-Authorization; keep one of them"
            raise ValueError(msg)
        return self

    def check(self, ip_family: IpFamily) -> Proxy:
        """Compile it.

        Raises:
            ValueError: Its address is of another family.
        """
        parts = parse_url(self.url)
        headers = tuple(self.headers.items())
        if parts.userinfo:
            headers = (("Proxy-Authorization", basic(parts.userinfo)), *headers)
        names = [each.lower().lstrip("*").lstrip(".") for each in self.no_proxy if not _network(each)]
        networks = [network for each in self.no_proxy if (network := _network(each))]
        where = place(parts.host, parts.port or _PROXY_PORT, ip_family)
        return Proxy(where, headers, tuple(names), tuple(networks), "*" in self.no_proxy)


def _network(text: str) -> str:
    """A network as it is written canonically; empty for a name."""
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        return ""
