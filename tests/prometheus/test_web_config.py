"""The web configuration is the exporters' own: promtool, which has their code, is asked about the same files."""

import subprocess
from pathlib import Path

import pytest
import trustme

from exporter.errors import ConfigError
from exporter.web.load import load
from exporter.web.readings import Readings
from tests.support.secured import HASH, TLS, USERS, WebFolder

FILES = {
    "empty": "",
    "junk": "junk\n",
    "null sections": "tls_server_config:\nhttp_server_config:\nbasic_auth_users:\n",
    "tls": TLS,
    "users": USERS,
    "users and tls": USERS + TLS,
    "no hash": "basic_auth_users: {john: doe}\n",
    "user without hash": "basic_auth_users:\n  mara:\n",
    "user twice": f"basic_auth_users:\n  mara: {HASH}\n  mara: {HASH}\n",
    "unknown section": "tls: {}\n",
    "unknown key": "tls_server_config: {cert_filse: server.pem}\n",
    "no certificate": "tls_server_config: {key_file: server.key}\n",
    "empty certificate": "tls_server_config: {cert_file: '', key_file: server.key}\n",
    "no key": "tls_server_config: {cert_file: server.pem}\n",
    "certificate not there": TLS.replace("server.pem", "nowhere"),
    "key not there": TLS.replace("server.key", "nowhere"),
    "key of another": TLS.replace("server.key", "other.key"),
    "neither": "tls_server_config: {cert_file: '', key_file: '', client_auth_type: ''}\n",
    "versions only": "tls_server_config: {min_version: TLS13}\n",
    "old versions": TLS.replace("}", ", min_version: TLS10, max_version: TLS11}"),
    "wrong version": TLS.replace("}", ", min_version: TLS111}"),
    "CA without type": TLS.replace("}", ", client_ca_file: ca.pem}"),
    "CA not there": TLS.replace("}", ", client_auth_type: RequireAndVerifyClientCert, client_ca_file: x}"),
    "type without CA": TLS.replace("}", ", client_auth_type: RequireAndVerifyClientCert}"),
    "wrong type": TLS.replace("}", ", client_auth_type: Verify}"),
    "old type": TLS.replace("}", ", client_auth_type: RequireClientCert}"),
    "suites": TLS.replace(
        "}",
        ", cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256],"
        " prefer_server_cipher_suites: off}",
    ),
    "wrong suite": TLS.replace("}", ", cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA2048]}"),
    "insecure suite": TLS.replace("}", ", cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]}"),
    "curves": TLS.replace("}", ", curve_preferences: [CurveP256, CurveP384, CurveP521, X25519]}"),
    "wrong curve": TLS.replace("}", ", curve_preferences: [CurveP257]}"),
    "no HTTP/2": "http_server_config: {http2: false}\n",
    "no boolean": "http_server_config: {http2: perhaps}\n",
    "headers": (
        "http_server_config:\n  headers:\n    X-Frame-Options: deny\n    X-XSS-Protection: 1\n"
        "    X-Content-Type-Options: nosniff\n    Content-Security-Policy: ''\n"
        "    Strict-Transport-Security: max-age=31536000; includeSubDomains\n"
    ),
    "another header": "http_server_config: {headers: {Content-Type: foo}}\n",
    "header in small letters": "http_server_config: {headers: {x-frame-options: deny}}\n",
    "wrong frame options": "http_server_config: {headers: {X-Frame-Options: foo}}\n",
    "wrong type options": "http_server_config: {headers: {X-Content-Type-Options: sniff}}\n",
}


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA(key_type=trustme.KeyType.ECDSA)


@pytest.mark.usefixtures("promtool")
@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_a_file_is_right_here_where_it_is_right_for_the_exporters(
    text: str, tmp_path: Path, ca: trustme.CA
) -> None:
    folder = WebFolder(tmp_path, ca)
    ca.issue_cert("other").private_key_pem.write_to_path(tmp_path / "other.key")
    file = folder.write(text)
    done = subprocess.run(
        ["promtool", "check", "web-config", file], capture_output=True, text=True, check=False
    )
    assert taken(file) == (done.returncode == 0), done.stdout + done.stderr


def taken(file: str) -> bool:
    try:
        load(file, Readings())
    except ConfigError:
        return False
    return True
