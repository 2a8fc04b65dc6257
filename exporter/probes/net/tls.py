"""TLS on the sockets of probes, by pyOpenSSL, and what a handshake shows.

Every probe makes a full handshake: sessions are never resumed. The chain is verified
each time; what a certificate says of itself is remembered by its digest.
"""

import os
import socket
from contextlib import suppress
from hashlib import sha256
from typing import Any

from cryptography import x509
from OpenSSL import SSL, crypto
from service_identity import CertificateError, VerificationError
from service_identity.cryptography import verify_certificate_hostname, verify_certificate_ip_address

from exporter.probes.check import TlsCheck
from exporter.probes.details import Certificate
from exporter.probes.net.tls_context import Stamp, make_context, stamp_of
from exporter.probes.result import ProbeFailed, Reason, TlsFacts
from exporter.probes.url import literal_family

_RECORD = 1 << 14
_REMEMBERED = 1 << 16


class Channel:
    """TLS on one connected socket; `send` and `recv_into` are like a socket's.

    Attributes:
        facts: What the handshake showed; None before its end.
    """

    __slots__ = ("_connection", "_errors", "_handshakes", "_name", "facts")

    def __init__(self, handshakes: "Handshakes", connection: SSL.Connection, name: str) -> None:
        self._handshakes = handshakes
        self._connection = connection
        self._name = name
        self._errors: dict[int, int] = {}
        self.facts: TlsFacts | None = None
        connection.set_app_data(self._errors)

    def handshake(self) -> bool:
        """Go on with it; whether it is done.

        Raises:
            ProbeFailed: There is no common ground.
        """
        try:
            self._connection.do_handshake()
        except (SSL.WantReadError, SSL.WantWriteError):
            return False
        except SSL.Error as error:
            raise _failed(error) from error
        self.facts = self._handshakes.facts(self._connection, self._errors, self._name)
        return True

    def certificates(self) -> tuple[Certificate, ...]:
        """The chain, the leaf first: the one that was verified, else what was presented."""
        connection = self._connection
        chain = (not self._errors and connection.get_verified_chain()) or connection.get_peer_cert_chain()
        return tuple(map(_certificate, chain or ()))

    @property
    def cipher(self) -> str:
        """As OpenSSL names it."""
        return self._connection.get_cipher_name() or ""

    def send(self, data: bytes | memoryview) -> int:
        """Send some of it; how much.

        Raises:
            BlockingIOError: Not now.
            OSError: The connection is broken.
            ProbeFailed: TLS is.
        """
        try:
            return self._connection.send(data)
        except (SSL.WantReadError, SSL.WantWriteError):
            raise BlockingIOError from None
        except SSL.SysCallError as error:
            raise OSError(*error.args) from error
        except SSL.Error as error:
            raise _failed(error) from error

    def recv_into(self, buffer: memoryview) -> int:
        """Receive at most a record; 0 for the end, whether it was said or the connection just ended.

        Raises:
            BlockingIOError: Nothing is there yet.
            OSError: The connection is broken.
            ProbeFailed: TLS is.
        """
        try:
            return self._connection.recv_into(buffer, _RECORD)
        except (SSL.WantReadError, SSL.WantWriteError):
            raise BlockingIOError from None
        except SSL.ZeroReturnError:
            return 0
        except SSL.SysCallError as error:
            if error.args[0] == -1:
                return 0
            raise OSError(*error.args) from error
        except SSL.Error as error:
            raise _failed(error) from error


def _certificate(certificate: crypto.X509) -> Certificate:
    """What a certificate says of itself."""
    found = certificate.to_cryptography()
    names: tuple[str, ...] = ()
    with suppress(x509.ExtensionNotFound, ValueError):
        said = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = tuple(str(each.value) for each in said)
    return Certificate(
        found.subject.rfc4514_string(),
        found.issuer.rfc4514_string(),
        names,
        f"{found.serial_number:x}",
        int(found.not_valid_before_utc.timestamp()),
        int(found.not_valid_after_utc.timestamp()),
        _digest(certificate).hex(),
    )


class Handshakes:
    """OpenSSL contexts, one for each distinct settings, and what is known of certificates. For one thread."""

    def __init__(self) -> None:
        self._contexts: dict[TlsCheck, tuple[tuple[Stamp, ...], SSL.Context]] = {}
        self._ends: dict[bytes, int] = {}
        self._names: dict[tuple[bytes, str], str] = {}

    def start(self, sock: socket.SocketType, check: TlsCheck, server_name: str) -> Channel:
        """Put TLS on a connected socket.

        Raises:
            ProbeInconclusive: A local file cannot be used.
        """
        name = server_name.rstrip(".")
        connection = SSL.Connection(self._latest(check), sock)  # type: ignore[arg-type]  # only its fileno() is used
        if not literal_family(name):
            connection.set_tlsext_host_name(name.encode("ascii"))
        connection.set_connect_state()
        return Channel(self, connection, name)

    def _latest(self, check: TlsCheck) -> SSL.Context:
        """The context that was made last: its files were looked at when the probe began."""
        known = self._contexts.get(check)
        return self.context(check) if known is None else known[1]

    def context(self, check: TlsCheck) -> SSL.Context:
        """The context for these settings; made anew where a file of theirs has changed.

        Raises:
            ProbeInconclusive: A file cannot be used.
        """
        known = self._contexts.get(check)
        if known is not None and not (check.ca_file or check.cert_file):
            return known[1]
        files = [file for file in (check.ca_file, check.cert_file, check.key_file) if file]
        stamps = tuple(map(stamp_of, files))
        if known is not None and known[0] == stamps:
            return known[1]
        context = make_context(check)
        self._contexts[check] = stamps, context
        return context

    def facts(self, connection: SSL.Connection, errors: dict[int, int], name: str) -> TlsFacts:
        """Say what a finished handshake showed.

        Args:
            connection: Its connection.
            errors: Of the verification, by depth.
            name: That the certificate must be for.
        """
        chain = (not errors and connection.get_verified_chain()) or connection.get_peer_cert_chain() or []
        digests = [_digest(certificate) for certificate in chain]
        ends = [self._end(digest, certificate) for digest, certificate in zip(digests, chain, strict=True)]
        problem = _text(errors[min(errors)]) if errors else self._name_problem(digests[0], chain[0], name)
        return TlsFacts(ends[0], min(ends), not problem, connection.get_protocol_version_name(), problem)

    def _end(self, digest: bytes, certificate: crypto.X509) -> int:
        end = self._ends.get(digest)
        if end is None:
            _make_room(self._ends)
            end = int(certificate.to_cryptography().not_valid_after_utc.timestamp())
            self._ends[digest] = end
        return end

    def _name_problem(self, digest: bytes, certificate: crypto.X509, name: str) -> str:
        problem = self._names.get((digest, name))
        if problem is None:
            _make_room(self._names)
            problem = self._names[digest, name] = _match(certificate, name)
        return problem


def _match(certificate: crypto.X509, name: str) -> str:
    """Why a certificate is not for a name; empty where it is."""
    verify = verify_certificate_ip_address if literal_family(name) else verify_certificate_hostname
    try:
        verify(certificate.to_cryptography(), name)
    except (VerificationError, CertificateError, ValueError):
        return f"certificate is not for {name}"
    return ""


def _text(number: int) -> str:
    lib: Any = getattr(SSL, "_lib", None)
    ffi: Any = getattr(SSL, "_ffi", None)
    try:
        return str(ffi.string(lib.X509_verify_cert_error_string(number)).decode())
    except (AttributeError, TypeError):
        return f"certificate verification error {number}"


def _failed(error: SSL.Error) -> ProbeFailed:
    """Translate a failed handshake, or TLS that broke later."""
    if isinstance(error, SSL.SysCallError) and error.args[0] != -1:
        return ProbeFailed(Reason.RESET, f"TLS: {os.strerror(error.args[0]).lower()}")
    if isinstance(error, SSL.SysCallError | SSL.ZeroReturnError):
        return ProbeFailed(Reason.TLS, "the connection ended in the TLS handshake")
    reasons = error.args[0] if error.args and isinstance(error.args[0], list) else []
    said = ", ".join(str(reason[-1]) for reason in reasons if reason)
    return ProbeFailed(Reason.TLS, f"TLS: {said or 'failed'}")


def _digest(certificate: crypto.X509) -> bytes:
    """SHA-256 of a certificate; a third of the time of `X509.digest`, which writes hexadecimal."""
    return sha256(crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate)).digest()


def _make_room(memory: dict[Any, Any]) -> None:
    if len(memory) >= _REMEMBERED:
        memory.clear()
