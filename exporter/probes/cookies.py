"""Cookies along the redirects of one probe (RFC 6265, as far as that takes)."""

from collections.abc import Sequence
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple

from exporter.probes.url import Url, literal_family


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


def with_set(jar: Jar, url: Url, headers: Sequence[bytes]) -> Jar:
    """The cookies after an answer; what cannot be read, or is for somebody else, is passed over.

    Args:
        jar: Those before.
        url: Of the request.
        headers: Values of `Set-Cookie`.
    """
    kept = {(each.name, each.host, each.path): each for each in jar}
    for header in headers:
        for cookie, gone in _read(header.decode("latin-1"), url):
            kept.pop((cookie.name, cookie.host, cookie.path), None)
            if not gone:
                kept[cookie.name, cookie.host, cookie.path] = cookie
    return tuple(kept.values())


def header_for(jar: Jar, url: Url) -> str:
    """Value of the header `Cookie` for a URL; empty where none is for it."""
    return "; ".join(f"{each.name}={each.value}" for each in jar if each.is_for(url))


def _read(text: str, url: Url) -> list[tuple[Cookie, bool]]:
    """The cookies of one header, and whether each is taken back by it."""
    try:
        morsels = SimpleCookie(text).values()
    except CookieError:
        return []
    found = []
    for morsel in morsels:
        host, domain = url.host.lower(), morsel["domain"].lower().lstrip(".")
        if domain and domain != host and not _is_above(domain, host):
            continue
        path = morsel["path"] if morsel["path"].startswith("/") else _folder(url.path)
        cookie = Cookie(
            morsel.key, morsel.coded_value, domain or host, bool(domain), path, bool(morsel["secure"])
        )
        found.append((cookie, morsel["max-age"].startswith(("0", "-"))))
    return found


def _is_above(domain: str, host: str) -> bool:
    return "." in domain and host.endswith(f".{domain}") and not literal_family(host)


def _folder(path: str) -> str:
    folder = path.partition("?")[0].rpartition("/")[0]
    return folder if folder.startswith("/") else "/"
