import asyncio
import os
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import trustme

from exporter.probes.net.poller import Poller
from exporter.probes.registry import by_kind
from exporter.probes.result import Outcome, Reason, Result
from tests.support.raw import Probing, ok, probe_all

ServerTls = Callable[..., ssl.SSLContext]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SOON = datetime(2030, 1, 1, tzinfo=UTC)
SHORT = 200


def hold(go: threading.Event) -> None:
    go.wait(60)


class Anybody:
    """Whose post keeps a thread busy."""

    poller: Poller | None = None
    deadline = 0

    def ready(self, events: int) -> None: ...

    def expire(self) -> None: ...

    def abandon(self) -> None: ...

    def crash(self, error: Exception) -> None:
        raise error


async def test_a_verified_answer_has_the_facts_of_its_certificate(
    probing: Probing, server_tls: ServerTls, ca_file: str
) -> None:
    server = await probing.serve(ok(), tls=server_tls("127.0.0.1", not_after=SOON))
    result = await probing.probe(f"https://127.0.0.1:{server.port}/", tls={"ca_file": ca_file})
    assert (result.outcome, result.detail, result.status) == (Outcome.SUCCESS, "", 200)
    assert result.tls is not None
    assert result.tls.not_after == SOON.timestamp()
    assert result.tls.chain_not_after == SOON.timestamp()
    assert (result.tls.verified, result.tls.version, result.tls.problem) == (True, "TLSv1.3", "")
    assert result.phases.tls is not None
    assert sum(phase or 0 for phase in result.phases) == result.duration


async def test_the_name_is_sent_and_verified(probing: Probing, server_tls: ServerTls, ca_file: str) -> None:
    server = await probing.serve(ok(), tls=server_tls("localhost"))
    result = await probing.probe(f"https://localhost:{server.port}/", tls={"ca_file": ca_file}, ip_family="4")
    assert result.outcome is Outcome.SUCCESS
    assert server.names == ["localhost"]


async def test_an_address_is_never_sent_as_a_name(
    probing: Probing, server_tls: ServerTls, ca_file: str
) -> None:
    server = await probing.serve(ok(), tls=server_tls("127.0.0.1"))
    await probing.probe(f"https://127.0.0.1:{server.port}/", tls={"ca_file": ca_file})
    assert server.names == [None]


async def test_server_name_replaces_the_name_in_the_url(
    probing: Probing, server_tls: ServerTls, ca_file: str
) -> None:
    server = await probing.serve(ok(), tls=server_tls("api.internal"))
    tls = {"ca_file": ca_file, "server_name": "api.internal"}
    assert (await probing.probe(f"https://127.0.0.1:{server.port}/", tls=tls)).outcome is Outcome.SUCCESS
    assert server.names == ["api.internal"]


@pytest.mark.parametrize(
    ("names", "wrong"),
    [
        (("127.0.0.1",), (LONG_AGO, "certificate has expired")),
        (("other.example",), (SOON, "certificate is not for 127.0.0.1")),
        (("127.0.0.2", "localhost"), (SOON, "certificate is not for 127.0.0.1")),
    ],
)
async def test_a_bad_certificate_fails_with_its_facts_and_no_request_is_sent(
    probing: Probing,
    server_tls: ServerTls,
    ca_file: str,
    names: tuple[str, ...],
    wrong: tuple[datetime, str],
) -> None:
    not_after, problem = wrong
    tls = server_tls(*names, not_before=datetime(2019, 1, 1, tzinfo=UTC), not_after=not_after)
    server = await probing.serve(ok(), tls=tls)
    result = await probing.probe(f"https://127.0.0.1:{server.port}/", tls={"ca_file": ca_file})
    assert (result.reason, result.detail, result.status) == (Reason.CERTIFICATE, problem, None)
    assert result.tls is not None
    assert (result.tls.not_after, result.tls.verified) == (not_after.timestamp(), False)
    assert result.tls.problem == problem
    assert server.requests == []


async def test_a_chain_that_nobody_trusts_fails_with_its_facts(
    probing: Probing, server_tls: ServerTls
) -> None:
    server = await probing.serve(ok(), tls=server_tls("127.0.0.1", not_after=SOON))
    result = await probing.probe(f"https://127.0.0.1:{server.port}/")
    assert result.reason is Reason.CERTIFICATE
    assert "issuer" in result.detail
    assert result.tls is not None
    assert (result.tls.not_after, result.tls.verified) == (SOON.timestamp(), False)
    assert server.requests == []


async def test_a_missing_intermediate_fails(probing: Probing, ca: trustme.CA, ca_file: str) -> None:
    middle = ca.create_child_ca(key_type=trustme.KeyType.ECDSA)
    certificate = middle.issue_cert("127.0.0.1", key_type=trustme.KeyType.ECDSA)
    whole = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(whole)
    part = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with (
        certificate.private_key_pem.tempfile() as key,
        certificate.cert_chain_pems[0].tempfile() as leaf,
    ):
        part.load_cert_chain(leaf, key)
    outcomes = []
    for context in (whole, part):
        server = await probing.serve(ok(), tls=context)
        result = await probing.probe(f"https://127.0.0.1:{server.port}/", tls={"ca_file": ca_file})
        outcomes.append(result.reason)
    assert outcomes == [None, Reason.CERTIFICATE]


async def test_the_chain_ends_with_its_earliest_certificate(
    probing: Probing, server_tls: ServerTls, ca: trustme.CA, ca_file: str
) -> None:
    middle = ca.create_child_ca(key_type=trustme.KeyType.ECDSA)
    late = datetime(2999, 12, 1, tzinfo=UTC)
    server = await probing.serve(ok(), tls=server_tls("127.0.0.1", issuer=middle, not_after=late))
    result = await probing.probe(f"https://127.0.0.1:{server.port}/", tls={"ca_file": ca_file})
    assert result.tls is not None
    assert result.tls.not_after == late.timestamp()
    assert result.tls.chain_not_after <= result.tls.not_after


async def test_insecure_sends_the_request_and_still_says_what_is_wrong(
    probing: Probing, server_tls: ServerTls
) -> None:
    tls = server_tls("other.example", not_before=datetime(2019, 1, 1, tzinfo=UTC), not_after=LONG_AGO)
    server = await probing.serve(ok(), tls=tls)
    result = await probing.probe(f"https://127.0.0.1:{server.port}/", tls={"insecure": "true"})
    assert (result.outcome, result.status) == (Outcome.SUCCESS, 200)
    assert result.tls is not None
    assert (result.tls.verified, result.tls.not_after) == (False, LONG_AGO.timestamp())
    assert result.tls.problem


async def test_a_certificate_is_judged_anew_by_each_endpoint(
    probing: Probing, server_tls: ServerTls, ca_file: str
) -> None:
    server = await probing.serve(ok(), tls=server_tls("localhost"))
    context = await probing.context()
    urls = [f"https://{host}:{server.port}/" for host in ("localhost", "127.0.0.1", "localhost")]
    for _ in range(2):
        results = await probe_all(context, urls, tls={"ca_file": ca_file}, ip_family="4")
        assert [result.reason for result in results] == [None, Reason.CERTIFICATE, None]


async def test_what_does_not_speak_tls_fails_as_tls(probing: Probing) -> None:
    server = await probing.serve(handler=_speak_plain)
    result = await probing.probe(f"https://127.0.0.1:{server.port}/")
    assert (result.reason, result.tls) == (Reason.TLS, None)


async def _speak_plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1000)
    writer.write(b"220 mail.example ESMTP\r\n")
    await writer.drain()
    await reader.read()


async def test_a_server_that_hangs_up_in_the_handshake_fails_as_tls(probing: Probing) -> None:
    server = await probing.serve(handler=_hang_up)
    assert (await probing.probe(f"https://127.0.0.1:{server.port}/")).reason is Reason.TLS


async def _hang_up(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read(10_000)


async def test_no_common_version_fails_as_tls(probing: Probing, server_tls: ServerTls, ca_file: str) -> None:
    old = server_tls("127.0.0.1")
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    server = await probing.serve(ok(), tls=old)
    url = f"https://127.0.0.1:{server.port}/"
    result = await probing.probe(url, tls={"ca_file": ca_file, "min_version": "1.3"})
    assert (result.outcome, result.reason) == (Outcome.FAILURE, Reason.TLS)
    result = await probing.probe(url, tls={"ca_file": ca_file})
    assert result.tls is not None
    assert result.tls.version == "TLSv1.2"


async def test_a_handshake_that_stalls_times_out(probing: Probing, server_tls: ServerTls) -> None:
    context = await probing.context()
    well = await probing.serve(ok(), tls=server_tls("127.0.0.1"))
    await probing.probe(f"https://127.0.0.1:{well.port}/", context=context)  # now the thread runs
    server = await probing.serve(handler=_stall)
    result = await probing.probe(f"https://127.0.0.1:{server.port}/", SHORT, context=context)
    assert (result.reason, result.detail) == (Reason.TIMEOUT, "timed out after 0.2s in the TLS handshake")


async def _stall(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    while await reader.read(1000):
        pass


async def test_a_client_certificate_is_shown(
    probing: Probing, server_tls: ServerTls, ca: trustme.CA, ca_file: str, tmp_path: Path
) -> None:
    tls = server_tls("127.0.0.1")
    tls.verify_mode = ssl.CERT_REQUIRED
    ca.configure_trust(tls)
    server = await probing.serve(ok(), tls=tls)
    url = f"https://127.0.0.1:{server.port}/"
    mine = ca.issue_cert("client@example.org")
    for name, blob in (("cert.pem", mine.cert_chain_pems[0]), ("key.pem", mine.private_key_pem)):
        blob.write_to_path(tmp_path / name)
    mine.private_key_and_cert_chain_pem.write_to_path(tmp_path / "both.pem")
    split = {"cert_file": str(tmp_path / "cert.pem"), "key_file": str(tmp_path / "key.pem")}
    joined = {"cert_file": str(tmp_path / "both.pem")}
    for files in (split, joined):
        result = await probing.probe(url, tls={"ca_file": ca_file, **files})
        assert result.outcome is Outcome.SUCCESS
    assert (await probing.probe(url, tls={"ca_file": ca_file})).reason in {Reason.TLS, Reason.RESET}


@pytest.mark.parametrize("key", ["ca_file", "cert_file"])
@pytest.mark.parametrize("content", [None, b"no certificate"])
async def test_a_local_file_that_cannot_be_read_is_our_own_fault(
    probing: Probing, server_tls: ServerTls, tmp_path: Path, key: str, content: bytes | None
) -> None:
    server = await probing.serve(ok(), tls=server_tls("127.0.0.1"))
    file = tmp_path / "file.pem"
    if content is not None:
        file.write_bytes(content)
    result = await probing.probe(f"https://127.0.0.1:{server.port}/", tls={key: str(file)})
    assert (result.outcome, result.reason) == (Outcome.INCONCLUSIVE, None)
    assert str(file) in result.detail
    assert server.requests == []


async def test_a_file_that_was_replaced_is_read_again(
    probing: Probing, server_tls: ServerTls, ca: trustme.CA, tmp_path: Path
) -> None:
    server = await probing.serve(ok(), tls=server_tls("127.0.0.1"))
    url = f"https://127.0.0.1:{server.port}/"
    file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(file)
    context = await probing.context()
    tls = {"ca_file": str(file)}
    assert (await probing.probe(url, context=context, tls=tls)).reason is Reason.CERTIFICATE
    ca.cert_pem.write_to_path(tmp_path / "new.pem")
    os.replace(tmp_path / "new.pem", file)  # noqa: PTH105 -- as what renews certificates does it
    assert (await probing.probe(url, context=context, tls=tls)).outcome is Outcome.SUCCESS


async def test_many_probes_share_the_threads(probing: Probing, server_tls: ServerTls, ca_file: str) -> None:
    server = await probing.serve(ok(), tls=server_tls("127.0.0.1"))
    context = await probing.context(max_tls_threads=2)
    urls = [f"https://127.0.0.1:{server.port}/"] * 100
    results = await probe_all(context, urls, tls={"ca_file": ca_file})
    assert {result.outcome for result in results} == {Outcome.SUCCESS}
    assert len(server.requests) == 100


async def test_a_large_request_and_a_large_answer_pass_through_tls(
    probing: Probing, server_tls: ServerTls, ca_file: str
) -> None:
    size = 1_000_000
    received = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal received
        await reader.readuntil(b"\r\n\r\n")
        while received < size:
            received += len(await reader.read(10_000))
        writer.write(ok(b"y" * (size - 3) + b"end"))
        await writer.drain()

    server = await probing.serve(handler=handler, tls=server_tls("127.0.0.1"))
    result = await probing.probe(
        f"https://127.0.0.1:{server.port}/",
        method="POST",
        body="x" * size,
        tls={"ca_file": ca_file},
        expect={"body_matches": "end$"},
    )
    assert (result.outcome, received) == (Outcome.SUCCESS, size)


async def test_a_body_that_ends_with_the_connection_needs_no_goodbye(
    probing: Probing, server_tls: ServerTls, ca_file: str
) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nall of it")
        await writer.drain()
        writer.get_extra_info("socket").shutdown(1)  # no close_notify

    server = await probing.serve(handler=handler, tls=server_tls("127.0.0.1"))
    result = await probing.probe(
        f"https://127.0.0.1:{server.port}/", tls={"ca_file": ca_file}, expect={"body_matches": "all of it$"}
    )
    assert result.outcome is Outcome.SUCCESS


@pytest.mark.parametrize("scheme", ["https", "http"])
async def test_a_tls_thread_that_never_comes_is_our_own_fault(
    probing: Probing, server_tls: ServerTls, ca_file: str, scheme: str
) -> None:
    secure = await probing.serve(ok(), tls=server_tls("127.0.0.1"))
    location = f"Location: https://127.0.0.1:{secure.port}/".encode()
    plain = await probing.serve(ok(b"", b"302 Found", location))
    context = await probing.context(max_tls_threads=1)
    url = f"{scheme}://127.0.0.1:{secure.port if scheme == 'https' else plain.port}/"
    go = threading.Event()
    lane = context.tls.lane()
    lane.poller.post(Anybody(), hold, go)
    try:
        # Long enough for the redirect to come first, however busy the machine is.
        result = await probing.probe(url, 5 * SHORT, context=context, tls={"ca_file": ca_file})
    finally:
        go.set()
    assert (result.outcome, result.detail) == (Outcome.INCONCLUSIVE, "no thread was ready for TLS")
    assert lane.load == 1
    result = await probing.probe(url, context=context, tls={"ca_file": ca_file})
    assert result.outcome is Outcome.SUCCESS


async def test_a_probe_that_is_cancelled_on_its_way_to_a_thread_never_arrives(
    probing: Probing, server_tls: ServerTls, ca_file: str
) -> None:
    secure = await probing.serve(ok(), tls=server_tls("127.0.0.1"))
    context = await probing.context(max_tls_threads=1)
    settings = by_kind["http"].model_validate({"tls": {"ca_file": ca_file}})
    go = threading.Event()
    lane = context.tls.lane()
    lane.poller.post(Anybody(), hold, go)
    results: list[Result] = []
    prober = settings.prober(context, lambda _endpoint, result: results.append(result))
    check = settings.check(f"https://127.0.0.1:{secure.port}/", 5000)
    endpoint = SimpleNamespace(check=check, attempt=None)
    prober.begin(endpoint)
    prober.cancel(endpoint)
    go.set()
    await probing.probe(f"https://127.0.0.1:{secure.port}/", context=context, tls={"ca_file": ca_file})
    assert (len(secure.requests), results, lane.load) == (1, [], 1)
