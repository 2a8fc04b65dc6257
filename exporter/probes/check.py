"""What a probe type's settings are compiled to, once for each endpoint: plain values, read only."""

import socket
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, NamedTuple

from exporter.probes.url import Url, literal_family

if TYPE_CHECKING:
    import jsonpath
    import regex

_FAMILIES = {"any": socket.AF_UNSPEC, "4": socket.AF_INET, "6": socket.AF_INET6}

Address = tuple[int, str]
"""Address family and numeric address, without the port."""


class Place(NamedTuple):
    """Where to connect to.

    Attributes:
        host: ASCII name or IP address.
        port: 1 to 65535.
        family: `AF_UNSPEC`, `AF_INET` or `AF_INET6`: which addresses of the name are tried.
        addresses: Known without a lookup as the host is one; else empty.
    """

    host: str
    port: int
    family: int
    addresses: tuple[Address, ...]


class LookupCheck(NamedTuple):
    """How names are looked up.

    Attributes:
        servers: Addresses and ports of name servers; empty for the system's resolver.
        cache: Milliseconds for which answers are kept at most; 0 for not at all.
        stale_on_error: Whether an answer that is over is used where there is no other.
        timeout: Milliseconds that a server is given.
        attempts: How often each is asked.
    """

    servers: tuple[tuple[str, int], ...]
    cache: int
    stale_on_error: bool
    timeout: int
    attempts: int


SYSTEM_LOOKUP = LookupCheck((), 0, stale_on_error=False, timeout=0, attempts=0)
"""By the system, each time anew."""


class TlsCheck(NamedTuple):
    """What a handshake takes; equal ones share an OpenSSL context.

    Attributes:
        ca_file: Trusted instead of the system's certificates; empty for the system's.
        min_version: `1.2` or `1.3`.
        cert_file: Client certificate chain; empty for none.
        key_file: Its key; empty where `cert_file` has it.
        alpn: Protocol that is offered; empty for none.
    """

    ca_file: str = ""
    min_version: str = "1.2"
    cert_file: str = ""
    key_file: str = ""
    alpn: str = "http/1.1"


NO_TLS = TlsCheck()
"""Of a connection without any."""


class TokenCheck(NamedTuple):
    """What an OAuth2 token is fetched with; equal ones share a token. Never shown.

    Attributes:
        url: Of the token source.
        client_id: Of the client.
        client_secret: Likewise.
        scope: Separated by spaces; empty for none.
        params: Further ones of the request.
        ca_file: Trusted instead of the system's certificates; empty for those.
    """

    url: str
    client_id: str
    client_secret: str
    scope: str
    params: tuple[tuple[str, str], ...]
    ca_file: str


class Proxy(NamedTuple):
    """A proxy for HTTP.

    Attributes:
        place: Where to connect to.
        headers: For the proxy, with its credentials.
        names: Hosts, and those below them, that are not reached through it.
        networks: Addresses that are not, as texts of networks.
        nothing: Whether nothing is.
    """

    place: Place
    headers: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    networks: tuple[str, ...]
    nothing: bool

    def is_for(self, host: str) -> bool:
        """Whether a host is reached through it."""
        if self.nothing:
            return False
        if literal_family(host):
            return not any(ip_address(host) in ip_network(each) for each in self.networks)
        name = host.lower().rstrip(".")
        return not any(name == each or name.endswith(f".{each}") for each in self.names)


class Hop(NamedTuple):
    """One request: the configured one, or where a redirect leads.

    Attributes:
        url: Where it goes.
        place: Where to connect to.
        secure: Whether over TLS.
        server_name: For SNI and verification.
        method: Of the request.
        headers: Of the user, less those that were left behind.
        body: None for no body.
        request: The whole request as it is sent.
        proxy: Through which it goes, where that is for its host; None for none.
        tunnel: What asks the proxy for a connection; empty where there is no need.
    """

    url: Url
    place: Place
    secure: bool
    server_name: str
    method: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    request: bytes
    proxy: Proxy | None = None
    tunnel: bytes = b""

    @property
    def forwarded(self) -> bool:
        """Whether a proxy reads the request, and may be the one that answers it."""
        return self.proxy is not None and not self.secure and self.place == self.proxy.place


class Secure(NamedTuple):
    """How a connection is made over TLS.

    Attributes:
        server_name: For SNI and verification.
        tls: What the handshake takes.
        insecure: Go on although verification failed.
    """

    server_name: str
    tls: TlsCheck
    insecure: bool


class Step(NamedTuple):
    """One step of a dialogue; exactly one of them is there.

    Attributes:
        expect: To be found in a line.
        send: Text; `${1}` in it is a group of the latest match.
        starttls: Whether TLS begins.
    """

    expect: "Rule | None" = None
    send: str | None = None
    starttls: bool = False


@dataclass(frozen=True, slots=True)
class TcpCheck:
    """A tcp endpoint.

    Attributes:
        place: Where to connect to.
        timeout: Nanoseconds.
        steps: What is said then.
        server_name: For SNI and verification, where TLS begins.
        tls: What a handshake takes.
        insecure: Go on although verification failed.
        refused: Whether it is good that a connection is refused, and bad that one is made.
    """

    place: Place
    timeout: int
    steps: tuple[Step, ...] = field(default=(), repr=False)
    server_name: str = ""
    tls: TlsCheck = NO_TLS
    insecure: bool = False
    refused: bool = False


class Rule(NamedTuple):
    """A regular expression.

    Attributes:
        text: As configured, for people: what is searched for may be shorter.
        pattern: To be searched for.
    """

    text: str
    pattern: "regex.Pattern[str]"


class JsonRule(NamedTuple):
    """A query that must select something of a list that has the body.

    Attributes:
        text: As configured, for people.
        query: Of RFC 9535.
    """

    text: str
    query: "jsonpath.JSONPath | jsonpath.CompoundJSONPath"


@dataclass(frozen=True, slots=True)
class Rules:
    """What an answer must be.

    Attributes:
        statuses: Any of these codes.
        headers: Each must be there with a value that the pattern is found in; names in lower case.
        not_headers: None may have such a value.
        body: Each must be found.
        not_body: None may be found.
        json: Each must select something.
        max_body: Bytes that are read at most.
        strict: Whether a longer body is a failure; else reading stops there.
        max_age: Milliseconds that its `Last-Modified` may be ago at most; None for any.
        versions: Of HTTP; any of these, or empty for any.
        coding: Of the body; empty where nobody asked for one.
        secure: Whether it must have come over TLS, or must not have; None for either.
    """

    statuses: frozenset[int]
    headers: tuple[tuple[bytes, Rule], ...]
    not_headers: tuple[tuple[bytes, Rule], ...]
    body: tuple[Rule, ...]
    not_body: tuple[Rule, ...]
    json: tuple[JsonRule, ...]
    max_body: int
    strict: bool
    max_age: int | None = None
    versions: frozenset[str] = frozenset()
    coding: str = ""
    secure: bool | None = None

    @property
    def on_headers(self) -> bool:
        """Whether any is about a header."""
        return bool(self.headers or self.not_headers)

    @property
    def on_head(self) -> bool:
        """Whether any is about something else than status, headers and body."""
        return bool(self.max_age is not None or self.versions or self.coding or self.secure is not None)

    @property
    def on_body(self) -> bool:
        """Whether any is about the body."""
        return bool(self.body or self.not_body or self.json)


@dataclass(frozen=True, slots=True)
class HttpCheck:
    """An http endpoint.

    Attributes:
        hop: The first request.
        timeout: Nanoseconds for the whole probe, redirects included.
        rules: What the last answer must be.
        tls: What handshakes take.
        insecure: Send the request even where verification failed.
        redirects: How many are followed; 0 for none.
        token: What the token is fetched with that goes along; None for none.
    """

    hop: Hop = field(repr=False)
    timeout: int
    rules: Rules
    tls: TlsCheck
    insecure: bool
    redirects: int
    token: TokenCheck | None = field(default=None, repr=False)


def place(host: str, port: int, ip_family: str) -> Place:
    """Say where to connect to.

    Raises:
        ValueError: The host is an address of the other family.
    """
    version = literal_family(host)
    if version and ip_family not in ("any", str(version)):
        msg = f"the URL has an IPv{version} address but `ip_family` is {ip_family}"
        raise ValueError(msg)
    addresses = ((int(_FAMILIES[str(version)]), host),) if version else ()
    return Place(host, port, int(_FAMILIES[ip_family]), addresses)


def deadline(timeout: int) -> int:
    """Nanoseconds from the timeout's milliseconds.

    Raises:
        ValueError: It is not positive.
    """
    if timeout <= 0:
        msg = f"the timeout must be positive: {timeout} ms"
        raise ValueError(msg)
    return timeout * 1_000_000
