"""A folder with a web configuration, real certificates, and clients that have some of their own."""

import ssl
from base64 import b64encode
from pathlib import Path

import bcrypt
import trustme
from cryptography.hazmat.primitives import serialization as pem

PASSWORD = "open sesame"
HASH = bcrypt.hashpw(PASSWORD.encode(), b"$2b$04$abcdefghijklmnopqrstuu").decode()
"""As cheap as bcrypt can be; what it costs is tested by itself."""

USERS = f"basic_auth_users: {{mara: {HASH}}}\n"
TLS = "tls_server_config: {cert_file: server.pem, key_file: server.key}\n"


def basic(user: str = "mara", password: str = PASSWORD) -> str:
    """The `Authorization` of a user."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


class WebFolder:
    """A web configuration, and the certificate of its server.

    Attributes:
        path: The folder.
        file: The configuration.
        ca: The authority of the server and, as `ca.pem`, of its clients.
    """

    def __init__(self, path: Path, ca: trustme.CA) -> None:
        self.path = path
        self.file = path / "web.yml"
        self.ca = ca
        ca.cert_pem.write_to_path(path / "ca.pem")
        self.new_certificate()

    def new_certificate(self, *names: str) -> None:
        """Another certificate for the server, in `server.pem` and `server.key`."""
        issued = self.ca.issue_cert(*(names or ("127.0.0.1", "localhost")), key_type=trustme.KeyType.ECDSA)
        pem = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
        (self.path / "server.pem").write_bytes(pem)
        issued.private_key_pem.write_to_path(self.path / "server.key")

    def encrypt_key(self, name: str) -> None:
        """Write the server's key under another name, locked by a password."""
        key = pem.load_pem_private_key((self.path / "server.key").read_bytes(), None)
        locked = pem.BestAvailableEncryption(b"x")
        (self.path / name).write_bytes(key.private_bytes(pem.Encoding.PEM, pem.PrivateFormat.PKCS8, locked))

    def write(self, text: str) -> str:
        """Write the configuration, and give its path."""
        self.file.write_text(text)
        return str(self.file)

    def client(self, issued: trustme.LeafCert | None = None) -> ssl.SSLContext:
        """A client that trusts the authority, and has a certificate or none."""
        context = ssl.create_default_context(cafile=str(self.path / "ca.pem"))
        if issued is not None:
            issued.configure_cert(context)
        return context
