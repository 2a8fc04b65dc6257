"""Cookies along the redirects of one probe (RFC 6265, as far as that takes).

Public suffixes are not known: only a domain of a single label is refused as one.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

from exporter.probes.dates import http_date
from exporter.probes.url import Url, literal_family

_LONGEST = 4096
"""Bytes of one cookie, and what a browser keeps of them at least; one that is longer is passed over."""

_MOST = 50
"""Cookies of one probe; the oldest go."""

_AGE = re.compile(r"-?[0-9]+")
_UNFIT = re.compile(r"[^\t\x20-\x7e]")


class Cookie(NamedTuple):
    """One cookie.

    Attributes:
        name: Its name.
        value: As it was set.
        host: In lower case.
        below: Whether it is for hosts below that one, too.
        path: Under which it is sent.
        secure: Whether only over TLS.
    """

    name: str
    value: str
    host: str
    below: bool
    path: str
    secure: bool

    def is_for(self, url: Url) -> bool:
        """Whether it is sent with a request for a URL."""
        host, path = url.host.lower(), url.path.partition("?")[0] or "/"
        on_path = path == self.path or path.startswith(self.path.rstrip("/") + "/")
        on_host = host == self.host or (self.below and host.endswith(f".{self.host}"))
        return on_host and on_path and (url.scheme == "https" or not self.secure)


Jar = tuple[Cookie, ...]


def with_set(jar: Jar, url: Url, headers: Sequence[bytes], now: float) -> Jar:
    """The cookies after an answer; what cannot be read, or is for somebody else, is passed over.

    Args:
        jar: Those before.
        url: Of the request.
        headers: Values of `Set-Cookie`.
        now: Seconds since the epoch: what has expired takes a cookie back.
    """
    kept = {(each.name, each.host, each.path): each for each in jar}
    for header in headers:
        name, value, attributes = _read(header.decode("latin-1"))
        cookie = _cookie(name, value, attributes, url)
        if cookie is None or _is_shadow(cookie, kept.values(), url):
            continue
        key = (cookie.name, cookie.host, cookie.path)
        kept.pop(key, None)
        if not _is_over(attributes, now):
            kept[key] = cookie
    return tuple(kept.values())[-_MOST:]


def header_for(jar: Jar, url: Url) -> str:
    """Value of the header `Cookie` for a URL; empty where none is for it."""
    return "; ".join(f"{each.name}={each.value}" for each in jar if each.is_for(url))


def _read(text: str) -> tuple[str, str, dict[str, str]]:
    """Name, value and attributes by names in lower case (section 5.2); no name where there is none.

    An attribute that nobody knows is nothing; of one that comes twice the last counts.
    """
    if len(text) > _LONGEST or _UNFIT.search(text):
        return "", "", {}
    pair, *rest = text.split(";")
    name, equals, value = pair.partition("=")
    attributes = {}
    for each in rest:
        key, _, said = each.partition("=")
        attributes[key.strip().lower()] = said.strip()
    return name.strip() if equals else "", value.strip(), attributes


def _cookie(name: str, value: str, attributes: dict[str, str], url: Url) -> Cookie | None:
    """What is asked for; None where nobody may ask for it."""
    host = url.host.lower()
    domain = attributes.get("domain", "").lower().removeprefix(".")
    if not name or (domain and domain != host and not _is_above(domain, host)):
        return None
    path = attributes.get("path", "")
    secure = "secure" in attributes
    if secure and url.scheme != "https":
        return None
    place = path if path.startswith("/") else _folder(url.path)
    return Cookie(name, value, domain or host, bool(domain), place, secure)


def _is_shadow(cookie: Cookie, others: Iterable[Cookie], url: Url) -> bool:
    """Whether it came in the clear and would stand in for one that came over TLS (RFC 6265bis)."""
    return url.scheme != "https" and any(
        each.secure and (each.name, each.host) == (cookie.name, cookie.host) for each in others
    )


def _is_over(attributes: dict[str, str], now: float) -> bool:
    """Whether it has expired; `Max-Age` counts more than `Expires`, and what is no number or date not at all."""
    age = attributes.get("max-age", "")
    if _AGE.fullmatch(age):
        return age.startswith("-") or not age.strip("0")
    with suppress(KeyError):
        expires = http_date(attributes["expires"].encode("latin-1"))
        return expires is not None and expires <= now
    return False


def _is_above(domain: str, host: str) -> bool:
    return "." in domain and host.endswith(f".{domain}") and not literal_family(host)


def _folder(path: str) -> str:
    folder = path.partition("?")[0].rpartition("/")[0]
    return folder if folder.startswith("/") else "/"
