"""OpenSSL contexts: what is offered, whom to trust, and the files that this comes from."""

import os
from typing import Any

from OpenSSL import SSL, crypto

from exporter.probes.check import TlsCheck
from exporter.probes.result import ProbeInconclusive

_GROUPS = (b"X25519:P-256:P-384:P-521:X25519MLKEM768", b"X25519:P-256:P-384")
_VERSIONS = {"1.2": SSL.TLS1_2_VERSION, "1.3": SSL.TLS1_3_VERSION}

Stamp = tuple[int, int, int, int]


def make_context(check: TlsCheck) -> SSL.Context:
    """Make a context; its connections keep what verification finds, by depth, in a dict that is their app data.

    Raises:
        ProbeInconclusive: A file has no certificate or key.
    """
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(_VERSIONS[check.min_version])
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    if check.alpn:
        context.set_alpn_protos([check.alpn.encode()])
    context.set_verify(SSL.VERIFY_PEER, _note)
    _set_groups(context)
    try:
        if check.ca_file:
            context.load_verify_locations(check.ca_file)
        else:
            context.set_default_verify_paths()
    except SSL.Error as error:
        msg = f"no certificate can be read from the ca_file {check.ca_file}"
        raise ProbeInconclusive(msg) from error
    if check.cert_file:
        try:
            context.use_certificate_chain_file(check.cert_file)
            context.use_privatekey_file(check.key_file or check.cert_file)
            context.check_privatekey()
        except (SSL.Error, crypto.Error) as error:
            msg = f"no certificate with its key can be read from the cert_file {check.cert_file}"
            raise ProbeInconclusive(msg) from error
    return context


def _set_groups(context: SSL.Context) -> None:
    """Offer X25519 first, which saves a third of a handshake; there is no public way to."""
    lib: Any = getattr(SSL, "_lib", None)
    handle = getattr(context, "_context", None)
    choose = getattr(lib, "SSL_CTX_set1_curves_list", None)
    clear = getattr(lib, "ERR_clear_error", None)
    if choose is None or clear is None or handle is None:
        return
    for groups in _GROUPS:
        if choose(handle, groups):
            return
        clear()


def _note(connection: SSL.Connection, _certificate: crypto.X509, error: int, depth: int, ok: int) -> bool:
    """Keep what verification finds and go on, so that the certificates are seen to their end."""
    if not ok:
        connection.get_app_data().setdefault(depth, error)
    return True


def stamp_of(file: str) -> tuple[int, int, int, int]:
    """What changes whenever a file's content or the right to read it may have changed.

    Raises:
        ProbeInconclusive: It is not there.
    """
    try:
        found = os.stat(file)  # noqa: PTH116 -- before each probe: a Path costs more than the call
    except OSError as error:
        msg = f"cannot read {file}: {error.strerror}"
        raise ProbeInconclusive(msg) from error
    return found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_size
