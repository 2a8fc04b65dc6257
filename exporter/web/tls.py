"""TLS of the web server."""

import ssl
import warnings
from collections.abc import Callable, Iterable
from contextlib import suppress
from ipaddress import ip_address
from typing import Any, Protocol, Self

from exporter.web.material import Material, Pem
from exporter.web.settings import TlsServer
from exporter.web.tls_names import SUITES, SUITES_OF_TLS13, ClientAuth

ALPN = ("http/1.1",)
WRONG_NAME = "the client's certificate has none of the names in client_allowed_sans"
SECURITY_LEVEL = "@SECLEVEL=0"
"""For versions below TLS 1.2: OpenSSL else speaks none of them, whatever `min_version` says."""


class ServerContext(Protocol):
    """What connections are served with: a context of the standard library, or what does the same."""

    def wrap_bio(
        self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, server_side: bool = ...
    ) -> ssl.SSLObject:
        """Give the TLS of one connection."""


def make_context(tls: TlsServer, material: Material) -> ServerContext | None:
    """Make what connections are served with; None where anything is a problem, which `material` gets.

    Args:
        tls: What is configured; enabled.
        material: Certificates and keys.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(ALPN)
    _set_versions(context, tls, material)
    _set_ciphers(context, tls)
    authority = _set_client_auth(context, tls, material)
    certificate = material.find("cert", "cert_file", "CERTIFICATE")
    key = material.find("key", "key_file", "PRIVATE KEY")
    if certificate is None or key is None:
        return None
    _set_certificate(context, certificate, key, material)
    if material.report.has_problems or not _beyond_the_standard_library(tls):
        return context
    from exporter.web.tls_openssl import OpenSslContext  # noqa: PLC0415 -- hardly anybody needs it

    try:
        return OpenSslContext(tls, certificate, key, authority)
    except ValueError as error:  # pragma: no cover -- a pyOpenSSL to come may not let us
        material.wrong_key("curve_preferences", str(error))
        return None


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


def _beyond_the_standard_library(tls: TlsServer) -> bool:
    """Whether something is asked for that the standard library cannot do.

    It verifies each certificate that it asks for, and takes one curve only; before 3.11.5 not X25519.
    """
    unverified = tls.client_auth is not ClientAuth.NONE and not tls.client_auth.verifies
    return unverified or len(tls.curve_preferences) > 1 or "X25519" in tls.curve_preferences


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
    if tls.curve_preferences and not _beyond_the_standard_library(tls):
        context.set_ecdh_curve(tls.curve_preferences[0])


def _set_client_auth(context: ssl.SSLContext, tls: TlsServer, material: Material) -> Pem | None:
    """Ask for certificates, and give the authorities that they must come from; None for the machine's."""
    authority = None
    if tls.client_ca_file or tls.client_ca:
        authority = material.find("client_ca", "client_ca_file", "CERTIFICATE")
    if authority is not None:
        try:
            context.load_verify_locations(cadata=authority.data.decode("ascii", "replace"))
        except (ssl.SSLError, ValueError):
            material.problem(authority, "has no certificate in PEM form")
    elif tls.client_auth.verifies:
        context.load_default_certs(ssl.Purpose.CLIENT_AUTH)
    if tls.client_auth.verifies:
        context.verify_mode = ssl.CERT_REQUIRED if tls.client_auth.requires else ssl.CERT_OPTIONAL
        # As the exporters do: a certificate in the file is trusted also where it is not at the root.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        if tls.client_allowed_sans is not None:
            context.sslobject_class = _checking(frozenset(tls.client_allowed_sans))
    return authority


def _set_certificate(context: ssl.SSLContext, certificate: Pem, key: Pem, material: Material) -> None:
    def password() -> str:
        msg = "encrypted"
        raise ValueError(msg)  # the default would ask at the terminal

    with certificate.as_file() as certificate_file, key.as_file() as key_file:
        try:
            context.load_cert_chain(certificate_file, key_file, password)
        except ValueError:
            material.problem(key, "is encrypted, for which the format has no password; decrypt it")
        except ssl.SSLError as error:
            if error.reason == "KEY_VALUES_MISMATCH":
                material.problem(key, f"is not the key of the certificate in {certificate.origin}")
            else:
                reason = (error.reason or "damaged").replace("_", " ").lower()
                material.problem(certificate, f"and {key.origin} cannot be used: {reason}")


def _checking(allowed: frozenset[str]) -> type[ssl.SSLObject]:
    """Make a class of connections that end where the client's certificate has none of these names."""

    class Checking(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            if allowed.isdisjoint(_names(self.getpeercert() or {})):
                raise ssl.SSLCertVerificationError(WRONG_NAME)

    return Checking


def _names(certificate: Any) -> Iterable[str]:  # noqa: ANN401 -- the library's own dict
    """The subject alternative names of a certificate; addresses as they are written elsewhere."""
    for kind, value in certificate.get("subjectAltName", ()):
        with suppress(ValueError):  # an address that is none
            yield str(ip_address(value.strip())) if kind == "IP Address" else value


class RotatingContext(ssl.SSLContext):
    """A context that serves each new connection with the one that is then in force.

    So that everything can change between two connections: certificate, authorities, versions and suites.
    """

    _current: Callable[[], ServerContext | None]
    _first: ServerContext

    def __new__(cls, current: Callable[[], ServerContext | None], first: ServerContext) -> Self:
        """Make one that asks `current` at each connection, and takes `first` where that has none."""
        self = super().__new__(cls, ssl.PROTOCOL_TLS_SERVER)
        self._current, self._first = current, first
        return self

    def wrap_bio(self, *arguments: Any, **named: Any) -> ssl.SSLObject:  # noqa: ANN401 -- as the library's
        """What asyncio and uvloop call for each connection."""
        context = self._current() or self._first
        return context.wrap_bio(*arguments, **named)
