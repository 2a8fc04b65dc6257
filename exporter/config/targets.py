"""What may be shown of a URL, and what an endpoint without a name is called."""

import re
from collections.abc import Callable

from exporter.config.fields import NOT_RIGHT, safe_name
from exporter.config.report import Secrets
from exporter.config.tree import Expanded

_PARTS = re.compile(r"([^:/]+)://([^/?#]*)([^?#]*).*", re.DOTALL)
_PORTS = {"http": "80", "https": "443", "tls": "443", "dns": "53", "ws": "80", "wss": "443"}
_MASK = "***"


def target(url: str) -> str:
    """Give a URL without credentials, query and fragment, and with `***` for what must not be shown."""
    scheme, authority, path = _split(url)
    return f"{scheme}://{authority.rpartition('@')[2]}{path}"


def default_name(url: str) -> str | None:
    """Name an endpoint by its host, the port where it is not the scheme's, and the path with `-` for `/`.

    Returns:
        The name; None where it would show what must not be shown, or nothing is left.
    """
    scheme, authority, path = _split(url)
    host, _, port = authority.rpartition("@")[2].rpartition(":")
    if not host or port.endswith("]"):
        host, port = authority.rpartition("@")[2], ""
    name = host.strip("[]")
    if port and port != _PORTS.get(scheme):
        name += f"-{port}"
    name += path.rstrip("/").replace("/", "-")
    return (
        None if _MASK in name else safe_name(name).lstrip("-") or None
    )  # a leading - would look like an option


def keep_userinfo_secret(url: str, secrets: Secrets) -> None:
    """Register the credentials of a URL, if it has any."""
    userinfo, at, _ = _split(url, masked=False)[1].rpartition("@")
    if at:
        secrets.add(userinfo)
        password = userinfo.partition(":")[2]
        if password:
            secrets.add(password)


def scheme_of(url: str) -> str | None:
    """Give the scheme in lower case; None where it is secret."""
    text = url.masked if isinstance(url, Expanded) else url
    scheme, separator, _ = text.partition("://")
    return scheme.lower() if separator and _MASK not in scheme else None


def refusal(url: str, check: Callable[[str], object]) -> str:
    """Say why a check refuses a URL, without quoting a secret; empty where it does not.

    Args:
        url: As written.
        check: Raises a ValueError that may quote parts of the URL.
    """
    try:
        check(str(url))
    except ValueError as error:
        if isinstance(url, Expanded):
            return refusal(_stand_in(url), check) or NOT_RIGHT
        return (
            str(error) if _may_be_quoted(url) else "it has an @ behind the host; percent-encode credentials"
        )
    return ""


def _may_be_quoted(url: str) -> bool:
    """Tell whether a message may quote parts of a URL that could not be taken apart."""
    return "@" not in url or "@" in _split(url)[1]


def _stand_in(url: Expanded) -> str:
    """Put a digit, which is right nearly everywhere in a URL, for what must not be quoted."""
    return url.masked.replace(_MASK, "1")


def _split(url: str, *, masked: bool = True) -> tuple[str, str, str]:
    text = url.masked if masked and isinstance(url, Expanded) else url
    match = _PARTS.fullmatch(text)
    return (match[1].lower(), match[2], match[3]) if match else ("", "", text)
