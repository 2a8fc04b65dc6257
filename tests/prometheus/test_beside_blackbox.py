"""The real blackbox_exporter beside `/probe`, on the same targets: verdicts and figures are equal, but for a list."""

import asyncio
import gzip
import shutil
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
import trustme
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

from exporter.cli.import_ import command as import_command
from tests.support.daemon import Daemon
from tests.support.grpc_health import Health, serving_health
from tests.support.nameserver import Nameserver, serving
from tests.support.processes import Process, free_port, wait_for

MODULES = """
modules:
  http: {{prober: http, timeout: 3s, http: {{preferred_ip_protocol: ip4, valid_http_versions: ["HTTP/1.0", "HTTP/1.1"]}}}}
  no_redirects: {{prober: http, http: {{preferred_ip_protocol: ip4, follow_redirects: false, valid_status_codes: [302]}}}}
  matching: {{prober: http, http: {{preferred_ip_protocol: ip4, fail_if_body_not_matches_regexp: [hello], fail_if_body_matches_regexp: [broken]}}}}
  header: {{prober: http, http: {{preferred_ip_protocol: ip4, fail_if_header_not_matches: [{{header: X-Kind, regexp: "^good"}}]}}}}
  small: {{prober: http, http: {{preferred_ip_protocol: ip4, body_size_limit: 100B}}}}
  zipped: {{prober: http, http: {{preferred_ip_protocol: ip4, compression: gzip}}}}
  secure: {{prober: http, http: {{preferred_ip_protocol: ip4, fail_if_not_ssl: true}}}}
  trusting: {{prober: http, http: {{preferred_ip_protocol: ip4, tls_config: {{ca_file: {ca}}}}}}}
  tcp: {{prober: tcp, timeout: 2s, tcp: {{preferred_ip_protocol: ip4}}}}
  banner: {{prober: tcp, timeout: 1s, tcp: {{preferred_ip_protocol: ip4, query_response: [{{expect: "^SSH-2.0-"}}]}}}}
  tls: {{prober: tcp, tcp: {{preferred_ip_protocol: ip4, tls: true, tls_config: {{ca_file: {ca}}}}}}}
  dns: {{prober: dns, timeout: 2s, dns: {{preferred_ip_protocol: ip4, query_name: www.example.com, query_type: A}}}}
  soa: {{prober: dns, dns: {{preferred_ip_protocol: ip4, query_name: example.com, query_type: SOA, transport_protocol: tcp}}}}
  picky: {{prober: dns, dns: {{preferred_ip_protocol: ip4, query_name: www.example.com, query_type: A, validate_answer_rrs: {{fail_if_not_matches_regexp: ["192.0.2.9"]}}}}}}
  grpc: {{prober: grpc, timeout: 2s, grpc: {{preferred_ip_protocol: ip4}}}}
  ping: {{prober: icmp, icmp: {{preferred_ip_protocol: ip4}}}}
"""

CONFIG = """
services: [{name: own, endpoints: [{name: web, url: "tcp://127.0.0.1:9"}]}]
blackbox: {modules: [MODULES], networks: [127.0.0.0/8], timeout: 3s}
"""

ZONE = """
www.example.com. 60 IN A 192.0.2.1
www.example.com. 60 IN A 192.0.2.2
example.com. 60 IN SOA ns1.example.com. root.example.com. 2026112501 3600 600 86400 60
"""

COMPARED = (
    "probe_success",
    "probe_ip_protocol",
    "probe_ip_addr_hash",
    "probe_http_status_code",
    "probe_http_version",
    "probe_http_ssl",
    "probe_http_redirects",
    "probe_http_content_length",
    "probe_http_uncompressed_body_length",
    "probe_http_last_modified_timestamp_seconds",
    "probe_failed_due_to_regex",
    "probe_ssl_earliest_cert_expiry",
    "probe_ssl_last_chain_expiry_timestamp_seconds",
    "probe_tls_version_info",
    "probe_dns_answer_rrs",
    "probe_dns_authority_rrs",
    "probe_dns_additional_rrs",
    "probe_dns_query_succeeded",
    "probe_dns_serial",
    "probe_grpc_status_code",
    "probe_grpc_ssl",
    "probe_grpc_healthcheck_response",
    "probe_icmp_reply_hop_limit",
)

LEFT_OUT = frozenset(
    {
        "probe_http_version",
        "probe_http_content_length",
        "probe_http_uncompressed_body_length",
        "probe_grpc_status_code",
        "probe_grpc_healthcheck_response",
        "probe_ssl_earliest_cert_expiry",
    }
)
"""What is 0 there where nothing is known of it: here it is left out then."""

LENGTH = "probe_http_uncompressed_body_length"
"""Not compared in a failure: a wrong status or header ends the probe at once, and the body may have come by then."""

_LAST = "the last answer is told of, also where the next request got none"
_PRESENTED = "one wants to know when a certificate ended: it is told of also where nobody trusts it"
DIFFERENCES: dict[tuple[str, str], str] = {
    ("a redirect that is wanted", "probe_http_redirects"): "none was followed",
    ("redirects without end", "probe_http_redirects"): "ten were followed, and the eleventh was not",
    ("a redirect to nowhere", "probe_http_status_code"): _LAST,
    ("a redirect to nowhere", "probe_http_version"): _LAST,
    **{
        (case, name): _PRESENTED
        for case in (
            "HTTPS that nobody trusts",
            "another authority",
            "an expired certificate",
            "a certificate for another name",
        )
        for name in ("probe_ssl_earliest_cert_expiry", "probe_tls_version_info")
    },
}
"""By case and metric: why ours is right."""

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


class _Site(BaseHTTPRequestHandler):
    """Answers by path."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        status, headers, body = ANSWERS.get(path, (404, {}, b"not here"))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/": (200, {"X-Kind": "good", "Last-Modified": "Tue, 24 Nov 2026 10:00:00 GMT"}, b"hello world"),
    "/299": (299, {}, b"x"),
    "/500": (500, {}, b"oops"),
    "/302": (302, {"Location": "/"}, b""),
    "/loop": (302, {"Location": "/loop"}, b""),
    "/nowhere": (302, {"Location": "http://127.0.0.1:1/"}, b""),
    "/broken": (200, {}, b"hello, it is broken"),
    "/long": (200, {}, b"x" * 200),
    "/gzip": (200, {"Content-Encoding": "gzip"}, gzip.compress(b"y" * 110)),
    "/odd": (200, {"Content-Encoding": "x-odd"}, b"z" * 30),
    "/bad": (200, {"X-Kind": "bad"}, b"hello"),
}


@contextmanager
def site(context: ssl.SSLContext | None = None) -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        if context is not None:
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that hang up are the point
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def saying(data: bytes, *, stays: bool = False) -> Iterator[int]:
    """A server that says something at once, and stays, or goes."""
    loop = asyncio.new_event_loop()
    started: list[int] = []
    ended = asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if stays:
            await reader.read(-1)
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(handler, "127.0.0.1", 0)
        started.append(server.sockets[0].getsockname()[1])
        await ended.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()))
    thread.start()
    wait_for(lambda: bool(started), "it listens")
    try:
        yield started[0]
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


def certified(ca: trustme.CA, *names: str, **options: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(*names, **options).configure_cert(context)
    return context


class Pair:
    """Both exporters, and targets for them."""

    def __init__(self, theirs: str, ours: str) -> None:
        self.theirs, self.ours = theirs, ours
        self.targets: dict[str, str] = {}

    def both(self, module: str, target: str) -> tuple[Samples, Samples]:
        return _probed(self.theirs, module, target), _probed(self.ours, module, target)


def _probed(base: str, module: str, target: str) -> Samples:
    headers = {"X-Prometheus-Scrape-Timeout-Seconds": "4"}
    answer = requests.get(f"{base}/probe?module={module}&target={quote(target)}", headers=headers, timeout=30)
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name in COMPARED
    }


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder: Path = tmp_path_factory.mktemp("blackbox")
    program = "prometheus-blackbox-exporter"
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed: apt-get install {program}")
    ca, other = trustme.CA(), trustme.CA()
    ca.cert_pem.write_to_path(folder / "ca.pem")
    (folder / "blackbox.yml").write_text(MODULES.format(ca=folder / "ca.pem"))
    written = CliRunner().invoke(import_command, ["blackbox", str(folder / "blackbox.yml")]).stdout
    names = [line.split(":")[0].strip() for line in MODULES.splitlines()[2:]]
    (folder / "uptime.yml").write_text(CONFIG.replace("MODULES", ", ".join(names)) + written)
    port = free_port()
    with ExitStack() as stack:
        theirs = Process(
            [program, f"--config.file={folder / 'blackbox.yml'}", f"--web.listen-address=127.0.0.1:{port}"]
        )
        stack.callback(theirs.close)
        daemon = Daemon(folder / "uptime.yml", folder / "uptime.db")
        stack.callback(daemon.close)
        both = Pair(f"http://127.0.0.1:{port}", daemon.url)
        wait_for(lambda: _is_up(both.theirs), "blackbox_exporter answers")
        old = {
            "not_after": datetime.now(UTC) - timedelta(days=3),
            "not_before": datetime.now(UTC) - timedelta(days=9),
        }
        http = stack.enter_context(site())
        both.targets = {
            "http": f"http://127.0.0.1:{http}",
            "bare": f"127.0.0.1:{http}",
            "https": f"https://localhost:{stack.enter_context(site(certified(ca, 'localhost')))}",
            "expired": f"https://localhost:{stack.enter_context(site(certified(ca, 'localhost', **old)))}",
            "untrusted": f"https://localhost:{stack.enter_context(site(certified(other, 'localhost')))}",
            "another": f"https://localhost:{stack.enter_context(site(certified(ca, 'elsewhere')))}",
            "garbage": f"http://127.0.0.1:{stack.enter_context(saying(b'no HTTP at all'))}",
            "silent": f"127.0.0.1:{stack.enter_context(saying(b'', stays=True))}",
            "ssh": f"127.0.0.1:{stack.enter_context(saying(b'SSH-2.0-OpenSSH_9.2' + bytes([13, 10]), stays=True))}",
            "irc": f"127.0.0.1:{stack.enter_context(saying(b'ERROR: blacklisted' + bytes([13, 10])))}",
            "refused": "127.0.0.1:1",
            "dns": f"127.0.0.1:{stack.enter_context(serving(Nameserver(ZONE))).port}",
            "servfail": f"127.0.0.1:{stack.enter_context(serving(Nameserver(rcode=2))).port}",
            "grpc": f"127.0.0.1:{stack.enter_context(serving_health(Health({'': 1})))}",
            "unhealthy": f"127.0.0.1:{stack.enter_context(serving_health(Health({'': 2})))}",
            "unimplemented": f"127.0.0.1:{stack.enter_context(serving_health(Health({}, implemented=False)))}",
            "here": "127.0.0.1",
        }
        yield both


def _is_up(url: str) -> bool:
    try:
        return requests.get(f"{url}/-/healthy", timeout=5).ok
    except requests.ConnectionError:
        return False


CASES = {
    "a status of 200": ("http", "http", "/"),
    "no scheme": ("http", "bare", "/"),
    "a status of 299": ("http", "http", "/299"),
    "a status of 404": ("http", "http", "/gone"),
    "a status of 500": ("http", "http", "/500"),
    "a redirect": ("http", "http", "/302"),
    "a redirect that is wanted": ("no_redirects", "http", "/302"),
    "redirects without end": ("http", "http", "/loop"),
    "a redirect to nowhere": ("http", "http", "/nowhere"),
    "a body that matches": ("matching", "http", "/"),
    "a body that may not match": ("matching", "http", "/broken"),
    "a body that does not match": ("matching", "http", "/299"),
    "a header that matches": ("header", "http", "/"),
    "a header that does not match": ("header", "http", "/bad"),
    "a header that is missing": ("header", "http", "/299"),
    "a body that is too long": ("small", "http", "/long"),
    "gzip": ("zipped", "http", "/gzip"),
    "gzip that nobody asked for": ("http", "http", "/gzip"),
    "an odd coding": ("http", "http", "/odd"),
    "TLS that is demanded and not there": ("secure", "http", "/"),
    "HTTPS": ("trusting", "https", "/"),
    "HTTPS that nobody trusts": ("http", "https", "/"),
    "another authority": ("trusting", "untrusted", "/"),
    "an expired certificate": ("trusting", "expired", "/"),
    "a certificate for another name": ("trusting", "another", "/"),
    "no HTTP": ("http", "garbage", ""),
    "refused": ("http", "refused", ""),
    "silence": ("http", "silent", ""),
    "a port": ("tcp", "ssh", ""),
    "no port": ("tcp", "refused", ""),
    "a banner": ("banner", "ssh", ""),
    "another banner": ("banner", "irc", ""),
    "no banner": ("banner", "silent", ""),
    "a TLS port": ("tls", "tls", ""),
    "a question": ("dns", "dns", ""),
    "a question over TCP": ("soa", "dns", ""),
    "an answer that does not match": ("picky", "dns", ""),
    "SERVFAIL": ("dns", "servfail", ""),
    "nobody to be asked": ("dns", "refused", ""),
    "gRPC": ("grpc", "grpc", ""),
    "gRPC that is not serving": ("grpc", "unhealthy", ""),
    "gRPC without health checks": ("grpc", "unimplemented", ""),
    "an echo": ("ping", "here", ""),
}


@pytest.mark.parametrize("case", CASES)
def test_verdict_and_figures_are_the_same(pair: Pair, case: str) -> None:
    module, target, path = CASES[case]
    address = pair.targets["https"].removeprefix("https://") if target == "tls" else pair.targets[target]
    theirs, ours = pair.both(module, address + path)
    apart = {
        f"{name}{dict(labels) or ''}: theirs {theirs.get((name, labels))}, ours {ours.get((name, labels))}": name
        for name, labels in theirs.keys() | ours.keys()
        if theirs.get((name, labels)) != ours.get((name, labels))
        and not (name == LENGTH and not ours["probe_success", frozenset()])
        and not (name in LEFT_OUT and not theirs.get((name, labels)) and (name, labels) not in ours)
    }
    unexpected = [said for said, name in apart.items() if (case, name) not in DIFFERENCES]
    assert unexpected == []
    listed = {name for known, name in DIFFERENCES if known == case}
    assert listed <= set(apart.values()), "what is the same is no difference"
