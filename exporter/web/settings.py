"""What `--web.config.file` may say: the format that all Prometheus exporters share, key by key.

https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md
"""

import re
import ssl
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator

from exporter.config.fields import scalar
from exporter.errors import nearest
from exporter.web.rate import parse_go_duration
from exporter.web.tls_names import CLIENT_AUTH, CURVES, SUITES, SUITES_OF_TLS13, VERSIONS, ClientAuth

HEADERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Content-Security-Policy": (),
        "Strict-Transport-Security": (),
        "X-Content-Type-Options": ("nosniff",),
        "X-Frame-Options": ("deny", "sameorigin"),
        "X-XSS-Protection": (),
    }
)
"""Headers that may be set, with their only values; a blank one is not sent."""

_BCRYPT = re.compile(
    r"(\$2[abxy]\$(?:0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{21})([./A-Za-z0-9])([./A-Za-z0-9]{31})"
)
_BCRYPT_DIGITS = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_TRUE = frozenset({"y", "yes", "true", "on"})
_FALSE = frozenset({"n", "no", "false", "off"})
_MOST_DIGITS = 9


def _truth(node: object) -> bool:
    """A boolean of YAML 1.1, as the exporters read it."""
    text = scalar(node)
    if text.lower() not in _TRUE | _FALSE:
        msg = f"must be true or false, not `{text}`"
        raise ValueError(msg)
    return text.lower() in _TRUE


def _count(node: object) -> int:
    text = scalar(node)
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        msg = f"must be a whole number from 0, not `{text}`"
        raise ValueError(msg)
    return int(text)


def _interval(node: object) -> int:
    return parse_go_duration(scalar(node))


def _bcrypt_hash(node: object) -> bytes:
    """A hash; nothing of it is in a message, because what stands there instead may be a password."""
    found = _BCRYPT.fullmatch(node) if isinstance(node, str) else None
    if found is None:
        msg = "is given no bcrypt hash; make one with `htpasswd -nBC 10 USER`"
        raise ValueError(msg)
    head, last, digest = found.groups()
    # Four bits of a salt's last digit mean nothing; only our library minds them.
    last = _BCRYPT_DIGITS[_BCRYPT_DIGITS.index(last) & 0b110000]
    return f"{head}{last}{digest}".encode()


def _one_of(what: str, known: Mapping[str, Any]) -> Callable[[object], Any]:
    def look_up(node: object) -> Any:  # noqa: ANN401 -- what the table has
        text = scalar(node)
        if text not in known:
            hint = nearest(text, list(known)) or f"; there are {', '.join(filter(None, known))}"
            msg = f"there is no {what} `{text}`{hint}"
            raise ValueError(msg)
        return known[text]

    return look_up


_SUITE_NAMES = {name: name for name in (*SUITES, *SUITES_OF_TLS13)}

Text = Annotated[str, PlainValidator(scalar)]
Truth = Annotated[bool, PlainValidator(_truth)]
Version = Annotated[ssl.TLSVersion, PlainValidator(_one_of("version", VERSIONS))]
Auth = Annotated[ClientAuth | None, PlainValidator(_one_of("client_auth_type", CLIENT_AUTH))]
Suite = Annotated[str, PlainValidator(_one_of("cipher suite", _SUITE_NAMES))]
Curve = Annotated[str, PlainValidator(_one_of("curve", CURVES))]
Interval = Annotated[int, PlainValidator(_interval)]
Count = Annotated[int, PlainValidator(_count)]
Hash = Annotated[bytes, PlainValidator(_bcrypt_hash)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class TlsServer(_Part):
    """TLS; it is off where none of the certificate, key, client CA and client_auth_type is given.

    Attributes:
        cert: Certificate and intermediates, PEM; `cert_file` goes first.
        key: Its key, PEM; likewise.
        client_ca: Authorities of client certificates, PEM; likewise.
        cipher_suites: Of TLS 1.2 and before; empty for those of the TLS library.
        curve_preferences: As OpenSSL calls them, in order; empty likewise.
        client_allowed_sans: None where any name will do.
    """

    cert: Text = Field(default="", repr=False)
    key: Text = Field(default="", repr=False)
    client_ca: Text = Field(default="", repr=False)
    cert_file: Text = ""
    key_file: Text = ""
    client_auth_type: Auth = None
    client_ca_file: Text = ""
    client_allowed_sans: tuple[Text, ...] | None = None
    min_version: Version = ssl.TLSVersion.TLSv1_2
    max_version: Version = ssl.TLSVersion.TLSv1_3
    cipher_suites: tuple[Suite, ...] = ()
    prefer_server_cipher_suites: Truth = True
    curve_preferences: tuple[Curve, ...] = ()

    @property
    def enabled(self) -> bool:
        """Whether TLS is spoken."""
        given = (self.cert, self.key, self.client_ca, self.cert_file, self.key_file, self.client_ca_file)
        return any(given) or self.client_auth_type is not None

    @property
    def client_auth(self) -> ClientAuth:
        """What is asked of clients."""
        return self.client_auth_type or ClientAuth.NONE


class HttpServer(_Part):
    """What answers carry.

    Attributes:
        http2: Allows HTTP/2, which nobody has to speak: it is never offered here, and every client then takes HTTP/1.1.
        headers: Of `HEADERS`.
    """

    http2: Truth = True
    headers: dict[str, Text] = Field(default_factory=dict)


class RateLimit(_Part):
    """How often requests may come.

    Attributes:
        interval: Nanoseconds between two requests; 0 for no limit.
        burst: Requests that may come at once; with 0 none is let through.
    """

    interval: Interval = 0
    burst: Count = 0


class WebSettings(_Part):
    """The whole file.

    Attributes:
        basic_auth_users: bcrypt hashes by user; empty where everybody is let in.
    """

    tls_server_config: TlsServer = TlsServer()
    http_server_config: HttpServer = HttpServer()
    rate_limit: RateLimit = RateLimit()
    basic_auth_users: dict[str, Hash] = Field(default_factory=dict, repr=False)
