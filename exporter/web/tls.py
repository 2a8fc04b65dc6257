"""TLS of the web server, by the standard library."""

import os
import ssl
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any, Self

from exporter.web.material import Material, Pem
from exporter.web.settings import TlsServer
from exporter.web.tls_names import SUITES, SUITES_OF_TLS13, ClientAuth

ALPN = ("http/1.1",)
SECURITY_LEVEL = "@SECLEVEL=0"
"""For versions below TLS 1.2: OpenSSL else speaks none of them, whatever `min_version` says."""


def make_context(tls: TlsServer, material: Material) -> ssl.SSLContext | None:
    """Make what connections are served with; None where anything is a problem, which `material` gets.

    Args:
        tls: What is configured; enabled.
        material: Certificates and keys.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(ALPN)
    _set_versions(context, tls, material)
    _set_ciphers(context, tls)
    _set_client_auth(context, tls, material)
    certificate = material.find("cert", "cert_file", "CERTIFICATE")
    key = material.find("key", "key_file", "PRIVATE KEY")
    if certificate is None or key is None:
        return None
    _set_certificate(context, certificate, key, material)
    return context


def lowest_version(tls: TlsServer) -> ssl.TLSVersion:
    """The lowest version that is spoken: with suites of TLS 1.3 only, nothing before it is left."""
    only_new = bool(tls.cipher_suites) and SUITES_OF_TLS13.issuperset(tls.cipher_suites)
    return ssl.TLSVersion.TLSv1_3 if only_new else tls.min_version


def cipher_list(tls: TlsServer) -> str:
    """What OpenSSL is told of the suites up to TLS 1.2; empty for its own choice."""
    chosen = ":".join(SUITES[suite] for suite in tls.cipher_suites if suite not in SUITES_OF_TLS13)
    if tls.min_version >= ssl.TLSVersion.TLSv1_2:
        return chosen
    return f"{chosen or 'DEFAULT'}:{SECURITY_LEVEL}"


def _set_versions(context: ssl.SSLContext, tls: TlsServer, material: Material) -> None:
    lowest = lowest_version(tls)
    if lowest > tls.max_version >= tls.min_version:
        material.wrong_key("cipher_suites", "has none for the versions up to `max_version`")
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # who asks for an old version knows
            context.minimum_version, context.maximum_version = lowest, tls.max_version
    except ValueError:  # pragma: no cover -- an OpenSSL that was built without old versions
        material.wrong_key("min_version", "is a version that the TLS library of this machine does not have")


def _set_ciphers(context: ssl.SSLContext, tls: TlsServer) -> None:
    if ciphers := cipher_list(tls):
        context.set_ciphers(ciphers)
    if tls.prefer_server_cipher_suites:
        context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
    else:
        context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    if tls.curve_preferences:
        context.set_ecdh_curve(tls.curve_preferences[0])


def _set_client_auth(context: ssl.SSLContext, tls: TlsServer, material: Material) -> None:
    asked = tls.client_auth
    if asked is ClientAuth.NONE:
        return
    context.verify_mode = ssl.CERT_REQUIRED if asked.requires else ssl.CERT_OPTIONAL
    # As the exporters do: a certificate in the file is trusted also where it is not at the root.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if tls.client_ca_file or tls.client_ca:
        authority = material.find("client_ca", "client_ca_file", "CERTIFICATE")
        if authority is not None:
            try:
                context.load_verify_locations(cadata=authority.data.decode("ascii", "replace"))
            except (ssl.SSLError, ValueError):
                material.problem(authority, "has no certificate in PEM form")
    else:
        context.load_default_certs(ssl.Purpose.CLIENT_AUTH)
    if tls.client_allowed_sans is not None:
        context.sslobject_class = _checking(frozenset(tls.client_allowed_sans))


def _set_certificate(context: ssl.SSLContext, certificate: Pem, key: Pem, material: Material) -> None:
    def password() -> str:
        msg = "encrypted"
        raise ValueError(msg)  # the default would ask at the terminal

    with _as_file(certificate.data) as certificate_file, _as_file(key.data) as key_file:
        try:
            context.load_cert_chain(certificate_file, key_file, password)
        except ValueError:
            material.problem(key, "is encrypted, for which the format has no password; decrypt it")
        except ssl.SSLError as error:
            if error.reason == "KEY_VALUES_MISMATCH":
                material.problem(key, f"is not the key of the certificate in {certificate.origin}")
            else:
                reason = (error.reason or "").replace("_", " ").lower()
                material.problem(certificate, f"and {key.origin} cannot be used: {reason}")


@contextmanager
def _as_file(data: bytes) -> Iterator[str]:
    """Give a path to something that is in memory only: the library reads nothing but files."""
    descriptor = os.memfd_create("pem")
    try:
        os.write(descriptor, data)
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


def _checking(allowed: frozenset[str]) -> type[ssl.SSLObject]:
    """Make a class of connections that end where the client's certificate has none of these names."""

    class Checking(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            if allowed.isdisjoint(_names(self.getpeercert() or {})):
                raise ssl.SSLCertVerificationError(WRONG_NAME)

    return Checking


WRONG_NAME = "the client's certificate has none of the names in client_allowed_sans"


def _names(certificate: Any) -> Iterable[str]:  # noqa: ANN401 -- the library's own dict
    """The subject alternative names of a certificate; addresses as Python writes them."""
    for kind, value in certificate.get("subjectAltName", ()):
        yield str(ip_address(value.strip())) if kind == "IP Address" else value


class RotatingContext(ssl.SSLContext):
    """A context that serves each new connection with the one that is then in force.

    So that everything can change between two connections: certificate, authorities, versions and suites.
    """

    _current: Callable[[], ssl.SSLContext | None]
    _first: ssl.SSLContext

    def __new__(cls, current: Callable[[], ssl.SSLContext | None], first: ssl.SSLContext) -> Self:
        """Make one that asks `current` at each connection, and takes `first` where that has none."""
        self = super().__new__(cls, ssl.PROTOCOL_TLS_SERVER)
        self._current, self._first = current, first
        return self

    def wrap_bio(self, *arguments: Any, **named: Any) -> ssl.SSLObject:  # noqa: ANN401 -- as the library's
        """What asyncio and uvloop call for each connection."""
        context = self._current() or self._first
        return context.wrap_bio(*arguments, **named)
