"""Targets as they are written: taken apart, checked, and never rewritten."""

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^#]*)(?:#.*)?", re.DOTALL)
_HOST = re.compile(r"(?:[A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?")
_BAD = re.compile(r"[^\x21-\x7e]")
_LONGEST_NAME = 253
_LAST_PORT = 65535


class Url(NamedTuple):
    """The parts of a URL.

    Attributes:
        scheme: In lower case.
        userinfo: Before the `@`, still percent-encoded; empty without one.
        host: ASCII: as written, an international name encoded; without brackets.
        port: As written; 0 where there is none.
        path: Path and query byte for byte as written, without the fragment; may be empty.
    """

    scheme: str
    userinfo: str
    host: str
    port: int
    path: str


def parse_url(text: str) -> Url:
    """Take a URL apart.

    Raises:
        ValueError: It is no URL with a host, or has characters that cannot be sent
            as they are; the message never repeats credentials or the query.
    """
    found = _URL.fullmatch(text)
    if found is None:
        msg = "the URL is not a URL: write scheme://host"
        raise ValueError(msg)
    scheme, authority, path = found.groups()
    if bad := _BAD.search(path):
        msg = f"the URL has the character {bad[0]!r} in its path or query: percent-encode it, as URLs are sent unchanged"
        raise ValueError(msg)
    userinfo, _, place = authority.rpartition("@")
    if _BAD.search(userinfo):
        msg = "the URL has a character in its user name or password that must be percent-encoded"
        raise ValueError(msg)
    host, port = parse_place(place)
    return Url(scheme.lower(), userinfo, host, port, path)


def parse_place(text: str) -> tuple[str, int]:
    """Split `host`, `host:port` or `[IPv6]:port`; the port is 0 where there is none.

    Raises:
        ValueError: The host or the port is none.
    """
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")) or literal_family(host) != 6:  # noqa: PLR2004
            msg = f"the URL has no valid IPv6 address in its brackets: {text!r}"
            raise ValueError(msg)
        return host, _port(rest[1:])
    host, _, port = text.partition(":")
    if ":" in port:
        msg = f"the URL has an IPv6 address without brackets: write [{text}]"
        raise ValueError(msg)
    return ascii_host(host), _port(port)


def ascii_host(host: str) -> str:
    """Encode an international host name for DNS; any other stays as it is.

    Raises:
        ValueError: It cannot be a host name.
    """
    if not host:
        msg = "the URL has no host"
        raise ValueError(msg)
    name = host if host.isascii() else _encode(host)
    if len(name.rstrip(".")) > _LONGEST_NAME or not _HOST.fullmatch(name):
        msg = f"the URL has no valid host name: {host!r}"
        raise ValueError(msg)
    return name


@lru_cache(maxsize=1024)
def literal_family(host: str) -> int:
    """Tell 4 or 6 for an IP address, 0 for a name (and for an address with a zone, which needs a lookup)."""
    try:
        return 0 if "%" in host else ip_address(host).version
    except ValueError:
        return 0


def _encode(host: str) -> str:
    import idna  # noqa: PLC0415 -- few hosts need it

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        msg = f"the URL has no valid host name: {host!r} ({error})"
        raise ValueError(msg) from error


def _port(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= _LAST_PORT):  # noqa: PLR2004
        msg = f"the URL has no valid port: {text!r} (1 to {_LAST_PORT})"
        raise ValueError(msg)
    return int(text)
