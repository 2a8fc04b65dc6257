"""Where a running daemon is, who asks it, and whom to trust: options of the commands that ask it by HTTP."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from exporter.errors import UsageError

DEFAULT_URL = "http://localhost:9895"


@dataclass(frozen=True, slots=True)
class Place:
    """A daemon as it is asked.

    Attributes:
        url: May be shown: it has neither user nor password.
        host: Of the URL.
        auth: User and password in UTF-8; None where nobody says who asks.
    """

    url: str
    host: str
    auth: tuple[bytes, bytes] | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tls:
    """Files of TLS, as the options name them; None where they do not."""

    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None

    def authority(self) -> str | None:
        """Whom to trust; None for whom the machine trusts.

        Raises:
            UsageError: The file cannot be used.
        """
        if self.ca_file is not None:
            with _naming(f"--ca-file: {self.ca_file}"):
                ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(self.ca_file)
        return self.ca_file

    def client(self) -> str | tuple[str, str] | None:
        """The certificate to show; None without one.

        Raises:
            UsageError: A file cannot be used, or the key has no certificate.
        """
        certificate, key = self.cert_file, self.key_file
        if certificate is None:
            if key is not None:
                msg = "--key-file: needs the certificate to the key; give --cert-file"
                raise UsageError(msg)
            return None
        with _naming(" and ".join(["--cert-file: " + certificate, *([key] if key else [])])):
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate, key, _no_password)
        return certificate if key is None else (certificate, key)


def _no_password() -> str:
    msg = "is encrypted"
    raise OSError(msg)  # the default would ask at the terminal


@contextmanager
def _naming(files: str) -> Iterator[None]:
    """Say which files a TLS library cannot use; its own errors do not."""
    try:
        yield
    except ssl.SSLError as error:
        msg = f"{files} cannot be used: {(error.reason or 'no PEM').replace('_', ' ').lower()}"
        raise UsageError(msg) from error
    except OSError as error:
        msg = f"{files} cannot be used: {error.strerror or error}"
        raise UsageError(msg) from error


def parse_place(url: str, *, user: str | None = None, password_file: str | None = None) -> Place:
    """Read where the daemon is and who asks it; options go before what the URL says.

    Raises:
        UsageError: The URL is none, a file cannot be read, or half of the credentials is missing. No
            message has a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        shown = url.rpartition("@")[2]
        msg = f"--url: `{shown}` is not a URL; write {DEFAULT_URL}"
        raise UsageError(msg)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    shown = parts._replace(netloc=host if port is None else f"{host}:{port}").geturl()
    name = user if user is not None else _unquoted(parts.username)
    password = _password(password_file) if password_file is not None else _unquoted(parts.password)
    if name is None and password is None:
        return Place(shown, parts.hostname, None)
    if name is None or password is None:
        msg = "a user needs a password and a password a user; give --user and --password-file"
        raise UsageError(msg)
    return Place(shown, parts.hostname, (name.encode(), password.encode()))


def _unquoted(text: str | None) -> str | None:
    return None if text is None else unquote(text)


def _password(file: str) -> str:
    try:
        text = Path(file).read_text(encoding="utf-8")
    except OSError as error:
        msg = f"--password-file: {file} cannot be read: {error.strerror}"
        raise UsageError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"--password-file: {file} is not UTF-8 text"
        raise UsageError(msg) from error
    if not text.strip():
        msg = f"--password-file: {file} is empty"
        raise UsageError(msg)
    return text.splitlines()[0]
