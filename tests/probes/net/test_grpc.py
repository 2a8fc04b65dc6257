"""Health checks of a real gRPC server."""

import asyncio
from typing import Any

import grpc
import pytest
import trustme
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import StreamEnded

from exporter.probes.grpc import GrpcSettings
from exporter.probes.result import Outcome, Reason
from tests.probes.conftest import ServerTls
from tests.support.grpc_health import Health, serving_health
from tests.support.raw import Probing

SUCCESS, FAILURE = Outcome.SUCCESS, Outcome.FAILURE


@pytest.mark.parametrize(
    ("path", "outcome", "said", "facts"),
    [
        ("", SUCCESS, "", {"grpc_status": 0, "serving_status": "SERVING"}),
        ("/shop.Cart", SUCCESS, "", {"grpc_status": 0, "serving_status": "SERVING"}),
        ("/down", FAILURE, "the service is NOT_SERVING", {"grpc_status": 0, "serving_status": "NOT_SERVING"}),
        ("/unknown", FAILURE, "the service is UNKNOWN", {"grpc_status": 0, "serving_status": "UNKNOWN"}),
        ("/nobody", FAILURE, "grpc-status 5 (NOT_FOUND): who?", {"grpc_status": 5}),
        ("/" + "x" * 300, SUCCESS, "", {"grpc_status": 0, "serving_status": "SERVING"}),
    ],
)
async def test_scenario_48_what_the_service_says_is_the_verdict(
    probing: Probing, path: str, outcome: Outcome, said: str, facts: dict[str, Any]
) -> None:
    health = Health({"": 1, "shop.Cart": 1, "down": 2, "unknown": 0, "x" * 300: 1})
    with serving_health(health) as port:
        context = await probing.context(details=True)
        result = await probing.probe(f"grpc://127.0.0.1:{port}{path}", context=context)
    assert (result.outcome, result.detail) == (outcome, said)
    assert result.reason is (None if outcome is SUCCESS else Reason.UNHEALTHY)
    assert result.details is not None
    assert result.details.facts == {"address": "127.0.0.1", **facts}


async def test_scenario_48_a_server_without_health_checks_is_unhealthy(probing: Probing) -> None:
    with serving_health(Health({}, implemented=False)) as port:
        result = await probing.probe(f"grpc://127.0.0.1:{port}")
    assert result.reason is Reason.UNHEALTHY
    assert result.detail.startswith("grpc-status 12 (UNIMPLEMENTED)")


async def test_scenario_48_metadata_arrives(probing: Probing) -> None:
    health = Health({"": 1})
    with serving_health(health) as port:
        await probing.probe(f"grpc://127.0.0.1:{port}", headers={"X-Key": "hush"})
    assert health.metadata["x-key"] == "hush"


async def test_scenario_49_a_server_that_never_answers_ends_at_the_deadline(probing: Probing) -> None:
    with serving_health(Health({"": 1}, hangs=True)) as port:
        result = await probing.probe(f"grpc://127.0.0.1:{port}", 200)
    assert result.outcome is FAILURE
    assert result.reason in {Reason.TIMEOUT, Reason.UNHEALTHY}, "its own deadline, or ours that it was told"


async def test_over_tls_the_certificate_is_verified_and_its_facts_are_there(
    probing: Probing, ca: trustme.CA, ca_file: str
) -> None:
    certificate = ca.issue_cert("localhost")
    chain = b"".join(blob.bytes() for blob in certificate.cert_chain_pems)
    credentials = grpc.ssl_server_credentials([(certificate.private_key_pem.bytes(), chain)])
    with serving_health(Health({"": 1}), credentials) as port:
        url = f"grpcs://localhost:{port}"
        context = await probing.context(details=True)
        good = await probing.probe(url, context=context, tls={"ca_file": ca_file}, ip_family="4")
        bad = await probing.probe(url, ip_family="4")
        plain = await probing.probe(f"grpc://localhost:{port}", 1_000, ip_family="4")
    assert (good.outcome, good.detail) == (SUCCESS, "")
    assert good.details is not None
    assert good.details.chain[0].names == ("localhost",)
    assert (bad.reason, bad.tls is not None) == (Reason.CERTIFICATE, True)
    assert plain.reason in {Reason.PROTOCOL, Reason.RESET}


async def test_scenario_48_tls_to_a_plain_server_fails_as_tls(probing: Probing) -> None:
    with serving_health(Health({"": 1})) as port:
        result = await probing.probe(f"grpcs://127.0.0.1:{port}", 1_000)
    assert result.reason in {Reason.TLS, Reason.TIMEOUT}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", Reason.RESET),
        (b"\0\0\1\1\4\0\0\0\1\xff", Reason.PROTOCOL),
        (b"", Reason.RESET),
        (b"\0\0\0\4\0\0\0\0\0" * 40_000, Reason.TOO_LARGE),
    ],
    ids=["http", "garbage", "nothing", "settings without end"],
)
async def test_servers_that_mean_ill_have_their_reason(probing: Probing, said: bytes, reason: Reason) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(said)
        await writer.drain()
        if len(said) > 1000:
            await reader.read(-1)

    server = await probing.serve(handler=handler)
    result = await probing.probe(f"grpc://127.0.0.1:{server.port}", 3_000)
    assert (result.outcome, result.reason) == (FAILURE, reason), result.detail


def answering(headers: list[tuple[bytes, bytes]], *, going: bool = False, last: int = 1) -> Any:
    """A server of HTTP/2 that answers SERVING with these trailers, and perhaps says that it is going."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = H2Connection(
            H2Configuration(client_side=False, header_encoding=None, validate_outbound_headers=False)
        )
        connection.initiate_connection()
        asked = False
        while not asked:
            events = connection.receive_data(await reader.read(1 << 16))
            asked = any(isinstance(event, StreamEnded) for event in events)
        if going and last == 0:
            connection.close_connection(error_code=0, last_stream_id=0)
        else:
            connection.send_headers(1, [(b":status", b"200"), (b"content-type", b"application/grpc")])
            connection.send_data(1, b"\0\0\0\0\2\x08\1")
            connection.send_headers(1, headers, end_stream=True)
            if going:
                connection.close_connection(error_code=0, last_stream_id=1)
        writer.write(connection.data_to_send())
        await writer.drain()
        await reader.read(-1)

    return handler


async def test_a_server_that_is_about_to_go_still_answers(probing: Probing) -> None:
    server = await probing.serve(handler=answering([(b"grpc-status", b"0")], going=True))
    result = await probing.probe(f"grpc://127.0.0.1:{server.port}", 2_000)
    assert (result.outcome, result.detail) == (SUCCESS, "")
    gone = await probing.serve(handler=answering([], going=True, last=0))
    refused = await probing.probe(f"grpc://127.0.0.1:{gone.port}", 2_000)
    assert (refused.reason, refused.detail) == (
        Reason.RESET,
        "the server is going, and takes no call any more",
    )


@pytest.mark.parametrize(
    ("trailers", "reason", "said"),
    [
        ([(b"grpc-status", b"9" * 5_000)], Reason.PROTOCOL, "the answer is not gRPC"),
        ([(b"grpc-status", b"0"), (b"x-a", b"\xff\xfe")], None, ""),
        (
            [(b"grpc-status", b"2"), (b"grpc-message", b"caf%C3%A9%0Aon two lines")],
            Reason.UNHEALTHY,
            "grpc-status 2 (UNKNOWN): caf\u00e9 on two lines",
        ),
    ],
    ids=["a status without end", "no text", "a message"],
)
async def test_trailers_of_any_kind_have_a_verdict(
    probing: Probing, trailers: list[tuple[bytes, bytes]], reason: Reason | None, said: str
) -> None:
    server = await probing.serve(handler=answering(trailers))
    result = await probing.probe(f"grpc://127.0.0.1:{server.port}", 2_000)
    assert (result.reason, result.detail) == (reason, said)


@pytest.mark.parametrize(
    ("settings", "url", "said"),
    [
        ({}, "grpc://a", "the URL of a grpc probe is"),
        ({"service": "a"}, "grpc://a:1/b", "the URL names a service, and so does its probe"),
        ({"headers": {"grpc-x": "a"}}, "grpc://a:1", "grpc-x is no name that metadata in text can have"),
    ],
)
def test_what_makes_no_sense_is_refused(settings: dict[str, Any], url: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        GrpcSettings.model_validate(settings).check(url, 1000)


async def test_a_handshake_that_stops_ends_at_the_deadline(probing: Probing, server_tls: ServerTls) -> None:
    del server_tls
    server = await probing.serve(keep_open=True)
    result = await probing.probe(f"grpcs://127.0.0.1:{server.port}", 200)
    assert (result.reason, result.detail) == (Reason.TIMEOUT, "timed out after 0.2s in the TLS handshake")
