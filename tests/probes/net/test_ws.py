"""WebSockets of a real server, and of some that mean ill."""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from hashlib import sha1
from typing import Any

import pytest
from aiohttp import WSMsgType, web

from exporter.probes.result import Outcome, Reason
from exporter.probes.ws import WsSettings
from tests.probes.conftest import ServerTls
from tests.support.raw import Handler, Probing

SUCCESS, FAILURE = Outcome.SUCCESS, Outcome.FAILURE
Talk = Callable[[web.WebSocketResponse], Awaitable[None]]


async def echo(socket: web.WebSocketResponse) -> None:
    await socket.send_str("hello 42")
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            await socket.send_bytes(message.data.upper().encode())


@asynccontextmanager
async def serving(
    talk: Talk = echo, tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[int, list[Any]]]:
    requests: list[Any] = []

    async def handler(request: web.Request) -> web.WebSocketResponse:
        requests.append(request)
        socket = web.WebSocketResponse(protocols=["chat"])
        await socket.prepare(request)
        await talk(socket)
        return socket

    app = web.Application()
    app.router.add_get("/chat", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        yield runner.addresses[0][1], requests
    finally:
        await runner.cleanup()


async def test_an_upgrade_is_a_success(probing: Probing) -> None:
    async with serving() as (port, requests):
        context = await probing.context(details=True)
        result = await probing.probe(
            f"ws://127.0.0.1:{port}/chat?a=b", context=context, headers={"X-Key": "1"}, subprotocols="chat"
        )
    assert (result.outcome, result.detail, result.status) == (SUCCESS, "", 101)
    assert (requests[0].headers["X-Key"], requests[0].query_string) == ("1", "a=b")
    assert result.details is not None
    assert result.details.facts == {"address": "127.0.0.1", "status": 101, "upgraded": True}


async def test_a_dialogue_is_spoken_in_messages(probing: Probing) -> None:
    dialogue = [{"expect": r"hello (\d+)"}, {"send": "pong ${1}"}, {"expect": "^PONG 42$"}]
    async with serving() as (port, _):
        result = await probing.probe(f"ws://127.0.0.1:{port}/chat", dialogue=dialogue)
    assert (result.outcome, result.detail) == (SUCCESS, "")


async def test_a_message_that_never_matches_is_a_failure(probing: Probing) -> None:
    async def bye(socket: web.WebSocketResponse) -> None:
        await socket.send_str("go away")
        await socket.close()

    async with serving(bye) as (port, _):
        result = await probing.probe(f"ws://127.0.0.1:{port}/chat", dialogue=[{"expect": "hello"}])
    assert (result.reason, result.detail) == (
        Reason.ANSWER,
        "the WebSocket ended before a message matched 'hello'",
    )


async def test_a_refused_upgrade_is_a_status(probing: Probing) -> None:
    async with serving() as (port, _):
        result = await probing.probe(f"ws://127.0.0.1:{port}/nowhere")
    assert (result.reason, result.status, result.detail) == (Reason.STATUS, 404, "status 404")


async def test_over_tls_the_certificate_is_verified(
    probing: Probing, server_tls: ServerTls, ca_file: str
) -> None:
    async with serving(tls=server_tls("localhost")) as (port, _):
        url = f"wss://localhost:{port}/chat"
        good = await probing.probe(url, tls={"ca_file": ca_file}, ip_family="4")
        bad = await probing.probe(url, ip_family="4")
    assert (good.outcome, good.detail) == (SUCCESS, "")
    assert good.tls is not None
    assert (bad.reason, bad.tls is not None) == (Reason.CERTIFICATE, True)


def upgraded(*frames: bytes, key: bytes | None = None) -> Handler:
    """A handler that takes the upgrade, and sends these bytes then."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        asked = next(
            line[19:] for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key:")
        )
        accept = b64encode(sha1(asked.strip() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + (key or accept) + b"\r\n\r\n" + b"".join(frames)
        )
        await writer.drain()
        await reader.read(-1)

    return handler


@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        (upgraded(key=b"AAAA"), Reason.PROTOCOL),
        (upgraded(b"\x81\x02\xff\xfe"), Reason.PROTOCOL),
        (upgraded(b"\xff\xff\xff"), Reason.PROTOCOL),
        (upgraded(b"\x89\x00" * 200_000), Reason.TOO_LARGE),
        (upgraded(b"\x01\x7f" + (1 << 40).to_bytes(8) + b"x" * 300_000), Reason.TOO_LARGE),
        (upgraded(), Reason.TIMEOUT),
    ],
    ids=["wrong key", "no UTF-8", "garbage", "pings without end", "a huge frame", "silence"],
)
async def test_servers_that_mean_ill_have_their_reason(
    probing: Probing, handler: Handler, reason: Reason
) -> None:
    server = await probing.serve(handler=handler)
    url = f"ws://127.0.0.1:{server.port}/"
    result = await probing.probe(
        url, 3_000 if reason is not Reason.TIMEOUT else 200, dialogue=[{"expect": "a"}]
    )
    assert (result.outcome, result.reason) == (FAILURE, reason), result.detail


async def test_a_character_in_two_fragments_is_one(probing: Probing) -> None:
    euro = "€".encode()
    parts = [b"\x02\x01" + euro[:1], b"\x80\x02" + euro[1:]]
    server = await probing.serve(handler=upgraded(*parts))
    url = f"ws://127.0.0.1:{server.port}/"
    result = await probing.probe(url, 2_000, dialogue=[{"expect": "^€$"}])
    assert (result.outcome, result.detail) == (SUCCESS, "")


@pytest.mark.parametrize(
    "interim", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" * 2]
)
async def test_an_interim_answer_is_none(probing: Probing, interim: bytes) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in interim:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)
        await upgraded()(reader, writer)

    server = await probing.serve(handler=handler)
    result = await probing.probe(f"ws://127.0.0.1:{server.port}/", 2_000)
    assert (result.outcome, result.detail) == (SUCCESS, "")


async def test_a_server_that_closes_before_all_was_said_fails(probing: Probing) -> None:
    server = await probing.serve(handler=upgraded(b"\x81\x01a\x88\x00"))
    url = f"ws://127.0.0.1:{server.port}/"
    result = await probing.probe(url, 2_000, dialogue=[{"expect": "a"}, {"send": "b"}, {"expect": "c"}])
    assert (result.reason, result.detail) == (Reason.ANSWER, "the WebSocket ended before all was said")


@pytest.mark.parametrize(
    "header", [b"Upgrade: websocket\xff", b"Sec-WebSocket-Protocol: \xff", b"Connection: \xff"]
)
async def test_headers_that_are_no_text_are_no_websocket(probing: Probing, header: bytes) -> None:
    server = await probing.serve(b"HTTP/1.1 101 Switching Protocols\r\n" + header + b"\r\n\r\n")
    result = await probing.probe(f"ws://127.0.0.1:{server.port}/", 2_000)
    assert (result.outcome, result.reason) == (FAILURE, Reason.PROTOCOL), result.detail


@pytest.mark.parametrize(
    ("said", "reason"),
    [(b"SSH-2.0-OpenSSH\r\n\r\n", Reason.PROTOCOL), (b"", Reason.RESET), (b"H" * 300_000, Reason.PROTOCOL)],
    ids=["another protocol", "nothing", "a line without end"],
)
async def test_what_is_no_answer_has_its_reason(probing: Probing, said: bytes, reason: Reason) -> None:
    server = await probing.serve(said)
    result = await probing.probe(f"ws://127.0.0.1:{server.port}/", 3_000)
    assert (result.outcome, result.reason) == (FAILURE, reason), result.detail


@pytest.mark.parametrize(
    ("settings", "url", "said"),
    [
        ({"dialogue": [{"starttls": True}]}, "ws://a/", "a dialogue over a WebSocket has no `starttls`"),
        ({"headers": {"Sec-WebSocket-Key": "a"}}, "ws://a/", "is set by the prober"),
    ],
)
def test_what_makes_no_sense_is_refused(settings: dict[str, Any], url: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        WsSettings.model_validate(settings).check(url, 1000)
