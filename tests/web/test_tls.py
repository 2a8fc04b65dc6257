"""HTTPS with real certificates, for all that `tls_server_config` may say."""

import asyncio
import socket
import ssl
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import aiohttp
import pytest
import trustme
import uvloop
from aiohttp import web

from exporter.errors import ConfigError
from exporter.web.access import Access
from exporter.web.listen import serve
from tests.support.secured import TLS, WebFolder
from tests.support.server import Server
from tests.web.conftest import Secured

T = TypeVar("T")

HEALTHY = (200, "uptime-slo-exporter is healthy.\n")
REFUSED = "refused"
MTLS = (
    "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n"
    "  client_auth_type: {0}\n  client_ca_file: ca.pem\n"
)


async def ask(server: Server, client: ssl.SSLContext) -> str | tuple[int, str]:
    """What a new connection brings; every refusal alike."""
    async with aiohttp.ClientSession() as session:
        try:
            async with session.get(f"{server.url}/-/healthy", ssl=client) as answer:
                return answer.status, await answer.text()
        except (aiohttp.ClientError, ConnectionError, ssl.SSLError):
            return REFUSED


async def handshake(server: Server, client: ssl.SSLContext) -> ssl.SSLObject | None:
    """The TLS that a client gets; None where none comes about."""
    host, _, port = server.url.removeprefix("https://").rpartition(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port), ssl=client)
    except (ssl.SSLError, ConnectionError):
        return None
    found: ssl.SSLObject = writer.get_extra_info("ssl_object")
    writer.transport.abort()
    return found


def of_version(client: ssl.SSLContext, version: ssl.TLSVersion) -> ssl.SSLContext:
    """The same client, but with one version only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        client.minimum_version = client.maximum_version = version
    client.set_ciphers("ALL:@SECLEVEL=0")
    return client


async def test_a_certificate_makes_it_https_by_http1(secured: Secured) -> None:
    server = await secured.start(TLS)
    client = secured.folder.client()
    client.set_alpn_protocols(["h2", "http/1.1"])
    found = await handshake(server, client)
    assert server.url.startswith("https://")
    assert await server.get("/-/healthy", tls=client) == HEALTHY
    assert found is not None
    assert (found.version(), found.selected_alpn_protocol()) == ("TLSv1.3", "http/1.1")


async def test_http_in_the_clear_is_not_answered_then(secured: Secured) -> None:
    server = await secured.start(TLS)
    with pytest.raises(aiohttp.ClientError):
        await server.client.get(server.url.replace("https", "http"))


async def test_certificate_and_key_may_stand_in_the_file(secured: Secured, folder: WebFolder) -> None:
    def indented(name: str) -> str:
        return "".join(f"    {line}\n" for line in (folder.path / name).read_text().splitlines())

    server = await secured.start(
        f"tls_server_config:\n  cert: |\n{indented('server.pem')}  key: |\n{indented('server.key')}"
    )
    assert await ask(server, folder.client()) == HEALTHY


async def test_another_certificate_is_taken_at_the_next_handshake(secured: Secured) -> None:
    folder = secured.folder
    server = await secured.start(TLS)
    before = await handshake(server, folder.client())
    folder.new_certificate()
    after = await handshake(server, folder.client())
    assert before is not None
    assert after is not None
    assert before.getpeercert(binary_form=True) != after.getpeercert(binary_form=True)


async def test_a_certificate_without_its_key_yet_leaves_the_former_in_force(secured: Secured) -> None:
    folder = secured.folder
    server = await secured.start(TLS)
    former = (folder.path / "server.key").read_bytes()
    folder.new_certificate()
    latter = (folder.path / "server.key").read_bytes()
    (folder.path / "server.key").write_bytes(former)
    assert await ask(server, folder.client()) == HEALTHY
    assert "`key_file` (server.key) is not the key" in (await server.get("/-/ready", tls=folder.client()))[1]
    (folder.path / "server.key").write_bytes(latter)
    assert "degraded" not in (await server.get("/-/ready", tls=folder.client()))[1]


Who = Callable[[trustme.CA], trustme.LeafCert | None]


def nobody(_ca: trustme.CA) -> None:
    """A client without a certificate."""


def stranger(_ca: trustme.CA) -> trustme.LeafCert:
    """A client whose certificate comes from an authority that nobody knows."""
    return trustme.CA().issue_cert("scraper.example.com")


def known(ca: trustme.CA) -> trustme.LeafCert:
    """A client whose certificate is as it should be."""
    return ca.issue_cert("scraper.example.com", "mail@example.com", "127.0.0.2", "::1")


@pytest.mark.parametrize(
    ("asked", "let_in"),
    [
        ("NoClientCert", {nobody, stranger, known}),
        ("RequestClientCert", {nobody, stranger, known}),
        ("RequireAnyClientCert", {stranger, known}),
        ("RequireClientCert", {stranger, known}),
        ("VerifyClientCertIfGiven", {nobody, known}),
        ("RequireAndVerifyClientCert", {known}),
    ],
)
@pytest.mark.parametrize("curves", ["", "  curve_preferences: [X25519, CurveP256]\n"])
async def test_every_client_auth_type_lets_in_whom_it_says(
    secured: Secured, asked: str, let_in: set[Who], curves: str
) -> None:
    text = MTLS.format(asked)
    if asked == "NoClientCert":
        text = text.replace("  client_ca_file: ca.pem\n", "")
    server = await secured.start(text + curves)
    found = {
        who: await ask(server, secured.folder.client(who(secured.folder.ca)))
        for who in (nobody, stranger, known)
    }
    assert found == {who: HEALTHY if who in let_in else REFUSED for who in found}


@pytest.mark.parametrize("asked", ["RequireAnyClientCert", "RequireAndVerifyClientCert", "RequestClientCert"])
@pytest.mark.parametrize(
    ("names", "answer"),
    [
        ("[other, scraper.example.com]", HEALTHY),
        ("[mail@example.com]", HEALTHY),
        ("[127.0.0.2]", HEALTHY),
        ("['::1']", HEALTHY),
        ("[example.com]", REFUSED),
        ("[]", REFUSED),
    ],
)
async def test_only_clients_with_an_allowed_name_are_let_in(
    secured: Secured, asked: str, names: str, answer: object
) -> None:
    server = await secured.start(f"{MTLS.format(asked)}  client_allowed_sans: {names}\n")
    assert await ask(server, secured.folder.client(known(secured.folder.ca))) == answer


def in_one_piece(address: str, client: ssl.SSLContext, request: bytes) -> bytes:
    """The answer to a request that comes together with the end of the handshake, in many records."""
    host, _, port = address.rpartition(":")
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    connection = client.wrap_bio(incoming, outgoing, server_hostname=host)
    with socket.create_connection((host, int(port)), timeout=60) as plain:

        def waiting(step: Callable[[], T]) -> T:
            while True:
                try:
                    return step()
                except ssl.SSLWantReadError:
                    plain.sendall(outgoing.read())
                    incoming.write(plain.recv(1 << 16))

        waiting(connection.do_handshake)
        connection.write(request)
        plain.sendall(outgoing.read())
        answer = b""
        with suppress(ssl.SSLZeroReturnError):
            while part := waiting(connection.read):
                answer += part
        return answer


async def count(request: web.Request) -> web.Response:
    return web.Response(text=str(len(await request.read())) + "x" * len(await request.read()))


@pytest.mark.parametrize(
    "loop_factory", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"]
)
@pytest.mark.parametrize("more", ["", ", curve_preferences: [X25519, CurveP256]"])
def test_what_comes_in_one_piece_is_read_to_its_end(
    folder: WebFolder, loop_factory: Callable[[], asyncio.AbstractEventLoop], more: str
) -> None:
    access = Access(folder.write(TLS.replace("}", f"{more}}}")))
    size = 500_000
    request = b"POST / HTTP/1.0\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size

    async def talk() -> bytes:
        app = web.Application(client_max_size=size)
        app.router.add_post("/", count)
        async with serve(app, "127.0.0.1:0", access.tls) as bound:
            return await asyncio.to_thread(in_one_piece, bound.address, folder.client(), request)

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        assert runner.run(talk()).endswith(b"\r\n\r\n500000" + b"x" * size)


@pytest.mark.parametrize("asked", ["VerifyClientCertIfGiven", "RequestClientCert"])
async def test_no_certificate_has_no_allowed_name(secured: Secured, asked: str) -> None:
    server = await secured.start(f"{MTLS.format(asked)}  client_allowed_sans: [a]\n")
    assert await ask(server, secured.folder.client()) == REFUSED


@pytest.mark.parametrize("asked", ["RequireAnyClientCert", "RequireAndVerifyClientCert"])
async def test_a_certificate_without_names_has_no_allowed_one(secured: Secured, asked: str) -> None:
    nameless = secured.folder.ca.issue_cert(common_name="scraper.example.com")
    server = await secured.start(f"{MTLS.format(asked)}  client_allowed_sans: [scraper.example.com]\n")
    assert await ask(server, secured.folder.client(nameless)) == REFUSED


@pytest.mark.parametrize("curves", ["", "  curve_preferences: [X25519, CurveP256]\n"])
async def test_without_a_client_ca_the_machine_says_whom_to_trust(secured: Secured, curves: str) -> None:
    text = MTLS.format("VerifyClientCertIfGiven").replace("  client_ca_file: ca.pem\n", "")
    server = await secured.start(text + curves)
    assert await ask(server, secured.folder.client()) == HEALTHY
    assert await ask(server, secured.folder.client(known(secured.folder.ca))) == REFUSED


def ask_twice(server: Server, client: ssl.SSLContext) -> list[bytes]:
    """The status lines of two connections, the second of which resumes the session of the first."""
    host, _, port = server.url.removeprefix("https://").rpartition(":")
    lines, session = [], None
    for _ in range(2):
        with (
            socket.create_connection((host, int(port))) as plain,
            client.wrap_socket(plain, server_hostname=host, session=session) as connection,
        ):
            connection.sendall(b"GET /-/healthy HTTP/1.0\r\n\r\n")
            with connection.makefile("rb") as answer:
                lines.append(answer.readline())
                answer.read()
            session = connection.session
    return lines


@pytest.mark.parametrize("asked", ["RequireAnyClientCert", "RequireAndVerifyClientCert"])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_client_that_resumes_its_session_is_let_in(
    secured: Secured, asked: str, version: ssl.TLSVersion
) -> None:
    server = await secured.start(f"{MTLS.format(asked)}  client_allowed_sans: ['::1']\n")
    client = of_version(secured.folder.client(known(secured.folder.ca)), version)
    lines = await asyncio.to_thread(ask_twice, server, client)
    assert lines == [b"HTTP/1.0 200 OK\r\n"] * 2


@pytest.mark.parametrize(
    ("settings", "spoken"),
    [
        ("", {"TLSv1.2", "TLSv1.3"}),
        ("min_version: TLS13", {"TLSv1.3"}),
        ("max_version: TLS12", {"TLSv1.2"}),
        ("min_version: TLS10", {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}),
        ("min_version: TLS11\n  max_version: TLS11", {"TLSv1.1"}),
        ("cipher_suites: [TLS_AES_128_GCM_SHA256]", {"TLSv1.3"}),
    ],
)
@pytest.mark.parametrize("curves", ["", "  curve_preferences: [CurveP384, CurveP256]\n"])
async def test_the_versions_that_are_asked_for_are_spoken(
    secured: Secured, settings: str, spoken: set[str], curves: str
) -> None:
    start = "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n"
    server = await secured.start(f"{start}  {settings}\n{curves}")
    versions = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
    found = [await handshake(server, of_version(secured.folder.client(), each)) for each in versions]
    assert {each.version() for each in found if each is not None} == spoken


@pytest.mark.parametrize(
    ("server_first", "chosen"),
    [("true", "ECDHE-ECDSA-AES256-GCM-SHA384"), ("no", "ECDHE-ECDSA-AES128-GCM-SHA256")],
)
@pytest.mark.parametrize("curves", ["", "  curve_preferences: [CurveP384, CurveP256]\n"])
async def test_suites_are_those_that_are_listed_in_the_order_of_whom_it_says(
    secured: Secured, server_first: str, chosen: str, curves: str
) -> None:
    server = await secured.start(
        "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n"
        "  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,"
        f" TLS_AES_128_GCM_SHA256]\n  prefer_server_cipher_suites: {server_first}\n{curves}"
    )
    client = secured.folder.client()
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    client.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384")
    found = await handshake(server, client)
    assert found is not None
    assert (found.cipher() or ("",))[0] == chosen
    client.set_ciphers("ECDHE-ECDSA-CHACHA20-POLY1305")
    assert await handshake(server, client) is None


@pytest.mark.parametrize(
    ("curves", "spoken"),
    [("[CurveP521]", {"secp521r1"}), ("[CurveP384, X25519]", {"secp384r1", "X25519"})],
)
async def test_curves_are_those_that_are_listed(secured: Secured, curves: str, spoken: set[str]) -> None:
    server = await secured.start(f"{TLS.rstrip()[:-1]}, curve_preferences: {curves}}}\n")
    found = set()
    for curve in ("X25519", "prime256v1", "secp384r1", "secp521r1"):
        client = secured.folder.client()
        try:
            client.set_ecdh_curve(curve)
        except ssl.SSLError:  # a Python that cannot ask for it
            spoken = spoken - {curve}
            continue
        if await handshake(server, client) is not None:
            found.add(curve)
    assert found == spoken


def refused(folder: WebFolder, *lines: str) -> None:
    """Exactly these are the problems of the file that is there."""
    with pytest.raises(ConfigError) as told:
        Access(str(folder.file))
    assert [f"{problem.line}: {problem.message}" for problem in told.value.problems] == list(lines)


def test_files_that_cannot_be_used_are_told_with_their_place(folder: WebFolder) -> None:
    (folder.path / "empty").write_text("")
    folder.write(
        "tls_server_config:\n  cert_file: nowhere.pem\n  key_file: empty\n"
        "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: server.key\n"
    )
    refused(
        folder,
        "2: `cert_file` (nowhere.pem) cannot be read: No such file or directory",
        "3: `key_file` (empty) has no private key in PEM form",
        "5: `client_ca_file` (server.key) has no certificate in PEM form",
    )


def test_damaged_pem_is_told(folder: WebFolder) -> None:
    junk = "-----BEGIN {0}-----\nAAAA\n-----END {0}-----\n"
    (folder.path / "a.pem").write_text(junk.format("CERTIFICATE"))
    folder.write(
        f"{MTLS.format('RequireAndVerifyClientCert')}".replace("ca.pem", "a.pem").replace(
            "server.pem", "a.pem"
        )
    )
    with pytest.raises(ConfigError) as told:
        Access(str(folder.file))
    first, second = told.value.problems
    assert first.message.startswith("`cert_file` (a.pem) and `key_file` (server.key) cannot be used: ")
    assert second.message == "`client_ca_file` (a.pem) has no certificate in PEM form"


def test_an_encrypted_key_is_told_and_asks_nobody(folder: WebFolder) -> None:
    folder.encrypt_key("server.key")
    folder.write(TLS)
    refused(
        folder, "1: `key_file` (server.key) is encrypted, for which the format has no password; decrypt it"
    )


def test_suites_that_no_version_is_left_for_are_told(folder: WebFolder) -> None:
    folder.write(
        "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n  max_version: TLS12\n"
        "  cipher_suites: [TLS_AES_128_GCM_SHA256]\n"
    )
    refused(folder, "5: `cipher_suites`: has none for the versions up to `max_version`")
