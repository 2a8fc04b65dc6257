"""What is probed, and what is compared with: nginx and blackbox_exporter, on free loopback ports."""

import os
import shutil
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from tests.support.processes import Process, free_port, wait_for

NGINX = """
daemon off;
pid {directory}/nginx.pid;
error_log stderr error;
worker_processes 1;
worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    keepalive_timeout 0;
    default_type text/plain;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    ssl_certificate {directory}/server.pem;
    ssl_certificate_key {directory}/server.pem;
    ssl_session_cache off;
    ssl_session_tickets off;
    ssl_protocols TLSv1.2 TLSv1.3;
    server {{ listen 127.0.0.1:{http} backlog=4096; location / {{ return 200 "ok\\n"; }} }}
    server {{ listen 127.0.0.1:{https} ssl backlog=4096; location / {{ return 200 "ok\\n"; }} }}
}}
"""

BLACKBOX = """
modules:
  local:
    prober: http
    timeout: 5s
    http:
      preferred_ip_protocol: ip4
      tls_config: {{ca_file: {ca}}}
"""


@dataclass(frozen=True, slots=True)
class Web:
    """A running nginx that closes each connection after its answer.

    Attributes:
        http: `http://host:port`.
        https: `https://host:port`; an ECDSA P-256 leaf below an intermediate.
        ca: File of the root that signed it.
        pid: Of its only worker's parent.
    """

    http: str
    https: str
    ca: Path
    pid: int


def find(program: str) -> str | None:
    """Where a program is, also beyond a user's own path; None where it is not installed."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def missing() -> list[str]:
    """Debian packages of the programs that are not there."""
    needed = {"nginx": "nginx-light", "prometheus-blackbox-exporter": "prometheus-blackbox-exporter"}
    return [package for program, package in needed.items() if find(program) is None]


def make_certificates(directory: Path) -> Path:
    """Write `server.pem` with key, leaf and intermediate; the file of the root that signed them."""
    root = trustme.CA()
    leaf = root.create_child_ca().issue_cert("127.0.0.1", "localhost")
    leaf.private_key_and_cert_chain_pem.write_to_path(directory / "server.pem")
    ca = directory / "ca.pem"
    root.cert_pem.write_to_path(ca)
    return ca


@contextmanager
def nginx(directory: Path) -> Iterator[Web]:
    """Run nginx in a directory of its own."""
    ca = make_certificates(directory)
    http, https = free_port(), free_port()
    config = directory / "nginx.conf"
    config.write_text(NGINX.format(directory=directory, http=http, https=https))
    process = Process([find("nginx") or "nginx", "-c", config, "-p", directory, "-e", "stderr"])
    try:
        _wait_until_answers(process, f"http://127.0.0.1:{http}/")
        yield Web(f"http://127.0.0.1:{http}", f"https://127.0.0.1:{https}", ca, process.pid)
    finally:
        process.close()


@contextmanager
def blackbox(directory: Path, ca: Path) -> Iterator[tuple[int, int]]:
    """Run blackbox_exporter; its process id and port."""
    config = directory / "blackbox.yml"
    config.write_text(BLACKBOX.format(ca=ca))
    port = free_port()
    process = Process(
        [
            "prometheus-blackbox-exporter",
            f"--config.file={config}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--log.level=error",
        ]
    )
    try:
        _wait_until_answers(process, f"http://127.0.0.1:{port}/-/healthy")
        yield process.pid, port
    finally:
        process.close()


def _wait_until_answers(process: Process, url: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def answers() -> bool:
        assert process.status() is None, process.output
        try:
            with opener.open(url, timeout=5) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    wait_for(answers, f"{url} answers")
