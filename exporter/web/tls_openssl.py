"""TLS as pyOpenSSL does it, for what the standard library cannot.

That is a client's certificate which is asked for and not verified, and several curves.
"""

import socket
import ssl
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, TypeVar

from cryptography import x509
from OpenSSL import SSL, crypto

from exporter.web.material import Pem
from exporter.web.settings import TlsServer
from exporter.web.tls import ALPN, WRONG_NAME, cipher_list, lowest_version
from exporter.web.tls_names import ClientAuth

T = TypeVar("T")

_CHUNK = 1 << 16
_OFFERED = tuple(name.encode() for name in ALPN)


class OpenSslContext:
    """What connections are served with."""

    def __init__(self, tls: TlsServer, certificate: Pem, key: Pem, authority: Pem | None) -> None:
        """Make a context of what the standard library has taken already.

        Args:
            tls: What is configured.
            certificate: With its intermediates.
            key: Its key.
            authority: Whom to trust; None for whom the machine trusts.

        Raises:
            ValueError: This pyOpenSSL cannot choose curves.
        """
        self._context = SSL.Context(SSL.TLS_SERVER_METHOD)
        self._context.set_min_proto_version(lowest_version(tls))
        self._context.set_max_proto_version(tls.max_version)
        self._context.set_alpn_select_callback(_choose_protocol)
        self._context.set_session_id(b"uptime")  # else no client with a certificate resumes its session
        if tls.prefer_server_cipher_suites:
            self._context.set_options(SSL.OP_CIPHER_SERVER_PREFERENCE)
        if ciphers := cipher_list(tls):
            self._context.set_cipher_list(ciphers.encode())
        _set_curves(self._context, tls.curve_preferences)
        with certificate.as_file() as certificate_file, key.as_file() as key_file:
            self._context.use_certificate_chain_file(certificate_file)
            self._context.use_privatekey_file(key_file)
        checked = tls.client_auth is not ClientAuth.NONE and tls.client_allowed_sans is not None
        self._allowed = frozenset(tls.client_allowed_sans or ()) if checked else None
        self._set_client_auth(tls, authority)

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = True,  # noqa: ARG002 -- this and the next as the standard library
        server_hostname: str | None = None,  # noqa: ARG002
    ) -> Any:  # noqa: ANN401 -- not an SSLObject, but all of it that event loops use
        """Give the TLS of one connection."""
        connection = SSL.Connection(self._context, None)
        connection.set_accept_state()
        return _Connection(connection, incoming, outgoing, self._allowed)

    def _set_client_auth(self, tls: TlsServer, authority: Pem | None) -> None:
        asked = tls.client_auth
        mode = SSL.VERIFY_NONE if asked is ClientAuth.NONE else SSL.VERIFY_PEER
        if asked.requires:
            mode |= SSL.VERIFY_FAIL_IF_NO_PEER_CERT
        if asked.verifies:
            if authority is None:
                self._context.set_default_verify_paths()
            else:
                with authority.as_file() as file:
                    self._context.load_verify_locations(file)
            store = self._context.get_cert_store()
            if store is not None:
                store.set_flags(crypto.X509StoreFlags.PARTIAL_CHAIN)
        self._context.set_verify(mode, _verified if asked.verifies else _anything)


class _Connection:
    """The TLS of one connection, with the methods of `ssl.SSLObject` that event loops call for aiohttp."""

    def __init__(
        self,
        connection: SSL.Connection,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        allowed: frozenset[str] | None,
    ) -> None:
        self._connection = connection
        self._incoming = incoming
        self._outgoing = outgoing
        self._allowed = allowed

    def do_handshake(self) -> None:
        self._run(self._connection.do_handshake)
        if self._allowed is not None and self._allowed.isdisjoint(_names(self._connection)):
            raise ssl.SSLCertVerificationError(WRONG_NAME)

    def read(self, size: int) -> bytes:
        return self._run(lambda: self._connection.recv(size))

    def write(self, data: bytes | bytearray | memoryview) -> int:
        return self._run(lambda: self._connection.send(data))

    def pending(self) -> int:
        """Bytes that can be read at once; uvloop reads no further when there are none.

        A record that came in with others is deciphered only when it is asked for, so ask.
        """
        try:
            self._run(lambda: self._connection.recv(1, socket.MSG_PEEK))
        except ssl.SSLWantReadError:
            return 0
        except ssl.SSLError:
            return 1  # reading tells what it is
        return self._connection.pending()

    def unwrap(self) -> None:
        if not self._run(self._connection.shutdown):
            raise ssl.SSLWantReadError

    def getpeercert(self, binary_form: bool = False) -> None:
        del binary_form  # nobody asks for more than the names above

    def cipher(self) -> None:
        """Not told."""

    def compression(self) -> None:
        """There is none."""

    def _run(self, operation: Callable[[], T]) -> T:
        """Run an operation on what came in, and pass on what it sends, in the standard library's terms."""
        while data := self._incoming.read(_CHUNK):
            self._connection.bio_write(data)
        try:
            return operation()
        except SSL.WantReadError as error:
            raise ssl.SSLWantReadError from error
        except SSL.ZeroReturnError as error:
            raise ssl.SSLZeroReturnError from error
        except SSL.Error as error:
            raise ssl.SSLError(str(error)) from error
        finally:
            with suppress(SSL.Error):
                while True:
                    self._outgoing.write(self._connection.bio_read(_CHUNK))


def _choose_protocol(_connection: SSL.Connection, offered: list[bytes]) -> Any:  # noqa: ANN401 -- the library's marker
    return next((name for name in offered if name in _OFFERED), SSL.NO_OVERLAPPING_PROTOCOLS)


def _anything(
    _connection: SSL.Connection, _certificate: crypto.X509, _error: int, _depth: int, _ok: int
) -> bool:
    return True


def _verified(
    _connection: SSL.Connection, _certificate: crypto.X509, _error: int, _depth: int, ok: int
) -> bool:
    return bool(ok)


def _set_curves(context: SSL.Context, curves: tuple[str, ...]) -> None:
    """Choose curves, in order; there is no public way to."""
    if not curves:
        return
    choose = getattr(getattr(SSL, "_lib", None), "SSL_CTX_set1_curves_list", None)
    handle = getattr(context, "_context", None)
    if (
        choose is None or handle is None or not choose(handle, ":".join(curves).encode())
    ):  # pragma: no cover -- a pyOpenSSL to come
        msg = "the installed pyOpenSSL cannot choose more than one; name one curve"
        raise ValueError(msg)


def _names(connection: SSL.Connection) -> Iterable[str]:
    """The subject alternative names of the client's certificate; none without one."""
    certificate = connection.get_peer_certificate(as_cryptography=True)
    if certificate is None:
        return
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):  # it has none, or none that can be read
        return
    for name in found:
        if isinstance(name, x509.DNSName | x509.RFC822Name | x509.UniformResourceIdentifier | x509.IPAddress):
            yield str(name.value)
