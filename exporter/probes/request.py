"""HTTP/1.1 requests as bytes, and where redirects lead; URLs are sent as they are written."""

import re
from base64 import b64encode
from urllib.parse import unquote_to_bytes, urljoin

from exporter import __version__
from exporter.probes.check import Hop, Proxy, place
from exporter.probes.cookies import Jar, header_for
from exporter.probes.url import Url, parse_url

Headers = tuple[tuple[str, str], ...]

_PORTS = {"http": 80, "https": 443}
_CREDENTIALS = re.compile(r"auth|cookie|token|secret|password|credential|api-?key", re.IGNORECASE)
_QUERY = re.compile(r"([?#]).*", re.DOTALL)
_UNSENDABLE = re.compile(rb"[^\x21-\x7e]")
_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)
_BECOMES_GET = (301, 302, 303)
_SEE_OTHER = 303


def first_hop(
    url: str,
    method: str,
    headers: Headers,
    body: bytes | None,
    *,
    ip_family: str,
    server_name: str,
    proxy: Proxy | None = None,
) -> Hop:
    """Compile the configured request.

    Args:
        url: As configured; credentials in it become basic authentication.
        method: As it is sent.
        headers: The user's.
        body: None for no body.
        ip_family: `any`, `4` or `6`.
        server_name: For SNI and verification; empty for the URL's host.
        proxy: Through which it goes; None for none.

    Raises:
        ValueError: The URL is not one that can be requested.
    """
    parts = parse_url(url)
    if parts.scheme not in _PORTS:
        msg = f"the URL has the scheme {parts.scheme!r}: an http probe takes http and https"
        raise ValueError(msg)
    if parts.userinfo:
        if any(name.lower() == "authorization" for name, _ in headers):
            msg = "the URL has credentials and so has the header Authorization: keep one of them"
            raise ValueError(msg)
        headers = (*headers, ("Authorization", basic(parts.userinfo)))
    direct = proxy is None or not proxy.is_for(parts.host)
    where = place(parts.host, parts.port or _PORTS[parts.scheme], ip_family if direct else "any")
    hop = Hop(
        parts, where, parts.scheme == "https", server_name or parts.host, method, headers, body, b"", proxy
    )
    return _ready(hop)


def next_hop(hop: Hop, status: int, location: bytes, jar: Jar = ()) -> Hop:
    """Compile the request that a redirect asks for.

    Credentials stay behind, for good, where it leads to another host or from https to http.

    Args:
        hop: The request that was answered by the redirect.
        status: Of the redirect.
        location: Its target, as received.
        jar: Cookies that were set on the way.

    Raises:
        ValueError: It leads nowhere that can be requested.
    """
    target = _UNSENDABLE.sub(lambda found: b"%%%02X" % found[0][0], location.strip()).decode("ascii")
    parts = parse_url(_absolute(hop.url, target))
    if parts.scheme not in _PORTS:
        msg = f"the redirect leads to the scheme {parts.scheme!r}"
        raise ValueError(msg)
    method, headers, body = hop.method, hop.headers, hop.body
    if (status == _SEE_OTHER and method != "HEAD") or (status in _BECOMES_GET and method == "POST"):
        method, body = "GET", None
        headers = tuple(header for header in headers if not header[0].lower().startswith("content-"))
    same_host = parts.host.lower() == hop.url.host.lower()
    if not same_host or (hop.secure and parts.scheme == "http"):
        headers = tuple(header for header in headers if not _CREDENTIALS.search(header[0]))
    if not same_host:
        headers = tuple(header for header in headers if header[0].lower() != "host")
    family = hop.place.family if hop.proxy is None or hop.place != hop.proxy.place else 0
    where = place(parts.host, parts.port or _PORTS[parts.scheme], "any")._replace(family=family)
    server_name = hop.server_name if same_host else parts.host
    going = Hop(parts, where, parts.scheme == "https", server_name, method, headers, body, b"", hop.proxy)
    return _ready(going, _with_cookies(headers, jar, parts))


def with_token(hop: Hop, token: str) -> Hop:
    """The same request with a bearer token."""
    return _ready(hop._replace(headers=(*hop.headers, ("Authorization", f"Bearer {token}"))))


def _ready(hop: Hop, sent: Headers | None = None) -> Hop:
    """A hop with its request, and the way to it.

    Args:
        hop: Its place is the URL's.
        sent: Its headers, where they are others than those that go along with redirects.
    """
    headers, parts, proxy = hop.headers if sent is None else sent, hop.url, hop.proxy
    if proxy is None or not proxy.is_for(parts.host):
        return hop._replace(request=_request(parts, hop.method, headers, hop.body))
    if hop.secure:
        request = _request(parts, hop.method, headers, hop.body)
        return hop._replace(place=proxy.place, request=request, tunnel=_tunnel(parts, proxy))
    target = f"http://{_authority(parts)}{_target(parts.path)}"
    request = _request(parts, hop.method, (*headers, *proxy.headers), hop.body, target)
    return hop._replace(place=proxy.place, request=request)


def _tunnel(parts: Url, proxy: Proxy) -> bytes:
    host = f"[{parts.host}]" if ":" in parts.host else parts.host
    where = f"{host}:{parts.port or _PORTS[parts.scheme]}"
    lines = [f"CONNECT {where} HTTP/1.1", f"Host: {where}"]
    lines += [f"{name}: {value}" for name, value in proxy.headers]
    return "\r\n".join([*lines, "", ""]).encode()


def _with_cookies(headers: Headers, jar: Jar, parts: Url) -> Headers:
    """Headers with the cookies for a URL, after those that the user gave."""
    cookies = header_for(jar, parts) if jar else ""
    if not cookies:
        return headers
    given = [value for name, value in headers if name.lower() == "cookie"]
    others = tuple(header for header in headers if header[0].lower() != "cookie")
    return (*others, ("Cookie", "; ".join([*given, cookies])))


def is_credential(name: str) -> bool:
    """Whether a header's name speaks of credentials."""
    return bool(_CREDENTIALS.search(name))


def without_query(target: str) -> str:
    """A URL, or the path of one, for people: without its query and fragment."""
    return _QUERY.sub(r"\1***", target)


def shown(request: bytes) -> str:
    """The head of a request for people: without its query, and values that are, or may be, credentials."""
    first, *lines = request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    masked = [
        f"{name}: <secret>" if _CREDENTIALS.search(name) else line
        for line in lines
        for name in [line.partition(":")[0]]
    ]
    return "\n".join([" ".join(map(without_query, first.split(" "))), *masked])


def basic(userinfo: str) -> str:
    """Value of the Authorization header for the `user:password` of a URL."""
    user, _, password = userinfo.partition(":")
    return "Basic " + b64encode(unquote_to_bytes(user) + b":" + unquote_to_bytes(password)).decode("ascii")


def _request(parts: Url, method: str, headers: Headers, body: bytes | None, target: str = "") -> bytes:
    given = {name.lower() for name, _ in headers}
    lines = [f"{method} {target or _target(parts.path)} HTTP/1.1"]
    if "host" not in given:
        lines.append(f"Host: {_authority(parts)}")
    if "user-agent" not in given:
        lines.append(f"User-Agent: uptime-slo-exporter/{__version__}")
    if "accept" not in given:
        lines.append("Accept: */*")
    lines += [f"{name}: {value}" for name, value in headers]
    if body is not None or method in ("POST", "PUT", "PATCH"):
        lines.append(f"Content-Length: {len(body or b'')}")
    lines.append("Connection: close\r\n\r\n")
    return "\r\n".join(lines).encode() + (body or b"")


def _target(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"


def _authority(parts: Url) -> str:
    """Host and port as the Host header takes them: without a port that the scheme implies."""
    host = f"[{parts.host}]" if ":" in parts.host else parts.host
    return host if parts.port in (0, _PORTS[parts.scheme]) else f"{host}:{parts.port}"


def _absolute(base: Url, target: str) -> str:
    """Resolve a redirect's target; what is absolute, or an absolute path, stays as it is written."""
    if _ABSOLUTE.match(target):
        return target
    origin = f"{base.scheme}://{_authority(base)}"
    if target.startswith("/") and not target.startswith("//"):
        return origin + target
    return urljoin(origin + _target(base.path), target)
